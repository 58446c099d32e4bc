package authenticate

import (
	"strings"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// SignedIn is what is believed of a message whose sender signed in (AUTH)
// with the account that its From names: reception has seen to that.
func SignedIn(account lists.Address) smtp.Verdict {
	return smtp.Verdict{Believed: true, DMARC: string(None), Chain: string(None), Reason: "its author signed in", Results: signedIn(account)}
}

// signedIn is the result of RFC 8601 2.7.4. The address is that of From, so
// that nobody learns more of it here.
func signedIn(account lists.Address) string {
	return "auth=pass smtp.auth=" + pvalue(string(account))
}

// pvalue is an address as RFC 8601 2.2 has it: plain where it may be.
func pvalue(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return r > '~' || r <= ' ' || strings.ContainsRune(`()<>[]:;,\"=?/`, r)
	}) < 0
	if plain {
		return s
	}
	return quoted(s)
}

// MarkSignedIn is Mark for such a message.
func MarkSignedIn(m *message.Message, id string, account lists.Address) []byte {
	return Mark(m, id, signedIn(account))
}
