package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fieldKeys are the keys of the lines under create.
var fieldKeys = [...]string{"purpose", "leader", "next", "join", "post", "archive", "in", "title"}

func fieldKey(key string) bool {
	for _, k := range fieldKeys {
		if k == key {
			return true
		}
	}
	return false
}

// stray tells whether a line under create has a key that is none, and no
// command: it belongs to the block all the same, so that what follows it
// counts and the answer can name it.
func stray(key, value string) bool {
	if _, isCommand := lookup(key); isCommand || fieldKey(key) || misspelt(key) != "" {
		return false
	}
	letters := strings.TrimFunc(key, func(r rune) bool { return unicode.IsLetter(r) || r == '-' || r == '_' })
	return key != "" && letters == "" && len(key) <= 40 && !strings.HasPrefix(value, "//") && key != "dissent" && key != "done" && key != "dropped"
}

// misspelt is the key that somebody meant by one which is nearly it and no
// command, or "".
func misspelt(key string) string {
	if _, isCommand := lookup(key); isCommand || fieldKey(key) {
		return ""
	}
	return nearest(key, fieldKeys[:])
}

// fields reads the lines under create. Blank lines may stand between them.
// A value goes on over lines that are indented, and over lines that a mail
// program has wrapped; purpose and next also over any plain line up to a
// blank one. A line with a key misspelt belongs to the block, so that it can
// be refused, and so does one with another word and a colon. The first line that is neither ends it; a greeting before the
// first field does not (the create line may be the subject).
func (p *parser) fields() []Field {
	var fields []Field
	for p.at < len(p.lines) {
		l := p.lines[p.at]
		if l.blank() {
			p.at++
			continue
		}
		key, value := keyed(l.text)
		if bare := p.bare(l); bare != "" && !fieldKey(key) {
			p.at++
			fields = append(fields, Field{Key: bare, Line: l.no, Bare: true})
			continue
		}
		if !fieldKey(key) && misspelt(key) == "" && (!stray(key, value) || begins(l.text, greetings) || begins(l.text, closings)) {
			if len(fields) == 0 && begins(l.text, greetings) {
				p.at++
				continue
			}
			break
		}
		p.at++
		free := key == "purpose" || key == "next"
		fields = append(fields, Field{Key: key, Value: p.unwrap(value, l, &free), Line: l.no})
	}
	return fields
}

// bare is the key that a line of the block begins with, without its colon:
// "leader jane@example.net", "purpose = To map". It stands right below the
// line before, and can't be a command; else "".
func (p *parser) bare(l line) string {
	s := strings.TrimLeft(l.text, decoration)
	words := strings.Fields(s)
	if p.at == 0 || p.lines[p.at-1].blank() || len(words) < 2 || l.text != s {
		return ""
	}
	key, sign := strings.ToLower(words[0]), words[1]
	switch equals := strings.HasPrefix(sign, "=") || sign == "-" || sign == "–" || sign == "—"; {
	case !fieldKey(key):
	case equals && (key != "in" || sign[0] == '='):
		return key
	case key == "purpose", key == "title", key == "post", key == "archive":
		return key
	case key == "leader" && (strings.Contains(sign, "@") || strings.EqualFold(sign, "me")):
		return key
	case key == "join" && len(words) == 2 && (sign == "open" || sign == "approved" || sign == "invited"):
		return key
	}
	return ""
}

// unwrap adds to value the lines that continue l. free says that any plain
// line does; nil, that the command stands alone and only wrapping tells.
func (p *parser) unwrap(value string, l line, free *bool) string {
	if l.no == 0 {
		return value // subjects are not wrapped
	}
	last := l.text
	for ; p.at < len(p.lines); p.at++ {
		n := p.lines[p.at]
		if n.blank() || !continues(last, n.text, free) {
			break
		}
		last = n.text
		value = strings.TrimSpace(value + " " + strings.TrimSpace(n.text))
	}
	return value
}

// continues tells whether next goes on with what last began.
func continues(last, next string, free *bool) bool {
	key, _ := keyed(next)
	if _, isCommand := lookup(key); isCommand || free != nil && (fieldKey(key) || misspelt(key) != "") || key == "dissent" || key == "done" || key == "dropped" {
		return false
	}
	indented := next[0] == ' ' || next[0] == '\t'
	wrapped := utf8.RuneCountInString(last)+1+utf8.RuneCountInString(firstWord(next)) > 66
	_, _, command := split(next)
	switch {
	case wrapped, free != nil && indented:
		return true
	case command, begins(next, closings):
		return false
	}
	return free != nil && *free
}

// openQuote adds following lines to a create line whose title was wrapped:
// it has an opening quotation mark, and the closing one stands within the
// next three lines.
func (p *parser) openQuote(rest string) string {
	if strings.Count(plainQuotes(rest), `"`) != 1 {
		return rest
	}
	whole := rest
	for i := p.at; i < len(p.lines) && i < p.at+3; i++ {
		next := p.lines[i].text
		if key, _ := keyed(next); next == "" || fieldKey(key) {
			break
		}
		whole += " " + strings.TrimSpace(next)
		if strings.Contains(plainQuotes(next), `"`) {
			p.at = i + 1
			return whole
		}
	}
	return rest
}
