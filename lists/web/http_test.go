package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"plenary/lists"
)

// Feeds and style say by a tag what they are, and who has it gets it no more.
func TestConditionalRequests(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/dc/board.json", "/dc/digest.atom", "/dc/next.ics", "/style.css"} {
		first := o.answer(http.MethodGet, path)
		tag := first.Header.Get("ETag")
		if first.StatusCode != 200 || tag == "" || first.ContentLength <= 0 {
			t.Fatalf("%s: %d, tag %q, %d octets", path, first.StatusCode, tag, first.ContentLength)
		}
		if head := o.answer(http.MethodHead, path); head.StatusCode != 200 || head.ContentLength != first.ContentLength || head.Header.Get("ETag") != tag {
			t.Errorf("%s: HEAD has %v", path, head.Header)
		}
		for header, want := range map[string]int{tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200} {
			if got := o.answer(http.MethodGet, path, "If-None-Match", header); got.StatusCode != want {
				t.Errorf("%s, If-None-Match %s: %d, want %d", path, header, got.StatusCode, want)
			}
		}
	}
	before := o.answer(http.MethodGet, "/dc/next.ics").Header.Get("ETag")
	o.change("dc-map", func(l *lists.List) { l.NextBy = "2026-12-24" })
	if after := o.answer(http.MethodGet, "/dc/next.ics", "If-None-Match", before); after.StatusCode != 200 {
		t.Errorf("a date that moved is not told: %d", after.StatusCode)
	}
}

func TestMethods(t *testing.T) {
	o := newOffice(t)
	for path, allow := range map[string]string{"/": "GET, HEAD", "/dc": "GET, HEAD", "/dc/archive/c7": "GET, HEAD", "/dc/join": "GET, HEAD, POST", "/sign-out": "GET, HEAD, POST", "/confirm/x": "GET, HEAD, POST", "/settings/delivery": "GET, HEAD, POST"} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "FOO"} {
			if got := o.answer(method, path); got.StatusCode != 405 || got.Header.Get("Allow") != allow {
				t.Errorf("%s %s: %d, Allow %q", method, path, got.StatusCode, got.Header.Get("Allow"))
			}
		}
	}
	if got := o.answer(http.MethodGet, "/settings"); got.StatusCode != 401 || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("settings: %d, %v", got.StatusCode, got.Header)
	}
	has(t, o.get(200, "/dc-map/"), "Data Map")
	has(t, o.get(200, "/dc/board/"), "what the groups do")
	has(t, o.get(200, "/dc/archive/?q=hello"), "Posts with “hello”")
	for _, path := range []string{"/nothing/", "/nothing/board/", "/%2f%2fevil.example/archive/", "/dc/archive/c7/", "/%5cevil.example/board/"} {
		o.get(404, path)
	}
}

// Who asks for what a form is sent to, as a browser does that opens its last
// pages again, comes to the page that has the form, and changes nothing.
func TestFormTargetsLeadToTheirForms(t *testing.T) {
	o := newOffice(t)
	o.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]string{
		"/dc/join": "/dc", "/dc-map/leave?address=mo@example.org": "/dc-map", "/settings/delivery": "/settings", "/settings/leave": "/settings", "/sign-out": "/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if got := o.answer(method, path); got.StatusCode != 303 || got.Header.Get("Location") != want {
				t.Errorf("%s %s: %d to %s", method, path, got.StatusCode, got.Header.Get("Location"))
			}
		}
	}
	for _, path := range []string{"/nothing/join", "/settings/other", "/%2f%2fevil.example/join"} {
		if got := o.answer(http.MethodGet, path); got.StatusCode != 404 {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if n := len(o.out.letters); n > 0 {
		t.Errorf("%d letters", n)
	}
}

func (o *office) answer(method, path string, header ...string) *http.Response {
	o.t.Helper()
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := o.client.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		o.t.Fatal(err)
	}
	return res
}

// Addresses of any script, quoted, in links or with a number for a domain:
// none tells where its owner gets mail. Those of the site stay.
func TestHideAddresses(t *testing.T) {
	p := &pages{Config: Config{Site: lists.Site{Domain: "lists.example.org"}}}
	for text, want := range map[string]string{
		"ana@example.org, <bo.b+x@mail.example.org>.":            "ana@…, <bo.b+x@…>.",
		"jürgen@bücher.example 用户@例子.广告 o'hara@x.example":        "jürgen@… 用户@… o'hara@…",
		`"ana b"@example.org ana!@x.example ana@[192.0.2.7]`:     `"ana b"@… ana!@… ana@[192.0.2.7]`,
		"https://x.example/?to=ana%40example.org&b":              "https://x.example/?to=ana%40…&b",
		"dc-join@lists.example.org DC@Lists.Example.Org":         "dc-join@lists.example.org DC@Lists.Example.Org",
		"dc@lists.example.org.evil.example":                      "dc@…",
		"three @ a time, @user, user@host, a@b: nothing to hide": "three @ a time, @user, user@host, a@b: nothing to hide",
	} {
		want = strings.ReplaceAll(want, "@[192.0.2.7]", "@…")
		if got := p.hideAddresses(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	o := newOffice(t)
	o.change("dc-map", func(l *lists.List) { l.Purpose, l.Next = "Ask Zoë <zoë@example.org>", "Hear ana@bücher.example" })
	for _, path := range []string{"/", "/dc", "/dc-map", "/dc/next.ics"} {
		text := o.get(200, path)
		has(t, text, "zoë@…", "ana@…")
		lacks(t, text, "bücher", "zoë@e")
	}
}

// A redirect stays on the site, however a path is written.
func TestRedirectsStayHere(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{"/dc/", "/dc/board/", "/dc/archive/?q=//evil.example", "//evil.example/", "/%2fevil.example/", "/%2fevil.example/board/", "/%2f%2fevil.example/archive/", "/%5cevil.example/board/", `/\evil.example/archive/`, "/%2f/board/", "/dc/board//", "/.//board/"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		u, err := url.ParseRequestURI(path)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		w := httptest.NewRecorder()
		o.server.Config.Handler.ServeHTTP(w, r)
		to := w.Header().Get("Location")
		if to != "" && (to[0] != '/' || len(to) > 1 && strings.ContainsAny(to[1:2], `/\`)) {
			t.Errorf("%s leads to %s (%d)", path, to, w.Code)
		}
	}
}
