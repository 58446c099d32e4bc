package web

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plenary/digest/words"
	"plenary/lists"
)

// tour goes to every kind of page that a list's people meet, and gives each
// page by what it is.
func (o *office) tour(own string) map[string]string {
	o.t.Helper()
	seen := map[string]string{
		"all lists": o.get(200, "/"), "main list": o.get(200, "/dc"), "group": o.get(200, "/dc-map"), "by invitation": o.get(200, "/dc-club"), "approved": o.get(200, "/dc-law"), "closed": o.get(200, "/dc-old"),
		"board": o.get(200, "/dc/board"), "archive": o.get(200, "/dc/archive"), "post": o.get(200, "/dc/archive/c7"), "no archive": o.get(404, "/dc-old/archive"),
		"nothing": o.get(404, "/nothing/here"), "no post": o.get(404, "/dc/archive/c8"), "other method": o.page(405, "DELETE", "/dc", nil), "members' archive": o.get(401, "/dc-club/archive"),
		"not signed in": o.get(401, "/settings"), "no sign-in": o.get(200, "/sign-in/x"), "spent": o.post(410, "/sign-in/"+noToken), "no question": o.get(404, "/confirm/"+noToken), "no leave": o.get(404, "/leave/x"),
		"no address": o.post(422, "/dc/join", "address", "x"), "no address to leave": o.post(422, "/dc-club/leave", "address", "x"),
		"too much": o.post(413, "/dc/join", "address", strings.Repeat("x", maxBody)), "site's own": o.post(422, "/dc/join", "address", "dc@lists.example.org"),
		"other site": o.page(403, "POST", "/dc/join", url.Values{"address": {"v@example.net"}}, "Sec-Fetch-Site", "cross-site"),
	}
	o.asked(seen, own)
	o.left(seen)
	o.signedIn(seen, own)
	for range 30 {
		if seen["too many"] = o.page(0, "POST", "/dc/join", url.Values{"address": {"v@example.net"}}); strings.Contains(seen["too many"], "<form") {
			o.t.Fatal("a form came back")
		}
	}
	return seen
}

// asked meets questions and their answers.
func (o *office) asked(seen map[string]string, own string) {
	for i, list := range []string{"dc-map", "dc-law", "dc"} {
		who := own + string(rune('a'+i)) + "@example.net"
		seen["asked to join "+list] = o.post(200, "/"+list+"/join", "address", who)
		path := o.question(who)
		seen["question of "+list] = o.get(200, path)
		if list == "dc" {
			seen["no"] = o.post(200, path, "answer", "no")
			seen["no, again"] = o.post(200, path, "answer", "yes")
			seen["question answered with no"] = o.get(200, path)
			continue
		}
		seen["neither"] = o.post(400, path, "answer", "maybe")
		seen["yes to "+list] = o.post(200, path, "answer", "yes")
		seen["yes, again"] = o.post(200, path, "answer", "yes")
		seen["question answered"] = o.get(200, path)
	}
	seen["asked to leave"] = o.post(200, "/dc-map/leave", "address", "lea@example.org")
	seen["question of leaving"] = o.get(200, o.question("lea@example.org"))
	for _, a := range []lists.Action{
		{Verb: lists.DoConceal, Value: "on"}, {Verb: lists.DoVacation, By: "2026-12-24"}, {Verb: lists.DoPassword}, {Verb: lists.DoAddress, Value: "new@example.net"}, {Verb: lists.DoLeaveAll},
		{Verb: lists.DoProgress, List: "dc-map", Text: "We met."}, {Verb: lists.DoNext, List: "dc-map", Text: "Meet", By: "2026-12-24"}, {Verb: lists.DoState, List: "dc-map", Value: "paused"},
		{Verb: lists.DoDelivery, List: "dc-map", Value: "daily plain"}, {Verb: lists.DoHandover, List: "dc-map", Subject: "mo@example.org"}, {Verb: lists.DoInvite, List: "dc-map", Subject: "z@example.net"},
	} {
		if a.Subject == "" {
			a.Subject = "lea@example.org"
		}
		if _, err := o.desk.Do(o.t.Context(), "lea@example.org", false, "dc-map", "q/"+string(a.Verb), []lists.Action{a}); err != nil {
			o.t.Fatal(err)
		}
		seen["question of "+string(a.Verb)] = o.get(200, o.question("lea@example.org"))
	}
}

