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
	"strings"
	"time"

	"plenary/digest/words"
	"plenary/lists"
)

//go:embed pages
var files embed.FS

// views are the pages' templates, each with the frame around it.
type views map[string]*template.Template

// style is how pages look. Its address names what it holds, so that browsers
// may keep it for long, and take the new one after an upgrade.
type style struct {
	css []byte
	tag string // entity tag
	at  string // path and version
}

func loadStyle() (style, error) {
	css, err := files.ReadFile("pages/style.css")
	tag := entityTag(css)
	return style{css, tag, "/style.css?v=" + strings.Trim(tag, `"`)[:12]}, err
}

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
	Style  string // its address
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
	if err := t.Execute(&b, frame{Style: p.style.at, Title: title, First: first, Site: p.Site.Domain, Mail: p.Site.At(lists.SiteName), Signed: err == nil, W: spoken.W, Page: data}); err != nil {
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

// stylesheet is the style; by an address without its version, or with that of
// another, it may be another soon: two servers may differ during an upgrade.
func (p *pages) stylesheet(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=60")
	if r.URL.RequestURI() == p.style.at {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("ETag", p.style.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.style.css))
	return nil
}
