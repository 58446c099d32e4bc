package lists

import (
	"errors"
	"reflect"
	"sort"
	"strings"
	"testing"
)

func list(serial uint32, name, family, short string, aliases ...string) List {
	l := List{ID: name, Serial: serial, Family: family, Name: name, Short: short, State: Active, Aliases: aliases}
	l.ListID = name + ".lists.example.org"
	if family != name {
		l.ListID = short + "." + family + ".lists.example.org"
	}
	return l
}

func testDirectory() *Directory {
	renamed := list(4, "dc-atlas", "dc", "atlas", "dc-maps")
	renamed.ID = "dc-cartography"
	return NewDirectory("lists.example.org", []List{
		list(5, "igf", "igf", "igf"),
		list(6, "igf-data", "igf", "data"),
		list(7, "igf-youth", "igf", "youth"),
		list(3, "dc-data", "dc", "data"),
		renamed,
		list(2, "dc-data-protection", "dc", "data-protection", "privacy"),
		list(1, "dc", "dc", "dc", "coalition"),
		list(8, "a-b", "a-b", "a-b"),
	})
}

func names(ls []List) string {
	var n []string
	for _, l := range ls {
		n = append(n, l.Name)
	}
	return strings.Join(n, " ")
}

func TestResolve(t *testing.T) {
	d := testDirectory()
	token := MemberToken([]byte("s"), TokenLeave, d.Lists[0], 7)
	strange := MemberToken([]byte("s"), TokenLeave, List{Serial: 999}, 7)
	tests := []struct{ local, kind, list, token string }{
		{"dc", "post", "dc", ""},
		{"DC", "post", "dc", ""},
		{"Coalition", "post", "dc", ""},
		{"privacy", "post", "dc-data-protection", ""},
		{"dc-data-protection", "post", "dc-data-protection", ""},
		{"dc-maps", "post", "dc-atlas", ""},
		{"dc-join", "join", "dc", ""},
		{"dc+join", "join", "dc", ""},
		{"dc-subscribe", "join", "dc", ""},
		{"coalition-Join", "join", "dc", ""},
		{"dc-leave", "leave", "dc", ""},
		{"dc-unsubscribe", "leave", "dc", ""},
		{"dc-leave+AbC2", "leave", "dc", "abc2"},
		{"dc+leave+abc2", "leave", "dc", "abc2"},
		{"dc+unsubscribe+abc2", "leave", "dc", "abc2"},
		{"dc-request", "request", "dc", ""},
		{"dc-help", "help", "dc", ""},
		{"dc-owner", "owner", "dc", ""},
		{"dc-confirm+k", "confirm", "dc", "k"},
		{"dc-confirm", "confirm", "dc", ""},
		{"dc-progress+k", "progress", "dc", "k"},
		{"dc-bounces+k", "bounces", "dc", "k"},
		{"dc-bounces", "bounces", "dc", ""},
		{"dc-data-protection-owner", "owner", "dc-data-protection", ""},
		{"a-b-owner", "owner", "a-b", ""},
		{"plenary", "site", "", ""},
		{"Majordomo", "site", "", ""},
		{"listserv", "site", "", ""},
		{"sympa", "site", "", ""},
		{"plenary-request", "site", "", ""},
		{"plenary-help", "site", "", ""},
		{"plenary+join", "site", "", ""},
		{"plenary-leave", "site", "", ""},
		{"plenary-leave+" + token, "leave", d.Lists[0].Name, token},
		{"plenary-confirm+k", "site-confirm", "", "k"},
		{"plenary+confirm+K", "site-confirm", "", "k"},
		{"plenary-progress+k", "site-progress", "", "k"},
		{"plenary-bounces+k", "site-bounces", "", "k"},
		{"plenary-owner", "postmaster", "", ""},
		{"postmaster", "postmaster", "", ""},
		{"Mailer-Daemon", "postmaster", "", ""},
		{"abuse", "abuse", "", ""},
		// Unknown.
		{"", "", "", ""},
		{"dcx", "", "", ""},
		{"data", "", "", ""}, // short names are no addresses
		{"dc+foo", "", "", ""},
		{"dc+", "", "", ""},
		{"dc-join+", "", "", ""},
		{"dc-join+k", "", "", ""},
		{"dc-owner+k", "", "", ""},
		{"dc+join+k", "", "", ""},
		{"dc+leave+", "", "", ""},
		{"dc+leave+k+k", "", "", ""},
		{"dc-leave+k+k", "", "", ""},
		{"dc-leave+" + strings.Repeat("k", 27), "", "", ""},
		{"dc-leave+k/../k", "", "", ""},
		{"dc-leave-join", "", "", ""},
		{"-join", "", "", ""},
		{"join", "", "", ""},
		{"+join", "", "", ""},
		{"plenary+foo", "", "", ""},
		{"plenary-leave+k", "", "", ""},
		{"plenary-leave+" + strange, "", "", ""},
		{"postmaster-owner", "", "", ""},
		{"abuse+leave+k", "", "", ""},
		{"a-b\u212a", "", "", ""},
		{strings.Repeat("a", 65), "", "", ""},
	}
	for _, tt := range tests {
		got, ok := d.Resolve(tt.local)
		if ok != (tt.kind != "") {
			t.Errorf("Resolve(%q): found %v, %+v", tt.local, ok, got)
			continue
		}
		if string(got.Kind) != tt.kind || got.List.Name != tt.list || got.Token != tt.token {
			t.Errorf("Resolve(%q) = %s %q %q, want %s %q %q", tt.local, got.Kind, got.List.Name, got.Token, tt.kind, tt.list, tt.token)
		}
		if tt.list != "" && got.Main.ID != got.List.Family {
			t.Errorf("Resolve(%q): its main list is %q", tt.local, got.Main.ID)
		}
	}
}

