package message

import (
	"slices"
	"strings"
)

// Reading is the mail as it is read where only text can be: all that its
// author wrote, also below a picture or an attachment, and the parts that the
// text leaves out. Text is the first of it alone.
func (m *Message) Reading(max int) (text string, left []*Part) {
	r := reading{max: max, had: map[string]bool{}}
	r.part(m.Root)
	return clipText(strings.TrimRight(strings.Join(r.texts, "\n\n"), " \n"), max), r.left
}

type reading struct {
	max   int // octets of text
	texts []string
	had   map[string]bool // the words of those texts
	left  []*Part
}

// part reads one part. Depth is bounded by Parse.
func (r *reading) part(p *Part) {
	attached := p.Disposition == "attachment" || p.attachedMail() || len(r.texts) > 0 && p.Name() != ""
	switch {
	case attached:
		r.left = append(r.left, p)
	case p.Type == "multipart/alternative":
		text, _ := p.bestAlternative(r.max)
		r.add(text)
		for _, c := range p.Parts {
			r.files(c, true)
		}
	case p.multipart() && len(p.Parts) > 0:
		for _, c := range p.Parts {
			r.part(c)
		}
	default:
		if text, ok := p.ownText(r.max); ok {
			r.add(text)
		} else {
			r.files(p, false)
		}
	}
}

// add appends a text, unless it stood above already: some programs send the
// same as text and as HTML without saying that they are alternatives.
func (r *reading) add(text string) {
	text = clipText(strings.Trim(text, "\n"), r.max)
	words := strings.Join(strings.Fields(text), " ")
	if words == "" || r.had[words] {
		return
	}
	r.had[words] = true
	r.texts, r.max = append(r.texts, text), r.max-len(text)
}

// files are what there is in a part besides text that was read, or that is
// another form of it. Pictures without a name that HTML shows are none.
func (r *reading) files(p *Part, form bool) {
	p.Walk(func(p *Part) bool {
		if p.multipart() && len(p.Parts) > 0 {
			return true
		}
		_, shown := p.field("Content-ID")
		switch {
		case p.Name() != "", p.Disposition == "attachment", p.attachedMail():
			r.left = append(r.left, p)
		case p.multipart(), slices.Contains(read, p.Type), form && strings.HasPrefix(p.Type, "text/") && p.Type != "text/calendar":
		case strings.HasPrefix(p.Type, "image/") && (shown || p.Disposition == "inline"):
		default:
			r.left = append(r.left, p)
		}
		return false
	})
}

// read are the types whose text is read.
var read = []string{"text/plain", "text", "text/html", "application/xhtml+xml", "text/enriched", "text/richtext"}

func (p *Part) attachedMail() bool { return p.Type == "message/rfc822" || p.Type == "message/global" }

// Name is what a part's file is called; an attached mail goes by its subject.
// "" where it has none.
func (p *Part) Name() string {
	if f, ok := p.field("Content-Disposition"); ok {
		if _, params := parseParams(f.Unfolded()); params["filename"] != "" {
			return DecodeWords(params["filename"])
		}
	}
	if name := p.Params["name"]; name != "" {
		return DecodeWords(name)
	}
	if p.attachedMail() && len(p.Parts) == 1 {
		if f, ok := p.Parts[0].field("Subject"); ok {
			return f.Value()
		}
	}
	return ""
}

// field is the first field of this name in a part's header.
func (p *Part) field(name string) (Field, bool) {
	fields, _, _ := ReadFields(p.Header) // it was read before, within its caps
	return Get(fields, name)
}
