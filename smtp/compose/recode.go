package compose

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// recoded is a text part in UTF-8 with add in it, for a footer that the part's
// own charset or encoding can't carry. A part that can't be read is left.
func recoded(fields []field, body []byte, kind, charset, add string) ([]field, []byte, bool) {
	text, ok := decoded(body, value(fields, "content-transfer-encoding"))
	if ok {
		text, ok = inUTF8(text, charset)
	}
	if !ok {
		return fields, body, false
	}
	_, params := contentType(fields)
	if params == nil {
		params = map[string]string{}
	}
	params["charset"] = "utf-8"
	var qp bytes.Buffer
	w := quotedprintable.NewWriter(&qp)
	w.Write(insert(text, kind, []byte(add)))
	w.Close()
	return withFields(fields, mime.FormatMediaType(kind, params), "quoted-printable"), qp.Bytes(), true
}

// decoded undoes a transfer encoding.
func decoded(body []byte, encoding string) ([]byte, bool) {
	switch strings.ToLower(encoding) {
	case "", "7bit", "8bit", "binary":
		return body, true
	case "quoted-printable":
		text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		return text, err == nil
	case "base64":
		text, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(body), nil)))
		return text, err == nil
	}
	return nil, false
}

// inUTF8 reads text by its charset; one that names none and is no UTF-8 can
// be anything, and so can one that is not what it names.
func inUTF8(text []byte, charset string) ([]byte, bool) {
	switch strings.ToLower(charset) {
	case "", "us-ascii", "utf-8":
		return text, utf8.Valid(text)
	}
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, false
	}
	text, err = enc.NewDecoder().Bytes(text)
	return text, err == nil && !bytes.ContainsRune(text, utf8.RuneError)
}

// withFields sets the two fields that say how a part is written, where they
// stand or, where there are none, at the end.
func withFields(fields []field, kind, encoding string) []field {
	out := append([]field(nil), fields...)
	for _, f := range []field{
		{"content-type", []byte("Content-Type: " + kind + "\r\n")},
		{"content-transfer-encoding", []byte("Content-Transfer-Encoding: " + encoding + "\r\n")},
	} {
		found := false
		for i := range out {
			if out[i].name == f.name {
				out[i], found = f, true
			}
		}
		if !found {
			out = append(out, f)
		}
	}
	return out
}
