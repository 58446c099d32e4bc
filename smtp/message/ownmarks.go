package message

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// isRule knows a drawn line, as Outlook and list footers have it.
func isRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 10 && drawn(line)
}

// isShortRule knows a drawn line that people write too.
func isShortRule(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && drawn(line)
}

func drawn(line string) bool {
	return strings.IndexByte("_-=*", line[0]) >= 0 && strings.Trim(line, line[:1]) == ""
}

// copyFollows tells whether a copied mail, what servers put below, or nothing
// comes after a rule. A rule of underscores, longer than most people type, ends
// the text, unless somebody goes on in sentences.
func (r reply) copyFollows(i int) bool {
	rule := strings.TrimSpace(r.lines[i-1])
	i = r.nextWritten(i)
	if rule[0] == '_' && len(rule) >= 20 && !r.proseAt(i) {
		return true
	}
	return i == len(r.lines) || r.headerBlockAt(i) || r.footerFollows(i) || r.fieldsAndAttributionAt(i)
}

// proseAt tells whether sentences stand at line i, and nothing of a list's
// footer: no address.
func (r reply) proseAt(i int) bool {
	if i == len(r.lines) || isQuoted(r.lines[i]) {
		return false
	}
	if _, field := headerName(r.lines[i]); field {
		return false
	}
	paragraph := r.paragraph(i)
	return endsSentence(paragraph) && len(strings.Fields(paragraph)) > 4 && !strings.Contains(paragraph, "@") && !strings.Contains(paragraph, "subscri")
}

// footerFollows tells whether what comes next was put there by a program.
func (r reply) footerFollows(i int) bool {
	i = r.nextWritten(i)
	return i < len(r.lines) && (isFooter(r.lines[i]) || r.disclaimerAt(i) || isDevice(r.lines[i]) && r.nextWritten(i+1) == len(r.lines))
}

// fieldsAndAttributionAt knows "To: …; Subject: …;" above "3.12.2026, 09:00,
// "Ann" <ann@example.net>:", as Yandex has them.
func (r reply) fieldsAndAttributionAt(i int) bool {
	for n := 0; n < 4 && i+n < len(r.lines); n++ {
		if name, ok := headerName(r.lines[i+n]); ok && (slices.Contains(toWords, name) || slices.Contains(subjectWords, name)) {
			continue
		}
		lines, strong := r.attributionAt(i + n)
		return n > 0 && lines > 0 && strong
	}
	return false
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

// headerName is what stands before the colon of a line that may be one of a
// header, in lower case. In a table a bar stands for the colon.
func headerName(line string) (name string, ok bool) {
	line = strings.TrimLeft(line, " \t\u00a0*")
	line = line[:min(len(line), 60)]
	if inner, found := strings.CutPrefix(line, "|"); found {
		name, _, ok = strings.Cut(inner, "|")
		return strings.ToLower(strings.Trim(name, " \t\u00a0*:")), ok
	}
	at := strings.IndexByte(line, ':')
	if wide := strings.Index(line, "\uff1a"); wide >= 0 && (at < 0 || wide < at) {
		at = wide
	}
	if at <= 0 {
		return "", false
	}
	return strings.ToLower(strings.Trim(withoutMarks(line[:at]), " \t\u00a0*")), true
}

// originalMarkAt knows "-----Original Message-----" and its kin: words that
// are known, or any words above a copied mail's header.
func (r reply) originalMarkAt(i int) bool {
	line := strings.TrimSpace(r.lines[i])
	if line == "" || len(line) > 200 {
		return false
	}
	if strings.HasPrefix(line, "|--") && strings.HasSuffix(line, "->") {
		return true // the table of Lotus Notes
	}
	lower := strings.ToLower(strings.ReplaceAll(line, "&nbsp;", " "))
	inner := strings.Trim(lower, "-_*= \u00a0")
	marked := enclosed(lower, "--") || enclosed(lower, "==")
	switch {
	case marked && slices.Contains(originalWords, inner):
		return true
	case marked && strings.Contains(inner, "@") && introduces(strings.TrimSuffix(inner, ":")+":") >= likely:
		return true // "-----Ann <ann@example.net> wrote: -----"
	case inner == "" || len(inner) > 80:
		return false
	case enclosed(lower, "----") && len(strings.Fields(inner)) <= 3 && slices.ContainsFunc(copyWords, func(w string) bool { return strings.Contains(inner, w) }):
		return true
	case marked || slices.Contains(originalWords, inner):
		next := r.nextWritten(i + 1)
		return next < len(r.lines) && r.headerBlockAt(next)
	}
	return slices.Contains(forwardWords, strings.TrimRight(inner, " :")) || strings.HasPrefix(line, "##- ")
}

func enclosed(s, mark string) bool {
	return len(s) > 2*len(mark) && strings.HasPrefix(s, mark) && strings.HasSuffix(s, mark)
}

// isDevice knows the line that phones and programs put below.
func isDevice(line string) bool {
	if here, there, ok := strings.Cut(line, " / "); ok && len(line) < 160 && deviceLine(here) && deviceLine(there) {
		return true // in two languages
	}
	return deviceLine(line)
}

func deviceLine(line string) bool {
	line = strings.ToLower(strings.TrimFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("[*_(<", r)
	}))
	if len(line) > 160 || line == "" {
		return false
	}
	named := func() bool {
		return slices.ContainsFunc(deviceNames, func(w string) bool { return strings.Contains(line, w) })
	}
	plain := strings.TrimRight(line, ".!]*_ ")
	if strings.HasPrefix(line, "sent from my ") {
		words := len(strings.Fields(line))
		if words <= 6 && !strings.ContainsAny(line, ":.") || words <= 10 && slices.ContainsFunc(excuses, func(w string) bool { return strings.Contains(line, w) }) {
			return true
		}
	}
	switch {
	case hasAnyPrefix(line, deviceWords), hasAnyPrefix(line, sentWith) && named(), strings.Contains(line, "outlook") && strings.Contains(line, "aka.ms/"):
		return true
	case hasAnyPrefix(line, sentBriefly) && len(strings.Fields(line)) <= 5 && !strings.HasSuffix(line, ".") && named():
		return true
	case strings.HasPrefix(line, "von ") && strings.HasSuffix(plain, "gesendet") && named():
		return true
	}
	return len(line) <= 80 && slices.ContainsFunc(deviceEnds, func(w string) bool { return strings.HasSuffix(plain, w) })
}

