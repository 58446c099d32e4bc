package authenticate

import (
	"context"
	"strings"
	"testing"

	"plenary/lists"
)

// Only a signature that speaks for the author, and holds on the copy as it
// is, proves it.
func TestProven(t *testing.T) {
	z := zone{
		"k._domainkey.ana.example":        {rsaRecord()},
		"e._domainkey.ana.example":        {edRecord()},
		"k._domainkey.mail.ana.example":   {rsaRecord()},
		"k._domainkey.other.example":      {rsaRecord()},
		"_dmarc.ana.example":              {"v=DMARC1; p=reject"},
		"_dmarc.strict.example":           {"v=DMARC1; p=reject; adkim=s"},
		"k._domainkey.sub.strict.example": {rsaRecord()},
		"_dmarc.down.example":             {},
		"k._domainkey.down.example":       {rsaRecord()},
		"k._domainkey.sub.down.example":   {rsaRecord()},
		"_dmarc.gone.example":             {"v=DMARC1; p=reject"},
		"k._domainkey.gone.example":       {},
	}
	signed := func(from, d string) string { return sign(t, mail(from, today), d, "k", rsaKey(), commandFields...) }
	list := "List-Id: <dc.lists.example.org>\r\n"
	overSigned := sign(t, mail("ana@ana.example", today), "ana.example", "k", rsaKey(), append(commandFields, "Reply-To", "Sender")...)
	for name, row := range map[string]struct {
		raw  string
		want bool
	}{
		"signed":                          {list + signed("ana@ana.example", "ana.example"), true},
		"signed by Ed25519":               {list + sign(t, mail("ana@ana.example", today), "ana.example", "e", edKey, commandFields...), true},
		"signed by its mail domain":       {list + signed("ana@ana.example", "mail.ana.example"), true},
		"signed by another":               {list + signed("ana@ana.example", "other.example"), false},
		"signed from below, strict":       {list + signed("ana@strict.example", "sub.strict.example"), false},
		"unsigned":                        {list + mail("ana@ana.example", today), false},
		"the body is longer":              {list + signed("ana@ana.example", "ana.example") + "-- \r\nfooter\r\n", false},
		"the subject is another":          {list + strings.Replace(signed("ana@ana.example", "ana.example"), "Subject: ", "Subject: [dc] ", 1), false},
		"Reply-To over-signed, and there": {"Reply-To: <dc@lists.example.org>\r\n" + overSigned, false},
		"Sender over-signed, and there":   {"Sender: <dc@lists.example.org>\r\n" + overSigned, false},
		"over-signed, neither there":      {list + overSigned, true},
		"the key can't be looked up":      {list + signed("ana@gone.example", "gone.example"), false},
		"DMARC can't, the same domain":    {list + signed("ana@down.example", "down.example"), true},
		"DMARC can't, another domain":     {list + signed("ana@down.example", "sub.down.example"), false},
		"From is the list's":              {strings.Replace(signed("ana@ana.example", "ana.example"), "From: ana@ana.example", "From: dc@ana.example", 1), false},
		"two From":                        {"From: ana@ana.example\r\n" + signed("ana@ana.example", "ana.example"), false},
	} {
		author := "ana@ana.example"
		for _, domain := range []string{"strict", "down", "gone"} {
			if strings.Contains(row.raw, "From: ana@"+domain) {
				author = "ana@" + domain + ".example"
			}
		}
		if got := (&Checker{DNS: z}).Proven(context.Background(), lists.Address(author), []byte(row.raw)); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
