package message

import (
	"slices"
	"strings"
	"unicode"
)

// attributionAt tells how many lines from i on introduce a quote: clients
// fold "On … Ann <ann@example.net> wrote:" over two or three. It is strong
// where it names a day or an address besides the verb.
func (r reply) attributionAt(i int) (n int, strong bool) {
	joined, rest := "", ""
	for n = 1; n <= 3 && i+n <= len(r.lines); n++ {
		line := undashed(withoutMarks(r.lines[i+n-1]))
		if point, ok := strings.CutPrefix(line, "- "); ok && n == 1 && opensAttribution(point) {
			line = point // Zimbra's
		}
		if line == "" || isQuoted(line) || len(joined)+len(line) > 500 {
			break
		}
		joined = strings.TrimSpace(joined + " " + line)
		if n > 1 {
			rest = strings.TrimSpace(rest + " " + line)
		}
		sure := introduces(joined)
		if n > 1 && !opensAttribution(joined) && complete(rest) {
			break // the line above is the writer's own
		}
		if sure == surely || sure == foreign && i > 0 && strings.TrimSpace(r.lines[i-1]) == "" || sure == likely && r.quoteFollows(i+n) && i+n < len(r.lines) || (sure == perhaps || sure == foreign) && r.quotedNext(i+n) {
			return n, sure >= foreign
		}
		if n == 1 && !opensAttribution(joined) && !runsOn(joined) {
			break
		}
	}
	return 0, false
}

// quotedNext tells whether what comes next is quoted.
func (r reply) quotedNext(i int) bool {
	i = r.nextWritten(i)
	return i < len(r.lines) && (isQuoted(r.lines[i]) || r.markedQuoteAt(i) > 0)
}

// How sure it is that a line is an attribution.
const (
	no      = iota
	perhaps // it is one if a quote follows: any line with a colon that names a day or an address
	likely  // it has the verb
	foreign // it names an hour and an address, and the verb may be one that we don't know
	surely
)

// introduces tells how sure it is that one line of text is an attribution.
func introduces(line string) int {
	body, ok := strings.CutSuffix(line, ":")
	if !ok {
		body, ok = strings.CutSuffix(line, "\uff1a")
	}
	if !ok {
		// "2026/11/23 Ann <ann@example.net>"
		if _, year, _ := timesIn(line); year && '0' <= line[0] && line[0] <= '9' && strings.HasSuffix(line, ">") && strings.Contains(line, "@") {
			return perhaps
		}
		// "Am 23.11.26 um 10:00 schrieb Ann"
		if _, year, hour := timesIn(line); year && hour && opensAttribution(line) && slices.ContainsFunc(wroteWords, func(v string) bool { return strings.HasSuffix(line, "> "+v) }) {
			return surely // "On Wed, 14 Nov 2018 08:14:43 -0200 Ann <ann@example.net> wrote"
		}
		if _, _, hour := timesIn(line); hour && opensAttribution(line) && slices.ContainsFunc(wroteWords, func(v string) bool { return strings.Contains(line, " "+v) }) {
			return perhaps
		}
		return no
	}
	body = strings.TrimSpace(strings.ToLower(body))
	digits, year, hour := timesIn(body)
	addressed := strings.Contains(body, "@")
	opens := opensAttribution(line)
	for _, v := range wroteWords {
		if at := strings.LastIndex(body, v); at >= 0 && wordEnds(body, at, v) && (at+len(v) == len(body) || addressed || nameFollows(v)) {
			if dated := strings.ContainsAny(body, "0123456789"); opens && (dated || digits || addressed) || dated && addressed && strings.ContainsAny(body, "<([") {
				return surely
			}
			return likely
		}
	}
	if wroteAt(body) {
		return likely
	}
	bracketed := addressed && strings.HasSuffix(body, ">")
	switch {
	case digits && bracketed && opens: // "2026-11-23 10:05 GMT+01:00 Ann <ann@example.net>:"
		return surely
	case year && hour && addressed && strings.ContainsAny(body, "<(["):
		return foreign
	case digits && strings.HasPrefix(body, "* ") && strings.HasSuffix(body, "]"): // "* Ann [2026-11-23 10:05]:"
		return likely
	case digits || addressed:
		return perhaps
	}
	return no
}

// wroteAt knows "ann kirjoitti 20.05.2019 kello 10:26": a name, the verb, and
// nothing but a day and an hour.
func wroteAt(body string) bool {
	for _, v := range wroteWords {
		before, after, ok := strings.Cut(body, " "+v+" ")
		if !ok || before == "" || len(strings.Fields(before)) > 6 || len(strings.Fields(after)) > 9 {
			continue
		}
		if _, year, hour := timesIn(after); year && hour {
			return true
		}
	}
	return false
}

