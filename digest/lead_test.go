package digest

import (
	"testing"
	"time"
)

func TestAhead(t *testing.T) {
	loc := geneva(t)
	for _, row := range []struct {
		schedule string
		week     Week
		lead     string
		weekends bool
		want     string
	}{
		{"Mon 09:00", Week{2026, 48}, "48h", true, "Sat 2026-11-21 09:00"},
		{"Mon 09:00", Week{2026, 48}, "48h", false, "Thu 2026-11-19 09:00"},
		{"Mon 09:00", Week{2026, 48}, "24h", false, "Fri 2026-11-20 09:00"},
		{"Mon 09:00", Week{2026, 48}, "12h", false, "Fri 2026-11-20 21:00"},
		{"Mon 09:00", Week{2026, 48}, "60h", false, "Wed 2026-11-18 21:00"},
		{"Wed 09:00", Week{2026, 48}, "48h", false, "Mon 2026-11-23 09:00"},
		{"Wed 09:00", Week{2026, 48}, "72h", false, "Fri 2026-11-20 09:00"},
		{"Sat 09:00", Week{2026, 48}, "24h", false, "Thu 2026-11-26 09:00"},
		{"Mon 09:00", Week{2026, 14}, "48h", true, "Sat 2026-03-28 09:00"}, // summer time from Sunday on
		{"Mon 09:00", Week{2026, 44}, "48h", true, "Sat 2026-10-24 09:00"}, // winter time from Sunday on
		{"Mon 09:00", Week{2027, 1}, "48h", true, "Sat 2027-01-02 09:00"},
	} {
		s, err := ParseSchedule(row.schedule, loc)
		if err != nil {
			t.Fatal(err)
		}
		lead, err := time.ParseDuration(row.lead)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Ahead(row.week, lead, row.weekends).Format("Mon 2006-01-02 15:04"); got != row.want {
			t.Errorf("%s before %s of %s, weekends %v: %s, want %s", row.lead, row.schedule, row.week, row.weekends, got, row.want)
		}
	}
}
