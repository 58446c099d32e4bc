package desk

import (
	"testing"
	"time"

	"plenary/lists"
)

// One link clicked without end does nothing more, until the minute is over;
// another member's is not touched by it.
func TestClicksAreBounded(t *testing.T) {
	o := newOffice(t)
	o.family()
	l := o.get("dc")
	click := func(n lists.Number) lists.Result {
		t.Helper()
		out, err := o.desk.OneClick(o.ctx, l.Serial, n)
		if err != nil {
			t.Fatal(err)
		}
		return out.Result
	}
	for range clicks {
		if click(900) == lists.Refused {
			t.Fatal("refused too soon")
		}
	}
	if click(900) != lists.Refused || click(901) == lists.Refused {
		t.Error("the bound is not each link's own")
	}
	o.pass(time.Minute + time.Second)
	if click(900) == lists.Refused {
		t.Error("refused after a minute")
	}
}
