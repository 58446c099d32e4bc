package command

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/smtp/message"
)

// The limits of one mail (DESIGN section 1, "Email commands").
const (
	MaxCommands = 25 // more are not read
	maxForeign  = 3  // after so many lines in a row that are none, reading stops
)

// Command is one command as it was written.
type Command struct {
	Name   string   // as in Language, without synonyms
	Rest   string   // what follows the command word on its line
	Args   []string // the words of Rest
	Text   string   // of commands that take following lines: Rest and those
	Fields []Field  // create: the lines under it
	Line   int      // 0 the subject, else the line of the text, from 1
	Under  bool     // stands under a progress command, and is about its list
	Touch  bool     // stands right below the lines of a create
	Echo   bool     // create: the subject of an earlier mail, and no line under it
	To     string   // the address that asked for it, where that alone did
}

// Field is one "key: value" line under create.
type Field struct {
	Key, Value string
	Line       int
	Bare       bool // without its colon
}

// Unknown is a line that is no command.
type Unknown struct {
	Line int
	Near string // the command word nearest to it, "" none
	Idle bool   // courtesy, a name, prose: nobody expects it to be understood
}

// Parsed is what a mail says.
type Parsed struct {
	Commands []Command
	Unknown  []Unknown
	Over     int // the line of the first command past MaxCommands, 0 none
	Stopped  int // the last line read, where three lines ended the reading; else 0
}

// Parse reads commands from a mail's subject and then its text, one a line.
// A subject that the first line repeats or goes on from is skipped.
func Parse(subject, text string) Parsed {
	subject, marked := cleanSubject(subject)
	_, _, ordered := split(subject)
	p := parser{lines: ownLines(text, func(t string) string { return message.OwnAbove(t, ordered) })}
	if subject != "" && !p.repeats(subject) {
		p.lines = append([]line{{0, subject}}, p.lines...)
	}
	for i, l := range p.lines {
		p.lines[i].text = nextStep.ReplaceAllString(l.text, "${1}next:")
	}
	p.run()
	p.judgeUnknown()
	if all := p.out.Commands; len(all) > 0 && all[0].Line == 0 && all[0].Name == "create" {
		all[0].Echo = marked && len(all[0].Fields) == 0
	}
	return p.out
}

// nextStep is the command next as answers to the week's question have it.
var nextStep = regexp.MustCompile(`(?i)^([^\pL]*)next\s+steps?\s*[:：]`)

type parser struct {
	lines []line
	at    int
	out   Parsed
	texts map[int]string // of unknown lines

	touching bool // the command before is a create
}

// repeats tells whether the first line says what the subject says, and more.
func (p *parser) repeats(subject string) bool {
	for _, l := range p.lines {
		if l.blank() {
			continue
		}
		s, f := fold(subject), fold(l.text)
		if f == s || strings.HasPrefix(f, s+" ") {
			return true
		}
		a, _, ok := split(subject)
		b, _, also := split(l.text)
		return ok && also && a.Name == b.Name && (a.Takes || a.Name == "create")
	}
	return false
}

func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(plainQuotes(strings.ReplaceAll(s, ":", " "))), " "))
}

func (p *parser) run() {
	foreign := 0
	p.texts = map[int]string{}
	for p.at < len(p.lines) {
		l := p.lines[p.at]
		if l.blank() {
			p.at++
			continue
		}
		entry, rest, ok := split(l.text)
		if !ok {
			p.at++
			p.texts[l.no] = l.text
			p.out.Unknown = append(p.out.Unknown, Unknown{Line: l.no})
			if foreign++; l.no == 0 {
				foreign = 0 // a subject may be anything
			}
			if foreign == maxForeign {
				p.out.Stopped = l.no
				return
			}
			continue
		}
		foreign = 0
		p.at++
		p.take(entry, rest, l)
	}
}

// take reads one command and the lines that belong to it.
func (p *parser) take(entry Entry, rest string, l line) {
	c := Command{Name: entry.Name, Rest: rest, Line: l.no, Touch: p.touching && !p.lines[p.at-2].blank()}
	p.touching = entry.Name == "create"
	switch {
	case entry.Name == "create":
		c.Rest = p.openQuote(rest)
		c.Fields = p.fields()
	case entry.Takes:
		c.Text = p.following(entry.Name, rest)
	case entry.Name == "next":
		c.Rest = p.unwrap(rest, l, nil)
	case entry.Name == "add" || entry.Name == "drop" || entry.Name == "invite":
		c.Rest = p.addresses(rest, l)
	}
	c.Args = strings.Fields(c.Rest)
	p.add(c)
	if entry.Name == "progress" {
		p.under()
	}
}

func (p *parser) add(c Command) {
	if len(p.out.Commands) < MaxCommands {
		p.out.Commands = append(p.out.Commands, c)
	} else if p.out.Over == 0 {
		p.out.Over = c.Line
	}
}

// under reads what stands in the block of a progress command: next: and
// state: of the same group, help:, dissent:, done: and dropped: of the
// same report.
func (p *parser) under() {
	for p.at < len(p.lines) {
		l := p.lines[p.at]
		if l.blank() {
			p.at++
			continue
		}
		key, rest := keyed(l.text)
		c := Command{Name: key, Rest: rest, Line: l.no, Under: true}
		p.at++
		switch key {
		case "next":
			c.Rest = p.unwrap(rest, l, nil)
		case "state":
		case "help", "dissent", "done", "dropped":
			c.Text = p.following("progress", rest)
			c.Rest = c.Text
		default:
			p.at--
			return
		}
		c.Args = strings.Fields(c.Rest)
		p.add(c)
	}
}

