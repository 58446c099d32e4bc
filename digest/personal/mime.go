package personal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"plenary/digest/words"
	"plenary/lists"
)

// header writes the fields of a copy's mail up to its MIME fields. The same
// issue and copy give the same octets.
func (e edition) header(w *bytes.Buffer, subject, id string) {
	domain := e.site.Domain
	address := string(e.list.Address(domain))
	name := e.list.Title
	if name == "" {
		name = e.list.Name
	}
	field := func(name, value string) { w.WriteString(name + ": " + value + "\r\n") }
	field("Date", e.At.In(e.location()).Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	field("From", phrase(name)+" <"+string(lists.RoleAddress(e.list, "request", "", domain))+">")
	field("To", "<"+address+">")
	field("Reply-To", "<"+address+">")
	field("Subject", unstructured(subject))
	field("Message-ID", "<"+id+"@"+domain+">")
	field("Auto-Submitted", "auto-generated")
	field("MIME-Version", "1.0")
}

// phrase is a display name (RFC 5322 3.2.5).
func phrase(s string) string {
	switch {
	case !printable(s):
		return folded(mime.BEncoding.Encode("utf-8", s)) // Q may hold what a phrase may not
	case strings.ContainsAny(s, `"()<>@,;:\[].=?`):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}

// unstructured is the value of a field such as Subject.
func unstructured(s string) string {
	if printable(s) {
		return s
	}
	return folded(mime.QEncoding.Encode("utf-8", s))
}

// printable tells whether s is all visible ASCII and spaces.
func printable(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// folded puts each of several encoded words (RFC 2047) on a line of its own.
func folded(words string) string { return strings.ReplaceAll(words, "?= =?", "?=\r\n =?") }

// multipart is the whole mail of a MIME digest: the contents page, then each
// post as a message of its own. bodies are the posts as they are enclosed, in
// the order of the page's items.
func (e edition) multipart(p page, id string, bodies [][]byte) []byte {
	contents := []byte(p.contents())
	eight := !ascii(contents)
	size := len(contents) + 2048
	for _, b := range bodies {
		eight = eight || !ascii(b)
		size += len(b) + 256
	}
	outer, inner := boundary(id+"/outer", bodies), boundary(id+"/inner", bodies)
	var w bytes.Buffer
	w.Grow(size)
	e.header(&w, p.Subject, id)
	fmt.Fprintf(&w, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n%s\r\n", outer, bits(eight))
	fmt.Fprintf(&w, "--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Language: %s\r\n%s\r\n", outer, language(e.list), bits(!ascii(contents)))
	w.Write(contents)
	fmt.Fprintf(&w, "\r\n--%s\r\nContent-Type: multipart/digest; boundary=\"%s\"\r\n%s\r\n", outer, inner, bits(eight))
	for _, b := range bodies {
		// A header in UTF-8 makes the message one of RFC 6532.
		kind := "message/rfc822"
		if head, _, _ := bytes.Cut(b, []byte("\r\n\r\n")); !ascii(head) {
			kind = "message/global"
		}
		fmt.Fprintf(&w, "--%s\r\nContent-Type: %s\r\n%s\r\n", inner, kind, bits(!ascii(b)))
		w.Write(b)
		w.WriteString("\r\n")
	}
	fmt.Fprintf(&w, "--%s--\r\n\r\n--%s--\r\n", inner, outer)
	return w.Bytes()
}

// bits is the transfer encoding of a part: nothing in it is ever encoded, so
// that signatures stay whole.
func bits(eight bool) string {
	if eight {
		return "Content-Transfer-Encoding: 8bit\r\n"
	}
	return ""
}

// boundary is a delimiter that none of the bodies has, the same each time.
func boundary(seed string, bodies [][]byte) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", seed, n))
		b := "=_digest_" + hex.EncodeToString(sum[:12])
		clash := false
		for _, body := range bodies {
			clash = clash || bytes.Contains(body, []byte(b))
		}
		if !clash {
			return b
		}
	}
}

// language is that of our words, which need not be the list's.
func language(l lists.List) string { return words.For(l.Language).Lang }

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
