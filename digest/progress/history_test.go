package progress

import (
	"testing"
	"time"

	"plenary/lists"
)

func TestHistory(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	l := lists.List{Name: "dc-maps", State: lists.Active, Next: "Publish", NextBy: "2026-12-01"}
	if got := History(l, nil, 10); got != "" {
		t.Errorf("nothing was recorded: %q", got)
	}
	entries := []lists.ProgressEntry{
		{Kind: "next", Text: "Collect", By: "2026-11-10", At: at(1)},
		{Kind: "progress", Text: "We met\non Monday.", Name: "Ana", Author: "a@m.example", Week: "2026-W47", At: at(14)},
		{Kind: "progress", Text: "We met on Tuesday.", Name: "Ana", Author: "a@m.example", Week: "2026-W47", At: at(15)},
		{Kind: "done", Text: "Collect", Name: "Ana", At: at(15)},
		{Kind: "next", Text: "Publish", By: "2026-12-01", At: at(15)},
		{Kind: "help", Text: "a printer", Name: "Ana", At: at(16)},
		{Kind: "dissent", Text: "no paper", Name: "Bo", At: at(17)},
		{Kind: "state", Text: "active", At: at(18)},
		{Kind: "silence", Text: "4", At: at(30)},
	}
	want := `Its steps, the latest first:
- Publish: set on 2026-11-15, due on 2026-12-01, it stands
- Collect: set on 2026-11-01, due on 2026-11-10, done on 2026-11-15

What was told, the latest first:
- 2026-11-30: after 4 weeks of silence its leaders and admins were asked whether it goes on
- 2026-11-18: the group is active
- 2026-11-17, Bo: a view that differs: no paper
- 2026-11-16, Ana: help wanted: a printer
- 2026-11-15, Ana: We met on Tuesday.
- and 1 before`
	if got := History(l, entries, 5); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	led := append(entries[:1:1], lists.ProgressEntry{Kind: "volunteer", Name: "Bo", At: at(2)}, lists.ProgressEntry{Kind: "leader", Name: "Bo", At: at(3)}, lists.ProgressEntry{Kind: "deputy", Name: "Ana", At: at(4)})
	contains(t, History(l, led, 10), "- 2026-11-04, Ana: is a deputy leader - 2026-11-03, Bo: leads the group - 2026-11-02, Bo: offered to lead it")
	contains(t, History(l, entries, 10), "- 2026-11-14, Ana: We met on Monday. (replaced by a later answer)")
}
