package weekly

import (
	"testing"
	"time"

	"plenary/digest"
)

// A digest is no news of the week that it opens.
func TestADigestIsNotItsOwnNews(t *testing.T) {
	since := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := history{last: since, posted: []time.Time{since.AddDate(0, 0, -7), since}, codes: []string{"", "sheet48"}}
	f := digest.Facts{Posts: 1, People: 1, Threads: []digest.Thread{{Subject: "Coalition, week 48: a quiet week", Posts: 1, Code: "sheet48"}}}
	if h.withoutItself(&f, since); f.Posts != 0 || f.People != 0 || len(f.Threads) != 0 {
		t.Errorf("alone: %+v", f)
	}
	f.Posts, f.People, f.Threads = 4, 3, []digest.Thread{
		{Subject: "It was answered", Posts: 2, Code: "sheet48"}, {Subject: "The list had another title then", Posts: 1, Code: "sheet48"},
		{Subject: "Coalition, week 48: a quiet week", Posts: 1, Code: "amember"}, {Subject: "Without a code", Posts: 1},
	}
	if h.withoutItself(&f, since); f.Posts != 3 || f.People != 2 || len(f.Threads) != 3 {
		t.Errorf("among others: %+v", f)
	}
	f = digest.Facts{Posts: 2, People: 1}
	if (history{}).withoutItself(&f, since); f.Posts != 2 || f.People != 1 {
		t.Errorf("none went out: %+v", f)
	}
}
