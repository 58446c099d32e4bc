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
func OwnLetter(text, name string) string {
	lines := strings.Split(withoutName(OwnText(text), name), "\n")
	at := 0
	for greeted := 0; at < len(lines) && greeted < maxGreetings; at++ {
		switch line := strings.TrimSpace(lines[at]); {
		case line == "":
		case greets(line):
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

// OwnLetter is the own text of the message's first max octets, as a letter
// by whom its From names.
func (m *Message) OwnLetter(max int) string {
	name := ""
	if len(m.From) == 1 {
		name = m.From[0].Name
	}
	return OwnLetter(m.Text(max), name)
}

// maxGreetings is how many lines greet at most: "各位老师：" and "您好！".
const maxGreetings = 2

// withoutName cuts a text's last two lines where they are the name of who
// wrote it, and what stands under the whole name as signatures have it.
func withoutName(text, name string) string {
	who := signerOf(name)
	if len(who.words) == 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for range 2 {
		last := len(lines) - 1
		if last > 0 && pronouns.MatchString(lines[last]) && who.named(lines[last-1]) {
			last--
		}
		if last < 0 || !who.signsAt(lines, last) {
			break
		}
		lines = withoutClosing(strings.Split(joinOwn(lines[:last]), "\n"))
	}
	for i := max(1, len(lines)-maxSignature); i < len(lines)-1; i++ {
		if strings.TrimSpace(lines[i-1]) == "" && who.whole(lines[i]) && isCard(lines[i+1:]) {
			return joinOwn(lines[:i])
		}
	}
	return joinOwn(lines)
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
		reached = reached || strings.Contains(line, "@") || strings.Contains(line, "www.") || strings.Contains(line, "://") || digits >= 7
	}
	return reached
}

// signer is who wrote a mail: the words of the name.
type signer struct{ words []string }

// signerOf reads a display name: "ACHIENG, Grace (KE)", "Dr. Grace Achieng via
// Forms". What is no name in it is left out.
func signerOf(name string) signer {
	if strings.Contains(name, "@") {
		return signer{}
	}
	for _, mark := range []string{"(", "[", " via ", " | ", " / "} {
		if at := strings.Index(name, mark); at > 0 {
			name = name[:at]
		}
	}
	if last, first, ok := strings.Cut(name, ","); ok {
		name = first + " " + last
	}
	return signer{slices.DeleteFunc(nameWords(name), isTitle)}
}

// nameWords are the words of a name in lower case.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".,;:!，、،-–—~*_\"'“”", r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.So, r)
	})
}

func isTitle(word string) bool {
	return slices.Contains([]string{"dr", "prof", "professor", "mr", "mrs", "ms", "mme", "m", "lic", "ing", "herr", "frau", "sr", "sra", "sig", "eng", "phd", "د", "الدكتور", "الدكتورة", "г", "先生", "女士", "드림", "올림", "배상", "敬上", "拝", "rev", "ir", "mgr", "dipl"}, word)
}

// whole tells whether a line is the whole name, with titles maybe.
func (s signer) whole(line string) bool {
	if at := strings.IndexAny(line, "(（"); at > 0 {
		line = line[:at] // pronouns
	}
	words := slices.DeleteFunc(nameWords(line), isTitle)
	if strings.Join(words, "") == strings.Join(s.words, "") {
		return len(words) > 0 // "佐藤 健" is "佐藤健"
	}
	slices.Sort(words)
	return len(words) > 1 && slices.Equal(words, slices.Sorted(slices.Values(s.words)))
}

// named tells whether a line is nothing but the name, some words or initials
// of it.
func (s signer) named(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 100 || hasAnyPrefix(line, []string{"- ", "* ", "• "}) {
		return false
	}
	if s.whole(line) {
		return true
	}
	words := nameWords(line)
	if len(words) == 0 || len(words) > len(s.words)+1 {
		return false
	}
	if joined := strings.Join(words, ""); s.initialed(joined) {
		return true
	}
	left, whole := slices.Clone(s.words), false
	for _, w := range slices.DeleteFunc(words, isTitle) {
		at := slices.IndexFunc(left, func(n string) bool { return n == w || isInitial(w, n) })
		if at < 0 {
			return false
		}
		whole = whole || left[at] == w
		left = slices.Delete(left, at, at+1)
	}
	return whole
}

// initialed tells whether letters are those that the name's words begin with,
// or the first of them alone.
func (s signer) initialed(letters string) bool {
	all := ""
	for _, w := range s.words {
		first, _ := utf8.DecodeRuneInString(w)
		all += string(first)
	}
	first, _ := utf8.DecodeRuneInString(all)
	return utf8.RuneCountInString(letters) > 1 && strings.HasPrefix(all, letters) || letters == string(first) && unicode.IsLetter(first) && first < 0x2e80
}

func isInitial(letter, word string) bool {
	return utf8.RuneCountInString(letter) == 1 && strings.HasPrefix(word, letter)
}

// signsAt tells whether a line signs what stands above it. A name that goes
// on with a sentence, or with a list of names, does not.
func (s signer) signsAt(lines []string, i int) bool {
	if !s.named(lines[i]) {
		return false
	}
	above := i - 1
	for above >= 0 && strings.TrimSpace(lines[above]) == "" {
		above--
	}
	if above < 0 {
		return true
	}
	line := strings.TrimRight(lines[above], " \t\u00a0")
	if hasAnySuffix(line, []string{":", "：", ",", "，", "،", "、", ";", "-", "–"}) && !greets(strings.TrimSpace(line)) {
		return false
	}
	if above < i-1 || s.named(line) {
		return true
	}
	name := strings.TrimSpace(lines[i])
	return endsSaying(line) && !startsLow(name) && (!strings.HasSuffix(name, ".") || isAbbreviation(name[strings.LastIndexByte(name, ' ')+1:])) || hasAnySuffix(line, []string{".", "!", "?", "。", "！", "？", "؟", "…"})
}

// endsSaying tells whether a line says something to its end, though no full
// stop stands there: it is not as long as those that programs break, no word
// that joins others is its last, and it is no entry of a list of names.
func endsSaying(line string) bool {
	if _, said := headerName(line); said {
		return true // "next: the second map"
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
