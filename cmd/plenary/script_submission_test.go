package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// configVerb writes what stands in a file after the script's own settings into
// the configuration of servers that are started from now on. Each WORD of
// $NAME form there has its variable's value; names that have none yet, and end
// in _PORT, get a free address.
func configVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: config FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), func(name string) string {
		value := ts.Getenv(name)
		if value == "" && strings.HasSuffix(name, "_PORT") {
			free, err := freePorts(1)
			ts.Check(err)
			value = free[0]
			ts.Setenv(name, value)
		}
		return value
	})
	file := ts.MkAbs("plenary-" + filepath.Base(args[0]))
	ts.Check(os.WriteFile(file, []byte(text), 0o600))
	ts.Setenv("PLENARY_CONFIG", file)
	fmt.Fprintln(ts.Stdout(), text)
}
