package command

import "strings"

// addresses is what follows add, drop or invite: the rest of its line, and
// the lines right below that go on with addresses, as they are pasted from a
// column or wrapped. Under a subject a blank line may come first.
func (p *parser) addresses(rest string, l line) string {
	for l.no == 0 && p.at < len(p.lines) && p.lines[p.at].blank() {
		p.at++
	}
	for ; p.at < len(p.lines) && moreAddresses(p.lines[p.at].text); p.at++ {
		rest += "\n" + strings.TrimSpace(p.lines[p.at].text)
	}
	return rest
}

// moreAddresses tells whether a line is people and nothing else: each word an
// address, or all of it Name <address>.
func moreAddresses(s string) bool {
	if _, _, command := split(s); command || !strings.Contains(s, "@") {
		return false
	}
	for _, one := range strings.FieldsFunc(asWritten(s), func(r rune) bool { return r == ',' || r == ';' }) {
		one = strings.TrimSpace(strings.TrimLeft(one, decoration))
		if named := strings.HasSuffix(one, ">") && strings.Contains(one, "<"); named || one == "" {
			continue
		}
		for _, w := range strings.Fields(one) {
			if !strings.Contains(w, "@") {
				return false
			}
		}
	}
	return true
}
