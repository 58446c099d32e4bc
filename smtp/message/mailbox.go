package message

import "strings"

// Mailbox is one address of an address list.
type Mailbox struct {
	Name string // display name, else a comment's words; cleaned, "" none
	Addr string // local@domain as written, without comments and needless quotes; "" where it can't be read
}

// Mailboxes reads the value of an address field as it stands in the mail
// (Field.Unfolded). It takes obsolete and slightly broken forms, but never
// hides an address: what could be read as two is two, and an entry that can't
// be read is there with Addr "". Past MaxAddresses it is a *LimitError.
func Mailboxes(value string) ([]Mailbox, error) {
	r := mailboxReader{s: value}
	for r.pos < len(r.s) {
		r.token()
		if len(r.found) > MaxAddresses {
			return nil, &LimitError{"addresses in one field", MaxAddresses}
		}
	}
	r.end()
	if len(r.found) > MaxAddresses {
		return nil, &LimitError{"addresses in one field", MaxAddresses}
	}
	return r.found, nil
}

// mailboxReader goes through an address list once, token by token.
type mailboxReader struct {
	s     string
	pos   int
	found []Mailbox

	// The entry being read.
	words   []word
	comment string
	angle   string
	inAngle bool // it had an angle
	after   bool // words followed the angle
	group   bool // we are inside "name: … ;"
	blank   bool // blanks stood before the next word
}

// word is an atom, a quoted string or an encoded word of an entry.
type word struct {
	text   string
	quoted bool
	spaced bool // blanks stood before it
}

// token reads the next token of the list.
func (r *mailboxReader) token() {
	switch c := r.s[r.pos]; c {
	case ' ', '\t':
		r.blank = true
		r.pos++
	case '(':
		if text := r.readComment(); r.comment == "" {
			r.comment = text
		}
		r.blank = true
	case '"':
		r.word(r.readQuoted(), true)
	case '<':
		if r.inAngle { // a second address: an entry of its own
			r.end()
		}
		r.angle, r.inAngle = r.readAngle(), true
	case ',':
		r.end()
		r.pos++
	case ';':
		r.end()
		r.group = false
		r.pos++
	case ':':
		r.pos++
		if !r.inAngle && !r.group && !r.hasAt() {
			r.words, r.comment, r.group = nil, "", true // the group's name
		} else {
			r.word(":", false)
		}
	default:
		r.word(r.readAtom(), false)
	}
}

func (r *mailboxReader) word(text string, quoted bool) {
	if r.inAngle {
		r.after = r.after || strings.Contains(text, "@")
		return
	}
	r.words = append(r.words, word{text: text, quoted: quoted, spaced: r.blank})
	r.blank = false
}

func (r *mailboxReader) hasAt() bool {
	for _, w := range r.words {
		if !w.quoted && strings.Contains(w.text, "@") {
			return true
		}
	}
	return false
}

// end closes the entry being read, if there is one.
func (r *mailboxReader) end() {
	switch {
	case r.inAngle && r.after:
		r.found = append(r.found, Mailbox{Name: r.phrase()})
	case r.inAngle:
		r.found = append(r.found, Mailbox{Name: r.phrase(), Addr: addrSpec(r.angle)})
	case len(r.words) > 0:
		r.found = append(r.found, Mailbox{Name: DecodeWords(r.comment), Addr: addrSpec(r.spec())})
	}
	r.words, r.comment, r.angle = nil, "", ""
	r.inAngle, r.after, r.blank = false, false, false
}

