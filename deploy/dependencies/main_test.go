package main

import (
	"bytes"
	"os"
	"testing"
)

// TestUpToDate: the file says what go.mod says.
func TestUpToDate(t *testing.T) {
	want, err := list("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../DEPENDENCIES.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("deploy/DEPENDENCIES.md is out of date: go run ./deploy/dependencies")
	}
}
