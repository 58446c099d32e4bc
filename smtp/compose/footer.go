package compose

import (
	"bytes"
	"encoding/base64"
	"html"
	"mime"
	"mime/quotedprintable"
	"strings"

	"plenary/smtp"
)

// maxFooterDepth bounds how deep a footer looks for the text of a message.
const maxFooterDepth = 5

// addFooter adds the footer as MIME asks: to a text part in its own encoding,
// to each alternative, as a further part of a mixed message. Signed and
// encrypted parts are never entered (RFC 1847): such a message, and one whose
// structure is broken, goes out as it came.
func addFooter(fields []field, body []byte, footer string) ([]field, []byte) {
	footer = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(footer), "\r\n", "\n"), "\n", "\r\n")
	f, b, ok := footed(fields, body, footer, maxFooterDepth)
	if !ok {
		return fields, body
	}
	if value(f, "content-type") != "" && value(f, "mime-version") == "" {
		f = append(f[:len(f):len(f)], field{"mime-version", []byte("MIME-Version: 1.0\r\n")}) // else they need not count (RFC 2045 4)
	}
	return f, b
}

// footed is one part with the footer in it; ok is false where it has no place.
func footed(fields []field, body []byte, footer string, depth int) (_ []field, _ []byte, ok bool) {
	kind, params := contentType(fields)
	if depth == 0 || attachment(fields) {
		return fields, body, false
	}
	switch kind {
	case "text/plain", "text/html":
		return footedText(fields, body, kind, params["charset"], footer)
	case "multipart/alternative", "multipart/related":
		return footedParts(fields, body, params["boundary"], footer, depth, kind == "multipart/related")
	case "multipart/mixed":
		return footedMixed(fields, body, params["boundary"], footer)
	}
	return fields, body, false
}

func contentType(fields []field) (string, map[string]string) {
	v := value(fields, "content-type")
	if v == "" {
		return "text/plain", nil
	}
	kind, params, err := mime.ParseMediaType(v)
	if err != nil {
		return "", nil
	}
	return kind, params
}

func value(fields []field, name string) string {
	for _, f := range fields {
		if f.name == name {
			return f.value()
		}
	}
	return ""
}

func attachment(fields []field) bool {
	return strings.HasPrefix(strings.ToLower(value(fields, "content-disposition")), "attachment")
}

// footedText adds the footer's text in the part's own transfer encoding, or in
// UTF-8 where the part can't carry it as it is.
func footedText(fields []field, body []byte, kind, charset, footer string) ([]field, []byte, bool) {
	encoding := strings.ToLower(value(fields, "content-transfer-encoding"))
	add := "\r\n" + ruled(footer) + "\r\n"
	if kind == "text/html" {
		add = "<hr><p>" + strings.ReplaceAll(html.EscapeString(unruled(footer)), "\r\n", "<br>\r\n") + "</p>\r\n"
	}
	ascii := !smtp.EightBit(add)
	if charset = strings.ToLower(charset); strings.HasPrefix(charset, "utf-16") || strings.HasPrefix(charset, "utf-32") {
		return fields, body, false
	}
	if !ascii && charset != "utf-8" || !ascii && (encoding == "" || encoding == "7bit") {
		return recoded(fields, body, kind, charset, add)
	}
	switch encoding {
	case "", "7bit", "8bit", "binary":
		return fields, insert(body, kind, []byte(add)), true
	case "quoted-printable":
		var qp bytes.Buffer
		w := quotedprintable.NewWriter(&qp)
		w.Write([]byte(add))
		w.Close()
		return fields, insert(body, kind, qp.Bytes()), true
	case "base64":
		text, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil)))
		if err != nil {
			return fields, body, false
		}
		return fields, base64Lines(insert(text, kind, []byte(add))), true
	}
	return fields, body, false
}

// ruled is the footer below a line that parts it from the text: its own, where
// it begins with one.
func ruled(footer string) string {
	if unruled(footer) != footer {
		return footer
	}
	return "-- \r\n" + footer
}

