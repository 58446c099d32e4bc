package bounce

import (
	"testing"
	"time"
)

func TestScore(t *testing.T) {
	type event struct {
		day   float64
		class Class
		want  Decision
	}
	tests := []struct {
		what   string
		events []event
		halves int
	}{
		{"five hard days", []event{{0, Hard, Keep}, {1, Hard, Keep}, {2, Hard, Keep}, {3, Hard, Probe}, {4, Hard, Pause}}, 10},
		{"still failing when paused", []event{{0, Hard, Keep}, {1, Hard, Keep}, {2, Hard, Keep}, {3, Hard, Probe}, {4, Hard, Pause}, {4.1, Hard, Pause}}, 10},
		{"many in one day", []event{{0, Hard, Keep}, {0.1, Hard, Keep}, {0.2, Soft, Keep}, {0.9, Hard, Keep}}, 2},
		{"hard after soft in one day", []event{{0, Soft, Keep}, {0.1, Hard, Keep}, {0.2, Soft, Keep}}, 2},
		{"ten soft days", []event{{0, Soft, Keep}, {1, Soft, Keep}, {2, Soft, Keep}, {3, Soft, Keep}, {4, Soft, Keep}, {5, Soft, Keep}, {6, Soft, Keep}, {7, Soft, Probe}, {8, Soft, Keep}, {9, Soft, Pause}}, 10},
		{"forgotten after a week", []event{{0, Hard, Keep}, {1, Hard, Keep}, {2, Hard, Keep}, {3, Hard, Probe}, {10.5, Hard, Keep}}, 2},
		{"not yet a week", []event{{0, Hard, Keep}, {6.9, Hard, Keep}}, 4},
		{"delivered forgives", []event{{0, Hard, Keep}, {1, Hard, Keep}, {2, Delivered, Keep}, {3, Hard, Keep}}, 2},
		{"complaints and absence count nothing", []event{{0, Feedback, Keep}, {1, AutoReply, Keep}, {2, Hard, Keep}, {3, AutoReply, Keep}}, 2},
		{"an old report comes late", []event{{5, Hard, Keep}, {4, Hard, Keep}}, 2},
	}
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		var h History
		for i, e := range tt.events {
			var got Decision
			h, got = Score(h, Failure{Class: e.class}, start.Add(time.Duration(e.day*24*float64(time.Hour))))
			if got != e.want {
				t.Errorf("%s: event %d: %s, want %s (%+v)", tt.what, i, got, e.want, h)
			}
		}
		if h.Halves != tt.halves {
			t.Errorf("%s: %d half points, want %d", tt.what, h.Halves, tt.halves)
		}
	}
}
