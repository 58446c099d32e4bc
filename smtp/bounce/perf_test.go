package bounce

import (
	"strings"
	"testing"
	"time"
)

// TestWhoIsNamedOftenIsLookedUpOnce: a notice that names its recipient again
// and again takes no longer than one of the same length that names them once.
func TestWhoIsNamedOftenIsLookedUpOnce(t *testing.T) {
	const head, lines = "From: mailer-daemon@x.example\r\nSubject: failure notice\r\n", 60
	const named, unnamed = "bo@m.example: 550 user unknown\r\n", "The server says 550 user unknown\r\n"
	status := head + "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	group := "Final-Recipient: rfc822; bo@m.example\r\nDiagnostic-Code: smtp; " + strings.Repeat("quota ", 40) + "\r\n\r\n"
	for name, pair := range map[string][2]string{
		"words":  {head + "\r\n" + named + strings.Repeat(unnamed, lines), head + "\r\n" + strings.Repeat(named, lines)},
		"header": {head + "\r\n" + named + strings.Repeat(unnamed, lines), head + "X-Failed-Recipients: " + strings.Repeat("bo@m.example,", lines) + "\r\n\r\n" + strings.Repeat(named, lines)},
		"report": {status + group + "--b--\r\n", status + strings.Repeat(group, lines) + "--b--\r\n"},
	} {
		once, often := took(t, pair[0]), took(t, pair[1])
		if often > 20*once+100*time.Millisecond {
			t.Errorf("%s: %v where named once, %v where often", name, once, often)
		}
	}
}

// took is how long a report of one recipient takes to read, at best.
func took(t *testing.T, raw string) time.Duration {
	t.Helper()
	best := time.Hour
	for range 2 {
		began := time.Now()
		if r, ok := Read([]byte(raw)); !ok || len(r.Failures) != 1 {
			t.Fatalf("%d failures, %v", len(r.Failures), ok)
		}
		best = min(best, time.Since(began))
	}
	return best
}

// BenchmarkHostile reads reports made to be slow.
func BenchmarkHostile(b *testing.B) {
	head := "From: mailer-daemon@x.example\nSubject: failure notice\n\n"
	status := "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
	for name, raw := range map[string]string{
		"recipients": status + strings.Repeat("Final-Recipient: rfc822; a@b.example\n\n", 5000) + "--b--",
		"entries":    head + manyAddresses(3000),
		"no fields":  status + strings.Repeat("x\n", 100000),
		"repeated":   head + strings.Repeat("bo@b.example: 550 user unknown\n", 3000),
		"listed":     "From: mailer-daemon@x.example\nX-Failed-Recipients: " + strings.ReplaceAll(manyAddresses(3000), "\n", ",") + "\n\n" + manyAddresses(3000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for range b.N {
				Read([]byte(raw))
			}
		})
	}
}

func manyAddresses(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString("u")
		s.WriteString(strings.Repeat("x", i%7))
		s.WriteByte(byte('a' + i%26))
		s.WriteByte(byte('a' + i/26%26))
		s.WriteByte(byte('a' + i/676%26))
		s.WriteString("@b.example\n")
	}
	return s.String()
}
