package annual

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	text "text/template"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"plenary/digest"
	"plenary/lists"
)

//go:embed report.md page.html
var files embed.FS

// Markdown writes the report as CommonMark with GitHub's tables.
func Markdown(r Report) (string, error) {
	public := r.Site.HideAddresses // what people wrote, as anybody may read it
	t, err := text.New("report.md").Option("missingkey=error").Funcs(text.FuncMap{
		"line": func(s string) string { return line(public(s)) }, "quote": func(s string) string { return quote(public(s)) }, "day": day, "date": date, "month": func(m time.Month) string { return m.String() },
		"monthAt": func(i int) string { return time.Month(i + 1).String() }, "names": func(all []string) string { return public(names(all)) }, "ended": ended,
		"join": func(l lists.List) string { return string(lists.RoleAddress(l, "join", "", r.Site.Domain)) },
	}).ParseFS(files, "report.md")
	if err != nil {
		return "", fmt.Errorf("read the annual report's template: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		return "", fmt.Errorf("write the annual report %d of %s: %w", r.Year, r.Main.Name, err)
	}
	return tidy(b.String()), nil
}

// HTML writes the same as a page.
func HTML(r Report) (string, error) {
	md, err := Markdown(r)
	if err != nil {
		return "", err
	}
	var body, page bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(md), &body); err != nil {
		return "", fmt.Errorf("write the annual report %d of %s as HTML: %w", r.Year, r.Main.Name, err)
	}
	t, err := template.ParseFS(files, "page.html")
	if err != nil {
		return "", fmt.Errorf("read the annual report's page: %w", err)
	}
	// goldmark leaves out raw HTML and dangerous links: what it made is safe.
	err = t.Execute(&page, map[string]any{"Title": fmt.Sprintf("%s: annual report %d", one(r.Main.Title), r.Year), "Body": template.HTML(body.String())})
	return page.String(), err
}

// tidy leaves at most one empty line between blocks.
func tidy(s string) string {
	var out []string
	empty := true
	for l := range strings.SplitSeq(s, "\n") {
		l = strings.TrimRight(l, " ")
		if l == "" && empty {
			continue
		}
		empty = l == ""
		out = append(out, l)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

func one(s string) string { return strings.Join(strings.Fields(s), " ") }

// line is people's words in one line, as text.
func line(s string) string { return escape(one(s)) }

// quote is people's words as they broke them, as a quotation: a backslash at a
// line's end keeps the break (CommonMark 6.7).
func quote(s string) string {
	all := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range all {
		all[i] = escape(strings.TrimSpace(l))
	}
	var b strings.Builder
	for i, l := range all {
		if l != "" && i+1 < len(all) && all[i+1] != "" {
			l += `\`
		}
		b.WriteString(strings.TrimRight("> "+l, " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// marks are the characters that begin something in Markdown wherever they
// stand; a backslash makes each plain (CommonMark 2.4).
var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "~", `\~`, "&", `\&`, "#", `\#`)

// escape makes one line plain text.
func escape(s string) string {
	s = marks.Replace(s)
	if s == "" {
		return s
	}
	switch s[0] {
	case '-', '+', '=':
		return `\` + s
	}
	// "12. " and "12) " begin a list.
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

func day(t time.Time) string { return t.Format("2 January") }

func date(d lists.Date) string {
	if t, ok := d.Time(); ok {
		return t.Format("2 January 2006")
	}
	return ""
}

func names(all []string) string {
	clean := make([]string, len(all))
	for i, n := range all {
		clean[i] = line(n)
	}
	return strings.Join(clean, ", ")
}

func ended(s digest.Step) string {
	return map[string]string{digest.StepMoved: "moved to another date", digest.StepDropped: "given up", digest.StepReplaced: "replaced by another step"}[s.Ended]
}
