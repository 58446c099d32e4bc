package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"plenary/smtp/deliver/sink"
	"plenary/smtp/message"
)

// show writes the story for people: a heading for each step, an arrow for
// each mail, a few lines of what it says.
type show struct {
	out   io.Writer
	steps int
	color bool
}

func newShow(out io.Writer) *show {
	to := out
	if told, ok := out.(*output); ok {
		to = told.to
	}
	f, ok := to.(*os.File)
	return &show{out: out, color: ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
}

// Marks of a terminal.
const (
	bold = "1"
	dim  = "2"
)

func (s *show) mark(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s *show) line(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

func (s *show) title(format string, args ...any) {
	s.line("%s", s.mark(bold, fmt.Sprintf(format, args...)))
}

func (s *show) step(what string) {
	s.steps++
	s.line("\n%s", s.mark(bold, fmt.Sprintf("%d. %s", s.steps, what)))
}

// comesIn shows a mail that somebody writes.
func (s *show) comesIn(who somebody, to, subject string, lines []string) {
	s.line("   %s → %s: %s", who.name, to, subject)
	if len(lines) > 1 || len(lines) == 1 && lines[0] != subject {
		s.quote(lines)
	}
}

// answers shows what somebody replies.
func (s *show) answers(who somebody, lines []string) {
	if len(lines) == 1 && len(lines[0]) < 40 {
		s.line("   %s answers: %s", who.name, lines[0])
		return
	}
	s.line("   %s answers:", who.name)
	s.quote(lines)
}

func (s *show) quote(lines []string) {
	for _, l := range lines {
		s.line("%s", s.mark(dim, strings.TrimRight("      │ "+l, " ")))
	}
}

// goOut shows mails that went out; those that say the same are shown once.
func (s *show) goOut(mails []sink.Mail) {
	type group struct {
		to   []string
		mail *message.Message
	}
	var order []string
	groups := map[string]*group{}
	for _, m := range mails {
		read, err := message.Parse(m.Data)
		if err != nil {
			continue
		}
		key := read.Subject + "\x00" + read.Get("List-Id")
		if groups[key] == nil {
			groups[key] = &group{mail: read}
			order = append(order, key)
		}
		groups[key].to = append(groups[key].to, m.To...)
	}
	for _, key := range order {
		g := groups[key]
		s.line("   → %s: %s", people(g.to), g.mail.Subject)
		s.quote(excerpt(g.mail))
	}
}

// people names one recipient, and counts more.
func people(to []string) string {
	if len(to) == 1 {
		return to[0]
	}
	return fmt.Sprintf("%d people", len(to))
}

// excerpt is what a mail says in a few lines, without courtesies: of a
// question what it asks, of an announcement and a digest most.
func excerpt(m *message.Message) []string {
	lines := textLines(m)
	limit := 3
	switch to := m.Addresses("Reply-To"); {
	case len(to) == 1 && strings.Contains(to[0].Addr, "-confirm+"):
		lines, limit = asked(lines), 3
	case len(to) == 1 && strings.Contains(to[0].Addr, "-progress+"): // the week's question, and what came of the answer
		lines, limit = paragraphs(m), 40
	case strings.HasPrefix(m.Subject, "New group"):
		limit = 12
	case strings.Contains(m.Subject, ", week "):
		lines, limit = paragraphs(m), 200
	}
	if len(lines) > limit {
		lines = append(lines[:limit:limit], "…")
	}
	return lines
}

// paragraphs are a mail's lines as they stand, with one blank one at most
// between them.
func paragraphs(m *message.Message) (lines []string) {
	for l := range strings.Lines(m.Text(64 << 10)) {
		switch l = strings.TrimRight(l, " \n"); {
		case l == "--":
			return lines
		case l != "" || len(lines) > 0 && lines[len(lines)-1] != "":
			lines = append(lines, l)
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// textLines are a mail's lines that say something, up to the signature.
func textLines(m *message.Message) (lines []string) {
	for l := range strings.Lines(m.Text(64 << 10)) {
		switch l = strings.TrimRight(l, " \n"); {
		case l == "--":
			return lines
		case l != "" && !strings.HasPrefix(l, "Hello"):
			lines = append(lines, l)
		}
	}
	return lines
}

// asked are the lines of a question that say what will be done.
func asked(lines []string) []string {
	from := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "- ") })
	to := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "To say yes") })
	if from < 0 || to < from {
		return lines
	}
	return append(lines[from:to:to], "To say yes, answer this mail with the word yes.")
}
