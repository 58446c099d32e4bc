package main

import (
	"strings"
	"time"

	"plenary/smtp/deliver/sink"
	"plenary/smtp/message"
)

// stay says what can be tried, and shows the mails that go out until Ctrl-C.
func (d *demo) stay() error {
	at := d.service.Addrs()
	s := d.show
	s.line("")
	s.title("It stays up to be tried; Ctrl-C ends it, and all that is in it.")
	where := "   SMTP  " + at["smtp"]
	if at["imap"] != "" {
		where += "      IMAP  " + at["imap"]
	}
	if at["http"] != "" {
		where += "      pages  http://" + at["http"] + "/"
	}
	s.line("%s", where)
	s.line("")
	s.line("   Join:        swaks --server %s --from you@example.com --to dc-join@%s --body hello", at["smtp"], demoDomain)
	s.line("   Ask:         swaks --server %s --from you@example.com --to plenary@%s --body 'lists'", at["smtp"], demoDomain)
	if at["imap"] != "" {
		s.line("   Read:        curl -u %s:%s imap://%s/dc -X 'FETCH 1:* (ENVELOPE)'", admin.address, demoPassword, at["imap"])
	}
	if at["http"] != "" {
		s.line("   Look:        http://%s/dc, and what each group does now: http://%s/dc/board", at["http"], at["http"])
	}
	s.line("   The digest:  file://%s, as mail programs show it", d.digest)
	if d.out != "" {
		s.line("   The mails:   %s", d.out)
	}
	s.line("\n   What goes out is shown here:")
	for len(d.live) > 0 {
		<-d.live // of the story
	}
	for {
		select {
		case m := <-d.live:
			mails := d.burst(m)
			if err := d.save(mails, len(d.sink.Mails())-len(mails)); err != nil {
				return err
			}
			s.goOut(mails)
			d.hint(mails)
		case err := <-d.ended:
			d.ended <- nil
			return err
		case <-d.app.ctx.Done():
			return nil
		}
	}
}

// burst collects what follows a mail at once, so that a post shows as one
// line and not as one for each member.
func (d *demo) burst(first sink.Mail) []sink.Mail {
	mails := []sink.Mail{first}
	for {
		select {
		case m := <-d.live:
			mails = append(mails, m)
		case <-time.After(300 * time.Millisecond):
			return mails
		case <-d.app.ctx.Done():
			return mails
		}
	}
}

// hint shows how to answer a question.
func (d *demo) hint(mails []sink.Mail) {
	for _, one := range mails {
		m, err := message.Parse(one.Data)
		if err != nil {
			continue
		}
		if to := m.Addresses("Reply-To"); len(to) == 1 && strings.Contains(to[0].Addr, "-confirm+") {
			d.show.line("   Answer it:   swaks --server %s --from %s --to %s --body yes", d.service.Addrs()["smtp"], one.To[0], to[0].Addr)
		}
	}
}
