package parts

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode"

	"github.com/emersion/go-message/charset"
)

// encoding is the part's transfer encoding in lower case, "" for one that
// changes nothing.
func (p *Part) encoding() string {
	word, _ := ParseParams(Fields(p.Header).Get("Content-Transfer-Encoding"))
	switch word {
	case "7bit", "8bit", "binary":
		return ""
	}
	return word
}

// Text is the part's own text in UTF-8, its transfer encoding and charset
// undone as far as they can be, at most limit octets of it. It is "" for what
// is not text.
func (p *Part) Text(limit int) string {
	if p.Type != "text" {
		return ""
	}
	var r io.Reader = bytes.NewReader(p.Body)
	switch p.encoding() {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, &alphabetReader{r: r})
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	if name := Get(p.Params, "charset"); name != "" {
		if decoded, err := charset.Reader(name, r); err == nil {
			r = decoded
		}
	}
	// A broken encoding still gives what came before the break.
	text, _ := io.ReadAll(io.LimitReader(r, int64(limit)))
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

// alphabetReader leaves out what is no base64, as RFC 2045 6.8 asks.
type alphabetReader struct{ r io.Reader }

func (a *alphabetReader) Read(b []byte) (int, error) {
	for {
		n, err := a.r.Read(b)
		kept := b[:0]
		for _, c := range b[:n] {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil {
			return len(kept), err
		}
	}
}

// DecodeWords undoes the encoded words of a field (RFC 2047). What can't be
// decoded stays as it is; the result is UTF-8.
func DecodeWords(s string) string {
	decoder := mime.WordDecoder{CharsetReader: charset.Reader}
	if decoded, err := decoder.DecodeHeader(s); err == nil {
		s = decoded
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Line makes s fit to be shown in one line among others: no control
// characters, no marks that turn the direction of what follows, single
// spaces, at most limit characters.
func Line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff':
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit-1]) + "…"
	}
	return s
}
