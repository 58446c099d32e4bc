package collect

import (
	"strings"

	"plenary/lists"
	"plenary/smtp/message"
)

// maxRecipients bounds what one message can reach.
const maxRecipients = 100

// The fields in which the last mail server tells for whom a message came, the
// best first. Only the topmost of each name counts: the others are older, or
// the sender's.
var deliveryFields = []string{"X-Original-To", "X-Envelope-To", "Envelope-To", "Delivered-To"}

// addressing reads for whom of us a message is.
type addressing struct {
	dir     *lists.Directory
	domain  string // ours
	mailbox string // address of the mailbox itself, "" unknown
}

// recipients are the addresses of ours that the message is for, as they would
// have been given at RCPT: those of the delivery fields; else those that
// stand behind a plus there (mailbox+dc-join@); else those of To and Cc. The
// mailbox's own address says nothing, though it may look like one of ours
// (plenary@), unless there is nothing else.
func (a addressing) recipients(fields []message.Field) []string {
	var top, written []string
	for _, name := range deliveryFields {
		if f, ok := message.Get(fields, name); ok {
			top = append(top, addresses(f)...)
		}
	}
	for _, f := range fields {
		if (f.Is("To") || f.Is("Cc")) && len(written) < maxRecipients {
			written = append(written, addresses(f)...)
		}
	}
	others := func(address string) (string, bool) {
		if strings.EqualFold(address, a.mailbox) {
			return "", false
		}
		return a.ours(address)
	}
	for _, try := range []struct {
		from []string
		read func(string) (string, bool)
	}{
		{a.original(fields), a.ours}, {top, others}, {top, a.plus}, {written, a.either}, {top, a.ours},
	} {
		if found := pick(try.from, try.read); len(found) > 0 {
			return found
		}
	}
	return nil
}

// original is what X-Original-To says: the recipient before any alias, so
// that even the mailbox's own address is meant.
func (a addressing) original(fields []message.Field) []string {
	if f, ok := message.Get(fields, deliveryFields[0]); ok {
		return addresses(f)
	}
	return nil
}

// ours gives the address where it is one of ours.
func (a addressing) ours(address string) (string, bool) {
	local, domain, ok := cut(address)
	if !ok || strings.TrimSuffix(strings.ToLower(domain), ".") != a.domain {
		return "", false
	}
	_, known := a.dir.Resolve(local)
	return local + "@" + a.domain, known
}

// plus gives the address of ours that stands behind the mailbox's own name.
func (a addressing) plus(address string) (string, bool) {
	local, domain, ok := cut(address)
	base, home, owned := cut(a.mailbox)
	if !ok || !owned || !strings.EqualFold(domain, home) || len(local) <= len(base)+1 ||
		!strings.EqualFold(local[:len(base)], base) || local[len(base)] != '+' {
		return "", false
	}
	return a.ours(local[len(base)+1:] + "@" + a.domain)
}

// either is how To and Cc name us.
func (a addressing) either(address string) (string, bool) {
	if found, ok := a.plus(address); ok {
		return found, true
	}
	if strings.EqualFold(address, a.mailbox) {
		return "", false
	}
	return a.ours(address)
}

// pick reads addresses and gives those that are ours, each once.
func pick(from []string, read func(string) (string, bool)) []string {
	var found []string
	seen := map[string]bool{}
	for _, address := range from {
		if ours, ok := read(address); ok && !seen[strings.ToLower(ours)] && len(found) < maxRecipients {
			seen[strings.ToLower(ours)] = true
			found = append(found, ours)
		}
	}
	return found
}

func addresses(f message.Field) []string {
	boxes, err := message.Mailboxes(f.Unfolded())
	if err != nil {
		return nil
	}
	var all []string
	for _, b := range boxes {
		if b.Addr != "" {
			all = append(all, b.Addr)
		}
	}
	return all
}

func cut(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 {
		return "", "", false
	}
	return address[:at], address[at+1:], true
}

// sender is the envelope sender as the last server noted it in Return-Path;
// where it noted none, who the message says it is from.
func sender(fields []message.Field) string {
	if f, ok := message.Get(fields, "Return-Path"); ok {
		path := strings.TrimSuffix(strings.TrimPrefix(f.Unfolded(), "<"), ">")
		a, err := lists.ParseAddress(path)
		if err != nil {
			return "" // <>, or <MAILER-DAEMON>
		}
		return a.String()
	}
	if f, ok := message.Get(fields, "From"); ok {
		for _, address := range addresses(f) {
			if a, err := lists.ParseAddress(address); err == nil {
				return a.String()
			}
		}
	}
	return ""
}
