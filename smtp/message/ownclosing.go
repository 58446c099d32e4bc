package message

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSignature is how many lines may stand under the regards.
const maxSignature = 10

// withoutClosing cuts the regards that end a text, and the name and titles
// under them, where nothing else follows. A text that is nothing but thanks
// keeps them.
func withoutClosing(lines []string) []string {
	cut, under, above, regards := -1, 0, false, -1
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		isOne, warm := closes(line)
		bare := i > 0 && strings.TrimSpace(lines[i-1]) != "" && startsLow(line) && !endsSentence(lines[i-1])
		isOne = isOne && !bare || (i == 0 || strings.TrimSpace(lines[i-1]) == "") && regardsIn(line) || isDashedName(line) && (i == 0 || !isDash(lines[i-1]))
		switch {
		case isOne:
			cut = i
			if warm {
				regards = i
			}
			continue
		case cut >= 0 || under == maxSignature || !signs(line):
			above = true
		default:
			under++
			continue
		}
		break
	}
	if !above && regards > cut {
		cut, above = regards, true // the thanks above them are what is said
	}
	if cut < 0 || !above && (regards < 0 || greets(strings.TrimSpace(lines[cut])) && slices.ContainsFunc(lines[cut+1:], tells)) {
		return lines
	}
	return lines[:cut]
}

// tells tells whether a line says something, as no name and title does.
func tells(line string) bool {
	line = strings.TrimSpace(line)
	return hasAnySuffix(line, []string{".", "!", "?", "。", "！", "？", "؟"}) || len(strings.Fields(line)) > 4
}

// startsLow tells whether a line begins with a small letter: right under
// another line it goes on with that one's sentence.
func startsLow(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return unicode.IsLower(first)
}

// isDashedName knows "-Ann" and "— Ann Bell", which end a letter too.
func isDashedName(line string) bool {
	name := strings.TrimLeft(line, "-–—~")
	if name == line || len(line) > 40 || strings.HasPrefix(line, "- ") || strings.ContainsAny(name, ".,:;!?") {
		return false
	}
	words := strings.Fields(name)
	for _, w := range words {
		if first, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(first) {
			return false
		}
	}
	return len(words) > 0 && len(words) <= 3
}

func isDash(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && strings.TrimLeft(line, "-–—~•*") != line
}

// closes tells whether a line ends a letter: of words that do ("With best
// regards,"), maybe with the name behind; and whether they are more than
// thanks.
func closes(line string) (isOne, warm bool) {
	if len(line) > 100 {
		return false, false
	}
	lower := strings.ToLower(line)
	if hasAnyPrefix(lower, closingStarts) {
		return true, true
	}
	plain := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if parts(plain) {
		return true, false // who says nothing else may mean the week that was
	}
	if slices.Contains(closingPhrases, toNobody(plain)) {
		return true, true
	}
	words := strings.FieldsFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".,;:!،-–—_*&/", r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Sk, r) || r == '\ufe0f'
	})
	known := 0
	for known < len(words) {
		w := strings.ReplaceAll(strings.ToLower(words[known]), "i\u0307", "i") // of the Turkish İ
		core, thanks := slices.Contains(regardWords, w), slices.Contains(thankWords, w)
		if !core && !thanks && !slices.Contains(fillWords, w) {
			break
		}
		isOne, warm = isOne || core || thanks, warm || core
		known++
	}
	if !isOne || known > 8 {
		return false, false
	}
	// What is left can be a name.
	names := words[known:]
	comma := strings.ContainsAny(line, ",،，!")
	if len(names) > 3 || len(names) > 0 && !warm && !comma {
		return false, false
	}
	for _, w := range names {
		if first, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(first) && (unicode.IsLower(first) || !unicode.IsLetter(first)) {
			return false, false
		}
	}
	return true, warm
}

// isAbbreviation knows the end of "Verein für Netzkultur e. V.".
func isAbbreviation(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return strings.HasSuffix(word, ".") && unicode.IsUpper(first) && (len(word) <= 4 || strings.Count(word, ".") > 1)
}

// regardsIn tells whether a short line is regards of whatever kind, and from
// wherever: "Mit kollegialen Grüßen", "Saludos desde Bogotá".
func regardsIn(line string) bool {
	words := nameWords(line)
	if len(words) == 0 || len(words) > 5 || endsSentence(strings.TrimRight(line, "!")) || strings.ContainsAny(line, ":;?：0123456789") {
		return false
	}
	parting := func(w string) bool {
		return slices.ContainsFunc(partingWords, func(p string) bool { return strings.HasPrefix(w, p) })
	}
	return parting(words[len(words)-1]) || parting(words[0]) && len(words) < 4 || len(words) < 4 && slices.ContainsFunc(words, parting) && hasAnySuffix(line, []string{",", "،", "!"})
}

// toNobody is a regard without the many it is meant for: "bonne soirée à tous".
func toNobody(plain string) string {
	for _, to := range toMany {
		if rest, ok := strings.CutSuffix(plain, to); ok {
			return rest
		}
	}
	return plain
}

// numbered knows a number to call in a line that has a colon: "Contact: Ann,
// tel. 022 555 01 23".
func numbered(line string) bool {
	digits := 0
	for _, c := range line {
		if unicode.IsDigit(c) {
			digits++
		}
	}
	lower := strings.ToLower(line)
	return digits >= 6 && slices.ContainsFunc([]string{"tel.", "tel:", "tél", "тел", "phone", "电话", "電話", "هاتف", "☎", "📞"}, func(w string) bool { return strings.Contains(lower, w) })
}

// signs tells whether a line can stand under the regards: a name, a title, an
// address, a number; no sentence, and no line that says something of its own
// ("next: …").
func signs(line string) bool {
	if hasAnyPrefix(strings.ToLower(line[:min(len(line), 100)]), noteWords) && len(line) < 200 {
		return true
	}
	if utf8.RuneCountInString(line) > 80 || strings.ContainsAny(line, "。！？") || hasAnyPrefix(strings.ToLower(line), []string{"ps", "p.s", "- ", "* ", "• "}) {
		return false
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return true
	}
	if last := line[len(line)-1]; (last == '.' || last == '!' || last == '?') && len(words) > 4 && !isAbbreviation(words[len(words)-1]) {
		return false
	}
	name, ok := headerName(line)
	if !ok || hasAnyPrefix(strings.ToLower(line), cardWords) || strings.Contains(line, " | ") || strings.ContainsAny(line, "@") || strings.Contains(line, "www.") || strings.Contains(line, "://") || strings.ContainsAny(name, "|0123456789") {
		return true
	}
	if numbered(line) {
		return true
	}
	value := line[strings.IndexAny(line, ":\uff1a")+1:]
	said := 0
	for _, w := range strings.Fields(value) {
		if utf8.RuneCountInString(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })) > 1 {
			said++
		}
	}
	return said == 0
}