// deviceAt is isDevice, and of what stands between the text and what comes
// below it, or nothing, any "Sent from Nine".
func (r reply) deviceAt(i int) bool {
	if isDevice(r.lines[i]) {
		return true
	}
	if !brief.MatchString(r.lines[i]) || i == 0 || strings.TrimSpace(r.lines[i-1]) != "" {
		return false
	}
	next := r.nextWritten(i + 1)
	if next == len(r.lines) || isQuoted(r.lines[next]) || isRule(r.lines[next]) || r.originalMarkAt(next) || r.headerBlockAt(next) {
		return true
	}
	n, _ := r.attributionAt(next)
	return n > 0
}

// signedOffAt tells whether a phone's line, or one of underscores, stands at
// line i. A sentence within a paragraph ("Sent by mail to all.") is none.
func (r reply) signedOffAt(i int) bool {
	line := strings.TrimSpace(r.lines[i])
	if isShortRule(line) {
		return line[0] == '_'
	}
	apart := i > 0 && strings.TrimSpace(r.lines[i-1]) == ""
	return r.deviceAt(i) && (apart || !endsSentence(line))
}

var brief = regexp.MustCompile(`^Sent (?:from|with|via|using) \p{Lu}\S*(?: [\p{Lu}\d]\S*)?[^.\s]?\s*$`)

// frameAt knows a line of a table that holds no words, as a card with the
// writer's name leaves it. The line under a table's head is none.
func (r reply) frameAt(i int) bool {
	line := r.lines[i]
	if !strings.Contains(line, "|") || strings.Trim(line, "| \t\r\u00a0-") != "" {
		return false
	}
	return i == 0 || !strings.Contains(line, "--") || strings.Trim(r.lines[i-1], "| \t\r\u00a0-") == "" || !strings.Contains(r.lines[i-1], "|")
}

// isPicture knows what stands for a picture where there is text only.
func isPicture(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) < 400 && picture.MatchString(line)
}

var picture = regexp.MustCompile(`(?i)^(?:\[(?:cid:|image\b|inline image|imagen?\b|bild\b|logo\b)[^\]]*\]|!\[[^\]]*\]\([^)]*\)|<image\d+\.\w+>|\[https?://\S+\.(?:png|jpe?g|gif)\])(?:<[^>]*>)?$`)

