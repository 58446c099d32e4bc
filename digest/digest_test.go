package digest

import (
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
	if r.News[0].Due != "due tomorrow, Tuesday 24 November 2026" || r.Quiet[0].Overdue != 3 {
		t.Errorf("due %q, overdue %d", r.News[0].Due, r.Quiet[0].Overdue)
	}
	if want := "DC, week 48: 1 group reports, 1 newcomer, 1 step overdue"; r.Subject != want {
		t.Errorf("subject %q, want %q", r.Subject, want)
	}
}
