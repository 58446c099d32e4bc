package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"

	"plenary/smtp/message"
)

// digestPage writes the digest that went out as one file that a browser
// shows as mail programs do, and gives its name.
func (d *demo) digestPage(folder string) (name string, err error) {
	mails := d.sink.Mails()
	for i := len(mails) - 1; i >= 0; i-- {
		m, err := message.Parse(mails[i].Data)
		if err != nil || !strings.Contains(m.Subject, ", week ") {
			continue
		}
		name, err := filepath.Abs(filepath.Join(folder, "digest.html"))
		if err != nil {
			return "", err
		}
		return name, os.WriteFile(name, []byte(standalone(m)), 0o666)
	}
	return "", nil
}

// standalone is a mail's HTML with its pictures in it.
func standalone(m *message.Message) string {
	page := ""
	var pictures []string
	m.Root.Walk(func(p *message.Part) bool {
		switch {
		case p.Type == "text/html":
			page = string(p.Decoded(1 << 20))
		case strings.HasPrefix(p.Type, "image/"):
			_, id, _ := strings.Cut(string(p.Header), "Content-Id: <")
			id, _, _ = strings.Cut(id, ">")
			pictures = append(pictures, `"cid:`+id+`"`, `"data:`+p.Type+";base64,"+base64.StdEncoding.EncodeToString(p.Decoded(1<<20))+`"`)
		}
		return true
	})
	return strings.NewReplacer(pictures...).Replace(page)
}
