package message

import "testing"

func TestResponder(t *testing.T) {
	for field, want := range map[string]string{
		"Precedence: Auto_Reply": "Precedence", "Precedence: auto-reply": "Precedence", "Precedence: bulk": "",
		"x-AUTOREPLY: yes": "X-Autoreply", "X-Autoreply:": "X-Autoreply", "X-Autoreply: No": "",
		"X-Auto-Reply-From: ann@example.net": "X-Auto-Reply-From", "X-Autoresponse: y": "X-Autoresponse",
		"X-Auto-Response-Suppress: All": "", "Auto-Submitted: auto-replied": "",
	} {
		m, err := Parse([]byte(field + "\r\n\r\n"))
		if err != nil || m.Responder() != want {
			t.Errorf("%s: %q, want %q (%v)", field, m.Responder(), want, err)
		}
	}
}
