package authenticate

import (
	"strings"
	"testing"

	"plenary/smtp/message"
)

func TestReadResults(t *testing.T) {
	for value, want := range map[string]string{
		"front.example; spf=pass smtp.mailfrom=a@b.example":                       "front.example|spf pass smtp.mailfrom a@b.example",
		"Front.Example 1; none":                                                   "front.example",
		"x; dkim=pass (good; dmarc=pass) header.d=a.example; dmarc = fail":        "x|dkim pass header.d a.example|dmarc fail",
		`x; dkim=fail reason="; dmarc=pass \" x" header.i=@a.example`:             `x|dkim fail header.i @a.example reason ; dmarc=pass " x`,
		"x; dkim/1=pass header.d=a; spf=pass smtp.mailfrom=\"o'b ; c\"@d.example": "x|dkim pass header.d a|spf pass smtp.mailfrom o'b ; c",
		"(c) x (c);; ;spf=none":                                                   "x|spf none",
		"x; =pass; spf; spf=; ) dmarc=pass":                                       "x|spf |dmarc pass",
		"":                                                                        "",
		// The examples of RFC 8601, appendix B, in our words.
		"f.example (foo) 1 (baz);\r\n dkim (as I like it) / 1 (One) = (wait) fail\r\n header (a dot) . (like that) d (huh) = (so) a.example": "f.example|dkim fail header.d a.example",
		"f.example; auth=pass (cram-md5) smtp.auth=a@b.example; spf=fail smtp.mailfrom=b.example":                                            "f.example|auth pass|spf fail smtp.mailfrom b.example",
		`f.example; dkim=pass reason="good signature" header.i=@m.example; dkim=fail reason="bad" header.i=@n.example`:                       "f.example|dkim pass header.i @m.example reason good signature|dkim fail header.i @n.example reason bad",
		// As some write it.
		"f.example; spf=pass (of x) action none smtp.mailfrom=bounce+a=b.example@c.example; x dmarc=pass": "f.example|spf pass smtp.mailfrom bounce+a=b.example@c.example",
		`f.example; spf=pass smtp.mailfrom="a"=x; dkim none=pass; dkim/=pass`:                             `f.example|spf pass smtp.mailfrom a|dkim pass`,
	} {
		id, results := readResults(value)
		var b strings.Builder
		b.WriteString(id)
		for _, r := range results {
			b.WriteString("|" + r.method + " " + string(r.result))
			for _, name := range []string{"header.d", "header.i", "reason", "smtp.mailfrom"} {
				if v, ok := r.properties[name]; ok {
					b.WriteString(" " + name + " " + v)
				}
			}
		}
		if b.String() != want {
			t.Errorf("%q:\n got %q\nwant %q", value, b.String(), want)
		}
	}
}

// Ours is on top, those that claim to be are gone, and nothing else changes.
func TestMark(t *testing.T) {
	raw := "Received: x\r\nAuthentication-Results: LISTS.example.org;\r\n dmarc=pass\r\nAuthentication-Results: other.example; spf=pass\r\n" +
		"authentication-results : (x) \"lists.example.org\"; dmarc=pass\r\nAuthentication-Results: Lists.Example.org. 1; dmarc=pass\r\nFrom: a@b.example\r\n\r\nbody\r\n"
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	f := Findings{From: "a@b.example", SPF: SPF{Result: Fail, Domain: "b.example"}, ARC: Chain{Result: None},
		DKIM:  []Signature{{Result: Fail, Domain: "b.example", Reason: "bad\r\nBcc: \"x\" \\ é"}},
		DMARC: DMARC{Result: Fail, Policy: "none"}}
	want := "Authentication-Results: lists.example.org;\r\n\tspf=fail smtp.mailfrom=b.example;\r\n\t" +
		"dkim=fail reason=\"badBcc: 'x' ' \" header.d=b.example;\r\n\tdmarc=fail (p=none) header.from=b.example;\r\n\tarc=none\r\n" +
		"Received: x\r\nAuthentication-Results: other.example; spf=pass\r\nFrom: a@b.example\r\n\r\nbody\r\n"
	if got := string(Mark(m, "lists.example.org", f.Results())); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzResults(f *testing.F) {
	for _, s := range []string{"x; dkim=pass (a(b)\\) ) header.d=a", "x 1; none", `"q\"" ; a/1=b c.d="e;f"`, "((((", "x;;==;)=("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		_, results := readResults(value)
		if len(results) > maxStated {
			t.Error("too many")
		}
		m, err := message.Parse([]byte("Authentication-Results: " + value + "\r\nFrom: a@b.example\r\nDKIM-Signature: " + value + "\r\n\r\nx"))
		if err != nil {
			return
		}
		told(m, "x")
		fs := Findings{DKIM: []Signature{{Result: Fail, Domain: value, Reason: value}}, SPF: SPF{Domain: value}}
		for _, line := range strings.Split(fs.Results(), "\r\n\t") {
			if strings.ContainsAny(line, "\r\n\x00") || len(line) > 1000 && len(value) < 500 {
				t.Errorf("%q", line)
			}
		}
		if !strings.HasSuffix(string(Mark(m, "q.example", fs.Results())), string(body(m))) {
			t.Error("the body is another")
		}
	})
}

func FuzzARC(f *testing.F) {
	set := "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.example; s=k; b=eA==\r\nARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=x.example; s=k; h=from:from; bh=eA==; b=eA==\r\nARC-Authentication-Results: i=1; x; none\r\n"
	f.Add([]byte(set + "From: a@b.example\r\n\r\nbody"))
	f.Add([]byte(strings.ReplaceAll(set, "i=1", "i=50") + "\r\n"))
	f.Add([]byte("ARC-Seal: b\r\nARC-Seal:\r\n b=;;\r\n\r\n"))
	z := zone{"k._domainkey.x.example": {edRecord()}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := message.Parse(raw)
		if err != nil {
			return
		}
		if c := (&Checker{DNS: z}).checkARC(t.Context(), m); c.Result == Pass {
			t.Errorf("%q passes", raw)
		}
		for _, f := range m.Fields {
			if e := emptied(f.Raw); len(e) > len(f.Raw) {
				t.Errorf("%q: %q", f.Raw, e)
			}
		}
	})
}
