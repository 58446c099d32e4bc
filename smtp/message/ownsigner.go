package message

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// signer is who wrote a mail: the words of the name.
type signer struct {
	words []string
	also  []string // what else they go by, in brackets: "Lin Mei (林美)"
	part  bool     // maybe some words of the name only
}

// signerAt reads the name in an address: "kofi.mensah2" names Kofi Mensah,
// "kofi" some Kofi, and "kmensah" some K… Mensah.
func signerAt(local string) signer {
	return signer{words: strings.FieldsFunc(strings.ToLower(local), func(r rune) bool { return !unicode.IsLetter(r) }), part: true}
}

// partly tells whether a line is a name, of which the address has some words.
func (s signer) partly(line string) bool {
	words := strings.Fields(line)
	if !s.part || len(words) < 2 || len(words) > 4 || slices.ContainsFunc(words, startsLow) {
		return false
	}
	names := nameWords(line)
	if len(names) == 0 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(names[0])
	return slices.ContainsFunc(s.words, func(w string) bool {
		return utf8.RuneCountInString(w) > 2 && (slices.Contains(names, w) || w == string(first)+names[len(names)-1])
	})
}

// signerOf reads a display name: "ACHIENG, Grace (KE)", "Dr. Grace Achieng via
// Forms". What is no name in it is left out.
func signerOf(name string) signer {
	if strings.Contains(name, "@") {
		return signer{}
	}
	also := ""
	if _, inner, ok := strings.Cut(name, "("); ok {
		also, _, _ = strings.Cut(inner, ")")
	}
	for _, mark := range []string{"(", "[", " via ", " | ", " / "} {
		if at := strings.Index(name, mark); at > 0 {
			name = name[:at]
		}
	}
	if last, first, ok := strings.Cut(name, ","); ok {
		name = first + " " + last
	}
	words := slices.DeleteFunc(nameWords(name), isTitle)
	return signer{words: words, also: nameWords(also), part: len(words) == 1}
}

// nameWords are the words of a name in lower case.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".,;:!，、،-–—~*_\"'“”", r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.So, r)
	})
}

func isTitle(word string) bool {
	return slices.Contains([]string{"dr", "prof", "professor", "chief", "mr", "mrs", "ms", "mme", "m", "lic", "ing", "herr", "frau", "sr", "sra", "sig", "eng", "phd", "د", "الدكتور", "الدكتورة", "г", "先生", "女士", "드림", "올림", "배상", "敬上", "拝", "rev", "ir", "mgr", "dipl", "dott", "ssa", "avv", "mag", "univ", "habil", "م", "أ"}, word)
}

// whole tells whether a line is the whole name, with titles maybe.
func (s signer) whole(line string) bool {
	if at := strings.IndexAny(line, "(（"); at > 0 {
		line = line[:at] // pronouns
	}
	if s.partly(line) {
		return true
	}
	words := slices.DeleteFunc(nameWords(line), isTitle)
	if strings.Join(words, "") == strings.Join(s.words, "") {
		return len(words) > 0 // "佐藤 健" is "佐藤健"
	}
	slices.Sort(words)
	return len(words) > 1 && slices.Equal(words, slices.Sorted(slices.Values(s.words)))
}

// carded tells whether a line is the whole name and what people are, as on a
// card: "Ann Bell | Chair", "Ann Bell, PhD".
func (s signer) carded(line string) bool {
	for _, mark := range []string{" | ", ", ", " – ", " — ", " - ", " / ", " • ", " · ", " @"} {
		if name, office, ok := strings.Cut(line, mark); ok && s.whole(name) && len(nameWords(name)) > 1 {
			words := strings.Fields(office)
			first, _ := utf8.DecodeRuneInString(office)
			if strings.Count(line, mark) > 1 && mark == " | " {
				return len(line) < 400
			}
			return signs(line) && len(words) > 0 && (!unicode.IsLower(first) || mark == " @") && !unicode.IsDigit(first) && len(words) < 8 && (!endsSentence(line) || len(words) == 1 || isAbbreviation(words[len(words)-1]))
		}
	}
	return false
}

// parts tells whether a line parts in small letters: "lg jonas".
func (s signer) parts(line string) bool {
	line = strings.TrimSpace(line)
	at := strings.LastIndexByte(line, ' ')
	if at < 0 || len(line) > 60 || !startsLow(line) || !slices.Contains(s.words, strings.ToLower(line[at+1:])) {
		return false
	}
	isOne, _ := closes(strings.TrimRight(line[:at], ", "))
	return isOne
}

// named tells whether a line is nothing but the name, some words or initials
// of it.
func (s signer) named(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > 100 || hasAnyPrefix(line, []string{"- ", "* ", "• "}) {
		return false
	}
	words := nameWords(line)
	if last := len(words) - 1; last > 0 && slices.Contains([]string{"x", "xx", "xxx", "xo"}, words[last]) {
		words = words[:last]
	}
	if s.whole(line) || len(s.also) > 0 && slices.Equal(words, s.also) {
		return true
	}
	if len(words) == 1 && utf8.RuneCountInString(words[0]) > 2 && !startsLow(line) && len(s.words) > 0 && strings.HasPrefix(s.words[0], words[0]) {
		return true // "Tobi" for Tobias
	}
	if len(words) == 0 || len(words) > len(s.words)+1 {
		return false
	}
	if first := words[:len(words)-1]; len(first) > 0 && wide(words[len(first)]) && slices.Equal(first, s.words) {
		return true // "Huang Li 黄丽"
	}
	joined := strings.Join(words, "")
	if s.initialed(joined) || wide(joined) && utf8.RuneCountInString(joined) > 1 && (strings.HasPrefix(s.words[0], joined) || strings.HasSuffix(s.words[0], joined)) {
		return true // "鈴木" or "一郎" of "鈴木一郎"
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

// wide tells whether a word is in a script that sets no blanks between words.
func wide(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return first >= 0x2e80
}

func isInitial(letter, word string) bool {
	return utf8.RuneCountInString(letter) == 1 && strings.HasPrefix(word, letter)
}
