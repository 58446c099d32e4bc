package compose

import (
	"bytes"

	"plenary/lists"
)

// Enclosed is a post as a digest holds it: as its author sent it, in all its
// parts and fields, but for what transports put on top (RFC 8601 section 5: a
// receiver's Authentication-Results are its own). On a list whose answers go
// to the list it says so, as single copies do.
func (c *Composer) Enclosed(l lists.List, raw []byte) []byte {
	fields, body := split(raw)
	var w bytes.Buffer
	w.Grow(len(raw) + 128)
	if l.Reply == lists.ReplyList {
		writeField(&w, "Reply-To", "<"+string(l.Address(c.Site.Domain))+">")
	}
	for _, f := range fields {
		switch {
		case f.name == "received", f.name == "authentication-results", f.name == "return-path", f.name == "delivered-to", f.name == "x-original-to":
		case f.name == "reply-to" && l.Reply == lists.ReplyList:
		default:
			w.Write(f.ended())
		}
	}
	w.WriteString("\r\n")
	if bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) { // out of a file
		body = bytes.ReplaceAll(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	w.Write(body)
	return w.Bytes()
}
