package message

import (
	"slices"
	"strings"
)

// OwnText is the part of a reply that its writer wrote: quoted lines, the
// lines that introduce them ("On … Ann wrote:"), the copy of the mail that
// some clients put below, the signature, and lines like "Sent from my phone"
// are left out. Answers between or below quoted lines stay. The text is as
// Text gives it; it is read line by line, in many languages (ownwords.go).
func OwnText(text string) string { return OwnStart(text, len(text)+1) }

// OwnStart is OwnText up to so many lines that are not empty: enough for who
// asks how a text begins.
func OwnStart(text string, most int) string {
	r := reply{lines: strings.Split(text, "\n")}
	var own []string
	written := false
	for i := 0; i < len(r.lines) && most > 0; {
		line := r.lines[i]
		switch {
		case isQuoted(line):
			i++
		case isSignature(line), isOriginalMark(line), r.headerBlockAt(i), r.disclaimerAt(i):
			return joinOwn(own)
		case written && introducesCopy(line):
			return joinOwn(own)
		case isRule(line) && r.copyFollows(i+1):
			return joinOwn(own)
		default:
			n, strong := r.attributionAt(i)
			switch {
			case n > 0 && strong && !r.quoteFollows(i+n) && written:
				return joinOwn(own) // the mail answered stands below, unquoted
			case n > 0:
				i += n
			default:
				if !isDevice(line) {
					own = append(own, line)
					if strings.TrimSpace(line) != "" {
						written = true
						most--
					}
				}
				i++
			}
		}
	}
	return joinOwn(own)
}

// reply is the lines of a text.
type reply struct{ lines []string }

// joinOwn joins the writer's lines: no blanks at their ends, one empty line
// at most between two, none at the beginning and end.
func joinOwn(lines []string) string {
	var b strings.Builder
	empty := false
	for _, line := range lines {
		line = strings.TrimRight(line, " \t\u00a0\r")
		if strings.TrimLeft(line, " \t\u00a0\u200b") == "" {
			empty = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if empty {
				b.WriteByte('\n')
			}
		}
		empty = false
		b.WriteString(line)
	}
	return strings.TrimLeft(b.String(), " \t\u00a0")
}

func isQuoted(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " \t\u00a0"), ">")
}

// isSignature knows the line before a signature (RFC 3676 4.3), also where
// the blank at its end was lost.
func isSignature(line string) bool { return strings.TrimRight(line, " \t\u00a0\r") == "--" }

// isRule knows a drawn line, as Outlook and list footers have it.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 10 && (strings.Trim(line, "_") == "" || strings.Trim(line, "-") == "" || strings.Trim(line, "=") == "")
}

// copyFollows tells whether a copied mail, or nothing, comes after a rule. A
// rule of underscores, longer than anybody types, always ends the text.
func (r reply) copyFollows(i int) bool {
	rule := strings.TrimSpace(r.lines[i-1])
	if rule[0] == '_' && len(rule) >= 20 {
		return true
	}
	i = r.nextWritten(i)
	return i == len(r.lines) || r.headerBlockAt(i)
}

// nextWritten is the first line from i on that is not empty, a few lines on
// at most.
func (r reply) nextWritten(i int) int {
	for end := min(len(r.lines), i+5); i < end && strings.TrimSpace(r.lines[i]) == ""; i++ {
	}
	return min(i, len(r.lines))
}

// quoteFollows tells whether what comes next is quoted, or nothing.
func (r reply) quoteFollows(i int) bool {
	i = r.nextWritten(i)
	return i == len(r.lines) || isQuoted(r.lines[i]) || strings.TrimSpace(r.lines[i]) == ""
}

// headerBlockAt tells whether a copied mail's header begins at line i: a line
// "From: …" and two more such lines within seven, in any order.
func (r reply) headerBlockAt(i int) bool {
	fields := [][]string{fromWords, sentWords, toWords, subjectWords}
	begins, from, others := false, false, 0
	for at, line := range r.lines[i:min(len(r.lines), i+7)] {
		name, ok := headerName(line)
		for kind, words := range fields {
			if !ok || !slices.Contains(words, name) {
				continue
			}
			begins = begins || at == 0
			if kind == 0 {
				from = true
			} else {
				others++
			}
			break
		}
		if !begins {
			return false
		}
	}
	return from && others >= 2
}

// disclaimerAt tells whether a paragraph that nobody writes by hand begins at
// line i: it says of the mail itself, at length, that it is confidential and
// for whom.
func (r reply) disclaimerAt(i int) bool {
	if i > 0 && strings.TrimSpace(r.lines[i-1]) != "" && !isRule(r.lines[i-1]) {
		return false
	}
	first := strings.ToLower(strings.TrimLeft(r.lines[i], " \t\u00a0*_"))
	if !hasAnyPrefix(first, noticeWords) {
		return false
	}
	paragraph := ""
	for _, line := range r.lines[i:min(len(r.lines), i+20)] {
		if strings.TrimSpace(line) == "" {
			break
		}
		paragraph += " " + strings.ToLower(line)
	}
	if len(paragraph) < minDisclaimer {
		return false
	}
	signs := 0
	for _, w := range secrecyWords {
		if strings.Contains(paragraph, w) {
			signs++
		}
	}
	return signs >= 2
}

