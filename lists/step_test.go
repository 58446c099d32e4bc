package lists

import "testing"

func TestSameStep(t *testing.T) {
	for _, row := range []struct {
		a, b string
		same bool
	}{
		{"Publish the map", "publish  the map.", true},
		{"Publish the map", "Publish the map by 2026-12-01", true},
		{"Publish the map by 1 Dec 2026", "Publish the map by 2026-12-01", true},
		{"Review by the board", "Review", false},
		{"Publish the map", "Publish the maps", false},
	} {
		if got := SameStep(row.a, row.b); got != row.same {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}
