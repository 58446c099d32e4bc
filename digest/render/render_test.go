package render

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"plenary/digest"
	"plenary/lists"
)

var update = flag.Bool("update", false, "write the golden files anew")

func day(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s+"T08:00:00Z")
	if err != nil {
		panic(err)
	}
	return t
}

// report is a week with everything in it: groups with and without news, steps
// of every kind, words in three scripts, a digest that went out late.
func report(language string) digest.Report {
	site := lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org", Location: time.UTC}
	group := func(name, title string, state lists.State) lists.List {
		return lists.List{ID: "dc-" + name, Family: "dc", Name: "dc-" + name, Short: name, Title: title, State: state, Archive: lists.ArchivePublic, Created: day("2026-01-05")}
	}
	maps := group("maps", "Map of <data> protection", lists.Active)
	maps.Purpose = "An interactive map of data protection law, country by country, that anybody can read and correct without an account."
	maps.Next, maps.NextBy = "Publish the first ten countries", "2026-11-27"
	tools := group("tools", "Exploration tools", lists.Forming)
	tools.Next, tools.NextBy = "Choose a licence", "2026-11-20"
	access := group("access", "Accès ouvert", lists.Active)
	access.Next, access.NextBy, access.Created = "Premier appel", "2026-11-24", day("2026-11-18")
	silent := group("silent", "Standards", lists.Active)
	silent.Next, silent.NextBy = "Write to the board", "2026-09-30"
	asked := group("asked", "Readers", lists.Active)
	closed := group("closed", "Old maps", lists.Closed)
	entry := func(kind, text, who, at string, by lists.Date) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, Name: who, At: day(at), By: by}
	}
	return digest.Gather(digest.Facts{
		Site: site, Main: lists.List{ID: "dc", Family: "dc", Name: "dc", Title: "Dynamic Coalition", Language: language},
		Week: digest.Week{Year: 2026, Number: 48}, Due: day("2026-11-22"), Missed: 1, Since: day("2026-11-09"), Until: day("2026-11-23"),
		Members: 50, Posts: 2, People: 2, Waiting: digest.Waiting{Joins: 2}, Newcomers: []string{"Bo", "ليلى"}, Unnamed: 1,
		Threads: []digest.Thread{{Subject: "Where do we meet?", Posts: 2, Link: "https://lists.example.org/dc/archive/y"}},
		Groups: []digest.GroupFacts{
			{List: maps, Leaders: []string{"Ana & Co"}, Deputies: []string{"Bo"}, Led: true, Waiting: digest.Waiting{Posts: 1, Offers: 1}, Posts: 3, People: 2, Members: 12, Joined: 1, Left: 2, Heard: day("2026-11-20"),
				Weeks: []digest.Figures{{Posts: 1, People: 1}, {}, {Posts: 4, People: 2}, {}, {}, {}, {Posts: 12, People: 5}, {Posts: 2, People: 1}, {}, {Posts: 1, People: 1}, {Posts: 5, People: 3}, {Posts: 3, People: 2}},
				Entries: []lists.ProgressEntry{
					entry("next", "Collect the laws", "Ana", "2026-10-01", "2026-11-10"),
					entry("done", "Collect the laws", "Ana", "2026-11-20", ""),
					entry("next", "Publish the first ten countries", "Ana", "2026-11-20", "2026-11-25"),
					entry("next", "Publish the first ten countries", "Ana", "2026-11-21", "2026-11-27"),
					entry("progress", "We met on Tuesday.\nTwo chapters are done; اكتملت ترجمة فصلين.", "Ana & Co", "2026-11-21", ""),
					entry("help", "a translator for Spanish", "Ana", "2026-11-21", ""), entry("dissent", "the licence is too narrow", "Bo", "2026-11-21", "")},
				Threads: []digest.Thread{{Subject: "Which \"map\"?", Posts: 3, Link: "https://lists.example.org/dc-maps/archive/x"}}},
			{List: tools, Leaders: []string{"Eve"}, Led: true, Members: 4, Heard: day("2026-11-19"), Entries: []lists.ProgressEntry{entry("state", "forming", "", "2026-11-19", ""), entry("leader", "", "Eve", "2026-11-20", "")}},
			{List: access, Leaders: []string{"Léa"}, Led: true, Members: 1, Joined: 1, Posts: 1, People: 1, Heard: day("2026-11-19")},
			{List: silent, Members: 7, Heard: day("2026-09-25")},
			{List: asked, Leaders: []string{"Chi", "Dan"}, Led: true, Members: 2, Heard: day("2026-10-20"), Entries: []lists.ProgressEntry{entry("silence", "4", "", "2026-11-18", "")}},
			{List: closed, Members: 3, Entries: []lists.ProgressEntry{entry("state", "closed", "", "2026-11-19", "")}},
		},
	})
}

