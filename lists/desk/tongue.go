package desk

import (
	"context"
	"fmt"
	"strings"
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

// inTheirWords says what a question asks in the asker's language. It is not ok
// where their language is English, or lacks the words for one of the actions.
func (w *work) inTheirWords(ctx context.Context, asks []pending) (lang, subject string, what []string, ok bool, err error) {
	first := asks[0].action.List
	if first == "" && len(asks[0].verdict.Lists) > 0 {
		first = asks[0].verdict.Lists[0]
	}
	l, ok := w.dir.ByID(first)
	if !ok {
		return "", "", nil, false, nil
	}
	if lang, err = w.languageOf(ctx, l, w.asker); err != nil {
		return "", "", nil, false, err
	}
	t, ok := w.d.texts.in(lang, "question.txt")
	if !ok {
		return "", "", nil, false, nil
	}
	for _, p := range asks {
		said, ok, err := w.sayIn(t, p)
		if err != nil || !ok {
			return "", "", nil, false, err
		}
		what = append(what, said)
	}
	name := "subject-" + string(asks[0].action.Verb)
	if len(asks) > 1 {
		name = "subject-several"
	}
	subject, err = t.phrase(name, map[string]any{"List": l, "Count": len(asks)})
	return lang, subject, what, true, err
}

// sayIn is what one action does, if the language has words for it.
func (s *sight) sayIn(t tongue, p pending) (said string, ok bool, err error) {
	l, _ := s.dir.ByID(p.action.List)
	switch p.action.Verb {
	case lists.DoJoin:
		main := s.dir.MainOf(l)
		at, _ := s.dir.ByID(p.verdict.Waits)
		said, err = t.phrase("say-join", map[string]any{"Who": s.asker, "List": l, "Main": main, "Group": !l.Main(), "MainToo": len(p.verdict.Lists) > 1, "Waits": at.Title})
	case lists.DoLeave, lists.DoLeaveAll:
		var all []string
		for _, id := range p.verdict.Lists {
			if l, ok := s.dir.ByID(id); ok {
				all = append(all, named(l, s.d.site.Domain))
			}
		}
		said, err = t.phrase("say-leave", map[string]any{"Who": s.asker, "Named": all})
	default:
		return "", false, nil
	}
	return said, true, err
}

// phrase is a few words of a language.
func (t tongue) phrase(name string, data any) (string, error) {
	var b strings.Builder
	err := t.ExecuteTemplate(&b, name, data)
	return strings.TrimSpace(b.String()), err
}
