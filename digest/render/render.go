// Package render writes a digest's Report as text and as HTML of equal
// content: plain text in 72 columns with headings a screen reader can tell by
// ear, HTML that needs neither images nor styles to be read (WCAG 2.2 AA).
package render

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	texttemplate "text/template"

	"plenary/digest"
	"plenary/lists"
	"plenary/smtp"
)

//go:embed text.tmpl html.tmpl
var templates embed.FS

var funcs = map[string]any{
	"count":  digest.Count,
	"join":   joinAddress,
	"page":   page,
	"names":  names,
	"people": func(g digest.Group) string { return people(g) },
	"lines":  func(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") },
	"quiet":  quiet,
	"one":    func(s string) string { return strings.Join(strings.Fields(s), " ") },
	"state":  func(s lists.State) string { return string(s) },
}

var (
	textTemplate = texttemplate.Must(texttemplate.New("text.tmpl").Funcs(funcs).ParseFS(templates, "text.tmpl"))
	htmlTemplate = template.Must(template.New("html.tmpl").Funcs(funcs).ParseFS(templates, "html.tmpl"))
)

// Text is the report as text/plain, LF line ends, no line over 72 columns but
// for links.
func Text(r digest.Report) (string, error) {
	var b bytes.Buffer
	if err := textTemplate.Execute(&b, r); err != nil {
		return "", fmt.Errorf("write the digest %s of %s as text: %w", r.Week, r.Main.Name, err)
	}
	return smtp.Wrap(squeeze(b.String()), 72), nil
}

// HTML is the report as a whole HTML page, to be mailed.
func HTML(r digest.Report) (string, error) {
	var b bytes.Buffer
	if err := htmlTemplate.Execute(&b, r); err != nil {
		return "", fmt.Errorf("write the digest %s of %s as HTML: %w", r.Week, r.Main.Name, err)
	}
	return b.String(), nil
}

// squeeze leaves at most one empty line in a row.
func squeeze(s string) string {
	var out []string
	blank := false
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && blank {
			continue
		}
		blank = line == ""
		out = append(out, line)
	}
	return strings.Join(out, "\n") + "\n"
}

func joinAddress(s lists.Site, l lists.List) string {
	return string(lists.RoleAddress(l, "join", "", s.Domain))
}

func page(s lists.Site, l lists.List) string {
	if s.BaseURL == "" {
		return ""
	}
	return s.BaseURL + "/" + l.ID
}

func names(n []string) string {
	switch len(n) {
	case 0:
		return ""
	case 1:
		return n[0]
	}
	return strings.Join(n[:len(n)-1], ", ") + " and " + n[len(n)-1]
}

// people says a group's posts and membership in words.
func people(g digest.Group) string {
	s := "No posts"
	if g.Posts > 0 {
		s = digest.Count(g.Posts, "post", "posts") + " by " + digest.Count(max(g.People, 1), "person", "people")
	}
	s += "; " + digest.Count(g.Members, "member", "members")
	var moved []string
	if g.Joined > 0 {
		moved = append(moved, fmt.Sprintf("%d new", g.Joined))
	}
	if g.Left > 0 {
		moved = append(moved, fmt.Sprintf("%d left", g.Left))
	}
	if len(moved) > 0 {
		s += " (" + strings.Join(moved, ", ") + ")"
	}
	return s + "."
}

// quiet says for how long a group has been silent.
func quiet(g digest.Group) string {
	if g.Silent < 1 {
		return "no news this week"
	}
	return "no news for " + digest.Count(g.Silent+1, "week", "weeks")
}
