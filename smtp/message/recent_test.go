package message

import (
	"fmt"
	"testing"
)

func TestRecent(t *testing.T) {
	var r Recent
	raw := []byte("Subject: one\r\n\r\nbody\r\n")
	first, err := r.Parse(raw)
	if err != nil || first.Subject != "one" {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, _ := r.Parse(raw); again != first {
		t.Error("the same mail was read twice")
	}
	if cut, _ := r.Parse(raw[:len(raw)-6]); cut == first || len(cut.Body) != 0 {
		t.Error("a mail that begins at the same place was taken for it")
	}
	other := append([]byte(nil), raw...)
	if m, _ := r.Parse(other); m == first {
		t.Error("a mail of the same bytes at another place was taken for it, and those may change")
	}
	r.Forget(other)
	if m, _ := r.Parse(other); m == nil || &m.Raw[0] != &other[0] {
		t.Error("a forgotten mail is not read again")
	}
	for i := range 3 * recentMails {
		if _, err := r.Parse(fmt.Appendf(nil, "Subject: %d\r\n\r\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.held) != recentMails || len(r.old) != recentMails {
		t.Errorf("%d and %d are kept", len(r.held), len(r.old))
	}
	if _, err := r.Parse(make([]byte, recentSize+1)); err != nil || len(r.held) != recentMails {
		t.Errorf("%v; %d are kept", err, len(r.held))
	}
	if _, err := r.Parse(nil); err != nil {
		t.Error(err)
	}
}
