package authenticate

import (
	"strings"
	"testing"

	"plenary/smtp"
	"plenary/smtp/message"
)

// Whatever a sender writes, and publishes under names of their own, nobody of
// another domain is believed for it, and what is said of it is one field.
func FuzzCheck(f *testing.F) {
	signed := sign(f, mail("eve@evil.example", today), "evil.example", "k", rsaKey(), commandFields...)
	f.Add([]byte(signed), "x@evil.example", "v=spf1 ip4:192.0.2.1 -all", "v=DMARC1; p=none", rsaRecord())
	f.Add([]byte("From: ana@ana.example\r\n"+signed), "x@evil.example", "v=spf1 exists:%{ir}.%{l1r+}._spf.%{d} redirect=evil.example", "v=DMARC1; psd=y", edRecord())
	f.Add([]byte("From: <ana@ana.example>, eve@evil.example\r\nDKIM-Signature: v=1; a=ed25519-sha256; d=evil.example; s=k; h=from; bh=x; b=;\r\n\r\n"), `"a@b"@evil.example`, "v=spf1 include:evil.example mx/0 +all", "v=DMARC1; p=reject; t=y; np=none", "p=")
	f.Add([]byte("Authentication-Results: front.example.org; dmarc=pass header.from=ana.example\r\nFrom: ana@ana.example\r\n\r\n"), "", "", "", "")
	f.Fuzz(func(t *testing.T, raw []byte, from, spf, dmarc, key string) {
		m, err := message.Parse(raw)
		if err != nil || len(from) > 320 {
			return
		}
		z := zone{"evil.example": {spf}, "_dmarc.evil.example": {dmarc}, "k._domainkey.evil.example": {key}, "_dmarc.ana.example": {"v=DMARC1; p=reject"}}
		if strings.HasSuffix(strings.ToLower(from), "ana.example") {
			from = ""
		}
		env := smtp.Envelope{Remote: "192.0.2.1", From: from, Helo: "evil.example", To: []string{to}}
		found := (&Checker{DNS: z, Trusted: "front.example.org"}).Check(t.Context(), env, m)
		v, _ := found.Verdict(env, m, now)
		if domain := hostname(found.From.Domain()); v.Believed && domain != "evil.example" && !strings.HasSuffix(domain, ".evil.example") {
			t.Errorf("%s is believed: %s", found.From, v.Results)
		}
		marked, err := message.Parse(Mark(m, "lists.example.org", found.Results()))
		if err != nil { // our field may be one too many
			return
		}
		if by, _ := readResults(marked.Fields[0].Unfolded()); by != "lists.example.org" {
			t.Errorf("on top is %q", marked.Fields[0].Raw)
		}
	})
}
