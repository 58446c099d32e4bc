package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plenary/lists"
	"plenary/lists/desk"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// outbox keeps letters, each once for its key.
type outbox struct {
	mu      sync.Mutex
	letters []smtp.Letter
}

func (b *outbox) Send(_ context.Context, l smtp.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, sent := range b.letters {
		if sent.Key == l.Key {
			return nil
		}
	}
	b.letters = append(b.letters, l)
	return nil
}

func (b *outbox) to(a string) []smtp.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []smtp.Letter
	for _, l := range b.letters {
		if l.To[0] == a {
			found = append(found, l)
		}
	}
	return found
}

type nowhere struct{}

func (nowhere) Post(context.Context, string, string, []byte) error      { return nil }
func (nowhere) SendNow(context.Context, string, string) (string, error) { return "", nil }

// shelf is an archive of a few posts.
type shelf struct{}

func (shelf) Latest(_ context.Context, _ string, before uint32, limit int) ([]lists.ArchivedPost, error) {
	if before != 0 {
		return nil, nil
	}
	var posts []lists.ArchivedPost
	for uid := uint32(60); len(posts) < limit; uid-- {
		posts = append(posts, lists.ArchivedPost{UID: uid, Code: fmt.Sprintf("c%d", uid), Subject: fmt.Sprintf("Post <%d>", uid), From: "Mo", At: time.Unix(1e9, 0).UTC()})
	}
	return posts, nil
}

func (shelf) ByCode(_ context.Context, _, code string) (lists.ArchivedPost, error) {
	if code != "c7" {
		return lists.ArchivedPost{}, lists.ErrNotFound
	}
	return lists.ArchivedPost{UID: 7, Code: code, Subject: "Seven", From: "mo@example.org", At: time.Unix(1e9, 0).UTC()}, nil
}

func (shelf) Get(context.Context, string, uint32) ([]byte, error) {
	return []byte("From: mo@example.org\r\nContent-Type: text/html\r\n\r\n<p>Hello &lt;b&gt; from anna.b@example.org<script>alert(1)</script></p>\r\n"), nil
}

func (s shelf) Entries(context.Context, string, uint32, int) ([]lists.ArchivedPost, error) {
	return nil, nil
}

func (s shelf) Thread(context.Context, string, uint32, int) ([]lists.ArchivedPost, error) {
	return nil, nil
}

// office is the pages over a real desk and store.
type office struct {
	t      *testing.T
	store  *store.Store
	out    *outbox
	server *httptest.Server
	client *http.Client
	time   time.Time
	mo     lists.Person
	posts  *anyArchive
	sent   string // code of the post that is a digest of ours
	desk   *desk.Desk
}

