package authenticate

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp"
	"plenary/smtp/message"
)

// A 4 KiB mail with one RSA signature and DNS that is cached. The verdict (the
// mail read, SPF, DKIM, DMARC, ARC) should cost at most twice the bare check of
// the signature. The two take turns, so that a busy machine slows both.
func BenchmarkVerdict(b *testing.B) {
	z := zone{"ana.example": {"v=spf1 ip4:192.0.2.1 -all"}, "_dmarc.ana.example": {"v=DMARC1; p=reject"}, "k._domainkey.ana.example": {rsaRecord()}}
	raw := sign(b, mail("ana@ana.example", today)+strings.Repeat("A line of some length, as people write them.\r\n", 85), "ana.example", "k", rsaKey(), commandFields...)
	env := smtp.Envelope{Remote: "192.0.2.1", From: "ana@ana.example", Helo: "h.ana.example", To: []string{to}}
	c := &Checker{DNS: z}
	bare := func() {
		v, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return z.LookupTXT(context.Background(), name) }})
		if err != nil || v[0].Err != nil {
			b.Fatal(v, err)
		}
	}
	whole := func() {
		m, err := message.Parse([]byte(raw))
		if err != nil {
			b.Fatal(err)
		}
		if v, _ := c.Check(context.Background(), env, m).Verdict(env, m, now); !v.Believed {
			b.Fatal(v)
		}
	}
	var spent [2]time.Duration
	for b.Loop() {
		for i, f := range []func(){bare, whole} {
			began := processor()
			for range 8 {
				f()
			}
			spent[i] += processor() - began
		}
	}
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "×bare")
	b.ReportMetric(float64(spent[1].Microseconds())/float64(8*b.N), "µs/verdict")
}

// processor is the time that this process has had of them.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
