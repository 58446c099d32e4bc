package desk

import (
	"strings"
	"testing"

	"plenary/lists"
)

// Question, welcome and farewell come in the member's language, or the
// list's; a letter is wholly in one language, and English where one lacks it.
func TestLettersInTheirLanguage(t *testing.T) {
	for lang, row := range map[string]struct{ ask, askBody, yes, welcome, farewell string }{
		"fr": {"À confirmer : s’inscrire à Data Map", "inscrire nell@example.net à Data Map (dc-map@lists.example.org), un groupe de Digital Coalition. Entrer dans le groupe inscrit aussi à Digital Coalition", "oui", "Bienvenue dans Data Map", "Vous avez quitté Data Map"},
		"es": {"Por favor, confirme: inscribirse en Data Map", "inscribir a nell@example.net en Data Map (dc-map@lists.example.org)", "sí", "Le damos la bienvenida a Data Map", "Ha salido de Data Map"},
		"ar": {"الرجاء التأكيد: الانضمام إلى Data Map", "تسجيل nell@example.net في Data Map (dc-map@lists.example.org)", "نعم", "مرحبًا بك في Data Map", "غادرت Data Map"},
		"de": {"Please confirm: join Data Map", "subscribe nell@example.net to Data Map", "yes", "Welcome to Data Map", "You have left Data Map"},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.family()
			o.set("dc-map", func(l *lists.List) { l.Language = lang })
			o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
			q := o.last("nell@example.net")
			contains(t, q.Text, row.askBody, row.yes)
			o.yes("nell@example.net")
			w := o.last("nell@example.net")
			o.says("nell@example.net", leaveOf("dc-map", "nell@example.net"))
			f := o.last("nell@example.net")
			for i, l := range [][2]string{{q.Subject, row.ask}, {w.Subject, row.welcome}, {f.Subject, row.farewell}} {
				if l[0] != l[1] {
					t.Errorf("letter %d: %q, want %q", i, l[0], l[1])
				}
			}
			for _, text := range []string{q.Text, w.Text, f.Text} {
				if english := strings.Contains(text, "Hello,") || strings.Contains(text, "November"); english != (lang == "de") {
					t.Errorf("English: %v\n%s", english, text)
				}
			}
		})
	}
}

// A member's own language counts before the list's; what the language has no
// words for is asked in English, the whole of it.
func TestOwnLanguageCounts(t *testing.T) {
	o := newOffice(t)
	o.family()
	if _, err := o.store.UpdatePerson(o.ctx, "dc", "mo@example.org", func(p *lists.Person) error { p.Language = "fr"; return nil }); err != nil {
		t.Fatal(err)
	}
	o.asks("mo@example.org", joinOf("dc-law", "mo@example.org"), joinOf("dc-map", "mo@example.org"))
	if l := o.last("mo@example.org"); l.Subject != "À confirmer : 2 changements" {
		t.Errorf("asked: %s", l.Subject)
	}
	o.asks("mo@example.org", joinOf("dc-law", "mo@example.org"), lists.Action{Verb: lists.DoConceal, Value: "on"})
	l := o.last("mo@example.org")
	if l.Subject != "Please confirm: 2 changes" {
		t.Errorf("asked: %s", l.Subject)
	}
	lacks(t, l.Text, "inscrire", "Bonjour")
	o.says("mo@example.org", lists.Action{Verb: lists.DoLeave, List: "dc", Subject: "mo@example.org"})
	if l := o.last("mo@example.org"); l.Subject != "Vous avez quitté Digital Coalition" {
		t.Errorf("farewell: %s", l.Subject)
	}
}

// French de is written as the name behind it asks.
func TestElision(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc", func(l *lists.List) { l.Title = "Alliance" })
	o.set("dc-map", func(l *lists.List) { l.Language = "fr" })
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	contains(t, strings.Join(strings.Fields(o.last("nell@example.net").Text), " "), "un groupe d’Alliance.")
}
