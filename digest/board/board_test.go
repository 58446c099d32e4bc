package board

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

func group(short string, state lists.State, entries ...lists.ProgressEntry) digest.GroupFacts {
	return digest.GroupFacts{
		List: lists.List{ID: "dc-" + short, Serial: uint32(len(short)), Family: "dc", Name: "dc-" + short, Short: short, Title: strings.ToUpper(short), State: state, Created: ago(100)},
		Led:  true, Leaders: []string{"Lea"}, Entries: entries, Heard: ago(20), Weeks: []digest.Figures{{Posts: 3, People: 2}},
	}
}

func next(step string, by lists.Date) lists.ProgressEntry {
	return lists.ProgressEntry{Kind: digest.KindNext, Text: step, By: by, At: ago(90)}
}

func said(kind, text string, days int, week string) lists.ProgressEntry {
	return lists.ProgressEntry{Kind: kind, Text: text, Name: "Lea", Author: "lea@example.org", At: ago(days), Week: week}
}

func facts(groups ...digest.GroupFacts) digest.Facts {
	for i := range groups {
		for _, e := range groups[i].Entries {
			if e.Kind == digest.KindNext {
				groups[i].List.Next, groups[i].List.NextBy = e.Text, e.By
			}
		}
	}
	return digest.Facts{
		Site: lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org", Location: time.UTC},
		Main: lists.List{ID: "dc", Family: "dc", Name: "dc", Title: "Coalition", Created: ago(200)}, Until: now, Since: ago(7), Groups: groups,
	}
}

// Groups at work come first, by date; then those that paused; then those that
// are done. Closed ones are gone.
func TestOrder(t *testing.T) {
	b := Of(facts(
		group("done", lists.Done), group("paused", lists.Paused), group("nodate", lists.Active), group("closed", lists.Closed),
		group("late", lists.Active, next("Write", "2026-11-01")), group("soon", lists.Forming, next("Meet", "2026-12-01")), group("far", lists.Active, next("Rest", "2027-06-01")),
	))
	var names, due []string
	for _, g := range b.Groups {
		names = append(names, strings.TrimPrefix(g.Name, "dc-")+" "+g.When)
	}
	for _, d := range b.Due {
		due = append(due, d.Group+" "+string(d.By))
	}
	if got, want := strings.Join(names, ","), "late overdue,soon later,far later,nodate ,paused ,done "; got != want {
		t.Errorf("groups %q, want %q", got, want)
	}
	if got, want := strings.Join(due, ","), "dc-late 2026-11-01,dc-soon 2026-12-01"; got != want {
		t.Errorf("due %q, want %q", got, want)
	}
}

// A card shows what was said since the last digest; without that, the last
// thing said, for four weeks; of answers to one question only the last.
func TestLatest(t *testing.T) {
	for _, c := range []struct {
		name    string
		entries []lists.ProgressEntry
		want    string
	}{
		{"nothing", nil, ""},
		{"fresh ones", []lists.ProgressEntry{said("progress", "old", 20, ""), said("progress", "one", 3, ""), said("progress", "two", 2, "")}, "one two"},
		{"only an older one", []lists.ProgressEntry{said("progress", "older", 25, ""), said("progress", "old", 20, "")}, "old"},
		{"too old", []lists.ProgressEntry{said("progress", "old", 28, "")}, ""},
		{"answered twice", []lists.ProgressEntry{said("progress", "first", 3, "2026-W47"), said("progress", "last", 2, "2026-W47")}, "last"},
		{"of another kind", []lists.ProgressEntry{said("help", "old", 3, "")}, ""},
	} {
		b := Of(facts(group("map", lists.Active, c.entries...)))
		var texts []string
		for _, w := range b.Groups[0].Progress {
			texts = append(texts, w.Text)
		}
		if got := strings.Join(texts, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A group that nobody leads says how to offer to; one whose leader gave no
// name is led.
func TestLed(t *testing.T) {
	unled, unnamed, done := group("map", lists.Active), group("law", lists.Active), group("end", lists.Done)
	unled.Led, unled.Leaders, unnamed.Leaders, done.Led, done.Leaders = false, nil, nil, false, nil
	b := Of(facts(unled, unnamed, done))
	for _, g := range b.Groups {
		if want := map[string]string{"dc-map": "volunteer map"}[g.Name]; g.Offer != want || g.Led != (g.Name == "dc-law") {
			t.Errorf("%s: led %v, offer %q, want %q", g.Name, g.Led, g.Offer, want)
		}
	}
	if b.Request != "dc-request@lists.example.org" {
		t.Errorf("commands go to %s", b.Request)
	}
}

// The JSON holds no null where a script expects a list, and no address of a
// person.
func TestJSON(t *testing.T) {
	text, err := json.Marshal(Of(facts(group("map", lists.Active, said("progress", "met", 1, "")), group("bare", lists.Done))))
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"null", "lea@example.org"} {
		if strings.Contains(string(text), never) {
			t.Errorf("the board's JSON has %s: %s", never, text)
		}
	}
	if !strings.Contains(string(text), `"join":"dc-map-join@lists.example.org"`) {
		t.Errorf("%s", text)
	}
}

// As in the digest, nothing is overdue in a group that paused, and "this week"
// ends on Sunday.
func TestWhen(t *testing.T) {
	for name, row := range map[string]struct {
		state lists.State
		by    lists.Date
		want  string
	}{
		"paused":    {lists.Paused, "2026-11-01", "past"},
		"overdue":   {lists.Active, "2026-11-01", "overdue"},
		"next week": {lists.Active, lists.Date(sunday(now).AddDate(0, 0, 1).Format(time.DateOnly)), "later"},
	} {
		f := facts(group("a", row.state, next("Write", row.by)))
		f.Until = sunday(now).AddDate(0, 0, -2) // a Friday: Monday is three days off
		if got := Of(f).Groups[0].When; got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// sunday is the next Sunday after t.
func sunday(t time.Time) time.Time { return t.AddDate(0, 0, 7-int(t.Weekday())) }