// following is rest and the lines after it up to the next command with a
// colon. For reject, a line that is a whole decision of its own ("approve
// 4") ends the reason too.
func (p *parser) following(name, rest string) string {
	text := []string{rest}
	for ; p.at < len(p.lines); p.at++ {
		l := p.lines[p.at]
		switch key, _ := keyed(l.text); key {
		case "next", "state", "help", "dissent", "done", "dropped", "progress", "announce", "reject":
			return paragraphs(text)
		}
		if name == "reject" && decision(l.text) {
			break
		}
		text = append(text, l.text)
	}
	return paragraphs(text)
}

// decision tells whether s is approve, reject or discard and a number, and
// nothing else but a list's name.
func decision(s string) bool {
	entry, rest, ok := split(s)
	words := strings.Fields(rest)
	if !ok || entry.Name != "approve" && entry.Name != "discard" && entry.Name != "reject" || len(words) == 0 || len(words) > 2 {
		return false
	}
	_, err := heldNumber(words[len(words)-1])
	return err == nil
}

// paragraphs joins lines, with one blank line at most between them and none
// around.
func paragraphs(lines []string) string {
	var b strings.Builder
	blank := false
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			blank = b.Len() > 0
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if blank {
			b.WriteByte('\n')
			blank = false
		}
		b.WriteString(l)
	}
	return strings.TrimSpace(b.String())
}

// keyed splits "key: value" where key is one word in lower case.
func keyed(s string) (key, value string) {
	s = strings.TrimLeft(s, decoration)
	at := strings.IndexAny(s, ":：")
	if at <= 0 {
		return "", ""
	}
	key = strings.ToLower(strings.TrimSpace(s[:at]))
	if strings.ContainsFunc(key, unicode.IsSpace) {
		return "", ""
	}
	_, size := utf8.DecodeRuneInString(s[at:])
	return strings.Trim(key, "*_"), strings.TrimSpace(strings.TrimLeft(s[at+size:], "*"))
}

// split parts a line into the command it begins with and the rest. A colon
// after the command word is allowed, and so is "please" before it.
func split(s string) (Entry, string, bool) {
	s = strings.TrimSpace(strings.TrimLeft(s, decoration))
	if strings.Trim(s, "?") == "" && s != "" {
		e, _ := lookup("?")
		return e, "", true
	}
	polite := false
	for _, please := range []string{"please ", "please, ", "pls "} {
		if len(s) > len(please) && strings.EqualFold(s[:len(please)], please) {
			s, polite = strings.TrimSpace(s[len(please):]), true
		}
	}
	at := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ':' || r == '：' })
	word, rest := s, ""
	if at >= 0 {
		word, rest = s[:at], strings.TrimSpace(s[at:])
		if r, size := utf8.DecodeRuneInString(rest); r == ':' || r == '：' {
			rest = strings.TrimSpace(rest[size:])
		}
	}
	entry, ok := lookup(strings.ToLower(strings.TrimRight(word, ".,;!*\"'`”’")))
	switch {
	case !ok, polite && entry.Who != Anyone:
		return Entry{}, "", false
	case entry.Name == "confirm" && rest != "" && !strings.EqualFold(word, "confirm") && !tokenShaped(firstWord(rest)):
		return Entry{}, "", false // "Yes we can" is prose
	}
	return entry, strings.TrimRight(rest, "*`"), true
}

// firstWord is the first word of s, or "".
func firstWord(s string) string {
	if words := strings.Fields(s); len(words) > 0 {
		return words[0]
	}
	return ""
}

// tokenShaped tells whether a word can be the token of a question.
func tokenShaped(s string) bool {
	s = confirmToken(s)
	if len(s) < 16 || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// confirmToken finds the token in what somebody pasted: the token, the
// address that holds it, or either in brackets. It is in lower case.
func confirmToken(s string) string {
	s = strings.ToLower(strings.Trim(s, "<>()[]\"'`.,;:*"))
	s = strings.TrimPrefix(s, "mailto:")
	s, _, _ = strings.Cut(s, "@")
	if _, token, ok := strings.Cut(s, "+"); ok {
		s = token
	}
	return s
}

// judgeUnknown finds what each unknown line may have meant, and whether its
// author will miss it in the answer.
func (p *parser) judgeUnknown() {
	given := map[string]bool{}
	first := 0
	for i, c := range p.out.Commands {
		given[c.Name] = true
		if i == 0 {
			first = c.Line
		}
	}
	closed := false
	for i := range p.out.Unknown {
		u := &p.out.Unknown[i]
		text := strings.TrimSpace(p.texts[u.Line])
		tried := false
		u.Near, tried = nearestCommand(text)
		closed = closed || begins(text, closings)
		near, _ := lookup(u.Near)
		switch {
		case closed, begins(text, greetings), u.Line == 0 && len(given) > 0, given[near.Name] && !tried:
			u.Idle = true
		case u.Near == "":
			u.Idle = u.Line < first || !attempt(text)
		}
	}
}

// attempt tells whether a line looks like a command that somebody believed
// in: a few words that begin in lower case and end without a full stop.
func attempt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) && len(strings.Fields(s)) <= 6 && !strings.ContainsAny(s[len(s)-1:], ".!?,;")
}
