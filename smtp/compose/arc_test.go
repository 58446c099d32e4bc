package compose

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"plenary/smtp"
)

var seen = smtp.Verdict{Chain: "none", Results: "spf=pass smtp.mailfrom=member.example;\r\n\tdkim=none;\r\n\tdmarc=pass header.from=member.example;\r\n\tarc=none"}

// What others verify of it is shown in cmd/plenary, with the validator there.
func TestWhenCopiesAreSealed(t *testing.T) {
	at := time.Unix(1_795_000_000, 0)
	set := "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.example; s=k; t=1;\r\n b=eA==\r\nARC-Message-Signature: i=1; a=rsa-sha256; d=x.example; s=k; h=from; bh=eA==; b=eA==\r\n" +
		"ARC-Authentication-Results: i=1; x.example;\r\n spf=pass\r\n"
	of := func(chain string) smtp.Verdict { v := seen; v.Chain = chain; return v }
	for name, row := range map[string]struct {
		before  string
		verdict smtp.Verdict
		keys    []SigningKey
		want    string // how its seal begins, "" none
	}{
		"first":                   {"", of("none"), testKeys(), "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=lists.example.org;\r\n\ts=s; t=1795000000;"},
		"second":                  {set, of("pass"), testKeys(), "ARC-Seal: i=2; a=rsa-sha256; cv=pass; "},
		"failed":                  {set, of("fail"), testKeys(), "ARC-Seal: i=2; a=rsa-sha256; cv=fail; "},
		"failed, and said to":     {strings.Replace(set, "cv=none", "CV=x; cv = Fail", 1), of("fail"), testKeys(), ""},
		"failed, half a set":      {set[:strings.Index(set, "ARC-Message")], of("fail"), testKeys(), "ARC-Seal: i=2; a=rsa-sha256; cv=fail; "},
		"failed, no instance":     {strings.ReplaceAll(set, "i=1", "i=x"), of("fail"), testKeys(), ""},
		"not looked up":           {set, of("temperror"), testKeys(), ""},
		"the fiftieth":            {strings.ReplaceAll(set, "i=1", "i=50"), of("pass"), testKeys(), ""},
		"the site's own":          {"", smtp.Verdict{}, testKeys(), ""},
		"no RSA key":              {"", of("none"), testKeys()[1:], ""},
		"no keys":                 {"", of("none"), nil, ""},
		"sets that were not seen": {set, of("none"), testKeys(), ""},
	} {
		c := composer()
		c.Signer = signer()
		c.Signer.Keys = func() []SigningKey { return row.keys }
		p := Post{Raw: []byte(row.before + plain), List: maps(), Verdict: row.verdict, Arrived: at}
		head := c.Compose(context.Background(), p).Head
		added := head[:bytes.Index(head, []byte("List-Id: "))]
		if !strings.HasPrefix(string(added), row.want) || (row.want == "") != (len(added) == 0) {
			t.Errorf("%s: %q", name, added)
		}
		if row.want != "" && bytes.Count(added, []byte("ARC-")) != 3 {
			t.Errorf("%s: no whole set: %q", name, added)
		}
		for _, line := range strings.Split(string(added), "\r\n") {
			if len(line) > 100 {
				t.Errorf("%s: a long line: %q", name, line)
			}
		}
	}
}

func FuzzARC(f *testing.F) {
	for _, chain := range []string{"none", "pass", "fail"} {
		f.Add(chain, "ARC-Seal: i=1; cv=none; b=eA==\r\nARC-Message-Signature: i=1;\r\n b=\r\nARC-Authentication-Results: i=1; x; none\r\nFrom: a@b.example\r\n\r\nx")
		f.Add(chain, "ARC-Seal: i=50; cv = fail\r\nARC-Seal: i=2\r\n\r\n")
		f.Add(chain, "ARC-Seal: i = 1 ; cv\r\nARC-Seal\r\n: ;=;i=1")
	}
	keys := testKeys()[:1]
	f.Fuzz(func(t *testing.T, chain, raw string) {
		s := signer()
		s.Keys = func() []SigningKey { return keys }
		v := seen
		v.Chain = chain
		made := composer().Compose(context.Background(), Post{Raw: []byte(raw), List: maps()})
		set := s.ARC(made, "lists.example.org", v, time.Unix(1, 0))
		if len(set) == 0 {
			return
		}
		if fields, rest := split(set); len(fields) != 3 || len(rest) != 0 || fields[0].name != "arc-seal" || instance(fields[0]) > maxInstances {
			t.Errorf("%q", set)
		}
	})
}
