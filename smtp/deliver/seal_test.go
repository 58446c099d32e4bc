package deliver_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// A seal sees the copy once and each member's own fields, and what it gives
// stands on top, by DATA and by BDAT.
func TestSeal(t *testing.T) {
	for _, without := range [][]string{nil, {"CHUNKING"}} {
		rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true, Without: without}), family{n: 100}
		n := start(t, rdb, f, func(o *options) {
			relay(s)(o)
			o.personal = memberField
			o.deliver.Seal = func(c lists.Copy) func([]byte) []byte {
				return func(personal []byte) []byte {
					return fmt.Appendf(nil, "X-Seal: %s %q %d\r\n", c.List.ID, personal, len(c.Head)+len(c.Body))
				}
			}
		})
		if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
			t.Fatal(err)
		}
		settled(t, rdb)
		everyone(t, f, copies(s, "p1"), 0)
		for _, m := range s.Mails() {
			var number int
			if _, err := fmt.Sscanf(m.To[0], "m%d@", &number); err != nil {
				t.Fatal(err)
			}
			own := fmt.Sprintf("X-Member: %d\r\n", number)
			want := fmt.Sprintf("X-Seal: dc %q ", own)
			if got := string(m.Data); !strings.HasPrefix(got, want) || strings.Count(got, "X-Seal") != 1 || !strings.Contains(got, "\r\n"+own) {
				t.Fatalf("%q does not begin with %q", got, want)
			}
		}
	}
}
