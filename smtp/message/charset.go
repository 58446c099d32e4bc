package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
)

// toUTF8 reads raw as the charset label says, or as it must have been meant
// where the label is missing, unknown or plainly wrong. What can't be read
// becomes U+FFFD; the result is always valid UTF-8.
func toUTF8(label string, raw []byte) string {
	if label == "" && plainASCII(raw) {
		return string(raw)
	}
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	valid := utf8.Valid(raw)
	if i := bytes.IndexByte(raw, 0x1b); i >= 0 && bytes.HasPrefix(raw[i:], []byte("\x1b$")) && !strings.HasPrefix(label, "iso-2022") {
		return decodeWith(japanese.ISO2022JP, raw) // unlabelled Japanese of old
	}
	enc, err := htmlindex.Get(label) // as browsers read labels: more forgiving than IANA's table
	name := ""
	if err == nil {
		name, _ = htmlindex.Name(enc)
	}
	switch {
	case label == "" || name == "utf-8" || singleByte(name):
		if valid {
			return string(raw) // text that is UTF-8 beyond ASCII was never anything else
		}
		if enc == nil || name == "utf-8" {
			return decodeWith(charmap.Windows1252, raw)
		}
		return decodeWith(enc, raw)
	case err == nil && name != "replacement":
		text := decodeWith(enc, raw)
		if valid && strings.ContainsRune(text, utf8.RuneError) {
			return string(raw)
		}
		return text
	case valid:
		return string(raw)
	}
	if r, err := charset.Reader(label, bytes.NewReader(raw)); err == nil {
		if out, err := io.ReadAll(r); err == nil {
			return strings.ToValidUTF8(string(out), "\uFFFD")
		}
	}
	return decodeWith(charmap.Windows1252, raw)
}

// singleByte tells whether a charset, by its WHATWG name, has one octet a
// letter. Text in one of them is hardly ever valid UTF-8 by chance.
func singleByte(name string) bool {
	return strings.HasPrefix(name, "windows-") || strings.HasPrefix(name, "iso-8859-") ||
		strings.HasPrefix(name, "koi8-") || name == "macintosh" || name == "ibm866" || name == "x-mac-cyrillic"
}

func decodeWith(enc encoding.Encoding, raw []byte) string {
	out, err := enc.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// plainASCII tells that s is printable ASCII: it says the same in all charsets
// that mail without a label may be in, and has nothing that is to be cleaned.
func plainASCII[T ~string | ~[]byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
