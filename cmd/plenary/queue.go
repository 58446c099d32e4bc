package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"plenary/lists/store"
	"plenary/smtp/queue"
)

type queueCmd struct {
	Ls    queueLsCmd    `cmd:"" help:"Show what waits to be routed or sent."`
	Show  queueShowCmd  `cmd:"" help:"Show all that is known of one message's way."`
	Retry queueRetryCmd `cmd:"" help:"Try again now: all, or MESSAGE [RECIPIENT]."`
	Drop  queueDropCmd  `cmd:"" help:"Take out of the queue, unsent: all, or MESSAGE [RECIPIENT]."`
}

// queueRow is what waits, as scripts see it.
type queueRow struct {
	Message   string `json:"message"`
	List      string `json:"list"`
	Recipient string `json:"recipient"`
	Attempts  int    `json:"attempts"`
	Due       string `json:"due"`
	LastReply string `json:"last_reply"`
}

func rowOf(e queue.Entry) queueRow {
	r := queueRow{Message: e.Message, List: e.List, Recipient: e.Recipient, Attempts: e.Attempts, LastReply: e.LastReply}
	if !e.Due.IsZero() {
		r.Due = e.Due.UTC().Format(time.RFC3339)
	}
	return r
}

// queue opens the queue of the service that the configuration names.
func (a *app) queue() (*queue.Queue, error) {
	rdb, cfg, err := a.redis()
	if err != nil {
		return nil, err
	}
	st, err := store.Open(a.ctx, rdb, cfg.Site(), a.now)
	if err != nil {
		return nil, err
	}
	return queue.New(rdb, queue.Options{Domain: cfg.Domain, Roster: st, Now: a.now}), nil
}

type queueLsCmd struct {
	JSON bool `help:"Print JSON for scripts."`
}

func (c queueLsCmd) Run(a *app) error {
	q, err := a.queue()
	if err != nil {
		return err
	}
	if c.JSON {
		return writeRows(a.out, func(fn func(queueRow) error) error {
			return q.Each(a.ctx, func(e queue.Entry) error { return fn(rowOf(e)) })
		})
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	n := 0
	err = q.Each(a.ctx, func(e queue.Entry) error {
		if n++; n == 1 {
			fmt.Fprintln(w, "MESSAGE\tLIST\tRECIPIENT\tATTEMPTS\tDUE\tLAST REPLY")
		}
		r := rowOf(e)
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", r.Message, r.List, orWord(r.Recipient, "(all that are left)"), r.Attempts, orWord(r.Due, "now"), r.LastReply)
		return err
	})
	if n == 0 && err == nil {
		a.say("Nothing waits.")
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

type queueShowCmd struct {
	Message string `arg:"" help:"As ls shows it."`
}

func (c queueShowCmd) Run(a *app) error {
	q, err := a.queue()
	if err != nil {
		return err
	}
	asked, n := strings.Trim(c.Message, "<>"), 0
	err = q.Each(a.ctx, func(e queue.Entry) error {
		if e.Message != asked {
			return nil
		}
		n++
		r := rowOf(e)
		a.say("message     %s (%s)\nlist        %s\nrecipient   %s\nattempts    %d\ndue         %s\nlast reply  %s\n", r.Message, kindWords(e.Kind),
			orWord(r.List, "-"), orWord(r.Recipient, "all that are left"), r.Attempts, orWord(r.Due, "now"), orWord(r.LastReply, "-"))
		return nil
	})
	if err == nil && n == 0 {
		return fmt.Errorf("no message %q waits (plenary queue ls shows those that do)", c.Message)
	}
	return err
}

// kindWords says where in the queue an entry waits.
func kindWords(k queue.Kind) string {
	switch k {
	case queue.KindInbound:
		return "came in, waits to be read"
	case queue.KindDead:
		return "came in and was set aside after too many tries; retry revives it"
	case queue.KindLetter:
		return "a letter of Plenary's own"
	case queue.KindLate:
		return "a post put off for this member"
	}
	return "a post on its way to its members"
}

type queueRetryCmd struct {
	Message   string `arg:"" help:"all, or a message as ls shows it."`
	Recipient string `arg:"" optional:"" help:"Only this recipient."`
}

func (c queueRetryCmd) Run(a *app) error {
	if c.Message == "" {
		return misused("which message? Write all, or a message as plenary queue ls shows it")
	}
	q, err := a.queue()
	if err != nil {
		return err
	}
	n, err := q.Retry(a.ctx, c.Message, c.Recipient)
	if err != nil {
		return err
	}
	if n == 0 {
		waits, err := q.Waits(a.ctx, c.Message, c.Recipient)
		if err != nil {
			return err
		}
		if waits {
			a.say("Nothing was put off: what waits is being tried now, or has its first turn soon.")
			return nil
		}
	}
	said(a, n, "tried again now", c.Message, c.Recipient)
	return nil
}

type queueDropCmd struct {
	Message   string `arg:"" help:"all, or a message as ls shows it."`
	Recipient string `arg:"" optional:"" help:"Only this recipient."`
}

func (c queueDropCmd) Run(a *app) error {
	if c.Message == "" {
		return misused("which message? Write all, or a message as plenary queue ls shows it")
	}
	q, err := a.queue()
	if err != nil {
		return err
	}
	n, err := q.Drop(a.ctx, c.Message, c.Recipient)
	if err == nil {
		said(a, n, "dropped", c.Message, c.Recipient)
	}
	return err
}

// said tells how many entries something happened to; none is no fault: the
// state asked for is there.
func said(a *app, n int, what, message, recipient string) {
	switch {
	case n > 0 && n == 1:
		a.say("1 entry is %s.", what)
	case n > 0:
		a.say("%d entries are %s.", n, what)
	case message == queue.All:
		a.say("Nothing waits.")
	case recipient != "":
		a.say("Nothing of %s waits for %s.", message, recipient)
	default:
		a.say("Nothing of %s waits.", message)
	}
}
