package web

import (
	"net"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

func TestIndex(t *testing.T) {
	o := newOffice(t)
	text := o.get(200, "/")
	has(t, text, "Digital Coalition", "We meet &lt;as&gt; a whole.", "Data Map", "Lea Leader", "Publish it", "Tuesday 1 December 2026",
		"dc-map-join@lists.example.org", "By invitation", "dc-club-owner@lists.example.org")
	lacks(t, text, "lea@example.org", "mo@example.org", "dc-club-join@")
	o.get(200, "/style.css")
	for _, path := range []string{"/nothing", "/dc/nothing", "/a/b/c", "/leave/", "/settings/x", "/confirm/x/y"} {
		has(t, o.get(404, path), "Not here")
	}
	o.page(405, "DELETE", "/dc", nil)
	o.page(404, "DELETE", "/dc/nothing", nil)
	o.page(200, "HEAD", "/", nil)
}

func TestJoin(t *testing.T) {
	o := newOffice(t)
	has(t, o.get(200, "/dc-map"), "dc-map@lists.example.org", "Joining the group joins Digital Coalition too", "A group of")
	has(t, o.get(200, "/DC"), "Groups of Digital Coalition", "Data Map")
	has(t, o.get(200, "/map"), "Data Map") // the short name
	has(t, o.post(422, "/dc-map/join", "address", `no"<address>`), "That is no mail address", `value="no&#34;&lt;address&gt;"`)
	text := o.post(200, "/dc-map/join", "address", "nell@example.net")
	has(t, text, "A mail is on its way")
	member := o.post(200, "/dc-map/join", "address", "lea@example.org")
	if text != member {
		t.Error("the page tells who is a member")
	}
	has(t, o.out.to("lea@example.org")[0].Text, "are a member of Data Map")

	path := o.question("nell@example.net")
	page := o.get(200, path)
	has(t, page, "subscribe nell@example.net to Data Map", `value="yes"`, `value="no"`)
	o.get(200, path)
	if o.in("dc", "nell@example.net") {
		t.Fatal("a GET subscribed")
	}
	o.post(400, path, "answer", "maybe")
	o.post(400, path)
	has(t, o.post(200, path, "answer", "yes"), "Done", "You are now a member of")
	if !o.in("dc-map", "nell@example.net") {
		t.Fatal("not subscribed")
	}
	has(t, o.post(200, path, "answer", "yes"), "confirmed already")
	has(t, o.get(200, path), "confirmed already")
	if n := len(o.out.to("nell@example.net")); n != 2 {
		t.Errorf("%d letters", n)
	}
	has(t, o.get(404, "/confirm/aaaaaaaaaaaaaaaaaaaaaaaaaa"), "three days")
}

func TestAnswerNo(t *testing.T) {
	o := newOffice(t)
	o.post(200, "/dc/join", "address", "nell@example.net")
	path := o.question("nell@example.net")
	has(t, o.post(200, path, "answer", "no"), "Nothing was changed")
	has(t, o.post(200, path, "answer", "yes"), "answered with no")
	if o.in("dc", "nell@example.net") {
		t.Error("subscribed after a no")
	}
}

func TestJoinsAreCounted(t *testing.T) {
	o := newOffice(t)
	for range 20 {
		o.post(200, "/dc/join", "address", "v@example.net")
	}
	if n := len(o.out.to("v@example.net")); n != 3 {
		t.Errorf("%d questions to one address", n)
	}
	has(t, o.post(429, "/dc/join", "address", "w@example.net"), "Please try again in an hour")
	// Behind a proxy on this machine each visitor is counted alone.
	o.page(200, "POST", "/dc/join", url.Values{"address": {"w@example.net"}}, "X-Forwarded-For", "203.0.113.9, 198.51.100.7")
}

func TestLeave(t *testing.T) {
	o := newOffice(t)
	dir, err := o.store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dc, _ := dir.ByID("dc")
	path := "/leave/" + lists.MemberToken(o.store.Secret(), lists.TokenLeave, dc, o.mo.Number)
	page := o.get(200, path)
	has(t, page, "Leave Digital Coalition", "nothing changes")
	lacks(t, page, "mo@example.org")
	if strings.Count(page, "<button") != 1 {
		t.Error("the page must have one button")
	}
	if !o.in("dc", "mo@example.org") {
		t.Fatal("a GET unsubscribed")
	}
	// A mail provider's POST: from another site, without cookies (RFC 8058).
	has(t, o.page(200, "POST", path, url.Values{"List-Unsubscribe": {"One-Click"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://mail.example.net"), "no longer a member")
	if o.in("dc", "mo@example.org") {
		t.Fatal("still a member")
	}
	has(t, o.page(200, "POST", "/leave/"+strings.ToUpper(path[7:]), nil), "not a member")
	o.page(200, "POST", path, nil, "Content-Type", "multipart/form-data; boundary=x")
	if n := len(o.out.to("mo@example.org")); n != 1 {
		t.Errorf("%d farewells", n)
	}
	for _, wrong := range []string{"x", swap(path[7:]), lists.MemberToken(o.store.Secret(), lists.TokenBounce, dc, o.mo.Number)} {
		o.page(404, "POST", "/leave/"+wrong, nil)
	}
	has(t, o.post(200, "/dc-map/leave", "address", "lea@example.org"), "to leave Data Map")
	has(t, o.get(200, o.question("lea@example.org")), "unsubscribe lea@example.org from Data Map")
}

// Whoever uses a leave link in another way is told which there are, and
// nothing is done, wherever it comes from.
func TestLeaveByAnotherMethod(t *testing.T) {
	o := newOffice(t)
	dir, err := o.store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dc, _ := dir.ByID("dc")
	for _, token := range []string{lists.MemberToken(o.store.Secret(), lists.TokenLeave, dc, o.mo.Number), "x"} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PATCH"} {
			for _, site := range []string{"", "cross-site"} {
				r := httptest.NewRequestWithContext(t.Context(), method, "/leave/"+token, nil)
				if site != "" {
					r.Header.Set("Sec-Fetch-Site", site)
					r.Header.Set("Origin", "https://mail.example.net")
				}
				w := httptest.NewRecorder()
				o.server.Config.Handler.ServeHTTP(w, r)
				if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, POST" {
					t.Errorf("%s %q from %q: %d, Allow %q", method, token, site, w.Code, w.Header().Get("Allow"))
				}
			}
		}
	}
	if !o.in("dc", "mo@example.org") {
		t.Error("unsubscribed")
	}
}

func TestCrossOrigin(t *testing.T) {
	o := newOffice(t)
	form := url.Values{"address": {"v@example.net"}}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		has(t, o.page(403, "POST", "/dc/join", form, header...), "another site")
	}
	if len(o.out.letters) != 0 {
		t.Error("a page of another site had a mail sent")
	}
	o.page(200, "POST", "/dc/join", form, "Origin", o.server.URL)
}

func TestLargeForm(t *testing.T) {
	o := newOffice(t)
	has(t, o.post(413, "/dc/join", "address", strings.Repeat("x", maxBody)), "Too much")
}

func TestSettings(t *testing.T) {
	o := newOffice(t)
	has(t, o.get(401, "/settings"), "write the word password to plenary@lists.example.org")
	o.post(401, "/settings/delivery", "list", "dc", "delivery", "none")
	token, err := o.store.NewSignIn(t.Context(), "mo@example.org", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	o.get(200, "/sign-in/"+token)
	o.get(200, "/sign-in/"+token) // a GET doesn't spend it
	page := o.post(200, "/sign-in/"+token)
	has(t, page, "Signed in as mo@example.org", "Digital Coalition", "every post as it comes")
	lacks(t, page, "Data Map", "lea@example.org")
	u, _ := url.Parse(o.server.URL)
	if c := o.client.Jar.Cookies(u); len(c) != 1 {
		t.Fatalf("cookies: %v", c)
	}
	o.post(410, "/sign-in/"+token)

	has(t, o.post(200, "/settings/delivery", "list", "dc", "delivery", "weekly"), "the posts of a week come in one mail", `value="weekly" selected`)
	has(t, o.post(200, "/settings/delivery", "list", "dc", "delivery", "hourly"), "That is no way of delivery")
	has(t, o.post(200, "/settings/delivery", "list", "dc-map", "delivery", "none"), "You are not a member of Data Map")
	o.post(404, "/settings/delivery", "list", "nothing", "delivery", "none")
	o.page(403, "POST", "/settings/leave", url.Values{"list": {"dc"}}, "Sec-Fetch-Site", "same-site")

	o.get(403, "/dc-club/archive")
	o.member("dc-club", lists.NewMember{Address: "mo@example.org"})
	has(t, o.get(200, "/dc-club/archive"), "Archive of Closed Club")
	has(t, o.post(200, "/settings/leave", "list", "dc"), "Asked you to confirm") // it reaches several lists
	has(t, o.post(200, "/settings/leave", "list", "dc-club"), "no longer a member of Closed Club")
	if o.in("dc-club", "mo@example.org") || !o.in("dc", "mo@example.org") {
		t.Error("the wrong lists were left")
	}
	has(t, o.post(200, "/sign-out"), "You are signed out")
	o.get(401, "/settings")

	token, err = o.store.NewSignIn(t.Context(), "mo@example.org", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	o.post(200, "/sign-in/"+token)
	o.time = o.time.Add(sessionLife + time.Second)
	o.get(401, "/settings")
}

func TestCookie(t *testing.T) {
	for base, want := range map[string]string{
		"https://lists.example.org": "__Host-plenary=x; Path=/; Max-Age=9; HttpOnly; Secure; SameSite=Lax",
		"http://127.0.0.1:8080":     "plenary=x; Path=/; Max-Age=9; HttpOnly; SameSite=Lax",
	} {
		w := httptest.NewRecorder()
		(&pages{Config: Config{Site: lists.Site{BaseURL: base}}}).setCookie(w, "x", 9)
		if got := w.Header().Get("Set-Cookie"); got != want {
			t.Errorf("%s: %s", base, got)
		}
	}
}

func TestArchive(t *testing.T) {
	o := newOffice(t)
	has(t, o.get(200, "/dc/archive"), "Post &lt;60&gt;", "/dc/archive/c60", "?before=11")
	has(t, o.get(200, "/dc/archive?before=11"), "Nothing was written yet")
	page := o.get(200, "/dc/archive/c7")
	has(t, page, "Seven", "Hello &lt;b&gt; from anna.b@…")
	lacks(t, page, "alert", "mo@example.org", "anna.b@example.org")
	o.get(404, "/dc/archive/c8")
	o.get(401, "/dc-club/archive")
	o.get(401, "/dc-club/archive/c7")
}

func TestRemote(t *testing.T) {
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:999", "", "192.0.2.1"},
		{"192.0.2.1:999", "198.51.100.7", "192.0.2.1"}, // no proxy of ours
		{"127.0.0.1:999", "198.51.100.7", "198.51.100.7"},
		{"[::1]:999", "203.0.113.9, 2001:db8::7", "2001:db8::7"},
		{"10.1.2.3:999", "junk", "10.1.2.3"},
		{"127.0.0.1:999", "", "127.0.0.1"},
		{"@", "", "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := Proxies(nil).remote(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Where the web servers in front are named, nobody else's word is taken, and a
// chain of them is followed back to the visitor.
func TestRemoteBehindNamedProxies(t *testing.T) {
	named := Proxies{netip.MustParsePrefix("10.9.0.0/16"), netip.MustParsePrefix("192.0.2.7/32")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"10.1.2.3:999", "198.51.100.7", "10.1.2.3"}, // a visitor in a private network who makes it up
		{"127.0.0.1:999", "198.51.100.7", "127.0.0.1"},
		{"192.0.2.7:999", "198.51.100.7", "198.51.100.7"},
		{"[::ffff:192.0.2.7]:999", "198.51.100.7", "198.51.100.7"},
		{"10.9.1.1:999", "203.0.113.9, 198.51.100.7, 10.9.2.2,192.0.2.7", "198.51.100.7"},
		{"10.9.1.1:999", "10.1.2.3", "10.1.2.3"},
		{"10.9.1.1:999", "203.0.113.9, junk, 10.9.2.2", "10.9.2.2"},
		{"10.9.1.1:999", "10.9.2.2", "10.9.2.2"},
		{"10.9.1.1:999", "", "10.9.1.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := named.remote(r); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	l := &limited{proxies: named}
	for at, want := range map[string]string{"10.1.2.3": "10.1.2.3/32", "10.9.1.1": "", "127.0.0.1": "127.0.0.1/32"} {
		if got := l.visitor(&net.TCPAddr{IP: net.ParseIP(at), Port: 9}); got != want {
			t.Errorf("%s is counted at %q, want %q", at, got, want)
		}
	}
}

// swap is the token with one character changed.
func swap(token string) string {
	other := "a"
	if token[20] == 'a' {
		other = "b"
	}
	return token[:20] + other + token[21:]
}
