package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImportsFollowThePlan reads the import graph and holds it against DESIGN
// section 6: a package imports lists, its own folder's top package, and
// packages that import nothing of ours; never its children, never a sibling
// with rules of its own. Only cmd/plenary joins.
func TestImportsFollowThePlan(t *testing.T) {
	ours := importsOfOurs(t)
	if len(ours) < 5 {
		t.Fatalf("only %d packages found: %v", len(ours), ours)
	}
	for _, top := range []string{"lists", "smtp"} {
		if len(ours[top]) > 0 {
			t.Errorf("%s imports %v: it stands below everything", top, ours[top])
		}
	}
	for p, imports := range ours {
		for _, q := range imports {
			switch folder, _, _ := strings.Cut(p, "/"); {
			case p == "cmd/plenary":
			case strings.HasSuffix(q, "test"):
				t.Errorf("%s imports %s, which is for tests", p, q)
			case strings.HasPrefix(q, p+"/"):
				t.Errorf("%s imports its child %s", p, q)
			case q == "lists", q == folder, len(ours[q]) == 0:
			default:
				t.Errorf("%s imports %s, which has rules of its own: declare the methods you need, and let cmd/plenary join the two", p, q)
			}
		}
	}
}

// importsOfOurs maps each package to those of the module that it imports,
// tests left out, paths without the module's name.
func importsOfOurs(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.Bytes())
	}
	ours := map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ours
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "plenary/")
		ours[name] = []string{}
		for _, q := range p.Imports {
			if q, ok := strings.CutPrefix(q, "plenary/"); ok {
				ours[name] = append(ours[name], q)
			}
		}
		slices.Sort(ours[name])
	}
}
