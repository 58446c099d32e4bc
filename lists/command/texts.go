package command

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"plenary/digest/words"
	"plenary/smtp"
)

//go:embed texts
var textFiles embed.FS

// texts are the templates of answers, in each language, and the sentences
// that fill them.
type texts struct {
	in        map[string]*template.Template // by language
	sentences words.Sentences
}

func loadTexts() (texts, error) {
	t := texts{in: map[string]*template.Template{}}
	var err error
	if t.sentences, err = words.ReadSentences(textFiles, "texts"); err != nil {
		return t, err
	}
	for lang := range t.sentences {
		files := "texts/" + lang + "/*.txt"
		if lang == "en" {
			files = "texts/*.txt"
		}
		if t.in[lang], err = template.New("texts").Option("missingkey=error").ParseFS(textFiles, files); err != nil {
			return t, err
		}
	}
	return t, nil
}

// width is where answers are folded.
const width = 72

// render writes a text in the asker's language, folded, with one blank line
// at most between paragraphs.
func (t texts) render(f Facts, name string, data any) (string, error) {
	var b strings.Builder
	if err := t.in[f.Speaker.Lang()].ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("write the answer %s: %w", name, err)
	}
	text := b.String()
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return smtp.Wrap(strings.Trim(text, "\n"), width) + "\n", nil
}

// indented folds a text and sets every line in by n spaces.
func indented(text string, n int) string {
	pad := strings.Repeat(" ", n)
	lines := strings.Split(smtp.Wrap(text, width-n), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = pad + l
		}
	}
	return strings.Join(lines, "\n")
}