// minDisclaimer is how long a disclaimer is at least, in octets.
const minDisclaimer = 120

func hasAnyPrefix(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// headerName is what stands before the colon of a line that may be one of a
// header, in lower case.
func headerName(line string) (name string, ok bool) {
	line = strings.TrimLeft(line, " \t\u00a0*")
	line = line[:min(len(line), 60)]
	at := strings.IndexByte(line, ':')
	if wide := strings.Index(line, "\uff1a"); wide >= 0 && (at < 0 || wide < at) {
		at = wide
	}
	if at <= 0 {
		return "", false
	}
	return strings.ToLower(strings.Trim(line[:at], " \t\u00a0*")), true
}

// isOriginalMark knows "-----Original Message-----" and its kin.
func isOriginalMark(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) > 120 {
		return false
	}
	lower := strings.ToLower(line)
	inner := strings.Trim(lower, "-_*= \u00a0")
	marked := strings.HasPrefix(lower, "--") && strings.HasSuffix(lower, "--")
	for _, w := range originalWords {
		if marked && inner == w {
			return true
		}
	}
	if said, _ := introduces(inner); marked && said && strings.Contains(inner, "@") {
		return true // "-----Ann <ann@example.net> wrote: -----"
	}
	for _, w := range forwardWords {
		if inner == w || inner == w+":" || inner == w+" :" {
			return true
		}
	}
	return false
}

// isDevice knows the line that phones and programs put below.
func isDevice(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	if len(line) > 120 || line == "" {
		return false
	}
	if hasAnyPrefix(line, deviceWords) {
		return true
	}
	return hasAnyPrefix(line, []string{"von meine", "von yahoo", "von outlook"}) && strings.HasSuffix(strings.TrimRight(line, "."), "gesendet")
}

// attributionAt tells how many lines from i on introduce a quote: clients
// fold "On … Ann <ann@example.net> wrote:" over two or three. It is strong
// where it names a day or an address besides the verb.
func (r reply) attributionAt(i int) (n int, strong bool) {
	joined := ""
	for n = 1; n <= 3 && i+n <= len(r.lines); n++ {
		line := strings.TrimSpace(r.lines[i+n-1])
		if line == "" || isQuoted(line) || len(joined)+len(line) > 500 {
			break
		}
		joined = strings.TrimSpace(joined + " " + line)
		isOne, strong := introduces(joined)
		if isOne && (strong || r.quoteFollows(i+n) && i+n < len(r.lines)) {
			return n, strong
		}
		if n == 1 && !opensAttribution(joined) {
			break
		}
	}
	return 0, false
}

// introduces tells whether one line of text is an attribution.
func introduces(line string) (isOne, strong bool) {
	body, ok := strings.CutSuffix(line, ":")
	if !ok {
		body, ok = strings.CutSuffix(line, "\uff1a")
	}
	if !ok {
		return false, false
	}
	body = strings.TrimSpace(strings.ToLower(body))
	dated := strings.ContainsAny(body, "0123456789")
	addressed := strings.ContainsAny(body, "@")
	for _, v := range wroteWords {
		if at := strings.LastIndex(body, v); at >= 0 && wordEnds(body, at, v) && (at+len(v) == len(body) || addressed || nameFollows(v)) {
			return true, opensAttribution(line) && (dated || addressed) || dated && addressed
		}
	}
	// Without a verb: "2026-11-23 10:05 GMT+01:00 Ann <ann@example.net>:"
	bare := dated && addressed && strings.HasSuffix(body, ">") && opensAttribution(line)
	// "* Ann [2026-11-23 10:05]:", where a quote follows.
	starred := dated && strings.HasPrefix(body, "* ") && strings.HasSuffix(body, "]")
	return bare || starred, bare
}

// introducesCopy tells whether the copy of the mail answered begins on the
// very line that introduces it, as Yahoo's phone programs have it.
func introducesCopy(line string) bool {
	line = strings.TrimSpace(line)
	at := strings.Index(line, ":  ")
	if at < 0 || !strings.Contains(line[:at], "@") {
		return false
	}
	_, strong := introduces(line[:at+1])
	return strong
}

// nameFollows tells whether a language puts the writer's name after the verb
// ("Am 3.12. schrieb Ann:").
func nameFollows(verb string) bool {
	for _, v := range middleWords {
		if v == verb {
			return true
		}
	}
	return false
}

// wordEnds tells whether v at that place of s is a word of its own. Scripts
// that put no blanks between words are taken as they are.
func wordEnds(s string, at int, v string) bool {
	letter := func(c byte) bool { return 'a' <= c && c <= 'z' }
	before := at == 0 || !letter(s[at-1]) || !letter(v[0])
	end := at + len(v)
	return before && (end == len(s) || !letter(s[end]))
}

// opensAttribution tells whether a line may be the first of an attribution.
func opensAttribution(line string) bool {
	lower := strings.ToLower(line)
	for _, w := range openWords {
		if strings.HasPrefix(lower, w) {
			return true
		}
	}
	return lower != "" && lower[0] >= '0' && lower[0] <= '9'
}
