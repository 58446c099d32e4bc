package message

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OwnLetter is OwnText of what may begin and end as a letter does: without a
// greeting alone on its first lines, where more follows, and without the name
// of who wrote it, as From has it, alone on its last ones.
func OwnLetter(text, name string) string { return ownLetter(text, signerOf(name)) }

func ownLetter(text string, who signer) string {
	own, postscript := cutPostscript(OwnText(text))
	lines := strings.Split(withoutName(own, who), "\n")
	if postscript != "" {
		lines = append(withoutClosing(lines), "", postscript)
	}
	at := 0
	for greeted := 0; at < len(lines) && greeted < maxGreetings; at++ {
		switch line := strings.TrimSpace(lines[at]); {
		case line == "":
		case greeting(line, at+1 < len(lines) && strings.TrimSpace(lines[at+1]) == ""), greeted == 0 && hailsAt(lines, at):
			greeted++
		default:
			return joinOwn(lines[at:])
		}
	}
	if rest := joinOwn(lines[at:]); rest != "" {
		return rest
	}
	return joinOwn(lines) // who only greets said that
}

// hailsAt tells whether two to four words stand alone above a sentence, and end
// with a comma as greetings do in any language: "Egun on,". Behind "In short,"
// people go on in small letters.
func hailsAt(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	if i+2 >= len(lines) || strings.TrimSpace(lines[i+1]) != "" || !strings.HasSuffix(line, ",") || len(line) > 40 || !signs(line) || startsLow(line) {
		return false
	}
	words := len(strings.Fields(line))
	first, _ := utf8.DecodeRuneInString(lines[i+2])
	return 2 <= words && words <= 4 && unicode.IsUpper(first)
}

// cutPostscript parts a text from the paragraph at its end that begins with
// "PS": the regards and the name stand above it.
func cutPostscript(text string) (rest, postscript string) {
	at := strings.LastIndex(text, "\n\n")
	if at < 0 || !postscripts.MatchString(text[at+2:]) {
		return text, ""
	}
	return text[:at], text[at+2:]
}

var postscripts = regexp.MustCompile(`(?i)^(?:p\.? ?p?\.?[sd]|ps)\.?\s*[:;,.–—-]?\s+\S|^P[SD][:：]`)

// OwnLetter is the own text of the message's first max octets, as a letter
// by whom its From names, or whose address does.
func (m *Message) OwnLetter(max int) string {
	name := ""
	if len(m.From) == 1 {
		name = m.From[0].Name
		if local, _, _ := strings.Cut(m.From[0].Addr, "@"); name == "" || strings.Contains(name, "@") {
			return ownLetter(m.Text(max), signerAt(local))
		}
	}
	return OwnLetter(m.Text(max), name)
}

// maxGreetings is how many lines greet at most: "各位老师：" and "您好！".
const maxGreetings = 2

// withoutName cuts a text's last two lines where they are the name of who
// wrote it, and what stands under the whole name as signatures have it.
func withoutName(text string, who signer) string {
	if len(who.words) == 0 {
		return text
	}
	lines := who.unsigned(strings.Split(text, "\n"))
	for i := max(1, len(lines)-maxSignature); i < len(lines)-1; i++ {
		switch under := lines[i+1:]; {
		case regardAt(lines, i-1) && who.named(lines[i]) && (isCard(under) || isTitles(under)):
			return joinOwn(who.unsigned(lines[:i-1]))
		case strings.TrimSpace(lines[i-1]) == "" && i > 1 && endsSentence(lines[i-2]) && who.whole(under[0]) && len(strings.Fields(lines[i])) < 4 && isTitles(lines[i:i+1]) && isTitles(under[:1]):
			return joinOwn(who.unsigned(lines[:i])) // somebody of the house that From names
		case strings.TrimSpace(lines[i-1]) == "" && who.named(lines[i]) && isCard(under) && i > 1 && !hasAnySuffix(lines[i-2], []string{":", "：", ","}):
			return joinOwn(who.unsigned(withoutClosing(withoutRegard(lines[:i]))))
		case strings.TrimSpace(lines[i-1]) == "" && i > 1 && (endsItem(lines[i-2]) || regardAt(lines, i-2)) && who.carded(lines[i]) && (isCard(under) || isTitles(under)):
			return joinOwn(who.unsigned(withoutClosing(withoutRegard(lines[:i]))))
		case strings.TrimSpace(lines[i-1]) == "" && i > 1 && endsSentence(lines[i-2]) && who.whole(lines[i]) && isMotto(under):
			return joinOwn(who.unsigned(lines[:i]))
		case strings.TrimSpace(lines[i-1]) == "" && who.named(lines[i]) && who.carded(under[0]) && !slices.ContainsFunc(under, func(l string) bool { return strings.TrimSpace(l) != "" && !signs(strings.TrimSpace(l)) }):
			return joinOwn(who.unsigned(lines[:i]))
		case strings.TrimSpace(lines[i-1]) == "" && who.whole(lines[i]) && (isCard(under) || i > 1 && (endsItem(lines[i-2]) || regardAt(lines, i-2)) && isTitles(under)):
			return joinOwn(who.unsigned(withoutClosing(withoutRegard(lines[:i]))))
		}
	}
	return joinOwn(lines)
}

