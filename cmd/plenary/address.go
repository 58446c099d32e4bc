package main

import (
	"net/mail"
	"strings"

	"plenary/lists"
)

// readMailbox reads an address, which may stand as people copy it from a mail:
// Name <address>. The name is "" where there is none.
func readMailbox(text string) (lists.Address, string, error) {
	if text = strings.TrimSpace(text); strings.HasSuffix(text, ">") {
		if box, err := mail.ParseAddress(text); err == nil {
			address, err := lists.ParseAddress(box.Address)
			return address, box.Name, err
		}
		if name, inner, ok := strings.Cut(strings.TrimSuffix(text, ">"), "<"); ok { // a name as no header has it: Zoë (Berlin)
			address, err := lists.ParseAddress(inner)
			return address, strings.Trim(strings.TrimSpace(name), `"`), err
		}
	}
	address, err := lists.ParseAddress(text)
	return address, "", err
}

// readMailboxes reads several, with commas or blanks between; with names, commas.
func readMailboxes(values []string) ([]lists.NewMember, error) {
	words := items(values)
	if text := strings.Join(values, " "); strings.Contains(text, "<") {
		words = nil
		if boxes, err := mail.ParseAddressList(strings.TrimRight(text, ", ")); err == nil {
			for _, b := range boxes {
				words = append(words, b.String())
			}
		} else {
			words = strings.Split(text, ",")
		}
	}
	var people []lists.NewMember
	for _, w := range words {
		address, name, err := readMailbox(w)
		if err != nil {
			return nil, err
		}
		people = append(people, lists.NewMember{Address: address, Name: name})
	}
	return people, nil
}
