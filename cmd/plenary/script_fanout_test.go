package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// window is how many recipients one kill may double (DESIGN section 2): all
// sessions × (served and not yet recorded + on the wire).
const window = 10 * (50 + 2)

// servedVerb waits until N recipients of mails with such a subject were served.
func servedVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: served N REGEXP")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	re := pattern(ts, args[1:])
	until(ts, args[0]+" recipients served", func() bool {
		served := 0
		for _, m := range worldOf(ts).sink.Mails() {
			if re.MatchString(subjectOf(m)) {
				served += len(m.To)
			}
		}
		return served >= n
	})
}

// everyoneVerb waits until each address of a file has a mail with such a
// subject, lets the queue empty, and counts the doubles against the window of
// so many kills.
func everyoneVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: everyone KILLS FILE REGEXP")
	}
	kills, err := strconv.Atoi(args[0])
	ts.Check(err)
	people := strings.Fields(ts.ReadFile(args[1]))
	re := pattern(ts, args[2:])
	got := map[string]int{}
	until(ts, "a mail to everyone", func() bool {
		clear(got)
		for _, m := range worldOf(ts).sink.Mails() {
			if re.MatchString(subjectOf(m)) {
				for _, to := range m.To {
					got[to]++
				}
			}
		}
		for _, p := range people {
			if got[p] == 0 {
				return false
			}
		}
		return true
	})
	settle(ts)
	doubled := 0
	for _, n := range got {
		doubled += n - 1
	}
	ts.Logf("%d people served, %d doubled, %d allowed", len(got), doubled, kills*window)
	if len(got) != len(people) || doubled > kills*window {
		ts.Fatalf("%d people served, %d doubled; want %d and at most %d", len(got), doubled, len(people), kills*window)
	}
}

// peopleVerb writes a file of N addresses.
func peopleVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: people N FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		b.WriteString("m" + strconv.Itoa(i+1) + "@m.example\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o644))
}
