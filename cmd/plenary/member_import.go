package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/lists"
	"plenary/lists/store"
)

type memberImportCmd struct {
	List    string `arg:"" help:"Name or short name."`
	File    string `arg:"" help:"CSV, with a header line if it names address or email; or one address a line. - is stdin."`
	Partial bool   `help:"Keep the good lines where others are bad."`
}

// badLine is a line that names nobody.
type badLine struct {
	number int
	why    string
}

func (c memberImportCmd) Run(a *app) error {
	in, name := a.in, "stdin"
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = f, c.File
	}
	people, bad, err := readMembers(in)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	const shown = 20
	for i, b := range bad {
		if i == shown {
			a.warn("%s: %d more bad lines", name, len(bad)-shown)
			break
		}
		a.warn("%s:%d: %s", name, b.number, b.why)
	}
	if len(bad) > 0 && !c.Partial {
		a.warn("%s; nobody was added. Mend them, or take the other %d lines with --partial.", count(len(bad), "bad line"), len(people))
		return errSaid
	}
	st, _, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	record, err := offices(a, st, l)
	if err != nil {
		return err
	}
	added, err := c.add(a, st, l, people)
	if err != nil {
		return fmt.Errorf("%d were added to %s before this: %w", added, l.Name, errors.Join(err, record()))
	}
	if err := record(); err != nil {
		return err
	}
	a.say("%s added to %s; %d were members already.", count(added, "member"), l.Name, len(people)-added)
	if len(bad) > 0 {
		a.say("%s left out.", count(len(bad), "bad line"))
	}
	return nil
}

// add subscribes everybody, and shows how far it is to whoever watches.
func (c memberImportCmd) add(a *app, st *store.Store, l lists.List, people []lists.NewMember) (added int, err error) {
	const step = 5000
	for done := 0; done < len(people); done += step {
		if a.terminal() && len(people) > step {
			fmt.Fprintf(a.errs, "\r%d of %d", done, len(people))
		}
		n, err := st.Import(a.ctx, l.ID, people[done:min(done+step, len(people))])
		if added += n; err != nil {
			return added, err
		}
	}
	if a.terminal() && len(people) > step {
		fmt.Fprint(a.errs, "\r                    \r")
	}
	return added, nil
}

// anyLine splits at LF, at CR LF, and at CR alone, as spreadsheets on some
// machines write.
func anyLine(data []byte, atEOF bool) (advance int, line []byte, err error) {
	switch i := bytes.IndexAny(data, "\r\n"); {
	case i >= 0 && data[i] == '\n':
		return i + 1, data[:i], nil
	case i >= 0 && i+1 < len(data) && data[i+1] == '\n':
		return i + 2, data[:i], nil
	case i >= 0 && (i+1 < len(data) || atEOF):
		return i + 1, data[:i], nil
	case atEOF && len(data) > 0:
		return len(data), data, nil
	}
	return 0, nil, nil
}

// columns tells which field of a line is what; -1 is none.
type columns struct {
	comma                         rune
	address, name, delivery, role int
	bare                          bool // no header told
}

// readMembers reads a CSV or one address a line. The same address twice is
// one member.
func readMembers(in io.Reader) (people []lists.NewMember, bad []badLine, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	lines.Split(anyLine)
	cols := columns{comma: ',', name: 1, delivery: -1, role: -1, bare: true}
	seen := map[string]bool{}
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\xef\xbb\xbf")))
		if len(line) == 0 || line[0] == '#' { // a remark, as other list servers' files have them
			continue
		}
		if number == 1 {
			if header, ok := readHeader(string(line)); ok {
				cols = header
				continue
			}
		}
		m, why := cols.member(string(line))
		if why != "" && number == 1 && !bytes.ContainsRune(line, '@') {
			why += "; if this line names the columns, call one of them address or email"
		}
		switch {
		case why != "":
			bad = append(bad, badLine{number, why})
		case !seen[m.Address.Key()]:
			seen[m.Address.Key()] = true
			people = append(people, m)
		}
	}
	return people, bad, lines.Err()
}

// readHeader recognises a first line that names the columns.
func readHeader(line string) (columns, bool) {
	c := columns{comma: ',', address: -1, name: -1, delivery: -1, role: -1}
	for _, comma := range []rune{';', '\t'} {
		if strings.ContainsRune(line, comma) && !strings.Contains(line, ",") {
			c.comma = comma
		}
	}
	fields, err := c.split(line)
	if err != nil {
		return c, false
	}
	for i, f := range fields {
		switch strings.ToLower(strings.TrimSpace(f)) {
		case "address", "email", "e-mail", "email address", "e-mail address", "mail":
			c.address = i
		case "name", "display name", "display_name", "real name", "full name":
			c.name = i
		case "delivery":
			c.delivery = i
		case "role", "roles":
			c.role = i
		}
	}
	if c.address < 0 && !strings.ContainsRune(line, '@') { // "E-mail 1 - Value", "Primary email", "Member address"
		for _, word := range []string{"mail", "address"} {
			c.address = slices.IndexFunc(fields, func(f string) bool { return strings.Contains(strings.ToLower(f), word) })
			if c.address >= 0 {
				break
			}
		}
	}
	return c, c.address >= 0
}

func (c columns) split(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, string(c.comma)), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.TrimLeadingSpace = c.comma, true
	return r.Read()
}

// member reads one line, or says why it names nobody.
func (c columns) member(line string) (m lists.NewMember, why string) {
	if !utf8.ValidString(line) {
		return m, "it is not UTF-8"
	}
	fields, err := c.split(line)
	if err != nil { // "Doe, Jane" <jane@example.org> is no CSV
		box, bad := mail.ParseAddress(line)
		if bad != nil {
			return m, "its quotation marks do not match"
		}
		fields = []string{box.Address, box.Name}
		c = columns{name: 1, delivery: -1, role: -1}
	}
	field := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return strings.TrimSpace(fields[i])
	}
	address := field(c.address)
	m.Name = field(c.name)
	if name, inner, ok := strings.Cut(address, "<"); ok && strings.HasSuffix(inner, ">") { // Name <address>
		address = strings.TrimSuffix(inner, ">")
		m.Name = orWord(m.Name, strings.Trim(strings.TrimSpace(name), `"`))
	}
	if m.Address, err = lists.ParseAddress(address); err != nil {
		return m, err.Error()
	}
	if c.bare {
		for _, f := range fields[1:] {
			if other, _, err := readMailbox(f); err == nil && !other.Same(m.Address) {
				return m, fmt.Sprintf("%s stands on the same line as %s: write one address a line", other, m.Address)
			}
		}
	}
	switch d := lists.Delivery(strings.ToLower(field(c.delivery))); d {
	case "", lists.Each, lists.Daily, lists.Weekly, lists.NoMail:
		m.Delivery = d
	default:
		return m, fmt.Sprintf("delivery %q: write each, daily, weekly or none", d)
	}
	switch r := strings.ToLower(field(c.role)); r {
	case "", "member":
	case "leader":
		m.Leader = true
	case "deputy":
		m.Deputy = true
	case "admin":
		m.Admin = true
	default:
		return m, fmt.Sprintf("role %q: write member, leader, deputy or admin", r)
	}
	return m, ""
}
