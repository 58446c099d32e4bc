package mailbox

import (
	"strings"

	"github.com/emersion/go-imap/v2"

	"plenary/lists/parts"
)

// section is what a BODY[...] names (RFC 3501 6.4.5): octets of the message as
// they are stored. What is not there is empty.
func section(p *post, item *imap.FetchItemBodySection) []byte {
	return partial(whole(p, item), item.Partial)
}

func whole(p *post, item *imap.FetchItemBodySection) []byte {
	part := p.top.At(item.Part)
	if part == nil {
		return nil
	}
	if len(item.Part) > 0 {
		switch item.Specifier {
		case imap.PartSpecifierNone:
			return part.Body
		case imap.PartSpecifierMIME:
			return part.Header
		}
		if part = part.Message; part == nil { // HEADER and TEXT are those of an attached message
			return nil
		}
	}
	switch item.Specifier {
	case imap.PartSpecifierHeader:
		return fields(part.Header, item.HeaderFields, item.HeaderFieldsNot)
	case imap.PartSpecifierText:
		return part.Body
	case imap.PartSpecifierMIME:
		return nil // needs a part number
	}
	return p.raw
}

// fields are the header, or those of its fields that have one of the names,
// or none of the others, with an empty line at the end.
func fields(header []byte, only, not []string) []byte {
	if len(only) == 0 && len(not) == 0 {
		return header
	}
	var found []byte
	for _, f := range parts.Fields(header) {
		if named(f.Name, only) == (len(only) > 0) && !named(f.Name, not) {
			found = append(found, f.Raw...)
			if n := len(found); found[n-1] != '\n' { // the last line of a message without a body
				found = append(found, "\r\n"...)
			}
		}
	}
	return append(found, "\r\n"...)
}

func named(name string, names []string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// partial cuts out <offset.size>. The numbers may be as large as they like.
func partial(b []byte, part *imap.SectionPartial) []byte {
	if part == nil {
		return b
	}
	if part.Offset < 0 || part.Offset >= int64(len(b)) || part.Size <= 0 {
		return nil
	}
	b = b[part.Offset:]
	return b[:min(part.Size, int64(len(b)))]
}
