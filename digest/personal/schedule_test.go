package personal

import (
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
)

func zurich(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseClock(t *testing.T) {
	for _, bad := range []string{"", "8", "25:00", "08:60", "Mon 08:00", "8 o'clock"} {
		if c, err := ParseClock(bad, nil); err == nil {
			t.Errorf("%q is read as %+v", bad, c)
		}
	}
	if c, err := ParseClock(" 08:05 ", nil); err != nil || c.Hour != 8 || c.Minute != 5 || c.Location != time.UTC {
		t.Errorf("%+v, %v", c, err)
	}
}

// Each day has one due time in the site's zone, also where the clocks change.
func TestClockAcrossDaylight(t *testing.T) {
	loc := zurich(t)
	for _, clock := range []Clock{{8, 0, loc}, {2, 30, loc}, {0, 0, loc}, {23, 59, loc}} {
		for _, start := range []time.Time{time.Date(2026, 3, 26, 12, 0, 0, 0, loc), time.Date(2026, 10, 22, 12, 0, 0, 0, loc)} {
			seen := map[string]bool{}
			for now := start; now.Before(start.AddDate(0, 0, 7)); now = now.Add(10 * time.Minute) {
				last := clock.Last(now)
				if last.After(now) || now.Sub(last) > 25*time.Hour {
					t.Fatalf("at %v the last %d:%02d was %v", now, clock.Hour, clock.Minute, last)
				}
				seen[last.Format(time.DateOnly)] = true
			}
			if len(seen) != 8 {
				t.Errorf("%d:%02d from %v: due on %d days, want 8", clock.Hour, clock.Minute, start, len(seen))
			}
		}
	}
}

func waiting(from uint64, sizes ...uint64) (posts []lists.DigestPost) {
	sum := uint64(0)
	for i, size := range sizes {
		sum += size
		posts = append(posts, lists.DigestPost{Number: from + uint64(i) + 1, Sum: sum, Size: int64(size)})
	}
	return posts
}

func TestStep(t *testing.T) {
	s := Schedule{Daily: Clock{8, 0, time.UTC}, Weekly: digest.Schedule{Day: time.Monday, Hour: 8, Location: time.UTC}, Posts: 3, Octets: 100}
	created := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC) // a Monday
	due := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)      // the next
	shelf := func(s lists.Shelf) lists.Shelf { s.Stands = "x"; return s }
	tests := []struct {
		what   string
		shelf  lists.Shelf
		posts  []lists.DigestPost
		now    time.Time
		force  bool
		to     uint64    // of the issue that is closed, 0 none
		dueNow time.Time // of the shelf, or of the issue where there is one
	}{
		{"new, before its first time", lists.Shelf{}, waiting(0, 1), due.Add(-time.Hour), false, 0, created},
		{"new, at its first time", lists.Shelf{}, waiting(0, 1), due, false, 1, due},
		{"not due", shelf(lists.Shelf{Due: due}), waiting(0, 1, 1), due.Add(6 * 24 * time.Hour), false, 0, due},
		{"due, and nothing there", shelf(lists.Shelf{Due: due.AddDate(0, 0, -7)}), nil, due, false, 0, due},
		{"due", shelf(lists.Shelf{Due: due.AddDate(0, 0, -7)}), waiting(0, 1, 1), due.Add(time.Second), false, 2, due},
		{"after an outage of weeks", shelf(lists.Shelf{Due: due.AddDate(0, 0, -28)}), waiting(0, 1, 1), due.Add(time.Hour), false, 2, due},
		{"after an outage, more than fits", shelf(lists.Shelf{Due: due.AddDate(0, 0, -28)}), waiting(0, 1, 1, 1, 1), due.Add(time.Hour), false, 3, due.AddDate(0, 0, -28)},
		{"full by posts", shelf(lists.Shelf{Due: due}), waiting(0, 1, 1, 1), due.Add(time.Hour), false, 3, due},
		{"full by octets", shelf(lists.Shelf{Due: due}), waiting(0, 60, 60), due.Add(time.Hour), false, 2, due},
		{"one post is more than full", shelf(lists.Shelf{Due: due}), waiting(0, 1000, 1), due.Add(time.Hour), false, 1, due},
		{"full exactly when it is due", shelf(lists.Shelf{Due: due.AddDate(0, 0, -7)}), waiting(0, 1, 1, 1), due, false, 3, due},
		{"asked for", shelf(lists.Shelf{Due: due}), waiting(0, 1), due.Add(time.Hour), true, 1, due},
		{"open", shelf(lists.Shelf{Due: due, Open: &lists.Issue{To: 7, Due: due}}), waiting(0, 1, 1, 1), due.Add(time.Hour), true, 7, due},
	}
	for _, tt := range tests {
		book := lists.DigestBook{Weekly: tt.shelf}
		if n := len(tt.posts); n > 0 {
			book.Posts, book.Sum = tt.posts[n-1].Number, tt.posts[n-1].Sum
		}
		next, changed := s.step(book, lists.Weekly, created, tt.now, tt.posts, tt.force)
		got, at := uint64(0), next.Due
		if next.Open != nil {
			got, at = next.Open.To, next.Open.Due
		}
		if got != tt.to || !at.Equal(tt.dueNow) {
			t.Errorf("%s: issue up to %d, due kept %v; want %d, %v", tt.what, got, at, tt.to, tt.dueNow)
		}
		if changed != (tt.shelf.Open == nil && (next.Open != nil || !next.Due.Equal(tt.shelf.Due))) {
			t.Errorf("%s: changed %v", tt.what, changed)
		}
		if changed && !s.waits(book, lists.Weekly, tt.now, tt.force) {
			t.Errorf("%s: it is not looked at", tt.what)
		}
	}
}

func TestNumbered(t *testing.T) {
	at := func(year int) time.Time { return time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		shelf        lists.Shelf
		year         int
		volume, want int
	}{
		{lists.Shelf{}, 2026, 1, 1},
		{lists.Shelf{Year: 2026, Volume: 1, Number: 4}, 2026, 1, 5},
		{lists.Shelf{Year: 2026, Volume: 1, Number: 4}, 2027, 2, 1},
		{lists.Shelf{Year: 2026, Volume: 3, Number: 4}, 2031, 4, 1},
	} {
		if _, v, n := numbered(tt.shelf, at(tt.year)); v != tt.volume || n != tt.want {
			t.Errorf("after %+v in %d: volume %d, issue %d", tt.shelf, tt.year, v, n)
		}
	}
}
