package authenticate

import "strings"

// stated is one result of an Authentication-Results field.
type stated struct {
	method     string // lower case
	result     Result
	properties map[string]string // "smtp.mailfrom" in lower case → value
}

// maxStated is how many results of a field are read, and maxWord how much of
// a value.
const (
	maxStated = 50
	maxWord   = 512
)

// readResults reads the value of an Authentication-Results field (RFC 8601
// 2.2). Comments mean nothing; what can't be read is left out.
func readResults(value string) (id string, results []stated) {
	w := words{s: value}
	id = strings.ToLower(w.next())
	for !w.skipTo(';') && len(results) < maxStated {
		if r, ok := w.statement(); ok {
			results = append(results, r)
		}
	}
	return id, results
}

// words goes through the value once.
type words struct {
	s   string
	pos int
}

// statement reads method=result and the properties up to the next semicolon.
func (w *words) statement() (stated, bool) {
	s := stated{properties: map[string]string{}}
	method, _, _ := strings.Cut(w.name("/"), "/") // a version may follow
	if method == "" || !w.skip('=') {
		return s, false
	}
	s.method, s.result = method, Result(strings.ToLower(w.next()))
	for len(s.properties) < maxStated {
		name := w.name(".")
		if name == "" || !w.skip('=') {
			break
		}
		if value := w.value(); s.properties[name] == "" {
			s.properties[name] = value
		}
	}
	return s, true
}

// name is the word before an equals sign, in lower case, with blanks and
// comments around its dot or slash taken out. Before a property, words that
// belong to nothing are passed over.
func (w *words) name(mark string) string {
	name := strings.ToLower(w.next())
	for {
		if w.blanks(); w.pos < len(w.s) && w.s[w.pos] == '=' {
			return name
		}
		more := strings.ToLower(w.next())
		switch {
		case more == "":
			return ""
		case strings.HasPrefix(more, mark), strings.HasSuffix(name, mark):
			name = clipWord(name + more)
		case mark == "/":
			return ""
		default:
			name = more
		}
	}
}

// value is what stands after an equals sign. Many write addresses with another
// one in them, which should have been quoted.
func (w *words) value() string {
	value := w.next()
	for value != "" && w.pos < len(w.s) && w.s[w.pos] == '=' && w.s[w.pos-1] != '"' {
		w.pos++
		start := w.pos
		value = clipWord(value + "=" + w.next())
		if w.pos == start {
			break
		}
	}
	return value
}

// blanks passes over spaces and comments.
func (w *words) blanks() {
	depth := 0
	for ; w.pos < len(w.s); w.pos++ {
		switch c := w.s[w.pos]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == '\\' && depth > 0:
			w.pos++
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || depth > 0:
		default:
			return
		}
	}
	w.pos = min(w.pos, len(w.s))
}

// next is the next word: a token or a quoted string. It is "" at a separator.
func (w *words) next() string {
	for w.blanks(); w.pos < len(w.s) && w.s[w.pos] == ')'; w.blanks() {
		w.pos++ // it closes nothing
	}
	if w.pos < len(w.s) && w.s[w.pos] == '"' {
		return w.quoted()
	}
	start := w.pos
	for w.pos < len(w.s) && !strings.ContainsRune(" \t\r\n();=\"", rune(w.s[w.pos])) {
		w.pos++
	}
	return clipWord(w.s[start:w.pos])
}

func (w *words) quoted() string {
	var b strings.Builder
	for w.pos++; w.pos < len(w.s); w.pos++ {
		switch c := w.s[w.pos]; {
		case c == '"':
			w.pos++
			return clipWord(b.String())
		case c == '\\' && w.pos+1 < len(w.s):
			w.pos++
		}
		b.WriteByte(w.s[w.pos])
	}
	return clipWord(b.String())
}

func clipWord(s string) string { return s[:min(len(s), maxWord)] }

// skip passes over c if it is next.
func (w *words) skip(c byte) bool {
	w.blanks()
	if w.pos < len(w.s) && w.s[w.pos] == c {
		w.pos++
		return true
	}
	return false
}

// skipTo passes over everything up to c and c itself; done where there is none.
func (w *words) skipTo(c byte) (done bool) {
	for {
		if w.skip(c) {
			return false
		}
		if w.pos >= len(w.s) {
			return true
		}
		if before := w.pos; w.next() == "" && w.pos == before {
			w.pos++
		}
	}
}
