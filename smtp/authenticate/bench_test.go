package authenticate

import (
	"context"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp"
	"plenary/smtp/message"
)

// A 4 KiB mail with one RSA signature and DNS that is cached. The verdict
// should cost at most twice the bare check of the signature.
func BenchmarkVerdict(b *testing.B) {
	z := zone{"ana.example": {"v=spf1 ip4:192.0.2.1 -all"}, "_dmarc.ana.example": {"v=DMARC1; p=reject"}, "k._domainkey.ana.example": {rsaRecord()}}
	raw := sign(b, mail("ana@ana.example", today)+strings.Repeat("A line of some length, as people write them.\r\n", 85), "ana.example", "k", rsaKey(), commandFields...)
	env := smtp.Envelope{Remote: "192.0.2.1", From: "ana@ana.example", Helo: "h.ana.example", To: []string{to}}
	c := &Checker{DNS: z}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			v, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return z.LookupTXT(context.Background(), name) }})
			if err != nil || v[0].Err != nil {
				b.Fatal(v, err)
			}
		}
	})
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			m, err := message.Parse([]byte(raw))
			if err != nil {
				b.Fatal(err)
			}
			if v, _ := c.Check(context.Background(), env, m).Verdict(env, m, now); !v.Believed {
				b.Fatal(v)
			}
		}
	})
}
