package desk

import (
	"context"
	"fmt"
	"text/template"

	"plenary/digest/words"
	"plenary/lists"
)

// tongue is the letters that there are in one language besides English. A
// letter is wholly in one language.
type tongue struct {
	*template.Template
	words *words.Words
}

// loadForeign reads texts/LANGUAGE/*.txt.
func loadForeign(domain string) (map[string]tongue, error) {
	folders, err := textFiles.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	foreign := map[string]tongue{}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		w := words.For(f.Name())
		t, err := template.New("texts").Option("missingkey=error").Funcs(template.FuncMap{
			"series": w.And,
			"before": w.Before,
			"stop":   stopped,
			"line":   oneLine,
			"named":  func(l lists.List) string { return named(l, domain) },
			"date": func(d lists.Date) string {
				day, ok := d.Time()
				if !ok {
					return ""
				}
				return w.Date(day)
			},
		}).ParseFS(textFiles, "texts/"+f.Name()+"/*.txt")
		if err != nil {
			return nil, err
		}
		foreign[w.Lang] = tongue{t, w}
	}
	return foreign, nil
}

func named(l lists.List, domain string) string {
	return fmt.Sprintf("%s (%s)", l.Title, l.Address(domain))
}

// in is the language with this code, if the letter is there in it.
func (t texts) in(code, name string) (tongue, bool) {
	if code == "" {
		return tongue{}, false
	}
	l, ok := t.foreign[words.For(code).Lang]
	return l, ok && l.Lookup(name) != nil
}

// languageOf is the language in which somebody is written to about a list:
// their own where they have chosen one, else the list's.
func (w *work) languageOf(ctx context.Context, l lists.List, who lists.Address) (string, error) {
	p, err := w.person(ctx, l.Family, who)
	if err != nil {
		return "", err
	}
	if p != nil && p.Language != "" {
		return p.Language, nil
	}
	return l.Language, nil
}

// languageOf is the same where nobody has asked for the letter.
func (d *Desk) languageOf(ctx context.Context, l lists.List, who lists.Address) (string, error) {
	p, err := d.store.Person(ctx, l.Family, who)
	if ifThere(err) != nil {
		return "", err
	}
	if err == nil && p.Language != "" {
		return p.Language, nil
	}
	return l.Language, nil
}

// languageOfQuestion is the language in which the asker is asked: that of the
// first list that it is about, where they have none of their own.
func (w *work) languageOfQuestion(ctx context.Context, asks []pending) (string, error) {
	first := asks[0].action.List
	if first == "" && len(asks[0].verdict.Lists) > 0 {
		first = asks[0].verdict.Lists[0]
	}
	if l, ok := w.dir.ByID(first); ok {
		return w.languageOf(ctx, l, w.asker)
	}
	return w.lang(), nil
}
