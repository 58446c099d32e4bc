package message

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// grown is mail of n of something, whole within the caps for the sizes asked.
var grown = map[string]func(n int) string{
	"parts": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", n) + "--b--\r\n"
	},
	"fields": func(n int) string { return strings.Repeat("X-Field: some value\r\n", n) + "\r\n" },
	"folds":  func(n int) string { return "X-Field: begin\r\n" + strings.Repeat("\tand more of it\r\n", n) + "\r\n" },
	"references": func(n int) string {
		return "References: " + strings.Repeat("<0123456789@example.org>\r\n\t", n) + "\r\n\r\n"
	},
	"addresses": func(n int) string {
		return "To: " + strings.Repeat("\"A B\" <a@example.org>,\r\n\t", n) + "a@b.c\r\n\r\n"
	},
	"words": func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a=C3=A9?=\r\n ", n) + "\r\n\r\n" },
	"lines": func(n int) string { return "Subject: x\r\n\r\n" + strings.Repeat("> a line of text\r\n", n) },
}

// BenchmarkGrowth prints how much longer mail takes that is twice the size, for
// each of what it can be made of: 2 is linear, 4 quadratic.
func BenchmarkGrowth(b *testing.B) {
	const size = 450 // doubled, still within every cap
	for name, of := range grown {
		b.Run(name, func(b *testing.B) {
			half, whole := []byte(of(size)), []byte(of(2*size))
			var halves, wholes time.Duration
			for range b.N {
				halves += timed(b, half)
				wholes += timed(b, whole)
			}
			b.ReportMetric(float64(wholes)/float64(halves), "times/double")
		})
	}
}

// timed reads a mail as the service does: fields, text, own words.
func timed(tb testing.TB, raw []byte) time.Duration {
	tb.Helper()
	begin := time.Now()
	for range 20 {
		m, err := Parse(raw)
		if err != nil {
			tb.Fatal(err)
		}
		OwnText(m.Text(1 << 20))
		m.Addresses("To")
	}
	return time.Since(begin)
}

// TestGrowthInMemory: what is built of a mail grows no faster than the mail. It
// counts allocated octets, which a loaded machine does not change.
func TestGrowthInMemory(t *testing.T) {
	const size = 450
	for name, of := range grown {
		octets := func(n int) uint64 {
			raw := []byte(of(n))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 10 {
				m, err := Parse(raw)
				if err != nil {
					t.Fatal(err)
				}
				OwnText(m.Text(1 << 20))
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		if half, whole := octets(size), octets(2*size); whole > 3*half {
			t.Errorf("%s: %v octets are allocated, for twice as many %v", name, half, whole)
		}
	}
}

// TestCapsAreNamed: each cap has an error that says which it is, and at the cap
// itself a mail is read.
func TestCapsAreNamed(t *testing.T) {
	nest := func(n int) string {
		head, body := "", "x"
		for i := range n - 1 {
			body = fmt.Sprintf("--b%d\n%s\n%s\n--b%d--", i, head, body, i)
			head = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n", i)
		}
		return head + "\n" + body
	}
	for _, c := range []struct {
		raw  string
		want string // "" it is read
	}{
		{grown["parts"](MaxParts - 1), ""}, {grown["parts"](MaxParts), "parts"},
		{nest(MaxDepth), ""}, {nest(MaxDepth + 1), "levels of parts within parts"},
		{strings.Repeat("A: b\n", MaxFields) + "\n", ""}, {strings.Repeat("A: b\n", MaxFields+1) + "\n", "header fields"},
		{"A: " + strings.Repeat("b", MaxHeader-4) + "\n\n", ""}, {"A: " + strings.Repeat("b", MaxHeader-3) + "\n\n", "octets in a header"},
		{"To: " + strings.Repeat("a@b,", MaxAddresses), ""}, {"Cc: " + strings.Repeat("a@b,", MaxAddresses+1), "addresses in one field"},
		{strings.Repeat("From: a@b,c@d\n", MaxAddresses/2+1), "addresses in From"},
	} {
		_, err := Parse([]byte(c.raw))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%.60q…: %v, want %q", c.raw, err, c.want)
		}
	}
}
