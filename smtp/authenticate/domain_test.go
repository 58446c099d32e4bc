package authenticate

import (
	"context"
	"testing"
)

func TestOrganisation(t *testing.T) {
	z := zone{
		"_dmarc.example.com":            {"v=DMARC1; p=none"},
		"_dmarc.own.example.com":        {"v=DMARC1; p=none; psd=n"},
		"_dmarc.bank":                   {"v=DMARC1; p=reject; psd=y"},
		"_dmarc.uk":                     {"v=DMARC1; p=none"},
		"_dmarc.a.b.c.d.e.f.g.deep.com": {"v=DMARC1; p=none"},
		"_dmarc.mid.deep.com":           {"v=DMARC1; p=none"},
	}
	for domain, want := range map[string]string{
		"example.com":                "example.com",
		"a.b.example.com":            "example.com",
		"own.example.com":            "own.example.com",
		"x.own.example.com":          "own.example.com",
		"my.bank":                    "my.bank",
		"x.y.my.bank":                "my.bank",
		"bank":                       "bank",
		"x.shop.co.uk":               "shop.co.uk", // what stands at uk is no organisation
		"x.y.nothing.de":             "nothing.de",
		"x.y.nothing.github.io":      "nothing.github.io",
		"a.b.c.d.e.f.g.h.i.deep.com": "deep.com",
		"single":                     "single",
	} {
		records, err := (&Checker{DNS: z}).walk(context.Background(), domain)
		if err != nil {
			t.Fatal(err)
		}
		if got := organisation(domain, records); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}

func TestAbove(t *testing.T) {
	for in, want := range map[string]string{"a.b": "b", "b": "", "a.b.c.d.e.f.g.h": "b.c.d.e.f.g.h", "1.2.3.4.a.b.c.d.e.f.g.h": "b.c.d.e.f.g.h"} {
		if got := above(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestRecords(t *testing.T) {
	for text, want := range map[string]record{
		"v=DMARC1; p=reject": {policy: "reject", psd: 'u'},
		"v=DMARC1;p=Quarantine;sp=none;adkim=s;aspf=r;t=y": {policy: "quarantine", sub: "none", strictDKIM: true, testing: true, psd: 'u'},
		"v = DMARC1 ; p = none ; psd=Y":                    {policy: "none", psd: 'y'},
		"v=DMARC1; rua=mailto:a@b.example":                 {policy: "none", psd: 'u'},
		"v=DMARC1; p=reject; sp=x; rua=mailto:a@b.example": {policy: "none", psd: 'u'},
		"v=DMARC1; p=odd":                                  {},
		"V=DMARC1; P=none; x; y; pct=0;":                   {policy: "none", psd: 'u'},
		"v=DMARC1; p=none; p=reject":                       {},
		"v=DMARC1; p=reject; sp=none; SP = none":           {},
		"v=dmarc1; p=reject":                               {},
		"v=DMARC12; p=reject":                              {},
		"v=DMARC1":                                         {},
		"v=DMARC2; p=reject":                               {},
		"p=reject; v=DMARC1":                               {},
		"v=spf1 -all":                                      {},
		"v=DMARC1 p=reject":                                {},
		"":                                                 {},
	} {
		got, ok := parseRecord("", text)
		if !ok {
			got = record{}
		}
		if got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("v=DMARC1; p=reject; sp=none; psd=y; t=y")
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := parseRecord("x.example", text); ok && !isPolicy(r.asks("y.x.example", func() bool { return false })) {
			t.Errorf("%q: %+v", text, r)
		}
	})
}

func FuzzKeyRecord(f *testing.F) {
	f.Add(edRecord())
	f.Add("v=DKIM1; k=rsa; p=MIGf")
	f.Add("p=; h=sha1:sha256; s=*")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := readKey(text); err == nil && (k.rsa == nil) == (k.ed25519 == nil) {
			t.Errorf("%q: %+v", text, k)
		}
	})
}
