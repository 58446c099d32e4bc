package digest

import (
	"reflect"
	"testing"
	"time"

	"plenary/lists"
)

func geneva(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseWeek(t *testing.T) {
	for in, want := range map[string]string{
		"2026-W48": "2026-W48", "2026-w01": "2026-W01", " 2026-W53 ": "2026-W53", "2025-W53": "", "2026-W00": "",
		"2026-48": "", "W48": "", "2026-W4x": "", "": "", "2026-W481": "",
	} {
		w, err := ParseWeek(in)
		if got := w.String(); (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestScheduleAcrossYearsAndDaylightSaving(t *testing.T) {
	loc := geneva(t)
	s, err := ParseSchedule("Mon 09:00", loc)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ now, last, next, due string }{
		{"2026-11-23T08:59:00+01:00", "2026-W47", "2026-W48", "2026-11-16T09:00:00+01:00"},
		{"2026-11-23T09:00:00+01:00", "2026-W48", "2026-W49", "2026-11-23T09:00:00+01:00"},
		{"2027-01-03T12:00:00+01:00", "2026-W53", "2027-W01", "2026-12-28T09:00:00+01:00"}, // week 53
		{"2026-03-30T06:59:00Z", "2026-W13", "2026-W14", "2026-03-23T09:00:00+01:00"},      // summer time since Sunday
		{"2026-03-30T07:00:00Z", "2026-W14", "2026-W15", "2026-03-30T09:00:00+02:00"},
		{"2026-10-26T08:00:00Z", "2026-W44", "2026-W45", "2026-10-26T09:00:00+01:00"}, // winter time since Sunday
	} {
		now, err := time.Parse(time.RFC3339, row.now)
		if err != nil {
			t.Fatal(err)
		}
		last, next := s.Last(now), s.Next(now)
		if last.String() != row.last || next.String() != row.next || s.Due(last).Format(time.RFC3339) != row.due {
			t.Errorf("at %s: last %s due %s, next %s; want %s due %s, next %s", row.now, last, s.Due(last).Format(time.RFC3339), next, row.last, row.due, row.next)
		}
	}
	for _, bad := range []string{"", "Mon", "Mon 25:00", "Someday 09:00", "09:00 Mon", "Mo 09:00"} {
		if _, err := ParseSchedule(bad, loc); err == nil {
			t.Errorf("schedule %q was taken", bad)
		}
	}
}

func TestGather(t *testing.T) {
	until := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	group := func(title string, by lists.Date, state lists.State) lists.List {
		return lists.List{Title: title, Next: "step", NextBy: by, State: state}
	}
	entry := func(kind, text, week string, author lists.Address) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, Week: week, Author: author, Name: "N"}
	}
	r := Gather(Facts{
		Main: lists.List{Title: "DC"}, Week: Week{2026, 48}, Until: until, Newcomers: []string{"Bo"},
		Groups: []GroupFacts{
			{List: group("Closed", "", lists.Closed), Posts: 3},
			{List: group("Quiet", "2026-11-20", lists.Active)},
			{List: group("No date", "", lists.Active), Posts: 1},
			{List: group("Later", "2026-12-24", lists.Active), Entries: []lists.ProgressEntry{
				entry("progress", "first", "2026-W48", "l@x.example"), entry("help", "a translator", "", "l@x.example"),
				entry("progress", "by post", "", "m@x.example"), entry("progress", "second", "2026-W48", "L@x.example")}},
			{List: group("Sooner", "2026-11-24", lists.Active), Posts: 2},
		},
	})
	var order []string
	for _, g := range append(r.News, r.Quiet...) {
		order = append(order, g.List.Title)
	}
	if got := len(order); got != 4 || order[0] != "Sooner" || order[1] != "Later" || order[2] != "No date" || order[3] != "Quiet" {
		t.Fatalf("order %v", order)
	}
	if p := r.News[1].Progress; len(p) != 2 || p[0].Text != "by post" || p[1].Text != "second" {
		t.Errorf("the last answer does not count alone: %v", p)
	}
	if g := r.News[0]; g.When != Tomorrow || g.Days != 1 {
		t.Errorf("when %v, %d days", g.When, g.Days)
	}
	if g := r.Quiet[0]; g.When != Overdue || g.Days != 3 {
		t.Errorf("when %v, %d days", g.When, g.Days)
	}
	if len(r.Coming) != 1 || r.Coming[0].List.Title != "Sooner" {
		t.Errorf("coming: %v", r.Coming)
	}
}

func TestSteps(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	entry := func(day int, kind, text string, by lists.Date) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, By: by, At: at(day)}
	}
	for name, row := range map[string]struct {
		list    lists.List
		entries []lists.ProgressEntry
		want    []Step
	}{
		"none":           {lists.List{}, nil, nil},
		"made with it":   {lists.List{Next: "a", NextBy: "2026-12-01"}, nil, []Step{{Text: "a", By: "2026-12-01"}}},
		"told":           {lists.List{Next: "a"}, []lists.ProgressEntry{entry(1, KindNext, "a", "")}, []Step{{Text: "a", Set: at(1)}}},
		"told twice":     {lists.List{Next: "a"}, []lists.ProgressEntry{entry(1, KindNext, "a", ""), entry(2, KindNext, "A.", "")}, []Step{{Text: "a", Set: at(1)}}},
		"moved":          {lists.List{Next: "a", NextBy: "2026-12-09"}, []lists.ProgressEntry{entry(1, KindNext, "a", "2026-12-01"), entry(2, KindNext, "a", "2026-12-09")}, []Step{{"a", at(1), "2026-12-01", StepMoved, at(2)}, {Text: "a", Set: at(2), By: "2026-12-09"}}},
		"replaced":       {lists.List{Next: "b"}, []lists.ProgressEntry{entry(1, KindNext, "a", ""), entry(2, KindNext, "b", "")}, []Step{{"a", at(1), "", StepReplaced, at(2)}, {Text: "b", Set: at(2)}}},
		"done":           {lists.List{Next: "b"}, []lists.ProgressEntry{entry(1, KindNext, "a", ""), entry(2, KindDone, "a", ""), entry(2, KindNext, "b", "")}, []Step{{"a", at(1), "", StepDone, at(2)}, {Text: "b", Set: at(2)}}},
		"done, no other": {lists.List{Next: "a"}, []lists.ProgressEntry{entry(1, KindNext, "a", ""), entry(2, KindDone, "", "")}, []Step{{"a", at(1), "", StepDone, at(2)}}},
		"dropped":        {lists.List{Next: "b"}, []lists.ProgressEntry{entry(1, KindNext, "b", ""), entry(2, KindDropped, "a side thing", "")}, []Step{{"b", at(1), "", "", time.Time{}}, {"a side thing", time.Time{}, "", StepDropped, at(2)}}},
		"group done":     {lists.List{Next: "a", State: lists.Done}, []lists.ProgressEntry{entry(1, KindNext, "a", ""), entry(2, KindState, "done", "")}, []Step{{"a", at(1), "", StepDone, at(2)}}},
		"set by hand":    {lists.List{Next: "b"}, []lists.ProgressEntry{entry(1, KindNext, "a", "")}, []Step{{"a", at(1), "", StepReplaced, time.Time{}}, {Text: "b"}}},
	} {
		if got := Steps(row.list, row.entries); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, row.want)
		}
	}
	s, ok := Standing(Steps(lists.List{Next: "b"}, []lists.ProgressEntry{entry(1, KindNext, "b", ""), entry(2, KindDropped, "a side thing", "")}))
	if !ok || s.Text != "b" {
		t.Errorf("standing: %v, %v", s, ok)
	}
}