// timesIn tells what stands in a text beside its addresses: a digit, four of
// them as a year has, and an hour or a day with numbers for all its parts.
func timesIn(body string) (digits, year, hour bool) {
	for word := range strings.FieldsSeq(body) {
		if strings.Contains(word, "@") {
			continue
		}
		run, runs := 0, 0
		for _, c := range word + " " {
			if unicode.IsDigit(c) {
				run++
				continue
			}
			if run > 0 {
				digits, runs = true, runs+1
			}
			year = year || run == 4
			hour = hour || run == 2 && runs > 1
			if run = 0; c != ':' && c != '.' && c != '/' && c != '-' && c != 'h' {
				runs = 0
			}
		}
	}
	return digits, year, hour
}

// complete tells whether a text is an attribution with nothing before it.
func complete(text string) bool {
	digits, _, _ := timesIn(text)
	at, opened, closed := strings.IndexByte(text, '@'), strings.IndexByte(text, '<'), strings.IndexByte(text, '>')
	return digits && at >= 0 && (closed < 0 || opened >= 0 && opened < closed) && introduces(text) >= likely
}

// runsOn tells whether a line may be the first of an attribution that opens
// with the writer's name, or in a language that we don't know.
func runsOn(line string) bool {
	if strings.Contains(line, "@") && slices.ContainsFunc(middleWords, func(v string) bool { return strings.Contains(line, "> "+v+" ") }) {
		return true // "Ann <ann@example.net> schrieb am So., 23."
	}
	if strings.ContainsAny(line[len(line)-1:], ".!?;") || strings.HasSuffix(line, "。") || strings.HasSuffix(line, "！") || strings.HasSuffix(line, "？") {
		return false
	}
	if strings.ContainsAny(line, "@<") {
		return true
	}
	_, year, hour := timesIn(line)
	return year && hour
}

// undashed is a line without the dashes that stand around it, as an
// attribution: "---- Ann wrote ----".
func undashed(line string) string {
	if !enclosed(line, "--") {
		return line
	}
	inner := strings.Trim(line, "- \u00a0")
	if inner == "" || len(inner) > 300 {
		return line
	}
	return strings.TrimSuffix(inner, ":") + ":"
}

// saidBefore is what the writer said on the line of the attribution, before
// it, as phones have it: "Yes. On Monday, Ann <ann@example.net> wrote:".
func saidBefore(line string) string {
	if opensAttribution(withoutMarks(line)) {
		return ""
	}
	for at, c := range line {
		if rest := line[at:]; c == ' ' && hasAnyPrefix(rest, openings) && !strings.ContainsAny(line[:at], "@<") && hasAnyPrefix(line[len(line)-1:], []string{":"}) {
			if _, year, hour := timesIn(rest); year && hour && complete(rest[1:]) {
				return line[:at]
			}
		}
		if c != '.' && c != '!' && c != '?' && c != '-' {
			continue
		}
		rest := strings.TrimLeft(line[at+1:], " -")
		if hasAnyPrefix(rest, []string{"On ", "Le ", "El ", "Am ", "Em ", "Il "}) && complete(rest) {
			return strings.TrimRight(line[:at+1], "-")
		}
	}
	return ""
}

// openings are how an attribution begins on a line where something stands
// before it.
var openings = []string{" On ", " Le ", " El ", " Am ", " Em ", " Il "}

// introducesCopy tells whether the copy of the mail answered begins on the
// very line that introduces it, as Yahoo's phone programs have it.
func introducesCopy(line string) bool {
	line = strings.TrimSpace(line)
	at := strings.Index(line, ":  ")
	return at >= 0 && strings.Contains(line[:at], "@") && introduces(line[:at+1]) == surely
}

// nameFollows tells whether a language puts the writer's name after the verb
// ("Am 3.12. schrieb Ann:").
func nameFollows(verb string) bool { return slices.Contains(middleWords, verb) }

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
	return hasAnyPrefix(lower, openWords) || lower != "" && lower[0] >= '0' && lower[0] <= '9'
}

// withoutMarks is a line without blanks around it and without the marks that
// turn the direction of writing, which clients set around names.
func withoutMarks(line string) string {
	if strings.Contains(line, "\u200e") || strings.Contains(line, "\u200f") || strings.Contains(line, "\u202a") || strings.Contains(line, "\u202b") || strings.Contains(line, "\u202c") {
		line = directionMarks.Replace(line)
	}
	return strings.TrimSpace(line)
}

var directionMarks = strings.NewReplacer("\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "")
