package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"sync"

	"plenary/smtp"
	"plenary/smtp/blocklist"
	"plenary/smtp/message"
	"plenary/smtp/rspamd"
)

// hooks ask others about mail before it is taken: blocklists about who brings
// it, rspamd about what it says. Which of them is asked, and what happens
// where one does not answer, is the configuration's.
type hooks struct {
	lists        blocklist.Lists
	listsClosed  bool // where a list does not answer the mail is put off
	filter       *rspamd.Filter
	filterClosed bool
	postmaster   string // what is written to there is taken from anybody (RFC 5321 4.5.1, RFC 2142)
	abuse        string
	log          *slog.Logger
	mu           sync.Mutex
	known        map[string]consulted // by queue id, until accepted
	order        []string
}

// consulted is what came of the questions about one message.
type consulted struct {
	fields  string
	refused *smtp.Reply
}

// newHooks is nil where nobody is to be asked.
func (s *service) newHooks() *hooks {
	c := s.cfg.SMTP
	if len(c.DNSBL.Zones) == 0 && c.Rspamd.URL == "" {
		return nil
	}
	h := &hooks{
		lists: blocklist.Lists{Zones: c.DNSBL.Zones, DNS: s.checker.DNS}, listsClosed: c.DNSBL.OnError == "closed", filterClosed: c.Rspamd.OnError == "closed",
		postmaster: "postmaster@" + s.site.Domain, abuse: "abuse@" + s.site.Domain, log: s.log, known: map[string]consulted{},
	}
	if c.Rspamd.URL != "" {
		h.filter = &rspamd.Filter{URL: c.Rspamd.URL, Password: c.Rspamd.Password}
	}
	return h
}

// Look asks, once for each message: fields is what goes on top of it, refused
// why it is not taken.
func (h *hooks) Look(ctx context.Context, env smtp.Envelope, raw []byte) (fields string, refused *smtp.Reply) {
	if h == nil || h.forAnybody(env) {
		return "", nil
	}
	h.mu.Lock()
	a, ok := h.known[env.ID]
	h.mu.Unlock()
	if ok {
		return a.fields, a.refused
	}
	listed, refused := h.askLists(ctx, env)
	a.fields, a.refused = listed, refused
	if refused == nil {
		spam, refused := h.askFilter(ctx, env, raw)
		a.fields, a.refused = a.fields+spam, refused
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.order) >= beliefKept {
		delete(h.known, h.order[0])
		h.order = h.order[1:]
	}
	h.known[env.ID], h.order = a, append(h.order, env.ID)
	return a.fields, a.refused
}

// forAnybody tells whether the mail is only for those who must hear of trouble.
func (h *hooks) forAnybody(env smtp.Envelope) bool {
	for _, to := range env.To {
		if !strings.EqualFold(to, h.postmaster) && !strings.EqualFold(to, h.abuse) {
			return false
		}
	}
	return true
}

func (h *hooks) askLists(ctx context.Context, env smtp.Envelope) (fields string, refused *smtp.Reply) {
	client, err := netip.ParseAddr(env.Remote)
	if err != nil || env.Account != "" || len(h.lists.Zones) == 0 {
		return "", nil
	}
	f := h.lists.Check(ctx, client)
	switch {
	case f.Zone != "":
		text := "Mail from " + env.Remote + " is not taken: " + f.Zone + " lists that address"
		if f.Reason != "" {
			text += " (" + f.Reason + ")"
		}
		return "", &smtp.Reply{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: text}
	case f.Err != nil:
		h.log.Warn("a blocklist did not answer", "queue", env.ID, "closed", h.listsClosed, "err", f.Err)
		if h.listsClosed {
			return "", &smtp.Reply{Code: 451, Enhanced: [3]int{4, 7, 1}, Text: "It can not be found out now whether your address is on a blocklist; try again later", Cause: f.Err}
		}
		return "X-Spam-Blocklist: unknown\r\n", nil
	}
	return "X-Spam-Blocklist: none\r\n", nil
}

func (h *hooks) askFilter(ctx context.Context, env smtp.Envelope, raw []byte) (fields string, refused *smtp.Reply) {
	if h.filter == nil {
		return "", nil
	}
	a, err := h.filter.Check(ctx, env, raw)
	if err != nil {
		h.log.Warn("rspamd did not answer", "queue", env.ID, "closed", h.filterClosed, "err", err)
		if h.filterClosed {
			return "", &smtp.Reply{Code: 451, Enhanced: [3]int{4, 7, 1}, Text: "The message can not be checked for spam now; try again later", Cause: err}
		}
		return "X-Spam-Status: unknown\r\n", nil
	}
	switch a.Action {
	case rspamd.Reject:
		return "", &smtp.Reply{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: orWord(a.Text, "The message looks like spam; if it is none, write to "+h.postmaster)}
	case rspamd.SoftReject, rspamd.Greylist:
		return "", &smtp.Reply{Code: 451, Enhanced: [3]int{4, 7, 1}, Text: orWord(a.Text, "Try again later")}
	}
	return a.Fields(), nil
}

// Mark puts what was found on top of a message, in the place of what others
// say was found.
func (h *hooks) Mark(env smtp.Envelope, raw []byte, fields string) []byte {
	if h == nil {
		return raw
	}
	h.mu.Lock()
	delete(h.known, env.ID)
	h.mu.Unlock()
	read, rest, err := message.ReadFields(raw)
	if err != nil {
		return raw // past the caps: the screen refuses it
	}
	out := bytes.NewBufferString(fields)
	at := 0
	for _, f := range read {
		at += len(f.Raw)
		if !strings.HasPrefix(strings.ToLower(f.Name), "x-spam") {
			out.Write(f.Raw)
		}
	}
	out.Write(raw[at : len(raw)-len(rest)]) // the empty line
	out.Write(rest)
	return out.Bytes()
}
