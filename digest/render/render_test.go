package render

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"plenary/digest"
	"plenary/lists"
)

func report() digest.Report {
	site := lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org"}
	maps := lists.List{ID: "dc-maps", Family: "dc", Name: "dc-maps", Title: "Map of <data> protection", State: lists.Active,
		Purpose: "An interactive map of data protection law, country by country, that anybody can read and correct without an account.",
		Next:    "Publish the first ten countries", NextBy: "2026-11-20"}
	quiet := lists.List{ID: "dc-tools", Family: "dc", Name: "dc-tools", Title: "Exploration tools", State: lists.Forming}
	return digest.Gather(digest.Facts{
		Site: site, Main: lists.List{ID: "dc", Family: "dc", Name: "dc", Title: "Dynamic Coalition", Language: "en"},
		Week: digest.Week{Year: 2026, Number: 48}, Until: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Members: 50, Posts: 2, People: 2, Newcomers: []string{"Bo", "Chi"}, Unnamed: 1,
		Groups: []digest.GroupFacts{
			{List: maps, Leaders: []string{"Ana & Co"}, Posts: 3, People: 2, Members: 12, Joined: 1,
				Entries: []lists.ProgressEntry{{Kind: "progress", Text: "We met on Tuesday.\nTwo chapters are done.", Name: "Ana"},
					{Kind: "help", Text: "a translator for Spanish", Name: "Ana"}, {Kind: "dissent", Text: "the licence is too narrow", Name: "Bo"}},
				Threads: []digest.Thread{{Subject: "Which \"map\"?", Posts: 3, Link: "https://lists.example.org/dc-maps/archive/x"}}},
			{List: quiet, Members: 4, Silent: 2},
		},
	})
}

func TestTextIsNarrowAndWhole(t *testing.T) {
	text, err := Text(report())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(text, "\n") {
		if utf8.RuneCountInString(line) > 72 && !strings.Contains(line, "https://") {
			t.Errorf("a line of %d columns: %s", utf8.RuneCountInString(line), line)
		}
	}
	if strings.Contains(text, "<no value>") || strings.Contains(text, "\n\n\n") {
		t.Errorf("holes in the text:\n%s", text)
	}
	t.Log(text)
}

// Text and HTML carry the same facts: every word of one stands in the other.
func TestEqualContent(t *testing.T) {
	text, err := Text(report())
	if err != nil {
		t.Fatal(err)
	}
	page, err := HTML(report())
	if err != nil {
		t.Fatal(err)
	}
	inText, inPage := words(text), words(visible(t, page))
	for w := range inText {
		if !inPage[w] {
			t.Errorf("%q stands in the text but not in the HTML", w)
		}
	}
	for w := range inPage {
		if !inText[w] {
			t.Errorf("%q stands in the HTML but not in the text", w)
		}
	}
}

func TestHTMLStructure(t *testing.T) {
	page, err := HTML(report())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page, "<data>") || !strings.Contains(page, `<html lang="en"`) {
		t.Error("a title is not escaped, or the language is missing")
	}
	last := 0
	for _, h := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
		level := int(h[1][0] - '0')
		if level > last+1 {
			t.Errorf("heading level %d follows %d", level, last)
		}
		last = level
	}
}

var word = regexp.MustCompile(`[\p{L}\p{N}@./:-]+`)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range word.FindAllString(s, -1) {
		if w = strings.Trim(w, ".:,-"); w != "" {
			set[w] = true
		}
	}
	return set
}

// visible is the body's text and its links' targets.
func visible(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page[strings.Index(page, "<body"):]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(" " + string(z.Text()))
		case html.StartTagToken:
			for _, a := range z.Token().Attr {
				if a.Key == "href" && !strings.HasPrefix(a.Val, "mailto:") {
					b.WriteString(" " + a.Val)
				}
			}
		}
	}
}
