package bounce

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

const shared = "../../../shared/mail/bounces"

// reportAfterAll stands among the mail that is no report, but says in plain
// words whose mailbox is full.
const reportAfterAll = "maildir/not/rb-issue-368-bug.eml"

type truth struct {
	Path       string
	Recipients []struct{ Recipient, Cls, Status, Reason string }
}

// readTruth is what the shared reports are known to say.
func readTruth(t *testing.T) []truth {
	t.Helper()
	file, err := os.Open(filepath.Join(shared, "truth.jsonl"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("the folder %s is not here: nothing to test with", shared)
	}
	defer file.Close()
	var all []truth
	for s := bufio.NewScanner(file); s.Scan(); {
		var one truth
		if err := json.Unmarshal(s.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// outcome lists recipients with their classes, sorted.
func outcome(n int, one func(i int) (string, Class), class bool) string {
	var all []string
	for i := range n {
		who, c := one(i)
		if class {
			who += " " + string(c)
		}
		all = append(all, strings.ToLower(who))
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}

// BOUNCE_DIFF=1 prints each report that is read otherwise than the table says.
func TestReportsOfManyServers(t *testing.T) {
	var total, recipients, both, standard, standardBoth int
	for _, want := range readTruth(t) {
		raw, err := os.ReadFile(filepath.Join(shared, want.Path))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Read(raw)
		if len(want.Recipients) == 0 && want.Path != reportAfterAll {
			if ok {
				t.Errorf("%s is no report, yet %+v", want.Path, got)
			}
			continue
		}
		mine := func(i int) (string, Class) { return got.Failures[i].Recipient, got.Failures[i].Class }
		theirs := func(i int) (string, Class) { return want.Recipients[i].Recipient, Class(want.Recipients[i].Cls) }
		shaped := strings.Contains(strings.ToLower(string(raw)), "message/delivery-status")
		total++
		if shaped {
			standard++
		}
		sameWho := outcome(len(got.Failures), mine, false) == outcome(len(want.Recipients), theirs, false)
		if sameWho {
			recipients++
		}
		same := outcome(len(got.Failures), mine, true) == outcome(len(want.Recipients), theirs, true)
		if same {
			both++
			if shaped {
				standardBoth++
			}
		} else if os.Getenv("BOUNCE_DIFF") != "" {
			fmt.Printf("%s shaped=%v who=%v\n  want %s\n  got  %s\n", want.Path, shaped, sameWho, outcome(len(want.Recipients), theirs, true), outcome(len(got.Failures), mine, true))
			for i, f := range got.Failures {
				r := ""
				if i < len(want.Recipients) {
					r = want.Recipients[i].Reason + " " + want.Recipients[i].Status
				}
				fmt.Printf("    %s | %s | %s\n", r, f.Status, f.Reason)
			}
		}
	}
	t.Logf("%d reports: recipients %d (%.1f %%), recipients and class %d (%.1f %%); of %d in RFC 3464's shape %d (%.1f %%)",
		total, recipients, percent(recipients, total), both, percent(both, total), standard, standardBoth, percent(standardBoth, standard))
	if percent(standardBoth, standard) < 90 || percent(recipients, total) < 95 {
		t.Error("it reads fewer reports rightly than it should")
	}
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
