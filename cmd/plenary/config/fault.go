package config

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with the configuration, and what to write instead.
type Fault struct {
	File string // the file, or the environment variable, the key was read from; "" neither
	Line int    // from 1; 0 where the key stands nowhere
	Col  int
	Key  string // smtp.listen; "" where the file can't be read at all
	Text string
	Warn bool // the service runs all the same
}

func (f Fault) String() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Col)
		}
		b.WriteString(": ")
	}
	if f.Warn {
		b.WriteString("note: ")
	}
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	return b.String() + f.Text
}

// Faults are all that is wrong, one a line.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Fatal are those that keep the service from running, nil for none.
func (fs Faults) Fatal() Faults { return fs.which(false) }

// Notes are those that don't.
func (fs Faults) Notes() Faults { return fs.which(true) }

func (fs Faults) which(warn bool) Faults {
	var some Faults
	for _, f := range fs {
		if f.Warn == warn {
			some = append(some, f)
		}
	}
	return some
}