func TestFind(t *testing.T) {
	d := testDirectory()
	tests := []struct{ word, near, want string }{
		{"dc", "", "dc"},
		{"Coalition", "", "dc"},
		{"dc-data@lists.example.org", "", "dc-data"},
		{`"youth",`, "", "igf-youth"},
		{"data-protection", "", "dc-data-protection"},
		{"data", "", "dc-data igf-data"},
		{"data", "dc", "dc-data"},
		{"data", "dc-data-protection", "dc-data"},
		{"data", "igf-youth", "igf-data"},
		{"data", "a-b", "dc-data igf-data"},
		{"data", "no-such", "dc-data igf-data"},
		{"atlas", "", "dc-atlas"},
		{"maps", "", "dc-atlas"},
		{"dc", "igf", "dc"},
		{"nothing", "dc", ""},
		{"", "dc", ""},
		{"dc@elsewhere.example", "", ""},
	}
	for _, tt := range tests {
		if got := names(d.Find(tt.word, tt.near)); got != tt.want {
			t.Errorf("Find(%q, %q) = %q, want %q", tt.word, tt.near, got, tt.want)
		}
	}
	// A domain in letters of another script, in both its forms.
	d.Domain = "xn--bcher-kva.example"
	for _, word := range []string{"dc@bücher.example", "DC@BÜCHER.example.", "dc@xn--bcher-kva.example", "mailto:dc@Bücher.Example"} {
		if got := names(d.Find(word, "")); got != "dc" {
			t.Errorf("Find(%q) = %q", word, got)
		}
		if full := fullName(strings.TrimPrefix(word, "mailto:"), d.Domain, nil); full != "dc" {
			t.Errorf("%q is taken for the name %q", word, full)
		}
	}
}

func TestDirectoryLookups(t *testing.T) {
	d := testDirectory()
	if got := names(d.MainLists()); got != "a-b dc igf" {
		t.Errorf("main lists: %s", got)
	}
	if got := names(d.Family("dc-data")); got != "dc dc-atlas dc-data dc-data-protection" {
		t.Errorf("family: %s", got)
	}
	if d.Family("no-such") != nil {
		t.Error("an unknown list has a family")
	}
	if l, ok := d.ByID("dc-cartography"); !ok || l.Name != "dc-atlas" {
		t.Errorf("ByID: %v %v", l.Name, ok)
	}
	if l, ok := d.BySerial(2); !ok || l.Name != "dc-data-protection" {
		t.Errorf("BySerial: %v %v", l.Name, ok)
	}
	if !sort.SliceIsSorted(d.Lists, func(i, j int) bool { return d.Lists[i].Name < d.Lists[j].Name }) {
		t.Error("lists are not sorted")
	}
}

