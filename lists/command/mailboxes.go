package command

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"plenary/lists"
)

// mailboxWords is one person as a leader writes them down.
type mailboxWords struct {
	name, address string
}

// aroundAddress is what people put around an address.
const aroundAddress = "<>()[]\"'`*,;:“”„‟«»‹›‘’‚"

// What mail programs make of a typed address: jane@x<mailto:jane@x> (Outlook,
// in its plain text), [jane@x](mailto:jane@x) (Markdown), Jane<mailto:jane@x>.
var (
	linkedAddress = regexp.MustCompile(`([^\s<>()\[\]]+@[^\s<>()\[\]]+)\s*<(?i:mailto):[^<>\s]*>`)
	linkedName    = regexp.MustCompile(`\s*<(?i:mailto):([^<>\s?]+)[^<>\s]*>`)
	markdownLink  = regexp.MustCompile(`\[([^\[\]]*)\]\((?i:mailto):([^()\s?]+)[^()\s]*\)`)
)

// asWritten takes away the links that mail programs put behind addresses.
func asWritten(s string) string {
	s = markdownLink.ReplaceAllString(s, "$1<mailto:$2>")
	s = linkedAddress.ReplaceAllString(s, "$1")
	return linkedName.ReplaceAllString(s, " <$1>")
}

// splitMailboxes reads addresses parted by spaces or commas, each bare or as
// Name <address>.
func splitMailboxes(s string) []mailboxWords {
	s = asWritten(s)
	if parsed, err := mail.ParseAddressList(s); err == nil {
		var out []mailboxWords
		for _, p := range parsed {
			out = append(out, mailboxWords{cleanName(p.Name), p.Address})
		}
		return out
	}
	var out []mailboxWords
	var name []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		bracketed := strings.HasPrefix(w, "<") && strings.HasSuffix(w, ">")
		switch {
		case bracketed:
			out = append(out, mailboxWords{cleanName(strings.Join(name, " ")), w})
			name = nil
		case strings.Contains(w, "@"), !strings.Contains(s, "<"):
			out = append(out, mailboxWords{"", w})
		default:
			name = append(name, w)
		}
	}
	return out
}

// cleanName makes a display name fit to be kept: one line, no quotation
// marks around it, no longer than names are.
func cleanName(s string) string {
	s = strings.Trim(oneLine(s), `"'`)
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

// mailbox reads an address as somebody wrote it.
func (d decider) mailbox(s, what string) (lists.Address, refused) {
	s = strings.TrimPrefix(strings.Trim(asWritten(s), aroundAddress), "mailto:")
	a, err := lists.ParseAddress(strings.TrimRight(s, "."))
	switch {
	case err != nil && d.Believed:
		return "", d.no("%s is no mail address: %s. Write it as name@example.org.", what, d.wrong(err))
	case err != nil:
		return "", d.no("%s in %s is no mail address. Write it as name@example.org.", what, d.place(d.c.Line))
	}
	if strings.EqualFold(a.Domain(), d.Site.Domain) {
		if _, ours := d.Dir.Resolve(a.Local()); ours {
			return "", d.no("%s in %s is an address of the lists themselves. Write a person's own address.", what, d.place(d.c.Line))
		}
	}
	return a, ""
}

// wrong says what is wrong with an address.
func (d decider) wrong(err error) string {
	var bad *lists.AddressError
	if !errors.As(err, &bad) {
		return err.Error()
	}
	return fmt.Sprintf("%q: %s", bad.Written, d.sorry(bad.Why))
}
