package route

import (
	"strings"

	"plenary/smtp/message"
)

// responderFields are written by programs that answer for somebody, some of
// which know no Auto-Submitted (RFC 3834).
var responderFields = []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Auto-Reply-From", "X-Auto-Response", "X-Mail-Autoreply"}

// autoSubmitted is what a mail says of itself, as Auto-Submitted would.
func autoSubmitted(m *message.Message) string {
	if m.AutoSubmitted != "" && m.AutoSubmitted != "no" {
		return m.AutoSubmitted
	}
	if p := m.Precedence; p == "auto_reply" || p == "auto-reply" {
		return "auto-replied"
	}
	for _, name := range responderFields {
		if m.Has(name) && !strings.EqualFold(m.Get(name), "no") {
			return "auto-replied"
		}
	}
	return m.AutoSubmitted
}