// unsigned cuts the name from the last two lines, and the regards above it.
func (s signer) unsigned(lines []string) []string {
	lines = strings.Split(joinOwn(lines), "\n")
	for range 2 {
		last := len(lines) - 1
		if last > 0 && pronouns.MatchString(lines[last]) && s.named(lines[last-1]) {
			last--
		}
		if last > 0 && s.parts(lines[last]) {
			lines = withoutClosing(lines[:last])
			continue
		}
		if last < 0 || !s.signsAt(lines, last) {
			break
		}
		if last > 1 && isShortRule(lines[last-1]) {
			last--
		}
		lines = withoutClosing(withoutRegard(lines[:last]))
	}
	return lines
}

// endsItem tells whether a line ends a sentence, or what a key word began
// ("next: the map").
func endsItem(line string) bool {
	_, keyed := headerName(line)
	return endsSentence(line) || keyed && !hasAnySuffix(line, []string{":", "："})
}

// withoutRegard cuts what stands between an empty line and a name: a line with
// a comma, or with words that are said in parting only.
func withoutRegard(lines []string) []string {
	lines = strings.Split(joinOwn(lines), "\n")
	last := len(lines) - 1
	if last < 1 || !regardAt(lines, last) && !thanksAt(lines, last) {
		return lines
	}
	return lines[:last]
}

// thanksAt tells whether a line that can stand above the name begins with
// thanks or regards, and names nobody.
func thanksAt(lines []string, i int) bool {
	words := nameWords(lines[i])
	if len(words) == 0 || len(words) > 5 || endsSentence(lines[i]) && !hasAnySuffix(lines[i], []string{"!"}) || namesOthers(lines[i]) || strings.ContainsAny(lines[i], ":：") {
		return false
	}
	return slices.Contains(thankWords, words[0]) || isRegard(words[0])
}

func isRegard(word string) bool { return slices.Contains(regardWords, word) }

func regardAt(lines []string, i int) bool {
	line := strings.TrimRight(lines[i], " \t\u00a0")
	if i < 2 || strings.TrimSpace(lines[i-1]) != "" || len(strings.Fields(line)) > 7 {
		return false
	}
	lower := strings.ToLower(line)
	return hasAnySuffix(line, []string{",", "،", "，"}) && !strings.Contains(line, ":") && (!namesOthers(line) || slices.ContainsFunc(nameWords(line), isRegard)) || slices.ContainsFunc(partingWords, func(w string) bool { return strings.Contains(lower, w) })
}

// namesOthers tells whether a line has capitals beside its first: "against Joe,".
func namesOthers(line string) bool {
	words := strings.Fields(line)
	return slices.ContainsFunc(words[1:], func(w string) bool { return !startsLow(w) && strings.ToLower(w) != w })
}

// pronouns stand under a name: "(she/her)".
var pronouns = regexp.MustCompile(`(?i)^\s*[(\[]?\pL{2,5}(?:\s?/\s?\pL{2,6}){1,2}[)\]]?\s*$`)

