package authenticate

import (
	"strings"

	"plenary/smtp/message"
)

// Told is what a trusted server before us found, by its newest
// Authentication-Results. That server is bound to remove fields that bear its
// name from mail that comes to it (RFC 8601 section 5).
type Told struct {
	SPF, DKIM, DMARC Result
	SPFDomain        string
	DKIMDomain       string
	From             string // header.from of DMARC's result
}

// told reads the topmost field that bears the id, nil for none.
func told(m *message.Message, id string) *Told {
	for _, f := range m.Fields {
		if !f.Is("Authentication-Results") {
			continue
		}
		by, results := readResults(f.Unfolded())
		if !strings.EqualFold(by, id) {
			continue
		}
		t := &Told{}
		for _, r := range results {
			t.take(r)
		}
		return t
	}
	return nil
}

// take notes a result; of several, the first that passes.
func (t *Told) take(r stated) {
	first := func(have Result) bool { return have == "" || have != Pass && r.result == Pass }
	switch r.method {
	case "spf":
		if first(t.SPF) {
			t.SPF, t.SPFDomain = r.result, domainOf(r.properties["smtp.mailfrom"])
		}
	case "dkim":
		if first(t.DKIM) {
			domain := r.properties["header.d"]
			if domain == "" {
				domain = r.properties["header.i"]
			}
			t.DKIM, t.DKIMDomain = r.result, domainOf(domain)
		}
	case "dmarc":
		if first(t.DMARC) {
			t.DMARC, t.From = r.result, domainOf(r.properties["header.from"])
		}
	}
}

func domainOf(s string) string { return hostname(s[strings.LastIndexByte(s, '@')+1:]) }

// believeTold lets what the server before us found count. It saw the client,
// so its word on DMARC goes before ours.
func (f *Findings) believeTold() {
	from := hostname(f.From.Domain())
	t := f.Told
	same := from != "" && t.From == from
	switch {
	case from == "", f.DMARC.Aligned:
	case same && t.DMARC == Pass, t.SPF == Pass && t.SPFDomain == from, t.DKIM == Pass && t.DKIMDomain == from:
		f.DMARC.Aligned, f.DMARC.Result, f.DMARC.Reason = true, Pass, "the server before us says so"
	case same && t.DMARC == Fail && f.DMARC.Policy != "" && f.DMARC.Result != TempError:
		f.DMARC.Result, f.DMARC.Reason = Fail, "the server before us says that it fails"
	case f.DMARC.Result == Fail:
		f.DMARC.Result, f.DMARC.Reason = None, "no signature proves the sender, and the server before us does not"
	}
	if t.SPF == Pass && t.SPFDomain != "" && (t.SPFDomain == from || same && t.DMARC == Pass && related(t.SPFDomain, from)) {
		f.SPF = SPF{Result: Pass, Domain: t.SPFDomain, Aligned: true, Reason: "the server before us says so"}
	}
}

// related tells whether one domain is below the other.
func related(a, b string) bool {
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}
