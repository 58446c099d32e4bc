package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// full is a stdout that nothing can be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A script that keeps what a command prints must learn that it was lost.
func TestAnswerThatCannotBeWrittenIsAFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plenary.toml")
	if err := os.WriteFile(file, []byte("domain = \"lists.example.org\"\nadmins = [\"a@example.org\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"config", "check", "-c", file}, {"config", "example"}, {"--help"}, {"help", "list", "create"}} {
		var errs strings.Builder
		if code := run(context.Background(), args, nil, full{}, &errs); code != exitFailed || !strings.Contains(errs.String(), syscall.ENOSPC.Error()) {
			t.Errorf("%v ended with %d, saying %q", args, code, errs.String())
		}
	}
}

func TestArgumentThatIsNotUTF8IsRefused(t *testing.T) {
	var out, errs strings.Builder
	code := run(context.Background(), []string{"member", "add", "dc", "j\xfcrgen@example.org"}, nil, &out, &errs)
	if want := "plenary: \"j\\xfcrgen@example.org\" is not UTF-8: write it so, or set the terminal to UTF-8\n"; code != exitUsage || errs.String() != want {
		t.Errorf("ended with %d, saying %q", code, errs.String())
	}
}

// A purpose or footer that is new has a limit; one that stands already may
// be set again.
func TestLongTextsAreRefused(t *testing.T) {
	long, fits := strings.Repeat("é", maxText+1), strings.Repeat("é", maxText)
	for _, c := range []struct {
		key, before, now string
		refused          bool
	}{
		{"purpose", "", long, true}, {"Footer", "x", long, true}, {"purpose", long, long, false}, {"purpose", "", fits, false}, {"next", "", long, false},
	} {
		if err := (listSetCmd{Key: c.key}).notLonger(c.before, c.now); (err != nil) != c.refused {
			t.Errorf("%s of %d after %d octets: %v", c.key, len(c.now), len(c.before), err)
		}
	}
}

func TestReportSaysWhyRedisTakesNothing(t *testing.T) {
	var errs strings.Builder
	code := report(&errs, fmt.Errorf("read the directory: %w", errors.New("EXECABORT Transaction discarded because of previous errors.")))
	if code != exitFailed || !strings.Contains(errs.String(), "its memory is full (maxmemory") {
		t.Errorf("ended with %d, saying %q", code, errs.String())
	}
}
