package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"plenary/lists"
	"plenary/smtp"
)

// reply gathers what came of each command of one mail, and becomes the one
// answer to it.
type reply struct {
	h         *Handler
	in        In
	f         Facts
	parsed    Parsed
	decisions []Decision
	outcomes  [][]lists.Outcome // by decision
	shown     []string          // by decision: what a query shows
}

// carryOut hands all actions of the mail to the desk at once, so that they
// share one question.
func (r *reply) carryOut(ctx context.Context) error {
	r.outcomes = make([][]lists.Outcome, len(r.decisions))
	all, of, err := r.actions()
	if err != nil {
		return err
	}
	believed := r.f.Believed && r.h.Trust
	mayAsk := len(all) > 0
	if mayAsk && !believed {
		if mayAsk, err = r.h.mayAsk(ctx, r.in.Envelope, r.f); err != nil {
			return err
		}
	}
	if mayAsk {
		outs, err := r.h.Desk.Do(ctx, r.f.Asker, believed, r.f.Here.ID, r.in.Envelope.ID, all)
		var no *lists.Refusal
		switch {
		case errors.As(err, &no):
			r.outcomes[of[0]] = []lists.Outcome{{Result: lists.Refused, Text: no.Text}}
		case err != nil:
			return err
		}
		for i, out := range outs {
			r.outcomes[of[i]] = append(r.outcomes[of[i]], out)
		}
	}
	for i, d := range r.decisions {
		if d.Token == "" {
			continue
		}
		out, shut, err := r.h.shut(ctx, r.in, r.f, d.Token)
		if err == nil && !shut {
			out, err = r.h.settle(ctx, d.Token, d.Agree, r.f, r.in.Envelope.ID)
		}
		if err != nil {
			return err
		}
		r.outcomes[i] = append(r.outcomes[i], out)
	}
	return nil
}

// actions are those of all decisions, in their order, and of which decision
// each is. The same action asked for twice is one, where it stands last:
// after "daily", "weekly", "daily" it is daily.
func (r *reply) actions() (all []lists.Action, of []int, err error) {
	var keys []string
	last := map[string]int{}
	for i, d := range r.decisions {
		for _, a := range d.Actions {
			raw, err := json.Marshal(a)
			if err != nil {
				return nil, nil, fmt.Errorf("write an action: %w", err)
			}
			last[string(raw)] = len(all)
			all, of, keys = append(all, a), append(of, i), append(keys, string(raw))
		}
	}
	n := 0
	for i, key := range keys {
		if last[key] == i {
			all[n], of[n] = all[i], of[i]
			n++
		}
	}
	return all[:n], of[:n], nil
}

// query answers what only asks.
func (r *reply) query(ctx context.Context) error {
	r.shown = make([]string, len(r.decisions))
	for i, d := range r.decisions {
		if d.Query == nil {
			continue
		}
		text, err := r.h.show(ctx, r.f, *d.Query)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Query.Name, err)
		}
		r.shown[i] = text
	}
	return nil
}

// needed tells whether there is anything to say that no letter of the desk's
// has said: where all that came of a mail is a question, the question is the
// answer.
func (r *reply) needed() bool {
	if len(r.decisions) == 0 || r.parsed.Over > 0 {
		return true
	}
	for i, d := range r.decisions {
		if d.Query != nil || len(d.Refused)+len(d.Notes) > 0 {
			return true
		}
		for _, out := range r.outcomes[i] {
			if !out.Told && out.Text != "" {
				return true
			}
		}
	}
	for _, u := range r.parsed.Unknown {
		if !u.Idle {
			return true
		}
	}
	return false
}

// part is what the answer says of one command.
type part struct{ Head, Text string }

// parts are the answer's parts, in the order of the commands.
func (r *reply) parts() []part {
	var parts []part
	for i, d := range r.decisions {
		p := part{Text: r.said(i)}
		if p.Text == "" {
			continue
		}
		switch {
		case d.Command.To != "" && d.Command.Name != "":
			p.Head = strings.TrimSpace(fmt.Sprintf("%s (%s)", d.Command.Name, d.Command.To))
		case len(r.decisions) > 1 || d.Command.Line > 0:
			p.Head = fmt.Sprintf("%s (%s)", d.Command.Name, r.f.place(d.Command.Line))
		}
		parts = append(parts, p)
	}
	if len(parts) == 1 && len(r.parsed.Unknown) == 0 {
		parts[0].Head = ""
	}
	for _, text := range r.unread() {
		parts = append(parts, part{Text: text})
	}
	return parts
}

// said is what came of one command: each sentence once.
func (r *reply) said(i int) string {
	var text []string
	seen := map[string]bool{}
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s] = true
			text = append(text, s)
		}
	}
	for _, out := range r.outcomes[i] {
		add(out.Text)
	}
	d := r.decisions[i]
	for _, s := range append(append([]string{}, d.Refused...), d.Notes...) {
		add(s)
	}
	if len(text) > 1 {
		for j := range text {
			text[j] = "- " + text[j]
		}
	}
	if r.shown[i] != "" {
		text = append(text, strings.Trim(r.shown[i], "\n"))
	}
	return strings.Join(text, "\n")
}

