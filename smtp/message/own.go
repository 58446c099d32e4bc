package message

import "strings"

// OwnText is the part of a reply that its writer wrote: quoted lines, the
// lines that introduce them ("On … Ann wrote:"), the copy of the mail that
// some clients put below, the signature, with or without a line "-- " and the
// regards above it, and lines like "Sent from my phone" are left out. Answers
// between or below quoted lines stay. The text is as Text gives it; it is read
// line by line, in many languages (ownwords.go), and each line that stays is
// as it was.
func OwnText(text string) string { return OwnStart(text, len(text)+1) }

// OwnStart is OwnText up to so many lines that are not empty: enough for who
// asks how a text begins.
func OwnStart(text string, most int) string {
	return reply{lines: strings.Split(text, "\n")}.own(most)
}

// OwnAbove is OwnText up to the line of a phone ("Sent from my iPhone") or a
// line drawn of underscores, where something stands above it, or was said
// before, as in the subject: for who reads orders, of which none stand in a
// signature.
func OwnAbove(text string, said bool) string {
	return reply{lines: strings.Split(text, "\n"), above: true, said: said}.own(len(text) + 1)
}

func (r reply) own(most int) string {
	r.unarmour()
	var own []string
	written := false
	for i := 0; i < len(r.lines); {
		if most <= 0 {
			return joinOwn(own)
		}
		line := r.lines[i]
		switch {
		case isQuoted(line), r.brokenQuoteAt(i):
			i++
		case r.endsAt(i, written), r.above && (written || r.said) && r.signedOffAt(i):
			i = len(r.lines)
		case !written && r.bannerAt(i):
			i = r.paragraphEnd(i)
		case r.markedQuoteAt(i) > 0:
			i += r.markedQuoteAt(i)
		default:
			n, strong := r.attributionAt(i)
			switch {
			case n > 0 && strong && !r.quoteFollows(i+n) && written:
				i = len(r.lines) // the mail answered stands below, unquoted
			case n > 0:
				if said := saidBefore(line); said != "" {
					own, written = append(own, said), true
					most--
				}
				i = r.afterBars(i + n)
			default:
				if !r.deviceAt(i) && !r.frameAt(i) && !isPicture(line) {
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
	return joinOwn(withoutClosing(own))
}

// reply is the lines of a text.
type reply struct {
	lines    []string
	armoured bool // signed within the text, as OpenPGP does
	above    bool // nothing below a phone's line or a drawn one is read
	said     bool // something was written before the lines
}

// endsAt tells whether nothing of the writer's own comes from line i on: the
// signature, a copied mail, or what servers put below.
func (r reply) endsAt(i int, written bool) bool {
	line := r.lines[i]
	switch {
	case isSignature(line), r.armoured && isSignature(strings.TrimPrefix(line, "- ")):
		return true
	case r.originalMarkAt(i), r.headerBlockAt(i), r.disclaimerAt(i), isFooter(line):
		return true
	case isRule(line):
		return r.copyFollows(i + 1)
	case isShortRule(line):
		return r.footerFollows(i + 1)
	}
	return written && introducesCopy(line)
}

// joinOwn joins the writer's lines: no blanks at their ends, one empty line
// at most between two, none at the beginning and end.
func joinOwn(lines []string) string {
	var b strings.Builder
	empty := false
	for _, line := range lines {
		line = strings.TrimRight(line, " \t\u00a0\r")
		if strings.TrimLeft(line, " \t\u00a0\u200b\u200e\u200f") == "" {
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
func isSignature(line string) bool {
	line = strings.TrimRight(line, " \t\u00a0\r")
	return line == "--" || line == "—"
}

// unarmour leaves of a text signed by OpenPGP within itself (RFC 9580 7.1)
// what was signed. Lines keep the "- " before a dash.
func (r *reply) unarmour() {
	for i, line := range r.lines {
		line = strings.TrimRight(line, " \t\r")
		switch {
		case !strings.HasPrefix(line, "-----BEGIN PGP SIGN"):
			continue
		case line == "-----BEGIN PGP SIGNATURE-----" && r.armoured:
			r.lines = r.lines[:i]
			return
		case line == "-----BEGIN PGP SIGNED MESSAGE-----" && !r.armoured:
			r.armoured = true
			// The line and the fields under it, up to an empty line.
			for ; i < len(r.lines) && strings.TrimSpace(r.lines[i]) != ""; i++ {
				r.lines[i] = ""
			}
		}
	}
}

// markedQuoteAt counts the lines from i on that are quoted with the initials
// of who wrote them ("AB> "), as some programs do: two at least.
func (r reply) markedQuoteAt(i int) int {
	mark := initials(r.lines[i])
	if mark == "" {
		return 0
	}
	n := 1
	for i+n < len(r.lines) && initials(r.lines[i+n]) == mark {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// initials are what stands before the > of such a line, "" none does.
func initials(line string) string {
	line = strings.TrimLeft(line, " \t")
	at := strings.IndexByte(line, '>')
	if at < 1 || at > 3 {
		return ""
	}
	for _, c := range []byte(line[:at]) {
		if c < 'A' || c > 'Z' {
			return ""
		}
	}
	return line[:at]
}

// afterBars skips lines quoted with a bar, which count as such under an
// attribution only.
func (r reply) afterBars(i int) int {
	for i < len(r.lines) && strings.HasPrefix(strings.TrimLeft(r.lines[i], " \t"), "|") {
		i++
	}
	return i
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

// paragraphEnd is the first empty line from i on.
func (r reply) paragraphEnd(i int) int {
	for i < len(r.lines) && strings.TrimSpace(r.lines[i]) != "" {
		i++
	}
	return i
}

// hasAnyPrefix tells whether s begins with one of the words.
func hasAnyPrefix(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}