// anyArchive is the one that a test puts there.
type anyArchive struct{ Archive }

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, out: &outbox{}, posts: &anyArchive{shelf{}}, time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	now := func() time.Time { return o.time }
	log := slog.New(slog.DiscardHandler)
	o.server = httptest.NewUnstartedServer(nil)
	site := lists.Site{Domain: "lists.example.org", BaseURL: "http://" + o.server.Listener.Addr().String(), Location: time.UTC}
	s, err := store.Open(t.Context(), redistest.New(t), site, now)
	if err != nil {
		t.Fatal(err)
	}
	o.store = s
	d, err := desk.New(desk.Config{Site: site, Store: s, Outbox: o.out, Poster: nowhere{}, Digester: nowhere{}, Now: now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	o.desk = d
	h, err := New(Config{Site: site, Secret: s.Secret(), Desk: d, Reader: s, Sessions: s, Guesses: s, Archive: o.posts, Boards: o, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	o.server.Config.Handler = h
	o.server.Start()
	t.Cleanup(o.server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o.client = &http.Client{Jar: jar}
	o.list(lists.NewList{Name: "dc", Title: "Digital Coalition", Purpose: "We meet <as> a whole."})
	o.list(lists.NewList{Name: "map", Title: "Data Map", Parent: "dc", Purpose: "Draw the map.", Next: "Publish it", NextBy: "2026-12-01"})
	o.list(lists.NewList{Name: "club", Title: "Closed Club", Parent: "dc", Join: lists.JoinInvited, Archive: lists.ArchiveMembers})
	o.member("dc-map", lists.NewMember{Address: "lea@example.org", Name: "Lea Leader", Leader: true})
	o.mo = o.member("dc", lists.NewMember{Address: "mo@example.org", Name: "Mo Member"})
	return o
}

func (o *office) list(n lists.NewList) {
	o.t.Helper()
	if n.Parent != "" {
		n.Parent = "dc"
	}
	if _, err := o.store.CreateList(o.t.Context(), n); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) member(list string, m lists.NewMember) lists.Person {
	o.t.Helper()
	p, _, err := o.store.Subscribe(o.t.Context(), list, m)
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

func (o *office) in(list, a string) bool {
	p, err := o.store.Person(o.t.Context(), "dc", lists.Address(a))
	return err == nil && p.In(list)
}

// page asks for a page and wants the status; 0 is any.
func (o *office) page(code int, method, path string, form url.Values, header ...string) string {
	o.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, body)
	if err != nil {
		o.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := o.client.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if res.StatusCode != code && code != 0 {
		o.t.Fatalf("%s %s: status %d, want %d:\n%s", method, path, res.StatusCode, code, text)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && method != "HEAD" {
		o.sound(path, res, text)
	}
	return string(text)
}

func (o *office) get(code int, path string) string {
	o.t.Helper()
	return o.page(code, "GET", path, nil)
}

func (o *office) post(code int, path string, pairs ...string) string {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return o.page(code, "POST", path, form)
}

// sound checks what every page must have.
func (o *office) sound(path string, res *http.Response, text []byte) {
	o.t.Helper()
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		o.t.Errorf("%s: Content-Security-Policy %q", path, csp)
	}
	if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") == "" {
		o.t.Errorf("%s: headers %v", path, res.Header)
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		o.t.Fatal(err)
	}
	heading, ids, labels, controls := 0, map[string]bool{}, map[string]bool{}, []string{}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			at := map[string]string{}
			for _, a := range n.Attr {
				at[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					o.t.Errorf("%s: attribute %s", path, a.Key)
				}
			}
			if id := at["id"]; id != "" {
				if ids[id] {
					o.t.Errorf("%s: two elements have the id %s", path, id)
				}
				ids[id] = true
			}
			switch n.Data {
			case "html":
				if at["lang"] == "" {
					o.t.Errorf("%s: no lang", path)
				}
			case "script", "style", "img":
				o.t.Errorf("%s: has %s", path, n.Data)
			case "table":
				o.t.Run("table", func(t *testing.T) { soundTable(t, n) })
			case "svg":
				if at["role"] != "img" || at["aria-labelledby"] == "" {
					o.t.Errorf("%s: a picture without words", path)
				}
			case "h1", "h2", "h3", "h4":
				level := int(n.Data[1] - '0')
				if level > heading+1 || level == 1 && heading != 0 {
					o.t.Errorf("%s: %s after a heading of level %d", path, n.Data, heading)
				}
				heading = level
			case "label":
				labels[at["for"]] = true
			case "input", "select":
				if at["type"] != "hidden" {
					controls = append(controls, at["id"])
				}
			case "title":
				if n.FirstChild == nil {
					o.t.Errorf("%s: no title", path)
				}
			case "summary":
				if n.FirstChild == nil {
					o.t.Errorf("%s: nothing says what unfolds", path)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	for _, id := range controls {
		if id == "" || !labels[id] {
			o.t.Errorf("%s: the field %q has no label", path, id)
		}
	}
	if heading == 0 {
		o.t.Errorf("%s: no heading", path)
	}
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, part := range parts {
		if !strings.Contains(flat, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is in:\n%s", part, text)
		}
	}
}

var confirmLink = regexp.MustCompile(`/confirm/[a-z2-7]{26}`)

// question is the path of the last question's page.
func (o *office) question(to string) string {
	o.t.Helper()
	letters := o.out.to(to)
	if len(letters) == 0 {
		o.t.Fatalf("no letter went to %s", to)
	}
	link := confirmLink.FindString(letters[len(letters)-1].Text)
	if link == "" {
		o.t.Fatalf("no link in:\n%s", letters[len(letters)-1].Text)
	}
	return link
}