// What changed since the last digest is told, what was told then is not.
func TestGatherTellsWhatIsNew(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	entry := func(day int, kind, text string, by lists.Date) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, By: by, At: at(day)}
	}
	f := Facts{Site: lists.Site{}, Since: at(16), Until: at(23), Groups: []GroupFacts{{
		List: lists.List{Title: "A", State: lists.Active, Next: "b", NextBy: "2026-12-01", Created: at(1)},
		Entries: []lists.ProgressEntry{
			entry(2, KindState, "forming", ""), entry(3, KindNext, "x", ""), entry(4, KindDone, "x", ""), entry(5, KindNext, "a", ""), entry(6, KindProgress, "old news", ""),
			entry(17, KindDone, "a", ""), entry(17, KindNext, "b", "2026-11-20"), entry(18, KindNext, "b", "2026-12-01"), entry(18, KindState, "active", ""),
		}}, {
		List: lists.List{Title: "B", State: lists.Closed, Created: at(1)}, Entries: []lists.ProgressEntry{entry(18, KindState, "closed", "")}}, {
		List: lists.List{Title: "C", State: lists.Closed, Created: at(1)}, Entries: []lists.ProgressEntry{entry(10, KindState, "closed", "")}}, {
		List: lists.List{Title: "D", State: lists.Active, Created: at(20)}}}}
	r := Gather(f)
	if len(r.News) != 1 || len(r.Closed) != 1 || r.Closed[0].Title != "B" || len(r.Founded) != 1 || r.Founded[0].Title != "D" {
		t.Fatalf("news %v, closed %v, founded %v", r.News, r.Closed, r.Founded)
	}
	g := r.News[0]
	if len(g.Progress) != 0 || len(g.Ended) != 1 || g.Ended[0].Text != "a" || g.Ended[0].Ended != StepDone || g.Moved != "2026-11-20" || g.Was != lists.Forming {
		t.Errorf("progress %v, ended %v, moved from %q, was %q", g.Progress, g.Ended, g.Moved, g.Was)
	}
	if !r.Due.IsZero() {
		t.Error("late without a due time")
	}
	// What a leader corrected before anybody read it is not told; a date moved
	// twice moved from the one that was told.
	f.Groups = []GroupFacts{{List: lists.List{State: lists.Active, Next: "y", NextBy: "2026-12-03", Created: at(1)}, Entries: []lists.ProgressEntry{
		entry(2, KindNext, "w", ""), entry(17, KindNext, "x", ""), entry(18, KindNext, "y", "2026-12-01"), entry(18, KindNext, "y", "2026-12-02"), entry(19, KindNext, "y", "2026-12-03"),
		entry(19, KindHelp, "", ""),
	}}, {List: lists.List{Title: "E", State: lists.Closed, Created: at(20)}}}
	r = Gather(f)
	if g := r.News[0]; len(g.Ended) != 1 || g.Ended[0].Text != "w" || g.Moved != "2026-12-01" || len(g.Help) != 0 {
		t.Errorf("ended %v, moved from %q, help %v", g.Ended, g.Moved, g.Help)
	}
	if len(r.Founded) != 0 || len(r.Closed) != 1 {
		t.Errorf("founded and closed at once: founded %v, closed %v", r.Founded, r.Closed)
	}
	f.Due = at(22)
	if r = Gather(f); !r.Due.Equal(at(22)) {
		t.Error("a day late is not said")
	}
}

