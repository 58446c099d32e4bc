package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/smtp/deliver/sink"
	"plenary/smtp/message"
)

// demoPassword reads the archive over IMAP.
const demoPassword = "demo-demo-demo-demo"

// tell plays the story; each step waits until its mails have gone out.
func (d *demo) tell() error {
	members, err := d.service.store.Count(d.app.ctx, "dc")
	if err != nil {
		return err
	}
	d.show.title("Plenary demo: the Digital Coalition, %d people in %d groups.", members, len(demoGroups()))
	d.show.line("All of it runs in this process on loopback: no mail leaves this machine,")
	d.show.line("and as its Redis is within the process, nothing is kept when it ends.")
	for _, step := range []func() error{d.join, d.found, d.follow, d.write, d.report, d.publish} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) join() error {
	d.show.step("A newcomer joins by mail: any words will do")
	if err := d.mail(newcomer, "dc-join", "Hello from Beirut", "Hello, I heard of you and would like to take part."); err != nil {
		return err
	}
	return d.answer(newcomer, "yes")
}

func (d *demo) found() error {
	d.show.step("An admin founds a group by mail; the whole body hears of it")
	if err := d.mail(admin, "plenary", "create translation \"Translating our texts\"",
		"purpose: Have every text that we publish in five languages within a month.",
		"leader: "+founder.address,
		"next: translate the nine principles by "+d.date(21)); err != nil {
		return err
	}
	return d.answer(admin, "yes")
}

func (d *demo) follow() error {
	d.show.step("The newcomer joins the new group")
	if err := d.mail(newcomer, "dc-translation-join", "I can do Arabic", "I can do Arabic."); err != nil {
		return err
	}
	return d.answer(newcomer, "yes")
}

func (d *demo) write() error {
	d.show.step("A member writes to a group; its members receive it")
	return d.mail(writer, "dc-data-protection", "Chile's new law", "Chile's data protection law is in force from December.",
		"I have the text and a summary; who can check the part on enforcement?")
}

func (d *demo) report() error {
	d.show.step("Each group's leader is asked once a week; a plain reply is the report")
	dir, err := d.service.store.Directory(d.app.ctx)
	if err != nil {
		return err
	}
	main, ok := dir.ByID("dc")
	if !ok {
		return fmt.Errorf("the demo's main list is gone")
	}
	if err := d.goesOut(func() error {
		_, _, err := d.service.progress.Ask(d.app.ctx, main)
		return err
	}, leader.address); err != nil {
		return err
	}
	return d.answer(leader, "Thirty-one countries are on the map. Tomás found the text of Chile's new law.",
		"next: publish the map of the first forty countries by "+d.date(18),
		"help: somebody who reads Korean")
}

func (d *demo) publish() error {
	d.show.step("The week is over: the digest goes to everybody, as text and as HTML")
	err := d.goesOut(func() error {
		said, err := d.service.weekly.SendNow(d.app.ctx, "dc", "")
		_ = said // the mail shows it
		return err
	}, "")
	if err != nil {
		return err
	}
	folder := d.out
	if folder == "" {
		folder = d.folder
	}
	d.digest, err = d.digestPage(folder)
	return err
}

// date is so many days from now.
func (d *demo) date(days int) string {
	return string(d.service.site.Today(d.app.now().AddDate(0, 0, days)))
}

// mail has somebody write to an address of the site, and shows what follows.
func (d *demo) mail(who somebody, local, subject string, lines ...string) error {
	to := local + "@" + demoDomain
	d.show.comesIn(who, to, subject, lines)
	return d.goesOut(func() error { return d.post(who, to, subject, "", lines) }, "")
}

// answer has somebody answer the newest mail that asks them something.
func (d *demo) answer(who somebody, lines ...string) error {
	mails := d.sink.Mails()
	for i := len(mails) - 1; i >= 0; i-- {
		m, err := message.Parse(mails[i].Data)
		if err != nil || len(mails[i].To) == 0 || mails[i].To[0] != who.address {
			continue
		}
		if to := m.Addresses("Reply-To"); len(to) == 1 && asks(to[0].Addr) {
			d.show.answers(who, lines)
			return d.goesOut(func() error { return d.post(who, to[0].Addr, "Re: "+m.Subject, m.MessageID, lines) }, "")
		}
	}
	return fmt.Errorf("no mail asks %s anything", who.address)
}

// asks tells whether an answer to this address settles a question.
func asks(address string) bool {
	return strings.Contains(address, "-confirm+") || strings.Contains(address, "-progress+")
}

// post sends one mail to the service, by SMTP.
func (d *demo) post(who somebody, to, subject, inReplyTo string, lines []string) error {
	var b strings.Builder
	now := d.app.now()
	fmt.Fprintf(&b, "From: =?utf-8?q?%s?= <%s>\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%d@example.org>\n",
		quotedWord(who.name), who.address, to, subject, now.Format(time.RFC1123Z), now.UnixNano())
	if inReplyTo != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\n", inReplyTo)
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", strings.Join(lines, "\n"))
	return sendMail(d.app.ctx, d.service.Addrs()["smtp"], who.address, []string{to}, []byte(b.String()))
}

// quotedWord encodes a name for RFC 2047's Q encoding.
func quotedWord(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == ' ':
			b.WriteByte('_')
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// goesOut does something, waits until all that it causes has been sent, and
// shows what went out (to one address only, unless that is "").
func (d *demo) goesOut(do func() error, only string) error {
	before := len(d.sink.Mails())
	if err := do(); err != nil {
		return err
	}
	if err := d.settle(); err != nil {
		return err
	}
	sent := d.sink.Mails()[before:]
	if err := d.save(sent, before); err != nil {
		return err
	}
	var shown []sink.Mail
	for _, m := range sent {
		if only == "" || len(m.To) > 0 && m.To[0] == only {
			shown = append(shown, m)
		}
	}
	d.show.goOut(shown)
	return nil
}

// settle waits until nothing is under way in the service.
func (d *demo) settle() error {
	ctx, cancel := context.WithTimeout(d.app.ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		depth, err := d.service.queue.Depth(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			return err
		case err == nil && depth.Inbound+depth.Letters+depth.Posts == 0:
			return nil
		}
		select {
		case <-tick.C:
		case err := <-d.ended:
			d.ended <- nil // for close, which waits for it too
			if err == nil {
				err = context.Canceled
			}
			return err
		case <-ctx.Done():
			if d.app.ctx.Err() != nil {
				return d.app.ctx.Err()
			}
			return fmt.Errorf("the mails of this step did not go out: %+v waits", depth)
		}
	}
}
