package main

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// rawVerb writes the newest mail to an address to a file, octet for octet,
// once nothing is under way.
func rawVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: raw FILE ADDRESS [REGEXP]")
	}
	settle(ts)
	found := mailsTo(worldOf(ts).sink.Mails(), args[1], pattern(ts, args[2:]))
	if len(found) == 0 {
		ts.Fatalf("no such mail to %s; all there are:\n%s", args[1], subjects(worldOf(ts)))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), found[len(found)-1].Data, 0o644))
}
