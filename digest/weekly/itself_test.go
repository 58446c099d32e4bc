package weekly

import (
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// A digest is no news of the week that it opens.
func TestADigestIsNotItsOwnNews(t *testing.T) {
	since := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := history{last: since, posted: []time.Time{since.AddDate(0, 0, -7), since}}
	f := digest.Facts{Main: lists.List{Title: "Dynamic  Coalition"}, Posts: 1, People: 1, Threads: []digest.Thread{{Subject: "Dynamic Coalition, week 48: a quiet week", Posts: 1}}}
	if h.withoutItself(&f, since); f.Posts != 0 || f.People != 0 || len(f.Threads) != 0 {
		t.Errorf("alone: %+v", f)
	}
	f.Posts, f.People, f.Threads = 4, 3, []digest.Thread{{Subject: "Dynamic Coalition, week 48: a quiet week", Posts: 2}, {Subject: "Dynamic Coalition, week 48: a quiet week", Posts: 1}, {Subject: "Dynamic Coalition, weekly", Posts: 1}}
	if h.withoutItself(&f, since); f.Posts != 3 || f.People != 2 || len(f.Threads) != 2 {
		t.Errorf("among others: %+v", f)
	}
	f = digest.Facts{Posts: 2, People: 1}
	if (history{}).withoutItself(&f, since); f.Posts != 2 || f.People != 1 {
		t.Errorf("none went out: %+v", f)
	}
}