func TestCheckNew(t *testing.T) {
	d := testDirectory()
	dc, _ := d.ByID("dc")
	long, _ := d.ByID("dc")
	long.Name = strings.Repeat("d", 30)
	tests := []struct {
		word   string
		parent *List
		want   string // the full name, or "" and words of the refusal
		words  string
	}{
		{"maps", &dc, "", "dc-atlas"}, // dc-maps is its alias
		{"schools", &dc, "dc-schools", ""},
		{"dc-schools", &dc, "dc-schools", ""},
		{"DC-Schools@lists.example.org", &dc, "dc-schools", ""},
		{" Schools ", &dc, "dc-schools", ""},
		{"schools", nil, "schools", ""},
		{"igf-schools", &dc, "dc-igf-schools", ""},
		{"igf", &dc, "dc-igf", ""},
		{"a", nil, "a", ""}, // a-b-owner has one reading still
		{"plenary-hall", nil, "plenary-hall", ""},
		{strings.Repeat("n", 40), nil, strings.Repeat("n", 40), ""},

		{"", nil, "", "needs a name"},
		{"", &dc, "", "needs a name"},
		{"dc", &dc, "", "main list itself"},
		{"dc", nil, "", "already a list dc"},
		{"Privacy", nil, "", "already a list privacy"},
		{"data", &dc, "", "already a list dc-data"},
		{"dc-cartography", nil, "", "now called dc-atlas"},
		{"join", nil, "", "Choose another name, such as join-group"},
		{"join", &dc, "", "ending -join"},
		{"owner", &dc, "", "ending -owner"},
		{"dc-join", nil, "", "address of a list dc"},
		{"x-bounces", nil, "", "ending -bounces"},
		{"plenary", nil, "", "address of the site"},
		{"mailer-daemon", nil, "", "address of the site"},
		{"abuse", nil, "", "address of the site"},
		{"dc+maps", nil, "", "Write dc-maps instead"},
		{"Data Protection", nil, "", "Write data-protection instead"},
		{"-x", nil, "", "begins with a letter or digit. Write x instead"},
		{"été", nil, "", "only the letters a to z"},
		{"x\r\nBcc: y", nil, "", "Write x-bcc-y instead"},
		{strings.Repeat("n", 41), nil, "", "41 characters"},
		{strings.Repeat("n", 10), &long, "", "41 characters"},
	}
	for _, tt := range tests {
		got, err := d.CheckNew(tt.word, tt.parent)
		if tt.words == "" {
			if err != nil || got != tt.want {
				t.Errorf("CheckNew(%q) = %q, %v; want %q", tt.word, got, err, tt.want)
			}
			continue
		}
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(r.Text, tt.words) {
			t.Errorf("CheckNew(%q) = %q, %v; want a refusal with %q", tt.word, got, err, tt.words)
		}
	}
}

// A list made before a role word existed keeps its address: no list may be
// made whose role address that is.
func TestCheckNewShadow(t *testing.T) {
	d := NewDirectory("lists.example.org", []List{list(1, "dc-join", "dc-join", "dc-join")})
	if _, err := d.CheckNew("dc", nil); err == nil {
		t.Error("dc was allowed beside a list dc-join")
	}
}

func TestCheckRenameAndAlias(t *testing.T) {
	d := testDirectory()
	atlas, _ := d.ByID("dc-cartography")
	dc, _ := d.ByID("dc")
	for word, want := range map[string]string{
		"maps": "dc-maps", "dc-maps": "dc-maps", "cartography": "dc-cartography", "dc-atlas": "dc-atlas",
		"data": "", "owner": "", "dc": "dc-dc",
	} {
		if want == "dc-dc" {
			want = "" // the main list's own name stays dc, which is taken
		}
		got, err := d.CheckRename(atlas, word)
		if want == "" && err == nil || want != "" && (got != want || err != nil) {
			t.Errorf("CheckRename(dc-atlas, %q) = %q, %v; want %q", word, got, err, want)
		}
	}
	if got, err := d.CheckRename(dc, "body"); got != "body" || err != nil {
		t.Errorf("a main list's new name: %q, %v", got, err)
	}
	if got, err := d.CheckAlias(atlas, "Charts"); got != "charts" || err != nil {
		t.Errorf("alias: %q, %v", got, err)
	}
	if _, err := d.CheckAlias(atlas, "privacy"); err == nil {
		t.Error("another list's alias was given twice")
	}
}

func TestValidNameRefusesAlwaysWithWords(t *testing.T) {
	for _, s := range append(append(SiteLocals(), RoleWords()...), "", "X", "a_b", "a.b", "x-help", "a+b", "a b", "é") {
		var r *Refusal
		if err := ValidName(s); !errors.As(err, &r) || r.Text == "" {
			t.Errorf("ValidName(%q) = %v", s, err)
		}
	}
}

// FuzzResolve: no address panics, no address has two readings, and what
// resolves is spelt again by the same parts.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{"dc", "dc-leave+tok", "dc+leave+tok", "plenary-confirm+x", "+", "-join", "dc++", "A-B-Owner", "plenary-leave+aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		f.Add(s)
	}
	d := testDirectory()
	f.Fuzz(func(t *testing.T, local string) {
		got, ok := d.Resolve(local)
		if !ok {
			if !reflect.DeepEqual(got, Target{}) {
				t.Fatalf("%q is unknown yet has a target", local)
			}
			return
		}
		if len(got.Token) > MaxToken || strings.ContainsAny(got.Token, "@+ \r\n") {
			t.Fatalf("%q: token %q", local, got.Token)
		}
		if again, ok := d.Resolve(strings.ToUpper(local)); !ok || !reflect.DeepEqual(again, got) {
			t.Fatalf("%q reads otherwise in capitals", local)
		}
		if got.Kind == TargetPost && strings.Contains(local, "+") {
			t.Fatalf("%q posts", local)
		}
	})
}
