package command

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"plenary/smtp"
)

//go:embed texts/*.txt
var textFiles embed.FS

// texts are the templates of answers.
type texts struct{ *template.Template }

func loadTexts() (texts, error) {
	t, err := template.New("texts").Option("missingkey=error").ParseFS(textFiles, "texts/*.txt")
	return texts{t}, err
}

// width is where answers are folded.
const width = 72

// render writes a text, folded, with one blank line at most between
// paragraphs.
func (t texts) render(name string, data any) (string, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
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
