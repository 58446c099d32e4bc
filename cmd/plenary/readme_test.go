package main

import (
	"os"
	"strings"
	"testing"

	"plenary/lists/command"
)

// The README's table of commands is made from the language itself.
// PLENARY_UPDATE=1 writes it anew.
func TestReadmeNamesTheCommands(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- commands -->\n", "\n<!-- /commands -->"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README has no %q … %q", begin, end)
	}
	want := strings.TrimSpace(command.Reference())
	if table == want {
		return
	}
	if os.Getenv("PLENARY_UPDATE") == "" {
		t.Fatal("README's commands are not those of lists/command: run PLENARY_UPDATE=1 go test ./cmd/plenary -run Readme")
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
