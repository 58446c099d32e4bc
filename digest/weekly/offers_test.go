package weekly

import (
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// An offer that all who were asked have turned down waits for nobody.
func TestOpenOffers(t *testing.T) {
	until := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	entry := func(hour int, kind, text string, who lists.Address) lists.ProgressEntry {
		return lists.ProgressEntry{Kind: kind, Text: text, Author: who, At: until.Add(-time.Duration(hour) * time.Hour)}
	}
	offer, no := entry(9, digest.KindVolunteer, "2", "mo@example.org"), entry(8, digest.KindDeclined, "", "Mo@example.org")
	other := entry(7, digest.KindVolunteer, "1", "bo@example.org")
	for i, c := range []struct {
		entries []lists.ProgressEntry
		want    int
	}{
		{nil, 0}, {[]lists.ProgressEntry{offer}, 1}, {[]lists.ProgressEntry{offer, no}, 1}, {[]lists.ProgressEntry{offer, no, other, no}, 1},
		{[]lists.ProgressEntry{offer, no, no}, 0}, {[]lists.ProgressEntry{offer, no, no, offer}, 1}, {[]lists.ProgressEntry{offer, entry(8, digest.KindLeader, "", "mo@example.org")}, 0},
		{[]lists.ProgressEntry{entry(80, digest.KindVolunteer, "2", "mo@example.org"), no}, 0},
		{[]lists.ProgressEntry{entry(9, digest.KindVolunteer, "", "mo@example.org"), no}, 0},
	} {
		if got := openOffers(c.entries, until); got != c.want {
			t.Errorf("case %d: %d, want %d", i, got, c.want)
		}
	}
}
