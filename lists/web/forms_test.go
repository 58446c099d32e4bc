package web

import (
	"strings"
	"testing"
	"time"
)

// A wrong address is told at the form that it stood in, also where that is the
// only one; the field is where the reader is put, and the title says it first.
func TestWrongAddress(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct{ list, verb, other string }{{"dc-map", "join", "leave"}, {"dc-map", "leave", "join"}, {"dc-club", "leave", ""}} {
		page := o.post(422, "/"+c.list+"/"+c.verb, "address", "no address")
		has(t, page, `id="`+c.verb+`-address" name="address" type="email" autocomplete="email" required maxlength="254" dir="ltr" value="no address" autofocus aria-invalid="true" aria-describedby="`+c.verb+`-wrong"`,
			`id="`+c.verb+`-wrong" role="alert"`, "<title>That is no mail address. Write it as name@example.org. – ")
		if strings.Count(page, "autofocus") != 1 || strings.Count(page, "aria-invalid") != 1 || c.other != "" && !strings.Contains(page, `id="`+c.other+`-address"`) {
			t.Errorf("%s of %s: another form is marked too:\n%s", c.verb, c.list, page)
		}
	}
	lacks(t, o.get(200, "/dc-map"), "autofocus", "aria-invalid", `role="alert"`)
}

// What came of a change is where the reader is put, and each view of a page
// has a title of its own.
func TestTitlesTellPagesApart(t *testing.T) {
	o := newOffice(t)
	token, err := o.store.NewSignIn(t.Context(), "mo@example.org", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	title := func(page string) string {
		_, page, _ = strings.Cut(page, "<title>")
		page, _, _ = strings.Cut(page, "</title>")
		return page
	}
	seen := map[string]bool{}
	for _, page := range []string{
		o.get(200, "/"), o.get(200, "/dc"), o.get(200, "/dc-map"), o.post(422, "/dc/join", "address", "x"), o.get(200, "/dc/board"), o.get(200, "/dc/archive"), o.get(200, "/dc/archive?before=11"), o.get(200, "/dc/archive?q=hello"),
		o.get(200, "/dc/archive/c7"), o.get(404, "/nothing"), o.get(200, "/sign-in/"+token), o.post(200, "/sign-in/"+token), o.post(200, "/settings/delivery", "list", "dc", "delivery", "weekly"), o.post(200, "/settings/delivery", "list", "dc", "delivery", "each"),
	} {
		if seen[title(page)] {
			t.Errorf("two pages have the title %q", title(page))
		}
		seen[title(page)] = true
	}
	page := o.post(200, "/settings/delivery", "list", "dc", "delivery", "none")
	has(t, page, `<p class="notice" role="status" tabindex="-1" autofocus>For Digital Coalition`)
	lacks(t, o.get(200, "/settings"), "autofocus")
}