// phrase is the display name.
func (r *mailboxReader) phrase() string {
	var b strings.Builder
	for i, w := range r.words {
		if i > 0 && w.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	if name := DecodeWords(b.String()); name != "" {
		return name
	}
	return DecodeWords(r.comment)
}

// spec is the entry as a bare address. Blanks may stand around @ and dots
// (obsolete); anywhere else they stay, and make it unreadable.
func (r *mailboxReader) spec() string {
	var b strings.Builder
	last := byte('@')
	for _, w := range r.words {
		text := w.text
		if w.quoted {
			text = quote(text)
		}
		if w.spaced && last != '@' && last != '.' && !strings.HasPrefix(text, "@") && !strings.HasPrefix(text, ".") {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		if text != "" {
			last = text[len(text)-1]
		}
	}
	return b.String()
}

// readComment reads a comment; comments within it are counted, not called.
func (r *mailboxReader) readComment() string {
	var b strings.Builder
	depth := 0
	for ; r.pos < len(r.s); r.pos++ {
		switch c := r.s[r.pos]; {
		case c == '(':
			if depth++; depth == 1 {
				continue
			}
		case c == ')':
			if depth--; depth == 0 {
				r.pos++
				return b.String()
			}
		case c == '\\' && r.pos+1 < len(r.s):
			r.pos++
		}
		b.WriteByte(r.s[r.pos])
	}
	return b.String()
}

func (r *mailboxReader) readQuoted() string {
	var b strings.Builder
	for r.pos++; r.pos < len(r.s); r.pos++ {
		switch c := r.s[r.pos]; {
		case c == '"':
			r.pos++
			return b.String()
		case c == '\\' && r.pos+1 < len(r.s):
			r.pos++
		}
		b.WriteByte(r.s[r.pos])
	}
	return b.String()
}

// maxAngle bounds the search for the end of <…>.
const maxAngle = 1000

// readAngle reads <…>; where the > is missing, up to the next comma.
func (r *mailboxReader) readAngle() string {
	quoted := false
	start := r.pos + 1
	for i := start; i < min(len(r.s), start+maxAngle); i++ {
		switch c := r.s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == '>' && !quoted:
			r.pos = i + 1
			return r.s[start:i]
		}
	}
	end := len(r.s)
	if i := strings.IndexByte(r.s[start:], ','); i >= 0 {
		end = start + i
	}
	r.pos = end
	return r.s[start:end]
}

// readAtom reads up to the next character that means something. An encoded
// word is one atom, whatever it holds: mailers leave commas bare in them.
func (r *mailboxReader) readAtom() string {
	start := r.pos
	if strings.HasPrefix(r.s[start:], "=?") {
		if _, _, n, ok := encodedWord(r.s[start:]); ok && !strings.ContainsAny(r.s[start:start+n], " \t<>") {
			r.pos += n
			return r.s[start:r.pos]
		}
	}
	for r.pos++; r.pos < len(r.s) && !strings.ContainsRune(" \t()\"<>,;:", rune(r.s[r.pos])); r.pos++ {
		if r.s[r.pos] == '[' { // a domain literal may hold colons
			if end := strings.IndexAny(r.s[r.pos:min(len(r.s), r.pos+80)], "]<>,"); end > 0 && r.s[r.pos+end] == ']' {
				r.pos += end
			}
		}
	}
	return r.s[start:r.pos]
}

// addrSpec checks local@domain and drops an obsolete route, quotes that the
// local part does not need, and comments. It is "" for what is no address.
func addrSpec(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "@") { // <@relay,@relay:ann@example.net>
		_, s, _ = strings.Cut(s, ":")
	}
	local, domain, ok := strings.Cut(s, "@")
	if strings.HasPrefix(s, `"`) {
		r := mailboxReader{s: s}
		text := r.readQuoted()
		domain, ok = strings.CutPrefix(s[r.pos:], "@")
		if local = text; text == "" || strings.ContainsAny(text, "()<>[]:;@\\,\" \t") {
			local = quote(text)
		}
	} else if strings.ContainsAny(local, "()<>[]:;\\,\" \t") {
		return ""
	}
	domain = strings.TrimSpace(dropComment(domain))
	local = strings.TrimSpace(local)
	if !ok || local == "" || domain == "" || strings.ContainsAny(domain, "@()<>;\\,\" \t") || clean(local+domain) != local+domain {
		return ""
	}
	return local + "@" + domain
}

// quote writes a quoted string.
func quote(s string) string {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			out = append(out, '\\')
		}
		out = append(out, s[i])
	}
	return string(append(out, '"'))
}
