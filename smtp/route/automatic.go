package route

import "plenary/smtp/message"

// autoSubmitted is what a mail says of itself, as Auto-Submitted would.
func autoSubmitted(m *message.Message) string {
	if (m.AutoSubmitted == "" || m.AutoSubmitted == "no") && m.Responder() != "" {
		return "auto-replied"
	}
	return m.AutoSubmitted
}