// unread says what of the mail was not understood, or not read.
func (r *reply) unread() []string {
	var out []string
	for _, u := range r.parsed.Unknown {
		switch near := r.f.suggestion(u.Near); {
		case u.Idle:
		case len(out) == 5:
			return append(out, r.f.say("Further lines were no commands either."))
		case near != "":
			out = append(out, r.f.say("%s is no command. %s", capital(r.f.place(u.Line)), near))
		default:
			out = append(out, r.f.say("%s is no command.", capital(r.f.place(u.Line))))
		}
	}
	if r.parsed.Stopped > 0 {
		out = append(out, r.f.say("Reading stopped after line %d: three lines in a row were no commands. Put commands first, or write \"end\" after them.", r.parsed.Stopped))
	}
	if r.parsed.Over > 0 {
		out = append(out, r.f.say("One mail may hold %d commands; from line %d on they were not read. Send the rest in another mail.", MaxCommands, r.parsed.Over))
	}
	return out
}

// suggestion is how the command nearest to an unknown line is written.
func (f Facts) suggestion(near string) string {
	e, ok := lookup(near)
	switch {
	case !ok:
		return ""
	case near != e.Name:
		return f.say("Did you mean %q? It is written %s or %q.", near, forms(e), near)
	}
	return f.say("Did you mean %q? It is written %s.", near, forms(e))
}

// send writes the answer and sends it, unless the bounded rate is used up.
func (r *reply) send(ctx context.Context) error {
	var text string
	var err error
	address := r.f.commandAddress()
	if len(r.decisions) == 0 {
		text, err = r.nothing(address)
	} else {
		text, err = r.h.texts.render(r.f, "answer.txt", map[string]any{"Parts": r.parts(), "Domain": r.h.Site.Domain, "Address": address})
	}
	if err != nil {
		return err
	}
	return r.h.answer(ctx, r.in, r.f, r.f.say("What came of your mail to %s", writtenTo(r.in, r.f)), text)
}

// nothing is the answer to a mail without any command.
func (r *reply) nothing(address lists.Address) (string, error) {
	var near []string
	for _, u := range r.parsed.Unknown {
		if s := r.f.suggestion(u.Near); s != "" && !u.Idle && len(near) < 3 {
			near = append(near, r.f.say("%s: %s", capital(r.f.place(u.Line)), s))
		}
	}
	var short []string
	for _, name := range []string{"help", "lists", "info", "join", "leave"} {
		e, _ := lookup(name)
		short = append(short, fmt.Sprintf("%-18s %s", strings.TrimSuffix(e.Forms[0], " [COMMAND]"), map[string]string{
			"help": r.f.say("all commands"), "lists": r.f.say("which lists and groups there are"), "info": r.f.say("about one of them"),
			"join": r.f.say("to subscribe"), "leave": r.f.say("to unsubscribe")}[name]))
	}
	data := map[string]any{"Near": near, "Short": short, "Address": address, "Owner": "", "Empty": len(r.parsed.Unknown) == 0}
	if r.f.atList() {
		data["Owner"] = r.f.address(r.f.Here, "owner")
	}
	return r.h.texts.render(r.f, "nothing.txt", data)
}

// answer sends the one answer to a mail. To one who is not believed it says
// nothing of theirs: fixed words, a fixed subject.
func (h *Handler) answer(ctx context.Context, in In, f Facts, subject, text string) error {
	ok, err := h.mayAnswer(ctx, in.Envelope.Remote, f)
	if err != nil {
		return fmt.Errorf("count the answer to %s: %w", in.Envelope.ID, err)
	}
	if !ok {
		h.Log.Warn("not answered: past the rate", "queue", in.Envelope.ID, "list", f.Here.Name)
		return nil
	}
	address := string(f.commandAddress())
	text = f.Speaker.Words().Lines(text)
	l := smtp.Letter{
		Key: "answer/" + in.Envelope.ID, To: []string{string(f.Asker)}, From: address, FromName: h.senderName(f.Here), ReplyTo: address,
		Subject: f.subject(subject), InReplyTo: f.Source, Text: text, Headers: f.headers(), AutoReplied: true, Priority: smtp.Prompt, Date: h.Now(),
	}
	if f.Believed {
		if s, _ := cleanSubject(in.Message.Subject); s != "" {
			l.Subject = "Re: " + s
		}
		for _, id := range in.Message.References {
			if smtp.WellFormedID(id) && len(l.References) < 20 {
				l.References = append(l.References, id)
			}
		}
	}
	if err := h.Outbox.Send(ctx, l); err != nil {
		return fmt.Errorf("send the answer to %s: %w", in.Envelope.ID, err)
	}
	return nil
}

// writtenTo is our address that the mail was written to, as the sender wrote
// it: they may not know it by another name.
func writtenTo(in In, f Facts) string {
	for _, to := range in.Envelope.To {
		local := lists.Address(to).Local()
		if t, ok := f.Dir.Resolve(local); ok && t.Kind == in.Target.Kind && t.List.ID == in.Target.List.ID {
			return string(f.Site.At(strings.ToLower(local)))
		}
	}
	return string(f.commandAddress())
}

func (h *Handler) senderName(l lists.List) string {
	if l.ID == "" {
		return "Plenary"
	}
	return l.Title
}
