package web

import (
	"net/url"
	"testing"
	"time"

	"plenary/lists"
)

const noToken = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

// Wrong tokens are looked at twenty times a minute from one network, whichever
// page they come to; then true ones of that network aren't looked at either,
// save leave links, which prove themselves. Other networks are not touched.
func TestGuesses(t *testing.T) {
	o := newOffice(t)
	o.post(200, "/dc/join", "address", "nell@example.net")
	path := o.question("nell@example.net")
	from := func(network string, code int, method, path string, pairs ...string) string {
		t.Helper()
		form := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		if method == "GET" {
			form = nil
		}
		return o.page(code, method, path, form, "X-Forwarded-For", network) // the test is the proxy
	}
	for range 30 { // true ones cost nothing
		from("2001:db8::1", 200, "GET", path)
	}
	for range 5 {
		from("2001:db8::1", 404, "GET", "/confirm/"+noToken)
		from("2001:db8::2", 404, "POST", "/confirm/"+noToken, "answer", "yes")
		from("2001:db8::3", 410, "POST", "/sign-in/"+noToken)
		from("2001:db8::4", 404, "GET", "/leave/"+noToken)
	}
	has(t, from("2001:db8::5", 429, "GET", "/confirm/"+noToken), "in a minute")
	from("2001:db8::6", 429, "POST", "/sign-in/"+noToken)
	from("2001:db8::6", 429, "POST", "/leave/"+noToken, "List-Unsubscribe", "One-Click")
	from("2001:db8::7", 429, "POST", path, "answer", "yes")
	if o.in("dc", "nell@example.net") {
		t.Fatal("a token was looked at past the limit")
	}
	dir, err := o.store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dc, _ := dir.ByID("dc")
	leave := "/leave/" + lists.MemberToken(o.store.Secret(), lists.TokenLeave, dc, o.mo.Number)
	from("2001:db8::8", 200, "POST", leave, "List-Unsubscribe", "One-Click") // leaving is not blocked
	from("2001:db8:1::1", 200, "POST", path, "answer", "yes")
	if !o.in("dc", "nell@example.net") {
		t.Error("a true token from elsewhere was not looked at")
	}
	o.time = o.time.Add(time.Minute)
	from("2001:db8::1", 404, "GET", "/confirm/"+noToken)
}
