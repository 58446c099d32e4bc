package lists

import (
	"regexp"
	"strings"
)

// inText is a mail address in a text, from the last character of its local
// part on, be it quoted, in letters of any script, or as a link has it. What
// comes before that tells no place to write to.
var inText = regexp.MustCompile(`([^\s@<>(),;:])(@|%40)([\p{L}\p{M}\p{N}_-]{1,63}(?:\.[\p{L}\p{M}\p{N}_-]{1,63})+|\[[0-9A-Za-z:.]{2,60}\])`)

// HideAddresses takes the domains of people's mail addresses out of a text
// that anybody may read. The site's own addresses stay: they say how to join.
func (s Site) HideAddresses(text string) string {
	return inText.ReplaceAllStringFunc(text, func(a string) string {
		at := inText.FindStringSubmatch(a)
		if strings.EqualFold(at[3], s.Domain) {
			return a
		}
		return at[1] + at[2] + "…"
	})
}

// PublicBoard is the board as anybody may read it.
func (s Site) PublicBoard(b Board) Board {
	clear := func(all []BoardWord) []BoardWord {
		clean := make([]BoardWord, len(all))
		for i, w := range all {
			clean[i] = BoardWord{Text: s.HideAddresses(w.Text), Who: s.HideAddresses(w.Who), At: w.At}
		}
		return clean
	}
	groups := make([]BoardGroup, len(b.Groups))
	for i, g := range b.Groups {
		g.Progress, g.Help, g.Dissent = clear(g.Progress), clear(g.Help), clear(g.Dissent)
		threads := make([]BoardThread, len(g.Threads))
		for j, t := range g.Threads {
			t.Subject = s.HideAddresses(t.Subject)
			threads[j] = t
		}
		g.Threads, g.Purpose, g.Next = threads, s.HideAddresses(g.Purpose), s.HideAddresses(g.Next)
		groups[i] = g
	}
	due := make([]BoardStep, len(b.Due))
	for i, step := range b.Due {
		step.Step = s.HideAddresses(step.Step)
		due[i] = step
	}
	b.Purpose, b.Groups, b.Due = s.HideAddresses(b.Purpose), groups, due
	return b
}
