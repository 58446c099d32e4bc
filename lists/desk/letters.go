package desk

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp"
)

//go:embed texts/*.toml texts/*.txt texts/*/*.txt
var textFiles embed.FS

// texts are the letters' templates. The first line of each is the subject.
type texts struct {
	*template.Template                   // in English, all of them
	foreign            map[string]tongue // some in other languages, by BCP 47
	sentences          words.Sentences   // of outcomes
}

func loadTexts(domain string) (texts, error) {
	t, err := template.New("texts").Option("missingkey=error").Funcs(template.FuncMap{
		"words": func(words []string) string { return join(words) },
		"date":  dateInWords,
		"line":  oneLine,
		"stop":  stopped,
	}).ParseFS(textFiles, "texts/*.txt")
	if err != nil {
		return texts{}, err
	}
	foreign, err := loadForeign(domain)
	if err != nil {
		return texts{}, err
	}
	sentences, err := words.ReadSentences(textFiles, "texts")
	return texts{t, foreign, sentences}, err
}

// stopped is people's text as a sentence before another: with a full stop,
// where it ends without a mark.
func stopped(s string) string {
	s = strings.TrimSpace(s)
	if last, _ := utf8.DecodeLastRuneInString(s); s == "" || strings.ContainsRune(".!?…:;؟。", last) {
		return s
	}
	return s + "."
}

// width is where letters are folded.
const width = 72

// renderIn makes a letter's subject and text, in a language where the letter is
// there in it, else in English.
func (t texts) renderIn(lang, name string, data any) (subject, text string, err error) {
	from := t.Template
	if other, ok := t.in(lang, name); ok {
		from = other.Template
	}
	var b strings.Builder
	if err := from.ExecuteTemplate(&b, name, data); err != nil {
		return "", "", fmt.Errorf("write the letter %s: %w", name, err)
	}
	subject, text, _ = strings.Cut(b.String(), "\n")
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return oneLine(subject), smtp.Wrap(strings.Trim(text, "\n"), width) + "\n", nil
}

// sendIn writes a letter by a template, in a language where it is there in
// that, and sends it, once for its key.
func (d *Desk) sendIn(ctx context.Context, lang, name string, data any, l smtp.Letter) error {
	var err error
	if l.Subject, l.Text, err = d.texts.renderIn(lang, name, data); err != nil {
		return err
	}
	l.Date = d.now()
	l.FromName = oneLine(l.FromName)
	if !smtp.WellFormedID(l.InReplyTo) {
		l.InReplyTo = ""
	}
	if err := d.outbox.Send(ctx, l); err != nil {
		return fmt.Errorf("send the letter %s: %w", l.Key, err)
	}
	return nil
}

// from fills in who a letter of a list comes from: its request address, so
// that an answer reaches the commands.
func (d *Desk) from(l lists.List, letter smtp.Letter) smtp.Letter {
	letter.From = string(lists.RoleAddress(l, "request", "", d.site.Domain))
	letter.FromName = l.Title
	return letter
}

// oneLine makes text fit for a header or one line of a letter.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// dateInWords is a day as it is read: Tuesday 1 December 2026.
func dateInWords(d lists.Date) string {
	t, ok := d.Time()
	if !ok {
		return ""
	}
	return t.Format("Monday 2 January 2006")
}

func (d *Desk) dayInWords(t time.Time) string { return dateInWords(d.site.Today(t)) }
