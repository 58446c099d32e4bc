package smtp

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Wrap folds each line of the text that is wider than so many columns. Lines
// that begin with a space, and words wider than that (links), stay whole;
// continuation lines are indented like a list item's text.
func Wrap(text string, columns int) string {
	lines := strings.Split(text, "\n")
	var out []string
	for _, line := range lines {
		if broad(line) <= columns || strings.HasPrefix(line, " ") {
			out = append(out, line)
			continue
		}
		indent := ""
		if strings.HasPrefix(line, "- ") {
			indent = "  "
		}
		out = append(out, Fold(line, columns, "", indent)...)
	}
	return strings.Join(out, "\n")
}

// Fold breaks a text into lines of so many columns, the first after one
// indent and the others after another. It breaks at spaces, but for those that
// don't break, and between the characters of Chinese and Japanese.
func Fold(text string, columns int, first, indent string) (out []string) {
	line, used, begun := first, broad(first), false
	for _, word := range units(text) {
		for i, piece := range pieces(word) {
			space := ""
			if begun && i == 0 {
				space = " "
			}
			n := broad(piece)
			if begun && used+len(space)+n > columns {
				out = append(out, line)
				line, used, space = indent, broad(indent), ""
			}
			line, used, begun = line+space+piece, used+len(space)+n, true
		}
	}
	return append(out, line)
}

// units are a text's words, with the marks that French sets apart by a space
// (: ; ? ! « ») at the words that they belong to.
func units(text string) (all []string) {
	for _, word := range strings.FieldsFunc(text, breaks) {
		last := len(all) - 1
		if last >= 0 && (strings.ContainsRune(":;?!»", []rune(word)[0]) && len([]rune(word)) <= 3 || strings.HasSuffix(all[last], "«")) {
			all[last] += " " + word
		} else {
			all = append(all, word)
		}
	}
	return all
}

func breaks(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }

// broad is how many columns a terminal shows a text in: two for Chinese,
// Japanese and Korean characters. Marks that take none are counted too, so
// that no line has more characters than columns.
func broad(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x1100 && wide(r) {
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return true
	}
	return false
}

// What may begin no line, and what may end none, where lines break between
// characters.
const (
	notFirst = "、。，．・：；？！）」』】〕〉》］｝〟”’…‥ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％,.:;?!)]}%"
	notLast  = "（「『【〔〈《［｛〝“‘$([{＄￥"
)

// pieces are the parts of a word between which a line may break.
func pieces(word string) (all []string) {
	begin, before := 0, rune(0)
	for i, r := range word {
		if i > begin && (ideographic(before) || ideographic(r)) && !strings.ContainsRune(notFirst, r) && !strings.ContainsRune(notLast, before) && !unicode.Is(unicode.M, r) {
			all, begin = append(all, word[begin:i]), i
		}
		before = r
	}
	return append(all, word[begin:])
}

// ideographic tells characters that are written without spaces between words.
func ideographic(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r < 0xa000 && wide(r) && unicode.IsPunct(r) || r >= 0xff00 && wide(r) && unicode.IsPunct(r))
}
