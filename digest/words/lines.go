package words

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Lines makes a plain text, folded as it goes out, fit for a language that
// runs from right to left: in each line with words of that language, what
// runs the other way (an address, a command, a date in digits) is kept apart,
// with the brackets that belong to it, and so the line begins at the right. A
// line that is nothing but a command or an address stays as it is: it can be
// copied. Texts in other languages are handed through; on pages with the
// spaces of French that don't break.
func (w *Words) Lines(text string) string {
	if w.page == nil && w.Lang == "fr" {
		return unbroken.Replace(text)
	}
	if w.Dir != "rtl" {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = apart(l)
	}
	return strings.Join(lines, "\n")
}

const (
	opens  = '\u2068' // FIRST STRONG ISOLATE
	closes = '\u2069' // POP DIRECTIONAL ISOLATE
)

// apart isolates each run of a line that goes from left to right.
func apart(line string) string {
	r := []rune(line)
	if !strings.ContainsFunc(line, rightToLeft) {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(r); {
		if r[i] == opens { // kept apart already
			for i < len(r) && r[i] != closes {
				b.WriteRune(r[i])
				i++
			}
			if i == len(r) {
				b.WriteRune(closes)
				break
			}
		}
		end := runEnd(r, i)
		if end == i {
			b.WriteRune(r[i])
			i++
			continue
		}
		b.WriteRune(opens)
		b.WriteString(string(r[i:end]))
		b.WriteRune(closes)
		i = end
	}
	return b.String()
}

// runEnd is where the run ends that begins at r[at]; at where none does. A
// number alone is none.
func runEnd(r []rune, at int) int {
	if !leftToRight(r[at]) && !digit(r[at]) {
		return at
	}
	end, telling := at, false
	for i := at; i < len(r) && !rightToLeft(r[i]) && r[i] != opens && r[i] != '،'; i++ {
		if leftToRight(r[i]) || digit(r[i]) {
			end = i + 1
			telling = telling || leftToRight(r[i]) || i > at && !digit(r[i-1])
		}
	}
	if !telling {
		return at
	}
	return end + closers(r[at:end], r[end:])
}

// closers is how many of the runes that follow a run close what it opened.
func closers(run, after []rune) (n int) {
	var open []rune
	quoted := false
	for _, c := range run {
		switch c {
		case '(', '[', '<':
			open = append(open, map[rune]rune{'(': ')', '[': ']', '<': '>'}[c])
		case ')', ']', '>':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case '"':
			quoted = !quoted
		}
	}
	for i, c := range after {
		switch {
		case len(open) > 0 && c == open[len(open)-1]:
			open, n = open[:len(open)-1], i+1
		case quoted && c == '"':
			quoted, n = false, i+1
		case c != '…':
			return n
		}
	}
	return n
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

func leftToRight(r rune) bool { return class(r) == bidi.L }

func digit(r rune) bool { return '0' <= r && r <= '9' }

func rightToLeft(r rune) bool {
	c := class(r)
	return c == bidi.R || c == bidi.AL
}
