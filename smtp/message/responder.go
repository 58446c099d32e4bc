package message

import "strings"

// responderFields are written by programs that answer for somebody, some of
// which know no Auto-Submitted (RFC 3834).
var responderFields = []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Autoresponse", "X-Auto-Response",
	"X-AutoReply-From", "X-Auto-Reply-From", "X-Mail-Autoreply"}

// Responder is the field, other than Auto-Submitted, by which a mail says that
// a program answers for somebody; "" none says so.
func (m *Message) Responder() string {
	if m.Precedence == "auto_reply" || m.Precedence == "auto-reply" {
		return "Precedence"
	}
	for _, name := range responderFields {
		if m.Has(name) && !strings.EqualFold(m.Get(name), "no") {
			return name
		}
	}
	return ""
}
