package message

import "strings"

// unflow joins the lines of format=flowed text (RFC 3676) into paragraphs: a
// line that ends in a blank goes on in the next of equal quoting. The
// signature's "-- " never flows. Quoted paragraphs keep their marks.
func unflow(text string, delSp bool) string {
	var out strings.Builder
	open, quoted := false, 0 // a paragraph is being written, so deep in quotes
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		depth := 0
		for depth < len(line) && line[depth] == '>' {
			depth++
		}
		line = strings.TrimPrefix(line[depth:], " ") // space-stuffing
		signature := line == "-- "
		if open && (signature || depth != quoted) {
			out.WriteByte('\n')
			open = false
		}
		if !open && depth > 0 {
			out.WriteString(strings.Repeat(">", depth))
			out.WriteByte(' ')
		}
		open = strings.HasSuffix(line, " ") && !signature
		quoted = depth
		if open && delSp {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
		if !open {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
