package render

import (
	"strings"
	"testing"

	"plenary/digest"
	"plenary/lists"
)

// A week in which nothing happened is told in two sentences, in every language.
func TestNothingIsTwoSentences(t *testing.T) {
	for _, language := range languages {
		r := digest.Gather(digest.Facts{
			Site: lists.Site{Domain: "lists.example.org"}, Main: lists.List{ID: "dc", Family: "dc", Name: "dc", Title: "Dynamic Coalition", Language: language},
			Week: digest.Week{Year: 2026, Number: 48}, Since: day("2026-11-16"), Until: day("2026-11-23"), Members: 50,
			Groups: []digest.GroupFacts{{List: lists.List{ID: "dc-maps", Family: "dc", Name: "dc-maps", Title: "Maps", State: lists.Active, Next: "Print", NextBy: "2027-02-01", Created: day("2026-01-05")}, Heard: day("2026-11-14")}},
		})
		if !r.Empty() {
			t.Fatal("it is not empty")
		}
		p := written(t, r)
		if n := len(strings.Split(strings.TrimSpace(p.Text), "\n\n")); n != 3 || strings.Contains(p.Text, "Maps") || !strings.Contains(p.Text, "dc-request@lists.example.org") {
			t.Errorf("%s: %d paragraphs:\n%s", language, n, p.Text)
		}
		if len(p.HTML) > 4000 || !strings.Contains(p.HTML, `href="mailto:dc-request@lists.example.org"`) {
			t.Errorf("%s: %s", language, p.HTML)
		}
	}
}
