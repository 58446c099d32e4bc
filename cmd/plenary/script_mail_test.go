package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/message"
	"plenary/smtp/queue"
)

func sendVerb(ts *testscript.TestScript, neg bool, args []string) {
	via, from, to := ts.Getenv("SMTP"), "", ""
	for len(args) > 2 {
		switch args[0] {
		case "-via":
			via = args[1]
		case "-from":
			from = args[1]
		case "-to":
			to = args[1]
		}
		args = args[2:]
	}
	if len(args) != 1 {
		ts.Fatalf("usage: send [-via ADDR] [-from A] [-to B,C] FILE")
	}
	raw := []byte(ts.ReadFile(args[0]))
	m, err := message.Parse(crlf(raw))
	ts.Check(err)
	if from == "" && len(m.From) > 0 {
		from = m.From[0].Addr
	}
	if from == "<>" {
		from = ""
	}
	var rcpt []string
	for _, field := range []string{"To", "Cc"} {
		for _, box := range m.Addresses(field) {
			rcpt = append(rcpt, box.Addr)
		}
	}
	if to != "" {
		rcpt = strings.Split(to, ",")
	}
	give(ts, neg, via, from, rcpt, raw)
}

func writeVerb(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: write FROM TO SUBJECT [LINE…]")
	}
	from, to := args[0], args[1]
	if !strings.Contains(to, "@") {
		to += "@" + ts.Getenv("PLENARY_DOMAIN")
	}
	raw := fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%d@example.org>\nDate: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
		from, to, args[2], time.Now().UnixNano(), time.Now().Format(time.RFC1123Z), strings.Join(args[3:], "\n"))
	give(ts, neg, ts.Getenv("SMTP"), from, []string{to}, []byte(raw))
}

// lmtpVerb speaks LMTP itself: what matters is each reply.
func lmtpVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: lmtp FROM TO…")
	}
	c, err := textproto.Dial("tcp", ts.Getenv("LMTP"))
	ts.Check(err)
	defer c.Close()
	say := func(what, line string, args ...any) (ok bool) {
		if line != "" {
			ts.Check(c.PrintfLine(line, args...))
		}
		code, text, err := c.ReadResponse(0)
		ts.Check(err)
		fmt.Fprintf(ts.Stdout(), "%s: %d %s\n", what, code, text)
		return code/100 < 4
	}
	say("greeting", "")
	say("LHLO", "LHLO client.invalid")
	say("MAIL", "MAIL FROM:<%s>", args[0])
	var taken []string
	for _, to := range args[1:] {
		if say("RCPT "+to, "RCPT TO:<%s>", to) {
			taken = append(taken, to)
		}
	}
	say("DATA", "DATA")
	ts.Check(c.PrintfLine("From: %s\r\nTo: %s\r\nSubject: By LMTP\r\nMessage-ID: <%d@example.org>\r\nDate: %s\r\n\r\nHello.\r\n.",
		args[0], strings.Join(args[1:], ", "), time.Now().UnixNano(), time.Now().Format(time.RFC1123Z)))
	for _, to := range taken {
		say("DATA "+to, "")
	}
}

// give sends one mail and holds the server's answer against what was expected.
func give(ts *testscript.TestScript, refused bool, via, from string, to []string, raw []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := sendMail(ctx, via, from, to, raw)
	var reply *gosmtp.SMTPError
	switch {
	case err != nil && !errors.As(err, &reply):
		ts.Fatalf("send: %v", err)
	case refused && err == nil:
		ts.Fatalf("the server took a mail that it should refuse")
	case refused:
		fmt.Fprintf(ts.Stderr(), "%d %d.%d.%d %s\n", reply.Code, reply.EnhancedCode[0], reply.EnhancedCode[1], reply.EnhancedCode[2], reply.Message)
	case err != nil:
		ts.Fatalf("send: %v", err)
	}
}

// to gives the mails for an address whose subject matches.
func mailsTo(mails []sink.Mail, address string, subject *regexp.Regexp) (found []sink.Mail) {
	for _, m := range mails {
		for _, to := range m.To {
			if strings.EqualFold(to, address) && subject.MatchString(subjectOf(m)) {
				found = append(found, m)
			}
		}
	}
	return found
}

func subjectOf(m sink.Mail) string {
	read, err := message.Parse(m.Data)
	if err != nil {
		return ""
	}
	return read.Subject
}

// readable is a mail as a person sees it, all fields included.
func readable(m sink.Mail) string {
	read, err := message.Parse(m.Data)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "envelope from: <%s>\nenvelope to: %s\n", m.From, strings.Join(m.To, ", "))
	for _, f := range read.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value())
	}
	return b.String() + "\n" + read.Text(1<<20)
}