// left follows leave links.
func (o *office) left(seen map[string]string) {
	dir, err := o.store.Directory(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, id := range []string{"dc-map", "dc"} {
		l, _ := dir.ByID(id)
		path := "/leave/" + lists.MemberToken(o.store.Secret(), lists.TokenLeave, l, o.in2(l.ID))
		seen["leave "+id] = o.get(200, path)
		seen["left "+id] = o.post(200, path)
		seen["left again "+id] = o.post(200, path)
	}
}

// in2 is the number of a member of two lists.
func (o *office) in2(list string) lists.Number {
	p := o.member(list, lists.NewMember{Address: "two@example.org", Name: "Two"})
	o.member("dc-club", lists.NewMember{Address: "two@example.org"})
	return p.Number
}

// signedIn signs in and out.
func (o *office) signedIn(seen map[string]string, own string) {
	token, err := o.store.NewSignIn(o.t.Context(), "mo@example.org", 15*time.Minute)
	if err != nil {
		o.t.Fatal(err)
	}
	seen["signed in"] = o.post(200, "/sign-in/"+token)
	for _, choice := range []string{"weekly", "daily plain", "none", "none", "hourly", "each"} {
		seen["delivery "+choice] = o.post(200, "/settings/delivery", "list", "dc", "delivery", choice)
	}
	seen["not theirs"] = o.post(200, "/settings/delivery", "list", "dc-map", "delivery", "none")
	seen["for members"] = o.get(403, "/dc-club/archive")
	seen["leave while signed in"] = o.post(200, "/settings/leave", "list", "dc")
	seen["signed out"] = o.post(200, "/sign-out")
}

// frenchBreaks are spaces at which no line may break.
var frenchBreaks = regexp.MustCompile(`.{0,20}(?: [:;?!»]|« )`)

// No page of a list in another language has an English sentence of ours, and
// each is in its direction. What people wrote, and addresses, stay.
func TestEveryPageSpeaksTheListsLanguage(t *testing.T) {
	for _, lang := range []string{"fr", "es", "ar"} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.everyList(lang)
			w := words.For(lang)
			for what, page := range o.tour(lang) {
				if want := `<html lang="` + lang + `" dir="` + w.Dir + `">`; !strings.Contains(page, want) {
					t.Errorf("%s: not %s:\n%s", what, want, page)
				}
				text := said(t, page)
				if got := englishWords.FindAllString(text, -1); got != nil {
					t.Errorf("%s: English is left: %q in\n%s", what, got, text)
				}
				if lang == "ar" && !strings.ContainsFunc(text, func(r rune) bool { return '\u0600' <= r && r <= '\u06ff' }) {
					t.Errorf("%s: no Arabic in\n%s", what, text)
				}
				lacks(t, text, "{", "}", "%!", "web-")
				if got := frenchBreaks.FindString(page); lang == "fr" && got != "" {
					t.Errorf("%s: a line may break at %q", what, got)
				}
			}
		})
	}
}