// isCard tells whether all lines can stand under a name, and one tells where
// to reach its bearer.
func isCard(lines []string) bool {
	reached := false
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !signs(line) {
			return false
		}
		digits := 0
		for _, c := range line {
			if unicode.IsDigit(c) {
				digits++
			}
		}
		reached = reached || domain.MatchString(line) || strings.Contains(line, "@") || strings.Contains(line, "www.") || strings.Contains(line, "://") || digits >= 7
	}
	return reached
}

// isMotto tells whether a line is drawn under a name, and words of somebody
// else stand under it.
func isMotto(lines []string) bool {
	return len(lines) > 1 && len(lines) < 5 && isShortRule(lines[0]) && strings.ContainsAny(lines[1][:min(len(lines[1]), 3)], "\"“„«")
}

// domain is a house's address without what stands before it: "gct.example".
var domain = regexp.MustCompile(`^[a-z0-9-]+(?:\.[a-z0-9-]+)+$`)

// isTitles tells whether one to three lines can be the office and the house of
// whose name stands above them.
func isTitles(lines []string) bool {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if office := strings.Trim(line, "- "); enclosed(line, "-") && office != "" && signs(office) {
			continue // "- 1. Vorsitzende -"
		}
		if line == "" || startsLow(line) || isDash(line) || !signs(line) || endsSentence(line) && !isAbbreviation(line[strings.LastIndexByte(line, ' ')+1:]) {
			return false
		}
	}
	return len(lines) <= 3
}

func endsSentence(line string) bool {
	return hasAnySuffix(strings.TrimRight(line, " \t\u00a0)\"”»"), []string{".", "!", "?", "。", "！", "？", "؟", "…"})
}

// signsAt tells whether a line signs what stands above it. A name that goes
// on with a sentence, or with a list of names, does not.
func (s signer) signsAt(lines []string, i int) bool {
	above := i - 1
	for above >= 0 && strings.TrimSpace(lines[above]) == "" {
		above--
	}
	if dashed, ok := strings.CutPrefix(lines[i], "- "); ok && above >= 0 && above < i-1 && endsSentence(lines[above]) && !isDash(lines[above]) {
		return s.named(dashed)
	}
	if !s.named(lines[i]) && !(above < i-1 && above >= 0 && (endsItem(lines[above]) || s.named(lines[above])) && s.carded(lines[i])) {
		return false
	}
	if above < 0 {
		return true
	}
	line := strings.TrimRight(lines[above], " \t\u00a0")
	if isShortRule(line) { // and no line under a heading
		return above > 0 && (strings.TrimSpace(lines[above-1]) == "" || endsItem(lines[above-1]))
	}
	if regardAt(lines, above) || above == i-1 && thanksAt(lines, above) {
		return true
	}
	words := strings.Fields(strings.ToLower(line))
	if len(words) == 0 || slices.Contains(joiningWords, words[len(words)-1]) || hasAnySuffix(line, []string{":", "：", ",", "，", "،", "、", ";", "-", "–"}) && !greets(strings.TrimSpace(line)) {
		return false
	}
	if above < i-1 || s.named(line) {
		return true
	}
	name := strings.TrimSpace(lines[i])
	return endsSaying(line) && !startsLow(name) && (!strings.HasSuffix(name, ".") || isAbbreviation(name[strings.LastIndexByte(name, ' ')+1:])) || endsSentence(line)
}

// endsSaying tells whether a line says something to its end, though no full
// stop stands there: it is not as long as those that programs break, no word
// that joins others is its last, and it is no entry of a list of names.
func endsSaying(line string) bool {
	if _, said := headerName(line); said { // "next: the second map", and no "Speakers: Joe Roe"
		line = strings.TrimSpace(line[strings.IndexAny(line, ":\uff1a|")+1:])
	}
	words := strings.Fields(line)
	if utf8.RuneCountInString(line) > 60 || len(words) == 0 || slices.Contains(joiningWords, strings.ToLower(words[len(words)-1])) {
		return false
	}
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(first) && utf8.RuneCountInString(w) > 2 {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(line)
	return !unicode.IsUpper(first) && !isDash(line) && len(words) > 2
}

func hasAnySuffix(s string, ends []string) bool {
	return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(s, e) })
}
