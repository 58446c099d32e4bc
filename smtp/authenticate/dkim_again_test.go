package authenticate

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"plenary/smtp/message"
)

// byHand signs a mail for ana.example over these fields, relaxed, with more
// tags than the library writes.
func byHand(t *testing.T, raw, more string, names ...string) string {
	t.Helper()
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	var signed []byte
	for _, f := range picked(m.Fields, names) {
		signed = message.RelaxedField(signed, f)
	}
	field := "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=ana.example; s=e; " + more + "h=" + strings.Join(names, ":") +
		"; bh=" + base64.StdEncoding.EncodeToString(message.RelaxedBodyHash(body(m))) + "; b="
	sum := sha256.Sum256(append(signed, bytes.TrimSuffix(message.RelaxedField(nil, []byte(field)), []byte("\r\n"))...))
	return field + base64.StdEncoding.EncodeToString(ed25519.Sign(edKey, sum[:])) + "\r\n" + raw
}

// Sound signatures that the library finds wanting pass all the same, and none
// that is not sound does.
func TestSignaturesThatAreMisread(t *testing.T) {
	plain := mail("ana@ana.example", today)
	names := []string{"from", "to", "subject", "date", "message-id"}
	twice := byHand(t, plain, "", names...)
	below := "v=DKIM1; k=ed25519; t=s; p=" + strings.SplitN(edRecord(), "p=", 2)[1]
	for name, c := range map[string]struct {
		raw, key string
		want     []Result
	}{
		"plain":                        {twice, edRecord(), []Result{Pass}},
		"copied fields":                {byHand(t, plain, "z=Subject:Web=20site|From:b=40b; ", names...), edRecord(), []Result{Pass}},
		"a tag that ends in b":         {byHand(t, plain, "xb=foo; ", names...), edRecord(), []Result{Pass}},
		"that tag changed":             {strings.Replace(byHand(t, plain, "xb=foo; ", names...), "xb=foo", "xb=bar", 1), edRecord(), []Result{Fail}},
		"copied fields, another mail":  {strings.Replace(byHand(t, plain, "z=Subject:Web=20site; ", names...), "Subject: join", "Subject: leave", 1), edRecord(), []Result{Fail}},
		"i= in other letters":          {byHand(t, plain, "i=x@Mail.ANA.example; ", names...), edRecord(), []Result{Pass}},
		"the same, for d= only":        {byHand(t, plain, "i=x@Mail.ANA.example; ", names...), below, []Result{PermError}},
		"i= in other letters, d= only": {byHand(t, plain, "i=@ANA.example; ", names...), below, []Result{Pass}},
		"i= of another":                {byHand(t, plain, "i=@evil.example; ", names...), edRecord(), []Result{PermError}},
		"i= in other letters, expired": {byHand(t, plain, "i=@ANA.example; x=1600000000; ", names...), edRecord(), []Result{PermError}},
		"another signature signed":     {byHand(t, twice, "", append(names, "dkim-signature")...), edRecord(), []Result{Pass, Pass}},
		"and forbidden one more":       {byHand(t, twice, "", append(names, "dkim-signature", "dkim-signature")...), edRecord(), []Result{Pass, Pass}},
		"one more put on top":          {"DKIM-Signature: v=0\r\n" + byHand(t, twice, "", append(names, "dkim-signature", "dkim-signature")...), edRecord(), []Result{PermError, Fail, Pass}},
	} {
		m, err := message.Parse([]byte(c.raw))
		if err != nil {
			t.Fatal(name, err)
		}
		got := (&Checker{DNS: zone{"e._domainkey.ana.example": {c.key}}}).checkDKIM(t.Context(), m)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, s := range got {
			if s.Result != c.want[i] || s.Result == Pass && (s.Domain != "ana.example" || len(s.Signed) < 5) {
				t.Errorf("%s, %d: %+v, want %s", name, i, s, c.want[i])
			}
		}
	}
}
