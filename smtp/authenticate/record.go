package authenticate

import "strings"

// record is a domain's DMARC policy record (RFC 9989 4.7).
type record struct {
	domain     string
	policy     string // p=
	sub        string // sp=, "" as p
	missing    string // np=, "" as sp
	strictDKIM bool   // adkim=s
	strictSPF  bool   // aspf=s
	testing    bool   // t=y
	psd        byte   // y, n, or u
}

// maxRecord is how long a record may be that is read.
const maxRecord = 4096

// isRecord tells whether a TXT record is one of DMARC, sound or not.
func isRecord(text string) bool {
	first, _, _ := strings.Cut(text, ";")
	key, value, _ := strings.Cut(first, "=")
	return strings.EqualFold(strings.TrimSpace(key), "v") && strings.TrimSpace(value) == "DMARC1"
}

// parseRecord reads a TXT record. ok is false for what is no DMARC record, or
// one by which nothing is to be done.
func parseRecord(domain, text string) (r record, ok bool) {
	if len(text) > maxRecord || !isRecord(text) {
		return r, false
	}
	r = record{domain: domain, psd: 'u'}
	broken, reports := false, false
	seen := map[string]bool{}
	for _, tag := range strings.Split(text, ";")[1:] {
		key, value, ok := strings.Cut(tag, "=")
		key, word := strings.ToLower(strings.TrimSpace(key)), strings.ToLower(strings.TrimSpace(value))
		if ok && seen[key] {
			return record{}, false // which of the two is meant nobody can tell (RFC 6376 3.2)
		}
		seen[key] = ok || seen[key]
		switch key {
		case "p":
			r.policy = word
		case "sp":
			r.sub = word
			broken = broken || !isPolicy(word)
		case "np":
			r.missing = word
			broken = broken || !isPolicy(word)
		case "adkim":
			r.strictDKIM = word == "s"
		case "aspf":
			r.strictSPF = word == "s"
		case "t":
			r.testing = word == "y"
		case "psd":
			if word == "y" || word == "n" {
				r.psd = word[0]
			}
		case "rua":
			reports = strings.Contains(word, "mailto:")
		}
	}
	if broken || !isPolicy(r.policy) {
		// Such a record asks for reports at most.
		r.policy, r.sub, r.missing = "none", "", ""
		return r, reports || r.psd != 'u'
	}
	return r, true
}

func isPolicy(word string) bool {
	return word == "none" || word == "quarantine" || word == "reject"
}

// asks is the policy for mail from the domain: the record's own, or one below
// it, which may not exist at all.
func (r record) asks(from string, exists func() bool) string {
	policy := r.policy
	if from != r.domain {
		if r.sub != "" {
			policy = r.sub
		}
		if r.missing != "" && !exists() {
			policy = r.missing
		}
	}
	if r.testing { // one step milder
		switch policy {
		case "reject":
			return "quarantine"
		case "quarantine":
			return "none"
		}
	}
	return policy
}
