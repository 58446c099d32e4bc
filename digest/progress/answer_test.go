package progress

import (
	"reflect"
	"testing"

	"plenary/lists"
)

func TestReadAnswer(t *testing.T) {
	today := lists.Date("2026-11-23")
	for name, row := range map[string]struct {
		in   string
		want Answer
	}{
		"plain":       {"We met on Tuesday.\nTwo chapters are done.\n", Answer{Progress: "We met on Tuesday.\nTwo chapters are done."}},
		"no progress": {"no progress", Answer{Progress: "no progress"}},
		"keys": {"Good week.\nNext: publish the map by 2026-12-01\nSTATE: active\nhelp: a translator\nfor Spanish\ndissent: the licence is too narrow\n\nThanks all.",
			Answer{Progress: "Good week.\n\nThanks all.", Next: "publish the map", By: "2026-12-01", State: lists.Active, Help: "a translator for Spanish", Dissent: "the licence is too narrow"}},
		"done":         {"done: collect the laws\ndropped: the poster", Answer{Done: "collect the laws", Dropped: "the poster"}},
		"only next":    {"next step: ask the board", Answer{Next: "ask the board"}},
		"paused for":   {"state: paused until March", Answer{State: lists.Paused}},
		"all states":   {"state: forming, active, paused or done", Answer{BadState: true}},
		"status":       {"Status: two chapters are done", Answer{Progress: "Status: two chapters are done"}},
		"none":         {"We met.\nhelp: none\ndissent: -", Answer{Progress: "We met.", Unsaid: Unsaid{Help: true, Dissent: true}}},
		"only a date":  {"next: by 2026-12-01", Answer{By: "2026-12-01"}},
		"bad state":    {"state: asleep", Answer{BadState: true}},
		"said as such": {"We met. The next step is to publish by 2026-12-01.", Answer{Progress: "We met. The next step is to publish by 2026-12-01.", Next: "publish", By: "2026-12-01"}},
		"not said so":  {"We met. Publishing comes later.", Answer{Progress: "We met. Publishing comes later."}},
		"end":          {"Done.\nend\nBest, Ana", Answer{Progress: "Done."}},
		"empty":        {" \n\n", Answer{}},
	} {
		if got := ReadAnswer(row.in, today); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, row.want)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("next: x by 1 Dec\nstate: done")
	f.Add("The next step is to")
	f.Add("prochaine étape : x d’ici le 1er décembre\nétat : actif\nСледующий шаг: y к 3.1.2027\n下一步：z，12月4日前")
	f.Fuzz(func(t *testing.T, s string) {
		a := ReadAnswer(s, "2026-11-23")
		if a.State != "" && a.State != lists.Forming && a.State != lists.Active && a.State != lists.Paused && a.State != lists.Done {
			t.Fatalf("state %q", a.State)
		}
	})
}
