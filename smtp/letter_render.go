package smtp

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// Bytes renders the letter as an RFC 5322 message with CRLF line ends. The
// same letter gives the same bytes: Message-ID and boundaries derive from
// Key and content. Line ends and control characters in any header value are
// taken out; an address that would need quoting is an error. Automatic mail
// says so (RFC 3834) and asks that nothing automatic answers it. A letter
// with Raw is given as it is.
func (l Letter) Bytes(domain string) ([]byte, error) {
	if l.Key == "" {
		return nil, errors.New("writing a letter: it has no key")
	}
	if l.Raw != nil {
		return l.Raw, nil
	}
	h, err := l.header(domain)
	if err != nil {
		return nil, fmt.Errorf("writing letter %s: %w", l.Key, err)
	}
	var out bytes.Buffer
	if err := l.write(&out, h); err != nil {
		return nil, fmt.Errorf("writing letter %s: %w", l.Key, err)
	}
	return out.Bytes(), nil
}

// MessageID is the letter's Message-ID without brackets.
func (l Letter) MessageID(domain string) string {
	return letterHash("message-id", l.Key) + "@" + domain
}

func letterHash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:26]
}

// header builds all but the MIME fields.
func (l Letter) header(domain string) (message.Header, error) {
	var h message.Header
	var fields [][2]string
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, [2]string{name, value})
		}
	}
	from, err := formatAddress(l.FromName, l.From)
	if err != nil {
		return h, fmt.Errorf("its From: %w", err)
	}
	to, err := formatAddresses(l.To)
	if err != nil {
		return h, fmt.Errorf("its To: %w", err)
	}
	replyTo := ""
	if l.ReplyTo != "" {
		if replyTo, err = formatAddress("", l.ReplyTo); err != nil {
			return h, fmt.Errorf("its Reply-To: %w", err)
		}
	}
	add("Date", l.Date.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	add("From", from)
	add("To", to)
	add("Reply-To", replyTo)
	add("Subject", encodeWords(l.Subject))
	add("Message-ID", "<"+l.MessageID(domain)+">")
	if WellFormedID(l.InReplyTo) {
		add("In-Reply-To", "<"+l.InReplyTo+">")
	}
	add("References", references(l.References, l.InReplyTo))
	if l.AutoReplied {
		add("Auto-Submitted", "auto-replied")
	} else {
		add("Auto-Submitted", "auto-generated")
	}
	add("X-Auto-Response-Suppress", "All")
	add("X-Loop", "plenary@"+domain)
	for _, f := range l.Headers {
		if !fieldName(f[0]) {
			return h, fmt.Errorf("%q is no header field name", f[0])
		}
		add(f[0], encodeWords(f[1]))
	}
	add("MIME-Version", "1.0")
	for i := len(fields) - 1; i >= 0; i-- { // Add puts a field on top
		h.Add(fields[i][0], fields[i][1])
	}
	return h, nil
}

// write writes header and body: text, or text and HTML as alternatives.
func (l Letter) write(out *bytes.Buffer, h message.Header) error {
	if l.HTML == "" {
		textHeader(&h, "text/plain", l.Text)
		w, err := message.CreateWriter(out, h)
		if err != nil {
			return err
		}
		if _, err := w.Write(WireForm([]byte(l.Text))); err != nil {
			return err
		}
		return w.Close()
	}
	h.SetContentType("multipart/alternative", map[string]string{"boundary": l.boundary("alternative")})
	w, err := message.CreateWriter(out, h)
	if err != nil {
		return err
	}
	var ph message.Header
	textHeader(&ph, "text/plain", l.Text)
	if err := writePart(w, ph, WireForm([]byte(l.Text))); err != nil {
		return err
	}
	if err := l.writeHTML(w); err != nil {
		return err
	}
	return w.Close()
}

// writeHTML writes the HTML, and its pictures beside it in a
// multipart/related (RFC 2387).
func (l Letter) writeHTML(w *message.Writer) error {
	var ph message.Header
	textHeader(&ph, "text/html", l.HTML)
	if len(l.Inline) == 0 {
		return writePart(w, ph, WireForm([]byte(l.HTML)))
	}
	var rh message.Header
	rh.SetContentType("multipart/related", map[string]string{"boundary": l.boundary("related"), "type": "text/html"})
	related, err := w.CreatePart(rh)
	if err != nil {
		return err
	}
	if err := writePart(related, ph, WireForm([]byte(l.HTML))); err != nil {
		return err
	}
	for _, p := range l.Inline {
		var ih message.Header
		ih.SetContentType(p.Type, nil)
		ih.Set("Content-ID", "<"+p.ID+">")
		ih.Set("Content-Disposition", "inline")
		ih.Set("Content-Transfer-Encoding", "base64")
		if err := writePart(related, ih, p.Data); err != nil {
			return err
		}
	}
	return related.Close()
}

func (l Letter) boundary(kind string) string {
	return "=_" + letterHash(kind, l.Key, l.Text, l.HTML)
}

func writePart(w *message.Writer, h message.Header, body []byte) error {
	p, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := p.Write(body); err != nil {
		return err
	}
	return p.Close()
}

// textHeader sets the type of a text and how it is encoded: as it is where
// it is ASCII in short lines, else quoted-printable.
func textHeader(h *message.Header, kind, text string) {
	h.SetContentType(kind, map[string]string{"charset": "utf-8"})
	code := "7bit"
	for _, line := range strings.Split(text, "\n") {
		if len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf || r < ' ' && r != '\t' }) {
			code = "quoted-printable"
		}
	}
	h.Set("Content-Transfer-Encoding", code)
}

// clean takes out what must not stand in a header value: line ends become
// spaces, other control characters go.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

func encodeWords(s string) string { return mime.QEncoding.Encode("utf-8", clean(s)) }

func formatAddress(name, addr string) (string, error) {
	if strings.ContainsFunc(addr, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>,;:"\()[]`, r)
	}) || strings.LastIndexByte(addr, '@') <= 0 {
		return "", fmt.Errorf("%q is no plain address", addr)
	}
	if name = clean(name); name == "" {
		return addr, nil
	}
	return (&mail.Address{Name: name, Address: addr}).String(), nil
}

func formatAddresses(addrs []string) (string, error) {
	if len(addrs) == 0 {
		return "", errors.New("nobody is named")
	}
	out := make([]string, len(addrs))
	for i, a := range addrs {
		s, err := formatAddress("", a)
		if err != nil {
			return "", err
		}
		out[i] = s
	}
	return strings.Join(out, ", "), nil
}

// references are the last twenty well-formed ids, and the one answered.
func references(refs []string, last string) string {
	var ids []string
	for _, id := range append(refs[:len(refs):len(refs)], last) {
		if WellFormedID(id) {
			ids = append(ids, "<"+id+">")
		}
	}
	return strings.Join(ids[max(0, len(ids)-20):], " ")
}

func fieldName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == ':' {
			return false
		}
	}
	return s != ""
}
