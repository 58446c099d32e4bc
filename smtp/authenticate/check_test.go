package authenticate

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp"
	"plenary/smtp/message"
)

var (
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
	edKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	now   = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
)

func rsaRecord() string {
	der, err := x509.MarshalPKIXPublicKey(&rsaKey().PublicKey)
	if err != nil {
		panic(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

func edRecord() string {
	return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edKey.Public().(ed25519.PublicKey))
}

// sign signs a mail for d by s, over these fields.
func sign(t testing.TB, raw, d, s string, key crypto.Signer, fields ...string) string {
	t.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: d, Selector: s, Signer: key, HeaderKeys: fields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const to = "dc-request@lists.example.org"

func mail(from, date string) string {
	return "From: " + from + "\r\nTo: DC <" + to + ">\r\nSubject: join\r\nDate: " + date + "\r\nMessage-ID: <m1@ana.example>\r\n\r\nleave maps\r\n"
}

const today = "Mon, 23 Nov 2026 09:00:00 +0000"

var commandFields = []string{"From", "To", "Cc", "Subject", "Date", "Message-ID"}

func check(t testing.TB, z zone, env smtp.Envelope, raw string) (Findings, smtp.Verdict, bool) {
	t.Helper()
	return checkBy(t, z, env, raw)
}

func checkBy(t testing.TB, r Resolver, env smtp.Envelope, raw string) (Findings, smtp.Verdict, bool) {
	t.Helper()
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	f := (&Checker{DNS: r, Trusted: "front.example.org"}).Check(context.Background(), env, m)
	if len(env.To) == 0 {
		env.To = []string{to}
	}
	v, bySignature := f.Verdict(env, m, now)
	return f, v, bySignature
}

func TestVerdicts(t *testing.T) {
	base := zone{
		"ana.example":                   {"v=spf1 ip4:192.0.2.1 -all"},
		"_dmarc.ana.example":            {"v=DMARC1; p=reject; sp=quarantine; np=none"},
		"k._domainkey.ana.example":      {rsaRecord()},
		"e._domainkey.ana.example":      {edRecord()},
		"k._domainkey.mail.ana.example": {rsaRecord()},
		"k._domainkey.other.example":    {rsaRecord()},
		"bare.example":                  {"v=spf1 ip4:192.0.2.1 -all"},
		"k._domainkey.sub.bare.example": {rsaRecord()},
		"_dmarc.down.example":           {},
		"down.example":                  {},
		"k._domainkey.down.example":     {rsaRecord()},
		"_dmarc.strict.example":         {"v=DMARC1;p=quarantine;adkim=s;aspf=s"},
		"sub.strict.example":            {"v=spf1 ip4:192.0.2.1 -all"},
		"_dmarc.trial.example":          {"v=DMARC1; p=reject; t=y"},
		"exists:there.ana.example":      {"x"},
		"k._domainkey.gone.example":     {},
		"_dmarc.gone.example":           {"v=DMARC1; p=reject"},
		"_dmarc.two.example":            {"v=DMARC1; p=reject", "v=DMARC1; p=none"},
		"_dmarc.half.example":           {"v=DMARC1; p=reject", "v=DMARC1; p=none; p=none", "something else"},
	}
	good := smtp.Envelope{Remote: "192.0.2.1", From: "x@ana.example", Helo: "h.ana.example"}
	bad := smtp.Envelope{Remote: "198.51.100.9", From: "x@evil.example", Helo: "h.evil.example"}
	lmtp := smtp.Envelope{From: "x@ana.example"}
	signed := func(from, d string, fields ...string) string {
		if len(fields) == 0 {
			fields = commandFields
		}
		return sign(t, mail(from, today), d, "k", rsaKey(), fields...)
	}
	plain := func(from string) string { return mail(from, today) }
	sentTo := func(e smtp.Envelope, to ...string) smtp.Envelope { e.To = to; return e }
	for name, c := range map[string]struct {
		env      smtp.Envelope
		raw      string
		dmarc    Result
		policy   string
		believed bool
		bySig    bool
	}{
		"SPF of the domain":              {good, plain("ana@ana.example"), Pass, "reject", true, false},
		"SPF of another domain":          {smtp.Envelope{Remote: "192.0.2.1", From: "x@bare.example"}, plain("ana@ana.example"), Fail, "reject", false, false},
		"nothing, under reject":          {bad, plain("ana@ana.example"), Fail, "reject", false, false},
		"below, under sp":                {bad, plain("ana@there.ana.example"), Fail, "quarantine", false, false},
		"below and missing, under np":    {bad, plain("ana@missing.ana.example"), Fail, "none", false, false},
		"no policy, nothing":             {bad, plain("ana@bare.example"), None, "", false, false},
		"no policy, SPF":                 {smtp.Envelope{Remote: "192.0.2.1", From: "x@bare.example"}, plain("a@bare.example"), None, "", true, false},
		"no policy, SPF of a HELO":       {smtp.Envelope{Remote: "192.0.2.1", Helo: "bare.example"}, plain("a@bare.example"), None, "", true, false},
		"no policy, signed from below":   {bad, signed("a@bare.example", "sub.bare.example"), None, "", true, true},
		"signed":                         {bad, signed("ana@ana.example", "ana.example"), Pass, "reject", true, true},
		"signed by Ed25519":              {bad, sign(t, plain("ana@ana.example"), "ana.example", "e", edKey, commandFields...), Pass, "reject", true, true},
		"signed from below":              {bad, signed("ana@ana.example", "mail.ana.example"), Pass, "reject", true, true},
		"signed by another":              {bad, signed("ana@ana.example", "other.example"), Fail, "reject", false, false},
		"changed":                        {bad, signed("ana@ana.example", "ana.example") + "more\r\n", Fail, "reject", false, false},
		"strict":                         {smtp.Envelope{Remote: "192.0.2.1", From: "x@sub.strict.example"}, plain("a@strict.example"), Fail, "quarantine", false, false},
		"on trial":                       {bad, plain("a@trial.example"), Fail, "quarantine", false, false},
		"several records":                {bad, plain("a@two.example"), None, "", false, false},
		"several records, one broken":    {bad, plain("a@half.example"), None, "", false, false},
		"DNS down":                       {bad, plain("a@down.example"), TempError, "", false, false},
		"DNS down, signed by the same":   {bad, signed("a@down.example", "down.example"), Pass, "", true, true},
		"the key can't be looked up":     {bad, signed("a@gone.example", "gone.example"), TempError, "reject", false, false},
		"two authors":                    {good, plain("ana@ana.example, bo@ana.example"), PermError, "", false, false},
		"two From fields":                {good, "From: ana@ana.example\r\n" + plain("ana@ana.example"), PermError, "", false, false},
		"To unsigned":                    {bad, signed("ana@ana.example", "ana.example", "From", "Subject", "Date", "Message-ID"), Pass, "reject", false, false},
		"Subject unsigned":               {bad, signed("ana@ana.example", "ana.example", "From", "To", "Date", "Message-ID"), Pass, "reject", false, false},
		"a second Subject":               {bad, "Subject: create x\r\n" + signed("ana@ana.example", "ana.example"), Pass, "reject", false, false},
		"to an address it does not name": {sentTo(bad, "plenary@lists.example.org"), signed("ana@ana.example", "ana.example"), Pass, "reject", false, false},
		"to its address in capitals":     {sentTo(bad, "DC-Request@lists.example.ORG"), signed("ana@ana.example", "ana.example"), Pass, "reject", true, true},
		"old":                            {bad, sign(t, mail("ana@ana.example", "Sat, 21 Nov 2026 09:00:00 +0000"), "ana.example", "k", rsaKey(), commandFields...), Pass, "reject", false, false},
		"of tomorrow":                    {bad, sign(t, mail("ana@ana.example", "Wed, 25 Nov 2026 09:00:00 +0000"), "ana.example", "k", rsaKey(), commandFields...), Pass, "reject", false, false},
		"l=":                             {bad, strings.Replace(signed("ana@ana.example", "ana.example"), "a=rsa-sha256;", "a=rsa-sha256; l=4;", 1), Fail, "reject", false, false},
		"LMTP, unsigned":                 {lmtp, plain("ana@ana.example"), None, "reject", false, false},
		"LMTP, signed":                   {lmtp, signed("ana@ana.example", "ana.example"), Pass, "reject", true, true},
		"LMTP, trusted":                  {lmtp, "Authentication-Results: front.example.org; spf=pass smtp.mailfrom=x@ana.example; dmarc=pass header.from=ana.example\r\n" + plain("ana@ana.example"), Pass, "reject", true, false},
		"LMTP, trusted by DKIM alone":    {lmtp, "Authentication-Results: front.example.org; dkim=pass header.d=ana.example; dmarc=pass header.from=ana.example\r\n" + plain("ana@ana.example"), Pass, "reject", false, false},
		"LMTP, trusted to fail":          {lmtp, "Authentication-Results: front.example.org; dmarc=fail header.from=ana.example\r\n" + plain("ana@ana.example"), Fail, "reject", false, false},
		"LMTP, somebody else's":          {lmtp, "Authentication-Results: evil.example; dmarc=pass header.from=ana.example\r\n" + plain("ana@ana.example"), None, "reject", false, false},
		"LMTP, a comment's":              {lmtp, "Authentication-Results: front.example.org; dkim=none (x; dmarc=pass header.from=ana.example)\r\n" + plain("ana@ana.example"), None, "reject", false, false},
		"SMTP, the trusted one's forged": {bad, "Authentication-Results: front.example.org; dmarc=pass header.from=ana.example\r\n" + plain("ana@ana.example"), Fail, "reject", false, false},
	} {
		f, v, bySig := check(t, base, c.env, c.raw)
		if f.DMARC.Result != c.dmarc || v.Policy != c.policy || v.Believed != c.believed || bySig != c.bySig {
			t.Errorf("%s: dmarc %s policy %q believed %v by signature %v (%s)\n\twant %s %q %v %v\n\t%s", name,
				f.DMARC.Result, v.Policy, v.Believed, bySig, v.Reason, c.dmarc, c.policy, c.believed, c.bySig, f.Results())
		}
	}
}

// What no line of a header ends is one field to the library and to us: a From
// that only one of the two sees must not be believed.
func TestOneReadingOfTheHeader(t *testing.T) {
	z := zone{"k._domainkey.ana.example": {rsaRecord()}, "_dmarc.ana.example": {"v=DMARC1; p=reject"}}
	raw := "From: boss@ana.example\r\nTo: " + to + "\r\nthis is no field\r\n" + sign(t, mail("clerk@ana.example", today), "ana.example", "k", rsaKey(), commandFields...)
	f, v, _ := check(t, z, smtp.Envelope{Remote: "198.51.100.9", From: "x@evil.example"}, raw)
	if f.From != "boss@ana.example" || v.Believed || f.DMARC.Result != Fail {
		t.Errorf("%+v %+v", f, v)
	}
}

func TestManySignaturesAreBounded(t *testing.T) {
	z := zone{"k._domainkey.ana.example": {rsaRecord()}}
	raw := sign(t, mail("ana@ana.example", today), "ana.example", "k", rsaKey(), commandFields...)
	one := raw[:strings.Index(raw, "\r\nFrom: ")+2]
	f, _, _ := check(t, z, smtp.Envelope{}, strings.Repeat(one, 40)+raw)
	if len(f.DKIM) != maxSignatures {
		t.Errorf("%d signatures", len(f.DKIM))
	}
	h := "DKIM-Signature: v=1; a=rsa-sha256; d=ana.example; s=k; bh=x; b=x; h=from" + strings.Repeat(":x", maxSigned) + "\r\n"
	if f, _, _ := check(t, z, smtp.Envelope{}, h+mail("ana@ana.example", today)); len(f.DKIM) != 1 || f.DKIM[0].Result != PermError {
		t.Errorf("%+v", f.DKIM)
	}
}
