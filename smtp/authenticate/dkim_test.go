package authenticate

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp"
	"plenary/smtp/message"
)

// What a key's record and a signature's tags say counts, whatever the
// signature itself (RFC 6376, 8301, 8463, 8616).
func TestSignaturesAndKeys(t *testing.T) {
	public := strings.TrimPrefix(rsaRecord(), "v=DKIM1; k=rsa; p=")
	huge := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(3), 60000), E: 65537}))
	keyed := func(o *dkim.SignOptions) {}
	below := func(o *dkim.SignOptions) { o.Identifier = "ana@mail.ana.example" }
	own := func(o *dkim.SignOptions) { o.Identifier = "ana@ana.example" }
	none := func(raw string) string { return raw }
	for name, c := range map[string]struct {
		key    string
		sign   func(*dkim.SignOptions)
		change func(raw string) string
		want   Result
	}{
		"sound":                        {rsaRecord(), keyed, none, Pass},
		"no v=, no k=":                 {"p=" + public, keyed, none, Pass},
		"for mail, by SHA-256":         {"v=DKIM1; s=tlsrpt:email; h=sha1:sha256; n=a note; p=" + public, keyed, none, Pass},
		"on trial":                     {"v=DKIM1; t=y; p=" + public, keyed, none, Pass},
		"for its domain only":          {"v=DKIM1; t=y:s; p=" + public, own, none, Pass},
		"for its domain only, below":   {"v=DKIM1; t=y:s; p=" + public, below, none, PermError},
		"below":                        {rsaRecord(), below, none, Pass},
		"i= of another":                {rsaRecord(), func(o *dkim.SignOptions) { o.Identifier = "x@evil.example" }, none, PermError},
		"i= that only ends alike":      {rsaRecord(), func(o *dkim.SignOptions) { o.Identifier = "x@notana.example" }, none, PermError},
		"simple":                       {rsaRecord(), func(o *dkim.SignOptions) { o.HeaderCanonicalization, o.BodyCanonicalization = "simple", "simple" }, none, Pass},
		"relaxed, simple":              {rsaRecord(), func(o *dkim.SignOptions) { o.BodyCanonicalization = "simple" }, none, Pass},
		"still good":                   {rsaRecord(), func(o *dkim.SignOptions) { o.Expiration = time.Now().Add(time.Hour) }, none, Pass},
		"expired":                      {rsaRecord(), func(o *dkim.SignOptions) { o.Expiration = time.Now().Add(-time.Hour) }, none, PermError},
		"for another service":          {"v=DKIM1; s=tlsrpt; p=" + public, keyed, none, PermError},
		"by SHA-1 only":                {"v=DKIM1; h=sha1; p=" + public, keyed, none, PermError},
		"revoked":                      {"v=DKIM1; k=rsa; p=", keyed, none, PermError},
		"of another kind":              {edRecord(), keyed, none, PermError},
		"of another version":           {"v=DKIM2; p=" + public, keyed, none, PermError},
		"too long":                     {"v=DKIM1; p=" + huge, keyed, none, PermError},
		"no key":                       {"", keyed, none, PermError},
		"a=rsa-sha1":                   {rsaRecord(), keyed, func(raw string) string { return strings.Replace(raw, "a=rsa-sha256", "a=rsa-sha1", 1) }, PermError},
		"v=2":                          {rsaRecord(), keyed, func(raw string) string { return strings.Replace(raw, "v=1", "v=2", 1) }, PermError},
		"From twice, the lower signed": {rsaRecord(), keyed, func(raw string) string { return "From: boss@ana.example\r\n" + raw }, Pass}, // and so no author: TestVerdicts
		"a longer body":                {rsaRecord(), keyed, func(raw string) string { return raw + "more\r\n" }, Fail},
		"more empty lines":             {rsaRecord(), keyed, func(raw string) string { return raw + "\r\n\r\n" }, Pass},
	} {
		o := &dkim.SignOptions{Domain: "ana.example", Selector: "k", Signer: rsaKey(), HeaderKeys: commandFields,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}
		c.sign(o)
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(mail("ana@ana.example", today)), o); err != nil {
			t.Fatal(name, err)
		}
		m, err := message.Parse([]byte(c.change(out.String())))
		if err != nil {
			t.Fatal(name, err)
		}
		z := zone{"k._domainkey.ana.example": {c.key}}
		if c.key == "" {
			z = zone{}
		}
		got := (&Checker{DNS: z}).checkDKIM(t.Context(), m)
		if len(got) != 1 || got[0].Result != c.want || (got[0].Reason == "") != (c.want == Pass) {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

// A key is found where a domain and selector are not written in ASCII, and
// one that is too long to verify by is none, for a seal too.
func TestNamesAndLengthsOfKeys(t *testing.T) {
	z := zone{"xn--schlssel-95a._domainkey.xn--bcher-kva.example": {rsaRecord()}}
	raw := sign(t, mail("ana@bücher.example", today), "bücher.example", "schlüssel", rsaKey(), commandFields...)
	f, v, _ := check(t, z, smtp.Envelope{Remote: "198.51.100.9", From: "x@evil.example"}, raw)
	if len(f.DKIM) != 1 || f.DKIM[0].Result != Pass || f.DKIM[0].Domain != "xn--bcher-kva.example" || !v.Believed {
		t.Errorf("%+v %+v", f, v)
	}
	long := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), maxKey), E: 65537}
	if _, err := readKey("p=" + base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(long))); err == nil {
		t.Error("a key of 8193 bits is read")
	}
}
