package progress

import (
	"testing"

	"plenary/lists"
)

func TestReadStill(t *testing.T) {
	for in, want := range map[string]Answer{
		"active":                         {Going: true, State: lists.Active},
		"Active.":                        {Going: true, State: lists.Active},
		"\"paused\"":                     {Going: true, State: lists.Paused},
		"state: done":                    {Going: true, State: lists.Done},
		"State: Paused\nWe rest.":        {Going: true, State: lists.Paused, Progress: "We rest."},
		"yes":                            {Going: true},
		"Yes!\n\nWe meet in January.":    {Going: true, Progress: "We meet in January."},
		"en pause":                       {Going: true, State: lists.Paused},
		"done\nhelp: somebody to file":   {Going: true, State: lists.Done, Help: "somebody to file"},
		"hand over to bo@m.example":      {HandTo: "bo@m.example"},
		"Hand over to Bo <bo@m.example>": {HandTo: "bo@m.example"},
		"handover: bo@m.example.":        {HandTo: "bo@m.example"},
		"Hand it over to bo@m.example\nShe knows the maps.": {HandTo: "bo@m.example", Progress: "She knows the maps."},
		"We are still drawing the map.":                     {Progress: "We are still drawing the map."},
		"done with the first map":                           {Progress: "done with the first map"},
		"hand over to nobody":                               {Progress: "hand over to nobody"},
		"":                                                  {},
	} {
		if got := ReadStill(in, "2026-11-23"); got != want {
			t.Errorf("%q:\n got %+v\nwant %+v", in, got, want)
		}
	}
}

func FuzzReadStill(f *testing.F) {
	f.Add("hand over to a@b.example\nnext: x")
	f.Add("state: done")
	f.Fuzz(func(t *testing.T, s string) {
		if a := ReadStill(s, "2026-11-23"); a.HandTo != "" {
			if _, err := lists.ParseAddress(string(a.HandTo)); err != nil {
				t.Fatalf("%q is handed over to %q: %v", s, a.HandTo, err)
			}
		}
	})
}