// unruled is the footer without a line of hyphens or underscores on top.
func unruled(footer string) string {
	first, rest, ok := strings.Cut(footer, "\r\n")
	if ok && len(first) > 1 && strings.Trim(first, "-_=*~ ") == "" {
		return rest
	}
	return footer
}

// insert puts add at the end of the text, or before an HTML body's end tag.
func insert(body []byte, kind string, add []byte) []byte {
	at := len(body)
	if kind == "text/html" {
		if end := bodyEndTag(body); end >= 0 {
			at = end
		}
	}
	out := make([]byte, 0, len(body)+len(add)+2)
	out = append(out, body[:at]...)
	if at > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, "\r\n"...)
	}
	return append(append(out, add...), body[at:]...)
}

// bodyEndTag is where the last end tag of an HTML body begins, -1 where there
// is none. It is looked for in the page as it is: in lower case, what is no
// UTF-8 and some letters beyond ASCII have another length.
func bodyEndTag(page []byte) int {
	tag := []byte("</body")
	for at := len(page); ; {
		if at = bytes.LastIndex(page[:at], tag[:2]); at < 0 {
			return -1
		}
		if len(page)-at >= len(tag) && bytes.EqualFold(page[at:at+len(tag)], tag) {
			return at
		}
	}
}

func base64Lines(b []byte) []byte {
	s := base64.StdEncoding.EncodeToString(b)
	var out bytes.Buffer
	for len(s) > 76 {
		out.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	out.WriteString(s + "\r\n")
	return out.Bytes()
}

// footedParts adds the footer to each part that is text, or, where only the
// first counts (related: its root), to that one.
func footedParts(fields []field, body []byte, boundary, footer string, depth int, first bool) ([]field, []byte, bool) {
	starts, ends, closing := parts(body, boundary)
	if closing < 0 {
		return fields, body, false
	}
	var out bytes.Buffer
	done, at := false, 0
	for i := range starts {
		if first && i > 0 {
			break
		}
		head, inner := split(body[starts[i]:ends[i]])
		head, inner, ok := footed(head, inner, footer, depth-1)
		if !ok {
			continue
		}
		out.Write(body[at:starts[i]])
		for _, f := range head {
			out.Write(f.ended())
		}
		out.WriteString("\r\n")
		out.Write(inner)
		at, done = ends[i], true
	}
	out.Write(body[at:])
	return fields, out.Bytes(), done
}

// footedMixed adds the footer as a part of its own before the closing boundary.
func footedMixed(fields []field, body []byte, boundary, footer string) ([]field, []byte, bool) {
	_, _, closing := parts(body, boundary)
	if closing < 0 {
		return fields, body, false
	}
	var part bytes.Buffer
	part.WriteString("--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Disposition: inline\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&part)
	w.Write([]byte(footer + "\r\n"))
	w.Close()
	part.WriteString("\r\n")
	out := make([]byte, 0, len(body)+part.Len())
	out = append(append(out, body[:closing]...), part.Bytes()...)
	return fields, append(out, body[closing:]...), true
}

// parts finds where each part between boundary lines starts and ends, the
// line end before a boundary left out of the part (RFC 2046 5.1.1), and where
// the closing boundary line starts, -1 if there is none.
func parts(body []byte, boundary string) (starts, ends []int, closing int) {
	if boundary == "" {
		return nil, nil, -1
	}
	mark, open := []byte("--"+boundary), -1
	for at := 0; at < len(body); {
		line := nextLine(body[at:])
		if rest, ok := bytes.CutPrefix(line, mark); ok {
			rest = bytes.TrimRight(rest, " \t\r\n")
			if len(rest) == 0 || string(rest) == "--" {
				if open >= 0 {
					starts, ends = append(starts, open), append(ends, max(open, trimLineEnd(body, at)))
				}
				if len(rest) > 0 {
					return starts, ends, at
				}
				open = at + len(line)
			}
		}
		at += len(line)
	}
	return starts, ends, -1
}

func trimLineEnd(body []byte, at int) int {
	if at > 0 && body[at-1] == '\n' {
		at--
		if at > 0 && body[at-1] == '\r' {
			at--
		}
	}
	return at
}