func written(t *testing.T, r digest.Report) digest.Page {
	t.Helper()
	p, err := Page(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var languages = []string{"en", "fr", "es", "ar"}

// What people read, as it stands: look at the difference before -update.
func TestGolden(t *testing.T) {
	for _, lang := range languages {
		p := written(t, report(lang))
		for name, got := range map[string]string{lang + ".txt": "Subject: " + p.Subject + "\n\n" + p.Text, lang + ".html": p.HTML} {
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what is written now:\n%s", file, got)
			}
		}
	}
}

func TestTextIsNarrowAndWhole(t *testing.T) {
	for _, lang := range languages {
		for _, line := range strings.Split(written(t, report(lang)).Text, "\n") {
			if utf8.RuneCountInString(line) > 72 && !strings.Contains(line, "https://") {
				t.Errorf("%s: a line of %d columns: %s", lang, utf8.RuneCountInString(line), line)
			}
			if strings.ContainsAny(line, "{}") || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: a hole or a blank at the end: %q", lang, line)
			}
		}
	}
}

// Text and HTML carry the same facts: every word of one stands in the other.
func TestEqualContent(t *testing.T) {
	for _, lang := range languages {
		p := written(t, report(lang))
		inText, inPage := wordsOf(p.Text), wordsOf(visible(t, p.HTML))
		for w := range inText {
			if !inPage[w] {
				t.Errorf("%s: %q stands in the text but not in the HTML", lang, w)
			}
		}
		for w := range inPage {
			if !inText[w] {
				t.Errorf("%s: %q stands in the HTML but not in the text", lang, w)
			}
		}
	}
}

func TestHTMLStructure(t *testing.T) {
	for _, lang := range languages {
		page := written(t, report(lang)).HTML
		dir := "ltr"
		if lang == "ar" {
			dir = "rtl"
		}
		if strings.Contains(page, "<data>") || !strings.Contains(page, fmt.Sprintf(`<html lang="%s" dir="%s">`, lang, dir)) {
			t.Errorf("%s: a title is not escaped, or language or direction is missing", lang)
		}
		if strings.Count(page, "<h1>") != 1 || strings.Contains(page, "<table") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: headings, tables or a link that was taken for unsafe:\n%s", lang, page)
		}
		last := 0
		for _, h := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
			level := int(h[1][0] - '0')
			if level > last+1 {
				t.Errorf("heading level %d follows %d", level, last)
			}
			last = level
		}
		for _, img := range regexp.MustCompile(`<img[^>]*>`).FindAllString(page, -1) {
			if !regexp.MustCompile(`alt="[^"]+"`).MatchString(img) || !strings.Contains(img, `src="cid:weeks-`) {
				t.Errorf("%s: %s", lang, img)
			}
		}
	}
}

