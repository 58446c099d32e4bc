package main

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

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

// A newcomer looks in the README for what the program can do.
func TestReadmeNamesTheProgramsCommands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range kong.Must(&commands{}, kong.Vars{"posts": "", "joins": "", "archives": "", "deliveries": "", "roles": ""}).Model.Children {
		if !strings.Contains(string(readme), "\n| `plenary "+c.Name) {
			t.Errorf("README's table of commands lacks plenary %s", c.Name)
		}
	}
}
