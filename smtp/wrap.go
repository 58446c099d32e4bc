package smtp

import (
	"strings"
	"unicode/utf8"
)

// Wrap folds each line of the text that is longer than width runes at its
// spaces. Lines that begin with a space, and words longer than width (links),
// stay whole; continuation lines are indented like a list item's text.
func Wrap(text string, width int) string {
	lines := strings.Split(text, "\n")
	var out []string
	for _, line := range lines {
		if utf8.RuneCountInString(line) <= width || strings.HasPrefix(line, " ") {
			out = append(out, line)
			continue
		}
		indent := ""
		if strings.HasPrefix(line, "- ") {
			indent = "  "
		}
		current, used := "", 0
		for _, word := range strings.Fields(line) {
			n := utf8.RuneCountInString(word)
			switch {
			case current == "":
				current, used = word, n
			case used+1+n > width:
				out = append(out, current)
				current, used = indent+word, len(indent)+n
			default:
				current, used = current+" "+word, used+1+n
			}
		}
		out = append(out, current)
	}
	return strings.Join(out, "\n")
}
