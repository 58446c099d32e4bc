package command

import "strings"

// Marks are the facts of a mail that tell whether a machine wrote it.
type Marks struct {
	NullSender    bool   // the envelope sender is empty
	AutoSubmitted string // field values as they came, "" absent
	Precedence    string
	ListID        string
	XLoop         string
	AutoReply     string // the field by which a program says that it answers, or reports
	ContentType   string
	Subject       string
}

// Automatic tells whether nobody sits at the other end: reports, vacation
// notices, list mail, bulk (RFC 3834, section 2). Such mail is never answered
// and never counts as a yes.
func (m Marks) Automatic() bool {
	auto := word(m.AutoSubmitted)
	switch word(m.Precedence) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	return m.NullSender || auto != "" && auto != "no" || m.ListID != "" || m.XLoop != "" || m.AutoReply != "" ||
		word(m.ContentType) == "multipart/report" || automaticSubject(m.Subject)
}

// Automatic tells whether nobody sits at the other end of a mail, whatever it
// was written for.
func Automatic(in In) bool { return marks(in).Automatic() }

// word is the first word of a field's value in lower case, without its
// parameters and comments.
func word(s string) string {
	if i := strings.IndexAny(s, ";("); i >= 0 {
		s = s[:i]
	}
	return strings.ToLower(firstWord(s))
}

// automaticSubject knows the vacation notices that carry no mark at all. No
// command begins like these.
func automaticSubject(s string) bool {
	s = strings.ToLower(strings.TrimSpace(visible(s)))
	for _, start := range []string{
		"automatic reply", "auto reply", "auto-reply", "autoreply", "auto:", "auto response", "autoresponse", "out of office", "out of the office", "vacation reply",
		"automatische antwort", "abwesenheit", "réponse automatique", "absence du bureau", "respuesta automática", "fuera de la oficina", "resposta automática", "fora do escritório",
		"risposta automatica", "fuori sede", "automatisch antwoord", "afwezig", "автоматический ответ", "автоответ", "رد تلقائي", "自动回复", "自动答复", "自動回覆", "自動応答", "自動返信",
		"undeliver", "delivery status notification", "mail delivery fail", "returned mail", "delivery failure",
	} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}