// Text and links stand out 4.5:1 from the ground and the plot's bars 3:1, in
// light and in dark (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("digest.html")
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`body \{[^}]*[^-]color: (#[0-9a-f]{6}); background: (#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1)
	links := regexp.MustCompile(`\ba \{ color: (#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1)
	late := regexp.MustCompile(`\bstrong \{ color: (#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1)
	soft := regexp.MustCompile(`\.soft \{ color: (#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1)
	if len(body) != 2 || len(links) != 2 || len(late) != 2 || len(soft) != 2 {
		t.Fatalf("colours not found: %v %v %v %v", body, links, late, soft)
	}
	bar := fmt.Sprintf("#%02x%02x%02x", barColor.R, barColor.G, barColor.B)
	for i := range body {
		ground := body[i][2]
		for color, least := range map[string]float64{body[i][1]: 4.5, links[i][1]: 4.5, late[i][1]: 4.5, soft[i][1]: 4.5, bar: 3} {
			if c := contrast(color, ground); c < least {
				t.Errorf("%s on %s: %.2f:1, not %.1f:1", color, ground, c, least)
			}
		}
	}
}

func contrast(a, b string) float64 {
	light := func(s string) float64 {
		var rgb [3]int
		if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
			panic(err)
		}
		l := 0.0
		for i, share := range []float64{0.2126, 0.7152, 0.0722} {
			c := float64(rgb[i]) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			l += share * c
		}
		return l
	}
	x, y := light(a)+0.05, light(b)+0.05
	return max(x, y) / min(x, y)
}

// The subject says what there is room for: where three groups' names would
// leave none for other news, fewer are named.
func TestSubject(t *testing.T) {
	tell := func(titles ...string) digest.Report {
		r := digest.Report{Title: "Coalition", Week: digest.Week{Year: 2026, Number: 48}}
		for _, title := range titles {
			r.News = append(r.News, digest.Group{GroupFacts: digest.GroupFacts{List: lists.List{Title: title}}, Progress: []digest.Said{{Text: "x"}}})
		}
		return r
	}
	long := strings.Repeat("long ", 7) + "title"
	founded := tell(long, long, long)
	founded.Founded = []lists.List{{Title: "New one"}}
	new, over := tell(), tell()
	new.Founded, over.Closed = founded.Founded, []lists.List{{Title: "Old one"}, {Title: "Older"}}
	many := tell("A")
	many.Founded, many.Closed, many.Unnamed = []lists.List{{Title: "K"}, {Title: "L"}, {Title: "M"}, {Title: "N"}}, []lists.List{{Title: strings.Repeat("x", 100)}}, 2
	for want, r := range map[string]digest.Report{
		"Coalition, week 48: a quiet week":                                                tell(),
		"Coalition, week 48: new group New one":                                           new,
		"Coalition, week 48: Old one and Older closed":                                    over,
		"Coalition, week 48: news from A, B and C":                                        tell("A", "B", "C"),
		"Coalition, week 48: news from A, B and 2 more groups":                            tell("A", "B", "C", "D"),
		"Coalition, week 48: news from " + long + " and " + long:                          tell(long, long),
		"Coalition, week 48: news from " + long + " and 2 more groups, new group New one": founded,
		"Coalition, week 48: news from A, new groups K, L, M and 1 more, 2 newcomers":     many, // what is too long leaves room to what comes after it
	} {
		if got := written(t, r).Subject; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// However much was said, mail programs show the whole HTML; text and HTML are
// cut alike, and no group goes unnamed.
func TestNeverTooLong(t *testing.T) {
	r := report("en")
	for i := range 300 {
		g := r.News[0]
		g.List.Title = fmt.Sprintf("Group number %d", i)
		g.Progress = []digest.Said{{Text: strings.Repeat("We met and talked at length. ", 200), Who: "Ana"}}
		r.News = append(r.News, g)
	}
	p := written(t, r)
	if len(p.HTML) > maxHTML {
		t.Errorf("%d octets of HTML", len(p.HTML))
	}
	inText, inPage := wordsOf(p.Text), wordsOf(visible(t, p.HTML))
	for w := range inText {
		if !inPage[w] {
			t.Errorf("%q stands in the text but not in the HTML", w)
		}
	}
	for i := range 300 {
		if !strings.Contains(strings.Join(strings.Fields(p.Text), " "), fmt.Sprintf("Group number %d", i)) {
			t.Fatalf("group %d is not named", i)
		}
	}
	// Titles that are long and grow in HTML, and a thousand newcomers.
	for i := range r.News {
		r.News[i].List.Title = fmt.Sprint(i, strings.Repeat(` <script>&"`, 18))
	}
	for i := range 1000 {
		r.Newcomers = append(r.Newcomers, fmt.Sprintf("New Person %d", i))
	}
	if p = written(t, r); len(p.HTML) > maxHTML || len([]rune(p.Subject)) > maxSubject {
		t.Errorf("%d octets of HTML; subject %q", len(p.HTML), p.Subject)
	}
	if !strings.Contains(p.Text, "more newcomers") {
		t.Error("the other newcomers are not counted")
	}
}

// The plot shows what the words say: as many bars, as high, as there are
// weeks and posts.
func TestPlot(t *testing.T) {
	weeks := []digest.Figures{{Posts: 0}, {Posts: 1}, {Posts: 500}, {Posts: 1000}}
	data, err := bars(weeks)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds() != image.Rect(0, 0, width, height) {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	for i, want := range []int{line0, 6 + line0, barMost/2 + line0, height} {
		got := 0
		for y := range height {
			if _, _, _, a := img.At(i*width/4+width/8, y).RGBA(); a > 0 {
				got++
			}
		}
		if got != want {
			t.Errorf("bar %d is %d high, want %d", i, got, want)
		}
	}
	if len(data) > 2000 {
		t.Errorf("%d octets", len(data))
	}
}

var word = regexp.MustCompile(`[\p{L}\p{N}@./:-]+`)

func wordsOf(s string) map[string]bool {
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

// The brief names no paused group as silent; the list of those without news
// says that it paused.
func TestPausedIsNotSilent(t *testing.T) {
	r := report("en")
	r.Quiet[0].List.State, r.Quiet[0].Orphaned = lists.Paused, false
	text := written(t, r).Text
	title := r.Quiet[0].List.Title
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "- Silent for") && strings.Contains(line, title) {
			t.Errorf("%q", line)
		}
	}
	// Nor is its step called overdue.
	if !strings.Contains(text, "Write to the board (it was\n  due on Wednesday 30 September)") || strings.Contains(text, "overdue by 54 days") {
		t.Errorf("its step:\n%s", text)
	}
	if !strings.Contains(text, title+": no news") || !strings.Contains(text, "The group is paused.") {
		t.Errorf("nothing of %s in\n%s", title, text)
	}
}

// No line is wider than 72 columns of a terminal, where Chinese and Japanese
// characters take two each and have no spaces between them.
func TestColumnsOfWideCharacters(t *testing.T) {
	r := report("en")
	r.News[0].Progress = []digest.Said{{Text: strings.Repeat("私たちは火曜日に会い、地図の二章を書き終えました。", 8), Who: "山田太郎"}}
	r.News[0].List.Title = strings.Repeat("资料保护法地图", 8)
	r.News[0].Help = []digest.Said{{Text: strings.Repeat("번역을 도와줄 사람을 찾습니다. ", 6), Who: "김"}}
	text := written(t, r).Text
	for _, line := range strings.Split(text, "\n") {
		columns := 0
		for _, c := range line {
			columns++
			if unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || strings.ContainsRune("、。", c) {
				columns++
			}
		}
		if columns > 72 && !strings.Contains(line, "https://") {
			t.Errorf("%d columns: %s", columns, line)
		}
		if strings.HasPrefix(line, "、") || strings.HasPrefix(line, "。") {
			t.Errorf("begins with a mark: %s", line)
		}
	}
	// What was folded reads as it was written.
	if whole := strings.ReplaceAll(text, "\n", ""); !strings.Contains(whole, strings.Repeat("私たちは火曜日に会い、地図の二章を書き終えました。", 8)) {
		t.Errorf("the text was changed:\n%s", text)
	}
}

// "This week" is said until Sunday only: a digest that goes out on a Friday, or
// late, says the date of what is due on the Monday after.
func TestThisWeekEndsOnSunday(t *testing.T) {
	for at, want := range map[string][3]string{
		"2026-11-23": {"1 step due this week", "due this week, on Saturday 28 November", "within a week"},
		"2026-11-27": {"1 step due this week", "due tomorrow, Saturday 28 November", "within a week"},
		"2026-11-22": {"1 step due within a week", "due on Saturday 28 November", "due this week"},
	} {
		maps := lists.List{ID: "dc-maps", Family: "dc", Name: "dc-maps", Title: "Maps", State: lists.Active, Next: "Print it.", NextBy: "2026-11-28", Created: day("2026-01-05")}
		p := written(t, digest.Gather(digest.Facts{Site: lists.Site{Domain: "lists.example.org", Location: time.UTC}, Main: lists.List{ID: "dc", Title: "Coalition"},
			Week: digest.WeekOf(day(at)), Since: day(at).AddDate(0, 0, -7), Until: day(at), Groups: []digest.GroupFacts{{List: maps, Heard: day(at)}}}))
		all := p.Subject + "\n" + p.Text
		if !strings.Contains(p.Subject, want[0]) || !strings.Contains(p.Text, want[1]) || !strings.Contains(p.Text, "Maps: Print it, due") || strings.Contains(p.Text, "it. (due") || strings.Contains(all, want[2]) {
			t.Errorf("%s: %s", at, all)
		}
	}
}

// A group that was made and has not spoken yet is introduced, and is not said
// to have no news.
func TestNewGroupIsIntroduced(t *testing.T) {
	r := report("en")
	r.Quiet[0].List.Created, r.Quiet[0].Heard, r.Quiet[0].List.Purpose, r.Quiet[0].Orphaned = r.Since, r.Since.AddDate(0, 0, 7), "To agree on words.", false
	text := strings.Join(strings.Fields(written(t, r).Text), " ")
	if want := "- Standards: a new group. What it is for: To agree on words. Next step:"; !strings.Contains(text, want) {
		t.Errorf("it lacks %q:\n%s", want, text)
	}
}

// Several deputies are deputies.
func TestDeputies(t *testing.T) {
	r := report("en")
	for i := range r.News {
		if len(r.News[i].Deputies) > 0 {
			r.News[i].Deputies = []string{"Bo", "Chi"}
		}
	}
	if text := written(t, r).Text; !strings.Contains(text, "Led by Ana & Co; deputies: Bo and Chi.") {
		t.Errorf("%s", text)
	}
}

// A deputy is named also where nobody leads, or who leads gave no name.
func TestDeputyAlone(t *testing.T) {
	for led, want := range map[bool]string{false: "Nobody leads this group at present. Standing in: Bo.", true: "reached at dc-maps-owner@lists.example.org. Standing in: Bo."} {
		r := report("en")
		for i := range r.News {
			if len(r.News[i].Deputies) > 0 {
				r.News[i].Leaders, r.News[i].Led = nil, led
			}
		}
		if text := strings.Join(strings.Fields(written(t, r).Text), " "); !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
}