// What is told of makes a week worth a digest.
func TestEmpty(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	facts := func(change func(*Facts)) Report {
		f := Facts{Since: at(16), Until: at(23), Due: at(23), Groups: []GroupFacts{{List: lists.List{State: lists.Active, Created: at(1)}, Heard: at(10)}}}
		change(&f)
		return Gather(f)
	}
	for name, row := range map[string]struct {
		change func(*Facts)
		empty  bool
	}{
		"nothing":                 {func(*Facts) {}, true},
		"a long silence goes on":  {func(f *Facts) { f.Groups[0].Heard = at(1) }, true},
		"silent for two weeks":    {func(f *Facts) { f.Groups[0].Heard = at(8) }, false},
		"a post":                  {func(f *Facts) { f.Groups[0].Posts = 1 }, false},
		"a post on the main list": {func(f *Facts) { f.Posts = 1 }, false},
		"a newcomer":              {func(f *Facts) { f.Unnamed = 1 }, false},
		"overdue":                 {func(f *Facts) { f.Groups[0].List.Next, f.Groups[0].List.NextBy = "x", "2026-11-20" }, false},
		"due":                     {func(f *Facts) { f.Groups[0].List.Next, f.Groups[0].List.NextBy = "x", "2026-12-01" }, false},
		"due much later":          {func(f *Facts) { f.Groups[0].List.Next, f.Groups[0].List.NextBy = "x", "2027-12-01" }, true},
		"something waits":         {func(f *Facts) { f.Groups[0].Waiting.Posts = 1 }, false},
		"the admins must decide":  {func(f *Facts) { f.Waiting.Joins = 1 }, false},
		"late":                    {func(f *Facts) { f.Due = at(22) }, false},
		"others missed":           {func(f *Facts) { f.Missed = 1 }, false},
		"founded":                 {func(f *Facts) { f.Groups[0].List.Created = at(17) }, false},
		"led by another": {func(f *Facts) {
			f.Groups[0].Entries = []lists.ProgressEntry{{Kind: KindLeader, Name: "Bo", At: at(17)}}
		}, false},
	} {
		if got := facts(row.change).Empty(); got != row.empty {
			t.Errorf("%s: empty %v", name, got)
		}
	}
}