// Who has chosen a language is spoken to in it, where a link of their own
// opens the page; others see a list's page in the list's.
func TestOwnLanguageOnPersonalPages(t *testing.T) {
	o := newOffice(t)
	o.everyList("es")
	if _, err := o.store.UpdatePerson(t.Context(), "dc", "mo@example.org", func(p *lists.Person) error { p.Language = "fr"; return nil }); err != nil {
		t.Fatal(err)
	}
	dir, err := o.store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dc, _ := dir.ByID("dc")
	token, err := o.store.NewSignIn(t.Context(), "mo@example.org", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	has(t, o.post(200, "/sign-in/"+token), `lang="fr"`, "Vos listes", "chaque message à son arrivée")
	has(t, o.post(200, "/settings/delivery", "list", "dc", "delivery", "daily"), "Désormais, pour Digital Coalition (dc@lists.example.org) : les messages d’un jour arrivent en un seul envoi.")
	has(t, o.get(200, "/dc"), `lang="es"`, "Inscribirse")
	o.post(200, "/dc-map/join", "address", "mo@example.org")
	path := o.question("mo@example.org")
	has(t, o.get(200, path), `lang="fr"`, "inscrire mo@example.org à Data Map", "jeudi 26 novembre 2026")
	has(t, o.post(200, path, "answer", "no"), `lang="fr"`, "Vous avez dit non.")
	has(t, o.get(200, "/leave/"+lists.MemberToken(o.store.Secret(), lists.TokenLeave, dc, o.mo.Number)), `lang="fr"`, "Quitter Digital Coalition")
	has(t, o.post(200, "/leave/"+lists.MemberToken(o.store.Secret(), lists.TokenLeave, dc, o.mo.Number)), `lang="fr"`, "Vous n’êtes plus membre de Digital Coalition")
	letters := o.out.to("mo@example.org")
	has(t, letters[len(letters)-1].Subject, "Vous avez quitté") // known before they are gone
}

// Where main lists speak different languages, the pages that are nobody's are
// in English, and say where somebody's words are in another language.
func TestSiteOfSeveralLanguages(t *testing.T) {
	o := newOffice(t)
	o.list(lists.NewList{Name: "fr", Title: "La coalition", Purpose: "Se voir."})
	o.change("fr", func(l *lists.List) { l.Language = "fr" })
	page := o.get(200, "/")
	has(t, page, `<html lang="en" dir="ltr">`, `<h2 lang="fr"><a href="/fr">La coalition</a></h2>`, `<p class="words" dir="auto" lang="fr">Se voir.</p>`, `<h2><a href="/dc">Digital Coalition</a></h2>`)
	has(t, o.get(404, "/fr/nothing"), `<html lang="fr"`, "Introuvable")
	has(t, o.get(404, "/nothing"), `<html lang="en"`, "Not here")
	o.change("dc", func(l *lists.List) { l.Language = "fr" })
	has(t, o.get(200, "/"), `<html lang="fr"`, "Listes et groupes")
	// Our words are fitted to what a link says.
	o.change("dc", func(l *lists.List) { l.Title = "Alliance" })
	o.change("dc-map", func(l *lists.List) { l.Language = "fr" })
	has(t, o.get(200, "/dc-map"), `Un groupe d’<a href="/dc">Alliance</a>.`)
	// Where we have no words of a language, ours are English, and theirs are not.
	o.change("dc", func(l *lists.List) { l.Language = "de-CH" })
	has(t, o.get(200, "/dc"), `<html lang="en" dir="ltr">`, `<p class="words" dir="auto" lang="de-CH">`)
	has(t, o.get(200, "/dc/archive/c7"), `<html lang="en" dir="ltr">`, `<div class="words" dir="auto" lang="de-CH">`)
}

func (o *office) everyList(lang string) {
	o.t.Helper()
	o.list(lists.NewList{Name: "law", Title: "Law Texts", Parent: "dc", Join: lists.JoinApproved})
	o.list(lists.NewList{Name: "old", Title: "Old Group", Parent: "dc", Archive: lists.ArchiveNone})
	o.change("dc-old", func(l *lists.List) { l.State = lists.Closed })
	for _, id := range []string{"dc", "dc-map", "dc-club", "dc-law", "dc-old"} {
		o.change(id, func(l *lists.List) { l.Language = lang })
	}
}

// englishWords are words that each of our sentences has some of, and that are
// none in French or Spanish.
var englishWords = regexp.MustCompile(`(?i)\b(the|you|your|this|that|there|is|are|was|be|to|of|by|and|with|will|does|mail|mails|list|lists|posts?|group|groups|members?|join|leave|answer|nothing|done|not|now|please|write|yes|which|weeks?|people|older|about|signed|sign|owners|settings|every|one)\b`)

// said is what a page says in our words: without elements whose direction is
// their content's own, and without addresses and the names of lists and people.
func said(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Data == "bdi" || n.Data == "style" || attr(n, "dir") == "auto" && n.Data != "input" {
			return
		}
		b.WriteString(attr(n, "aria-label") + " ")
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	text := theirs.ReplaceAllString(b.String(), "")
	return strings.Join(strings.Fields(text), " ")
}

// theirs are people's words, addresses, and commands, which are the same in
// each language.
var theirs = regexp.MustCompile(`[a-z0-9+.-]+@[a-z.…]+|Digital Coalition|Data (<)?Map(>)?|Closed Club|Law Texts|Old Group|Lea Leader|Mo Member|Post <\d+>|lists\.example\.org|"[a-z ]+"|«\s?volunteer map\s?»|paused|conceal|\bon\b|daily( plain)?|weekly|\beach\b|\bnone\b`)

// Every text of the pages is in the catalogues, and each that they have for
// pages is said.
func TestTextsOfPages(t *testing.T) {
	said := map[string]bool{}
	use := regexp.MustCompile(`(?:Say|Fill|Link|print)\(?[^"\n]*"([a-z]+(?:-[a-z]+)*-?)"|"(web-[a-z-]+)"`)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(sources, pages...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllStringSubmatch(string(text), -1) {
			said[m[1]+m[2]] = true
		}
		if strings.HasSuffix(name, ".html") {
			bare := regexp.MustCompile(`(?s)\{\{.*?\}\}|<[^>]*>|&[a-z]+;`).ReplaceAllString(string(text), " ")
			if got := regexp.MustCompile(`[A-Za-z]{2,}.*`).FindString(bare); got != "" {
				t.Errorf("%s says past the catalogues: %s", name, got)
			}
		}
	}
	known := map[string]bool{}
	for _, key := range words.For("en").Keys() {
		known[key] = true
		if strings.HasPrefix(key, "web-") && !said[key] && !begun(said, key) {
			t.Errorf("nobody says %s", key)
		}
	}
	for key := range said {
		if strings.HasPrefix(key, "web-") && !strings.HasSuffix(key, "-") && !known[key] {
			t.Errorf("the catalogues lack %s", key)
		}
	}
}

// begun tells whether a key is put together from one that ends in a hyphen.
func begun(said map[string]bool, key string) bool {
	for s := range said {
		if strings.HasSuffix(s, "-") && strings.HasPrefix(key, s) {
			return true
		}
	}
	return false
}