// brokenQuoteAt knows the end of a quoted line that a program broke anew and
// put no mark before: in the middle of a quoted sentence.
func (r reply) brokenQuoteAt(i int) bool {
	if i == 0 || i+1 >= len(r.lines) || !isQuoted(r.lines[i-1]) || !isQuoted(r.lines[i+1]) {
		return false
	}
	line, above := strings.TrimSpace(r.lines[i]), strings.TrimRight(r.lines[i-1], " \t\u00a0\r")
	return line != "" && len(line) <= 60 && len(above) >= 60 && startsLow(line) && !endsSentence(above) && !strings.HasSuffix(above, ":")
}

// isFooter knows the lines that programs put below every mail: nothing of the
// writer's own follows them.
func isFooter(line string) bool {
	line = strings.ToLower(strings.TrimLeft(line, " \t\u00a0*_|"))
	return len(line) < 400 && hasAnyPrefix(line, footerWords)
}

// bannerAt knows the warning that a server on the way puts above a mail that
// came from outside.
func (r reply) bannerAt(i int) bool {
	if !hasAnyPrefix(strings.ToLower(strings.TrimLeft(r.lines[i], " \t\u00a0*[_")), bannerWords) {
		return false
	}
	paragraph := r.paragraph(i)
	holds := func(w string) bool { return strings.Contains(paragraph, w) }
	return slices.ContainsFunc(bannerSigns, holds) && (slices.ContainsFunc(mailWords, holds) || slices.ContainsFunc(bannerThings, holds))
}

// paragraph is what stands from line i to an empty one, in lower case, twenty
// lines of it at most.
func (r reply) paragraph(i int) string {
	near := reply{lines: r.lines[:min(len(r.lines), i+20)]} // no line beyond is looked at, however long it is
	return strings.ToLower(strings.Join(r.lines[i:near.paragraphEnd(i)], " "))
}

// disclaimerAt tells whether a paragraph that nobody writes by hand begins at
// line i: it says of the mail itself, at length, that it is confidential and
// for whom.
func (r reply) disclaimerAt(i int) bool {
	first := strings.ToLower(strings.TrimLeft(r.lines[i], " \t\u00a0*_"))
	if r.legalAt(i) {
		return true
	}
	if alone := strings.Trim(first, " \t\u00a0*_:."); alone != "" && len(alone) < 40 && hasAnyPrefix(alone+":", noticeHeads) {
		below := r.paragraph(r.nextWritten(i + 1))
		return secrecy(below) >= 2 && len(below) >= minDisclaimer
	}
	head := hasAnyPrefix(first, noticeHeads)
	under := i > 0 && strings.TrimSpace(r.lines[i-1]) != "" && !isShortRule(r.lines[i-1])
	if under && !head {
		return false
	}
	paragraph := r.paragraph(i)
	signs := secrecy(paragraph)
	if !head && !hasAnyPrefix(first, noticeWords) {
		return signs >= 4 && len(paragraph) > 150 && i > 0 && slices.ContainsFunc(mailWords, func(w string) bool { return strings.Contains(paragraph, w) })
	}
	if under {
		return signs >= 2 && len(paragraph) >= minDisclaimer // right under the name
	}
	if head {
		return signs > 0 || slices.ContainsFunc(mailWords, func(w string) bool { return strings.Contains(paragraph, w) })
	}
	return signs >= 2 && len(paragraph) >= minDisclaimer || signs >= 3 && len(paragraph) >= minDisclaimer-30
}

// legalAt tells whether the last paragraph begins at line i, and says who its
// writer's house is before the law.
func (r reply) legalAt(i int) bool {
	if i == 0 || strings.TrimSpace(r.lines[i]) == "" || strings.TrimSpace(r.lines[i-1]) != "" || r.nextWritten(r.paragraphEnd(i)) < len(r.lines) {
		return false
	}
	paragraph, known := r.paragraph(i), 0
	for _, w := range legalWords {
		if strings.Contains(paragraph, w) {
			known++
		}
	}
	return known >= 2
}

// secrecy counts what a paragraph says of those who may read it.
func secrecy(paragraph string) (signs int) {
	for _, w := range secrecyWords {
		if strings.Contains(paragraph, w) {
			signs++
		}
	}
	return signs
}

// minDisclaimer is how long a disclaimer is at least, in octets.
const minDisclaimer = 120
