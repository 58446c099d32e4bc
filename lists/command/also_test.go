package command

import (
	"fmt"
	"strings"
	"testing"

	"plenary/smtp"
)

// sends hands in one mail that went to several addresses.
func (r *room) sends(from, subject, text string, to ...string) {
	r.t.Helper()
	r.mails++
	r.envelope(smtp.Envelope{ID: fmt.Sprintf("q%d", r.mails), From: from, To: to, Remote: "192.0.2.1"},
		fmt.Sprintf("From: %s\nTo: %s\nMessage-ID: <m%d@example.org>\nSubject: %s\n\n%s", from, strings.Join(to, ", "), r.mails, subject, text))
}

// A mail to several command addresses has one answer: its commands are read
// once, and each address that is a command by itself counts.
func TestOneAnswerForSeveralAddresses(t *testing.T) {
	r := newRoom(t)
	r.sends("max@example.org", "lists", "", "plenary@"+testDomain, "dc-maps-request@"+testDomain)
	r.wants("Your mail went to plenary@" + testDomain + " too. Its commands were read once, as written to dc-maps-request@" + testDomain)
	r.sends("new@example.net", "hello", "", "dc-join@"+testDomain, "dc-maps-join@"+testDomain)
	l := r.takes(1)[0]
	if !strings.Contains(l.From, "-confirm+") || !strings.Contains(l.Text, "dc@"+testDomain) || !strings.Contains(l.Text, "dc-maps@"+testDomain) {
		t.Errorf("asked: %s\n%s", l.From, l.Text)
	}
	r.sends("max@example.org", "which", "", "dc-help@"+testDomain, "dc-request@"+testDomain)
	r.wants("which (the subject)", "help (dc-help@"+testDomain+")")
	r.sends("max@example.org", "", "", "dc-help@"+testDomain, "dc-maps-help@"+testDomain)
	r.takes(1)
}

// A word that is none under create ends nothing: what stands after it counts,
// and the answer names its line.
func TestStrayLineUnderCreate(t *testing.T) {
	r := newRoom(t)
	r.says("ann@example.org", "plenary@"+testDomain, "x", "create laws \"Laws\"\ncolour: red\nleader: max@example.org\nSecret: thing\n")
	for _, l := range r.takes(2) {
		switch {
		case strings.Contains(l.From, "-confirm+"):
			if !strings.Contains(strings.Join(strings.Fields(l.Text), " "), "leader") {
				t.Errorf("the leader does not count:\n%s", l.Text)
			}
		default:
			for _, w := range []string{"Line 2 was left out", "Line 4 was left out"} {
				if !strings.Contains(l.Text, w) {
					t.Errorf("no %q in:\n%s", w, l.Text)
				}
			}
			if strings.Contains(l.Text, "colour") || strings.Contains(l.Text, "ecret") {
				t.Errorf("what an unproven asker wrote is said back:\n%s", l.Text)
			}
		}
	}
}
