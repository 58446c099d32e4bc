package mailbox

import (
	"bytes"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-message/textproto"

	"plenary/lists/parts"
)

// structure tells a message's parts (RFC 3501 7.4.2). Its depth and the
// number of parts are those of package parts, which are capped; sizes and
// lines count the octets as they are stored.
func structure(p *parts.Part) imap.BodyStructure {
	head := parts.Fields(p.Header)
	disposition, language := dispositionOf(head), languageOf(head)
	location := clean(head.Get("Content-Location"))
	if len(p.Parts) > 0 {
		multi := &imap.BodyStructureMultiPart{
			Subtype: clean(p.Subtype),
			Extended: &imap.BodyStructureMultiPartExt{
				Params: paramsOf(p.Params), Disposition: disposition, Language: language, Location: location,
			},
		}
		for _, child := range p.Parts {
			multi.Children = append(multi.Children, structure(child))
		}
		return multi
	}
	single := &imap.BodyStructureSinglePart{
		Type: clean(p.Type), Subtype: clean(p.Subtype), Params: paramsOf(p.Params),
		ID: clean(head.Get("Content-Id")), Description: clean(head.Get("Content-Description")),
		Encoding: encodingOf(head), Size: uint32(len(p.Body)),
		Extended: &imap.BodyStructureSinglePartExt{Disposition: disposition, Language: language, Location: location},
	}
	lines := int64(bytes.Count(p.Body, []byte("\n")))
	switch {
	case p.Message != nil:
		single.MessageRFC822 = &imap.BodyStructureMessageRFC822{
			Envelope: envelope(p.Message.Header), BodyStructure: structure(p.Message), NumLines: lines,
		}
	case p.Type == "text":
		single.Text = &imap.BodyStructureText{NumLines: lines}
	}
	return single
}

// encodingOf is the transfer encoding, a plain word.
func encodingOf(h parts.Header) string {
	word, _ := parts.ParseParams(h.Get("Content-Transfer-Encoding"))
	if word = clean(word); word == "" || strings.ContainsAny(word, " \t") {
		return "7bit"
	}
	return word
}

func dispositionOf(h parts.Header) *imap.BodyStructureDisposition {
	word, params := parts.ParseParams(h.Get("Content-Disposition"))
	if word == "" {
		return nil
	}
	return &imap.BodyStructureDisposition{Value: clean(word), Params: paramsOf(params)}
}

func languageOf(h parts.Header) []string {
	var found []string
	for _, one := range strings.Split(h.Get("Content-Language"), ",") {
		if one = strings.TrimSpace(one); one != "" {
			found = append(found, clean(one))
		}
	}
	return found
}

func paramsOf(params []parts.Param) map[string]string {
	if len(params) == 0 {
		return nil
	}
	m := make(map[string]string, len(params))
	for _, p := range params {
		m[p.Name] = clean(p.Value)
	}
	return m
}

// clean takes away what a string of IMAP can't hold; go-imap would write NUL
// in a literal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0 || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// envelopeFields are what an envelope is made of.
var envelopeFields = []string{"Date", "Subject", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To", "Message-Id"}

// maxEnvelopeField bounds a field in an envelope, which is sent decoded, and
// parsed by code that is not ours.
const maxEnvelopeField = 16 << 10

// envelope reads a message's header. Of fields that stand there twice the
// first counts, and a broken one is left empty.
func envelope(header []byte) *imap.Envelope {
	head := parts.Fields(header)
	var h textproto.Header
	for _, name := range envelopeFields {
		if value, ok := head.Find(name); ok && len(value) <= maxEnvelopeField {
			h.Add(name, clean(value))
		}
	}
	e := imapserver.ExtractEnvelope(h)
	e.Subject, e.MessageID = clean(e.Subject), clean(e.MessageID)
	for _, all := range [][]imap.Address{e.From, e.Sender, e.ReplyTo, e.To, e.Cc, e.Bcc} {
		for i := range all {
			all[i] = imap.Address{Name: clean(all[i].Name), Mailbox: clean(all[i].Mailbox), Host: clean(all[i].Host)}
		}
	}
	for i := range e.InReplyTo {
		e.InReplyTo[i] = clean(e.InReplyTo[i])
	}
	return e
}
