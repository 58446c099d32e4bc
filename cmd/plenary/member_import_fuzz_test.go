package main

import (
	"bytes"
	"testing"

	"plenary/lists"
)

// FuzzReadMembers: whatever file is imported, each line names one member with
// an address that is one, or is told about.
func FuzzReadMembers(f *testing.F) {
	for _, s := range []string{
		"ada@example.org\nbob@example.org\n", "email;name\nada@example.org;Ada\n", "\xef\xbb\xbfaddress,name,delivery,role\n\"a@b.c\",\"A, B\",daily,leader\n",
		"\"Doe, Jane\" <jane@example.org>\n", "# remark\n\n\"\n", "name,email\n,\n", "a@b.c,\xff\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		people, bad, err := readMembers(bytes.NewReader(raw))
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, m := range people {
			a, err := lists.ParseAddress(string(m.Address))
			if err != nil || a != m.Address || seen[a.Key()] {
				t.Fatalf("%q is taken out of %q", m.Address, raw)
			}
			seen[a.Key()] = true
		}
		if lines := bytes.Count(raw, []byte("\n")) + bytes.Count(raw, []byte("\r")) + 1; len(people)+len(bad) > lines {
			t.Fatalf("%d members and %d faults out of %d lines", len(people), len(bad), lines)
		}
	})
}
