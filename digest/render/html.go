package render

import (
	"bytes"
	"embed"
	"html/template"
	"strings"

	"plenary/digest/words"
)

//go:embed digest.html
var files embed.FS

var page = template.Must(template.New("digest.html").Funcs(template.FuncMap{
	// Our own cids are the only URLs of that kind that reach the template.
	"cid": func(id string) template.URL { return template.URL("cid:" + id) },
}).ParseFS(files, "digest.html"))

// html is the outline as a whole page, to be mailed.
func (o *outline) html(w *words.Words, subject string) (string, error) {
	var b bytes.Buffer
	err := page.Execute(&b, map[string]any{
		"Lang": w.Lang, "Dir": w.Dir, "Subject": subject, "Blocks": o.blocks, "Alt": w.Say("plot"), "Width": width / 2, "Height": height / 2,
	})
	return strings.TrimSpace(b.String()) + "\n", err
}

// Theirs tells whether a block is people's own words alone: it runs in their
// script's direction. An element bdi around them would hide that from the
// paragraph.
func (b block) Theirs() bool { return len(b.Spans) > 0 && b.Spans[0].Own }
