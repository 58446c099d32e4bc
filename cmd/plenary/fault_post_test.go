//go:build faults

package main

import (
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// handed is a mail that a client hands in until it is answered 2xx.
type handed struct {
	key    string // Message-ID
	from   string
	to     []string
	raw    []byte
	after  time.Duration
	taken  bool // answered 2xx
	unsure int  // tries that ended in the message or after it without a 2xx: the server may have it
	tries  int
}

// marker stands in every body, so that one left in Redis is found.
const marker = "This post is of the fault driver."

// mails are those that the trial's posts are made of, and its letter's cause.
func (t trial) mails() (out []*handed) {
	for i, p := range t.posts {
		key := fmt.Sprintf("<fault-%d-%d@m.example>", t.seed, i)
		body := marker + "\r\n.\r\n..\r\n" + strings.Repeat(".Lines with dots, and a word with an umlaut: Übermut.\r\n", p.lines)
		head := fmt.Sprintf("From: One <%s>\r\nTo: dc@%s\r\nSubject: Fault %d\r\nMessage-ID: %s\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
			member(1), faultDomain, i, key, time.Now().Format(time.RFC1123Z))
		m := handed{key: key, from: member(1), raw: []byte(head + body), after: p.after}
		for _, l := range p.lists {
			m.to = append(m.to, l+"@"+faultDomain)
		}
		if !p.apart {
			out = append(out, &m)
			continue
		}
		for j, to := range m.to {
			one := m
			one.to, one.after = []string{to}, p.after+time.Duration(j)*200*time.Millisecond
			out = append(out, &one)
		}
	}
	if t.help {
		key := t.helpKey()
		out = append(out, &handed{key: key, from: member(2), to: []string{"plenary@" + faultDomain}, after: 100 * time.Millisecond,
			raw: fmt.Appendf(nil, "From: <%s>\r\nTo: plenary@%s\r\nSubject: help\r\nMessage-ID: %s\r\nDate: %s\r\n\r\n\r\n", member(2), faultDomain, key, time.Now().Format(time.RFC1123Z))})
	}
	return out
}

func (t trial) helpKey() string { return fmt.Sprintf("<fault-%d-help@m.example>", t.seed) }

// sum is the checksum of the mail's body.
func (h *handed) sum() string {
	_, body, _ := strings.Cut(string(h.raw), "\r\n\r\n")
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body)))
}

// people are those whom a post to these lists reaches.
func (p trialPost) people() (out []string) {
	for n := 1; n <= faultMembers; n++ {
		if p.lists[0] == "dc" || len(p.lists) > 1 || inMaps(n) {
			out = append(out, member(n))
		}
	}
	return out
}

// handIn does as a mail server does that delivers to us: it tries one of the
// servers and then another, until one has said 2xx.
func (w *faultWorld) handIn(seed uint64, h *handed) error {
	r := rand.New(rand.NewPCG(seed, uint64(crc32.ChecksumIEEE([]byte(h.key)))))
	wait := h.after
	for end := time.Now().Add(faultPatience); time.Now().Before(end); wait = 100*time.Millisecond + upTo(r, 200*time.Millisecond) {
		if !w.pause(wait) {
			return nil
		}
		h.tries++
		began, err := h.give(w.servers[r.IntN(len(w.servers))].smtp)
		if err == nil {
			h.taken = true
			return nil
		}
		if began {
			h.unsure++
		}
		var reply *gosmtp.SMTPError
		if errors.As(err, &reply) && reply.Code/100 == 5 {
			return fmt.Errorf("%s was refused for good: %w", h.key, err)
		}
	}
	return fmt.Errorf("%s was not taken, in %d tries", h.key, h.tries)
}

// give tries once; began tells that the message itself was begun.
func (h *handed) give(server string) (began bool, err error) {
	conn, err := (&net.Dialer{Timeout: 3 * time.Second}).Dial("tcp", server)
	if err != nil {
		return false, err
	}
	c := gosmtp.NewClient(conn)
	defer c.Close()
	c.CommandTimeout, c.SubmissionTimeout = 4*time.Second, 6*time.Second
	if err := c.Mail(h.from, nil); err != nil {
		return false, err
	}
	for _, to := range h.to {
		if err := c.Rcpt(to, nil); err != nil {
			return false, err
		}
	}
	data, err := c.Data()
	if err != nil {
		return false, err
	}
	if _, err := data.Write(h.raw); err != nil {
		return true, err
	}
	return true, data.Close()
}