func pattern(ts *testscript.TestScript, args []string) *regexp.Regexp {
	re, err := regexp.Compile(strings.Join(args, " "))
	ts.Check(err)
	return re
}

// until looks again and again; nothing in another process tells when it is
// done, so this is the one place that sleeps.
func until(ts *testscript.TestScript, what string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("waited in vain for %s", what)
		}
	}
}

func awaitVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: await N ADDRESS [REGEXP]")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	re := pattern(ts, args[2:])
	w := worldOf(ts)
	var found []sink.Mail
	until(ts, fmt.Sprintf("mail %d to %s with a subject like %q; there are:\n%s", n, args[1], re, subjects(w)), func() bool {
		found = mailsTo(w.sink.Mails(), args[1], re)
		return len(found) >= n
	})
	if len(found) > n {
		ts.Fatalf("%d mails to %s, want %d:\n%s", len(found), args[1], n, subjects(w))
	}
	fmt.Fprintln(ts.Stdout(), readable(found[len(found)-1]))
}

// countVerb waits until nothing is under way, and counts then.
func countVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: count N ADDRESS [REGEXP]")
	}
	re := pattern(ts, args[2:])
	settle(ts)
	w := worldOf(ts)
	if found := mailsTo(w.sink.Mails(), args[1], re); strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d mails to %s, want %s; all there are:\n%s", len(found), args[1], args[0], subjects(w))
	}
}

func newestVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: newest ADDRESS [REGEXP]")
	}
	settle(ts)
	w := worldOf(ts)
	found := mailsTo(w.sink.Mails(), args[0], pattern(ts, args[1:]))
	if len(found) == 0 {
		ts.Fatalf("no such mail to %s; all there are:\n%s", args[0], subjects(w))
	}
	fmt.Fprintln(ts.Stdout(), readable(found[len(found)-1]))
}

// settle waits until the queue is empty but for what was put off. It looks
// into Redis itself: a command for each look would take the machine.
func settle(ts *testscript.TestScript) {
	rdb := worldOf(ts).client()
	defer rdb.Close()
	ctx := context.Background()
	st, err := store.Open(ctx, rdb, lists.Site{Domain: ts.Getenv("PLENARY_DOMAIN"), Location: time.UTC}, time.Now)
	ts.Check(err)
	q := queue.New(rdb, queue.Options{Domain: ts.Getenv("PLENARY_DOMAIN"), Roster: st})
	until(ts, "an empty queue", func() bool {
		waiting, err := q.List(ctx)
		ts.Check(err)
		for _, one := range waiting {
			if one.LastReply == "" { // new, or being tried
				return false
			}
		}
		return true
	})
}

func subjects(w *world) string {
	var b strings.Builder
	for _, m := range w.sink.Mails() {
		fmt.Fprintf(&b, "  to %s: %s\n", strings.Join(m.To, ", "), subjectOf(m))
	}
	return b.String()
}

// answerVerb replies to the newest mail to ADDRESS whose answers go to a
// confirm or progress address, quoting it as mail programs do.
func answerVerb(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: answer ADDRESS [TEXT]")
	}
	mails := mailsTo(worldOf(ts).sink.Mails(), args[0], regexp.MustCompile(""))
	for i := len(mails) - 1; i >= 0; i-- {
		m, err := message.Parse(mails[i].Data)
		ts.Check(err)
		to := m.Addresses("Reply-To")
		if len(to) != 1 || !strings.Contains(to[0].Addr, "confirm+") && !strings.Contains(to[0].Addr, "progress+") {
			continue
		}
		quoted := "> " + strings.ReplaceAll(m.Text(4096), "\n", "\n> ")
		raw := fmt.Sprintf("From: %s\nTo: %s\nSubject: Re: %s\nIn-Reply-To: <%s>\nMessage-ID: <answer-%d@example.org>\nDate: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n\nOn some day somebody wrote:\n%s\n",
			args[0], to[0].Addr, m.Subject, m.MessageID, time.Now().UnixNano(), time.Now().Format(time.RFC1123Z), strings.Join(args[1:], " "), quoted)
		give(ts, neg, ts.Getenv("SMTP"), args[0], []string{to[0].Addr}, []byte(raw))
		return
	}
	ts.Fatalf("no mail to %s asks for an answer", args[0])
}

func httpVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: http METHOD URL [BODY]")
	}
	req, err := http.NewRequest(args[0], args[1], strings.NewReader(strings.Join(args[2:], " ")))
	ts.Check(err)
	if len(args) > 2 {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	page, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\nLocation: %s\n\n%s\n", res.Status, res.Header.Get("Location"), page)
}

func captureVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	found := pattern(ts, args[1:]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("no match in:\n%s", ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[1])
}
