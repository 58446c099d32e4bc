package message

import (
	"net/mail"
	"strings"
	"time"
)

// readValues reads the fields that every caller asks for, in one pass.
func (m *Message) readValues() error {
	for _, f := range m.Fields {
		if err := m.readValue(f); err != nil {
			return err
		}
	}
	return nil
}

func (m *Message) readValue(f Field) error {
	first := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	switch f.lower() {
	case "from":
		from, err := Mailboxes(f.Unfolded())
		if err == nil && len(m.From)+len(from) > MaxAddresses {
			err = &LimitError{"addresses in From", MaxAddresses}
		}
		m.From = append(m.From, from...)
		return err
	case "sender", "reply-to", "to", "cc", "bcc":
		_, err := Mailboxes(f.Unfolded())
		return err
	case "subject":
		first(&m.Subject, f.Value())
	case "date":
		if m.Date.IsZero() {
			if value := f.Unfolded(); len(value) < 200 {
				m.Date = date(value)
			}
		}
	case "message-id":
		first(&m.MessageID, oneID(f.Unfolded()))
	case "in-reply-to":
		m.InReplyTo = boundIDs(append(m.InReplyTo, ids(f.Unfolded())...))
	case "references":
		m.References = boundIDs(append(m.References, ids(f.Unfolded())...))
	case "list-id":
		m.ListIDs = append(m.ListIDs, strings.ToLower(inBrackets(f.Unfolded())))
	case "x-loop":
		m.XLoop = append(m.XLoop, inBrackets(f.Unfolded()))
	case "auto-submitted":
		first(&m.AutoSubmitted, firstWord(f.Unfolded()))
	case "precedence":
		first(&m.Precedence, firstWord(f.Unfolded()))
	case "received":
		m.Received++
	}
	return nil
}

// date reads a Date field's value; the zero time where it can't be read. The
// form that nearly all mail has is tried first: the library tries some thirty,
// and each that fails costs an error.
func date(value string) time.Time {
	t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", value)
	if err != nil {
		t, _ = mail.ParseDate(value)
	}
	return t
}

// Addresses are the mailboxes of all fields of this name, MaxAddresses of
// them at most.
func (m *Message) Addresses(name string) []Mailbox {
	var all []Mailbox
	for _, f := range m.Fields {
		if f.Is(name) && len(all) < MaxAddresses {
			more, _ := Mailboxes(f.Unfolded()) // Parse has looked at the cap
			all = append(all, more...)
		}
	}
	return all[:min(len(all), MaxAddresses)]
}

// ids are the <…> of a value; where there are none, its words. Text between
// them, as In-Reply-To had of old, is no id.
func ids(value string) []string {
	var found []string
	bracketed := false
	for s := value; ; {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			break
		}
		end := strings.IndexByte(s[start:], '>')
		if end < 0 {
			break
		}
		bracketed = true
		id := s[start+1 : start+end]
		if cut := strings.LastIndexByte(id, '<'); cut >= 0 {
			id = id[cut+1:]
		}
		if id = cleanID(id); id != "" {
			found = append(found, id)
		}
		s = s[start+end+1:]
	}
	if bracketed {
		return found
	}
	for _, w := range strings.Fields(value) {
		if id := cleanID(w); strings.Contains(id, "@") {
			found = append(found, id)
		}
	}
	return found
}

// boundIDs keeps the first id and the last ones: the thread's beginning and
// what is near.
func boundIDs(all []string) []string {
	if len(all) <= maxIDs {
		return all
	}
	return append(all[:1:1], all[len(all)-maxIDs+1:]...)
}

func oneID(value string) string {
	if all := ids(value); len(all) > 0 {
		return all[0]
	}
	return cleanID(value)
}

// cleanID drops blanks, which folding leaves inside ids, and what can't be
// shown.
func cleanID(id string) string {
	if plainASCII(id) && !strings.ContainsAny(id, " <>") {
		return id
	}
	id = clean(toUTF8("", []byte(id)))
	return strings.Trim(strings.Join(strings.Fields(id), ""), "<>")
}

// inBrackets is the last <…> of a value, or the whole.
func inBrackets(value string) string {
	if start := strings.LastIndexByte(value, '<'); start >= 0 {
		value, _, _ = strings.Cut(value[start+1:], ">")
	}
	return clean(toUTF8("", []byte(value)))
}

// firstWord is the token that a value begins with, in lower case.
func firstWord(value string) string {
	word, _, _ := strings.Cut(dropComment(value), ";")
	words := strings.Fields(word)
	if len(words) == 0 {
		return ""
	}
	return strings.ToLower(clean(toUTF8("", []byte(words[0]))))
}