// The body is asked once who would lead a group that is silent for eight
// weeks, on whatever days the digests go out.
func TestBodyIsAskedOnce(t *testing.T) {
	heard := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	asked := 0
	since := heard
	for _, days := range []int{6, 13, 20, 29, 34, 41, 48, 55, 57, 60, 62, 69, 76} {
		until := heard.AddDate(0, 0, days)
		r := Gather(Facts{Since: since, Until: until, Groups: []GroupFacts{{List: lists.List{State: lists.Active, Created: heard}, Heard: heard}}})
		if r.Quiet[0].Orphaned {
			asked++
			if days != 57 {
				t.Errorf("asked after %d days", days)
			}
		}
		since = until
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// A group that paused owes nobody a word: it has no news, but it neither
// stands among the silent nor is its lead offered, also where the digest
// before went out long ago.
// Of a group that paused nothing is due: it does not stand before those at
// work for a date that is past.
func TestPausedGroupsComeAfterThoseAtWork(t *testing.T) {
	var f Facts
	for i, state := range []lists.State{lists.Paused, lists.Active, lists.Forming, lists.Paused, lists.Active} {
		l := lists.List{ID: string(rune('a' + i)), Title: string(rune('A' + i)), State: state, Next: "step", NextBy: lists.Date("2026-11-0" + string(rune('1'+i)))}
		f.Groups = append(f.Groups, GroupFacts{List: l, Posts: 1}, GroupFacts{List: l})
	}
	f.Until = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	r := Gather(f)
	for _, all := range [][]Group{r.News, r.Quiet} {
		order := ""
		for _, g := range all {
			order += g.List.Title
		}
		if order != "BCEAD" {
			t.Errorf("order %s", order)
		}
	}
}

func TestPausedGroupIsNotSilent(t *testing.T) {
	heard := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	for state, silent := range map[lists.State]bool{lists.Active: true, lists.Forming: true, lists.Paused: false} {
		r := Gather(Facts{Since: heard.AddDate(0, 0, 6), Until: heard.AddDate(0, 0, 60),
			Groups: []GroupFacts{{List: lists.List{State: state, Created: heard}, Heard: heard}}})
		if g := r.Quiet[0]; g.Quiet(SilentSaid, r.Until) != silent || g.Orphaned != silent || r.Empty() == silent || g.Silent(r.Until) != 8 {
			t.Errorf("%s: silent %v, offered %v, empty %v", state, g.Quiet(SilentSaid, r.Until), g.Orphaned, r.Empty())
		}
	}
}

// What who leads a group put right before the digest was not told to anybody:
// neither a date that they set and moved, nor a step that was not done after
// all. Another's change is told.
func TestCorrectionsAreNotNews(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 20, hour, 0, 0, 0, time.UTC) }
	entry := func(hour int, kind, text string, by lists.Date, who lists.Address) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, By: by, At: at(hour), Author: who}
	}
	for name, row := range map[string]struct {
		entries []lists.ProgressEntry
		moved   lists.Date
		ended   int
	}{
		"set and moved":            {[]lists.ProgressEntry{entry(1, KindNext, "a", "2026-12-01", "ana@m.example"), entry(2, KindNext, "A.", "2026-12-09", "Ana@m.example")}, "", 0},
		"moved by another":         {[]lists.ProgressEntry{entry(1, KindNext, "a", "2026-12-01", "ana@m.example"), entry(2, KindNext, "a", "2026-12-09", "bo@m.example")}, "2026-12-01", 0},
		"told before":              {[]lists.ProgressEntry{entry(-200, KindNext, "a", "2026-11-01", "ana@m.example"), entry(1, KindNext, "a", "2026-12-01", "ana@m.example"), entry(2, KindNext, "a", "2026-12-09", "ana@m.example")}, "2026-11-01", 0},
		"not done after all":       {[]lists.ProgressEntry{entry(-200, KindNext, "a", "2026-12-09", "ana@m.example"), entry(1, KindDone, "a", "2026-12-09", "ana@m.example"), entry(2, KindNext, "a", "2026-12-09", "ana@m.example")}, "", 0},
		"done, and the same again": {[]lists.ProgressEntry{entry(-200, KindNext, "a", "2026-11-20", "ana@m.example"), entry(1, KindDone, "a", "2026-11-20", "ana@m.example"), entry(2, KindNext, "a", "2026-12-09", "ana@m.example")}, "", 1},
	} {
		r := Gather(Facts{Since: at(0), Until: at(9), Groups: []GroupFacts{{List: lists.List{State: lists.Active, Next: "a", NextBy: "2026-12-09"}, Entries: row.entries}}})
		if g := r.News[0]; g.Moved != row.moved || len(g.Ended) != row.ended || g.By != "2026-12-09" {
			t.Errorf("%s: moved from %q, ended %v, due on %s", name, g.Moved, g.Ended, g.By)
		}
	}
}
