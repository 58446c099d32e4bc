package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"time"

	"plenary/digest/words"
	"plenary/lists"
)

//go:embed pages
var files embed.FS

// views are the pages' templates, each with the frame around it.
type views map[string]*template.Template

func loadViews() (views, error) {
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	v := views{}
	for _, name := range names {
		t, err := template.New("frame.html").Option("missingkey=error").Funcs(template.FuncMap{"linked": linked}).
			ParseFS(files, "pages/frame.html", "pages/parts.html", name)
		if err != nil {
			return nil, err
		}
		v[path.Base(name)] = t
	}
	return v, nil
}

// frame is what the frame around a page shows.
type frame struct {
	Title  string
	First  string // of the title of the window: what came of a form, or which part is shown
	Site   string
	Mail   lists.Address // where the same is done by mail
	Signed bool          // in: the frame links to the settings
	W      *words.Words  // what the page is said in
	Page   any
}

// show writes a page. Nothing of it is kept by caches: it may hold a token,
// or what only one reader may see.
func (p *pages) show(w http.ResponseWriter, r *http.Request, spoken worded, code int, name, title string, data any) error {
	return p.showPart(w, r, spoken, code, name, "", title, data)
}

// showPart writes a page that has the heading of another, and so says first in
// the title of the window what it is: screen readers begin with that.
func (p *pages) showPart(w http.ResponseWriter, r *http.Request, spoken worded, code int, name, first, title string, data any) error {
	t, ok := p.views[name]
	if !ok {
		return fmt.Errorf("there is no page %s", name)
	}
	_, err := r.Cookie(p.cookie())
	var b bytes.Buffer
	if err := t.Execute(&b, frame{Title: title, First: first, Site: p.Site.Domain, Mail: p.Site.At(lists.SiteName), Signed: err == nil, W: spoken.W, Page: data}); err != nil {
		return fmt.Errorf("write the page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // the reader has gone: nobody is left to tell
	}
	return nil
}

// notice is what a page shows that says one thing.
type notice struct {
	worded
	Text string
}

// message is a page that says one thing.
func (p *pages) message(w http.ResponseWriter, r *http.Request, spoken worded, title, text string) error {
	return p.show(w, r, spoken, http.StatusOK, "message.html", title, notice{spoken, spoken.W.Lines(text)})
}

func (p *pages) style(w http.ResponseWriter, r *http.Request) error {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	w.Header().Set("ETag", entityTag(css))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(css))
	return nil
}
