package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/textproto"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/message"
)

// DESIGN, "Who may do what", sentence by sentence, and the script (or test) that
// shows it:
//
//	one From, one mailbox, aligned DKIM or SPF        believed, replayed
//	over LMTP and collection: DKIM, trusted_authserv  believed_elsewhere
//	at once where believed, and trust = "dmarc"       believed, trust_confirm
//	fields signed, no l=, Date, Message-ID seen       believed, replayed, TestBelief, TestVerdicts
//	close, admin, address, leaving several: asked     always_asked
//	else one question, from the token's address       believed, questions
//	what a reply says: yes, no, asked once again      questions, address_confirm
//	a GET changes nothing, links show a button        pages, http
//	tokens: once, bound to the action, three days     questions, tokens_guessed, TestQuestionsExpire
//	one question is open, asked again it is the same  questions
//	at most three a day, leaving is never blocked     join_many_times, TestCapOfMembersAndLeaving
//	none of the asker's words, In-Reply-To            questions
//	p=reject refused at DATA, quarantine held         policy
//	none and no record: as unbelieved                 policy, from_rewrite
//	progress from an unbelieved address asks first    progress_believed
//	what all targets refuse is refused, else told     posts, held_told
//	who hears of a held post, and how often           held_told, TestHeldNotes
//	leaders and admins on guarded lists               unproven_officer
//
// and DESIGN section 4, the copy: from_rewrite, sealed, keys_rotate, and
// TestWhatOthersVerify.

// receivedVerb prints what a far server finds out about the newest mail to an
// address: Authentication-Results, and by whose signatures From is proven.
func receivedVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: received ADDRESS [REGEXP]")
	}
	settle(ts)
	found := mailsTo(worldOf(ts).sink.Mails(), args[0], pattern(ts, args[1:]))
	if len(found) == 0 {
		ts.Fatalf("no such mail to %s; all there are:\n%s", args[0], subjects(worldOf(ts)))
	}
	mail := found[len(found)-1]
	m, err := message.Parse(mail.Data)
	ts.Check(err)
	checker := &authenticate.Checker{DNS: authenticate.NewDNS(ts.Getenv("DNS"), time.Now)}
	f := checker.Check(context.Background(), smtp.Envelope{Remote: "192.0.2.77", From: mail.From, Helo: "far.example"}, m)
	fmt.Fprintf(ts.Stdout(), "%s\nchain of %d by %s\n", f.Results(), f.ARC.Instances, f.ARC.Sealer)
}

// deliverVerb hands a mail over by LMTP, as the server before ours does.
func deliverVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: deliver FROM TO FILE")
	}
	c, err := textproto.Dial("tcp", ts.Getenv("LMTP"))
	ts.Check(err)
	defer c.Close()
	say := func(line string, args ...any) {
		if line != "" {
			ts.Check(c.PrintfLine(line, args...))
		}
		code, text, err := c.ReadResponse(0)
		ts.Check(err)
		if code/100 > 3 {
			ts.Fatalf("%s: %d %s", line, code, text)
		}
	}
	say("")
	say("LHLO client.invalid")
	say("MAIL FROM:<%s>", args[0])
	say("RCPT TO:<%s>", args[1])
	say("DATA")
	w := c.DotWriter()
	_, err = w.Write(crlf([]byte(dated(ts.ReadFile(args[2])))))
	ts.Check(err)
	ts.Check(w.Close())
	say("")
}

// dated puts times into a mail: NOW, and AGO, two days before.
func dated(raw string) string {
	now := time.Now()
	return strings.NewReplacer("NOW", now.Format(time.RFC1123Z), "AGO", now.AddDate(0, 0, -2).Format(time.RFC1123Z)).Replace(raw)
}

// partlyVerb signs the first half of a mail's body only (l=, RFC 6376 3.5): a
// signature that verifies, whatever is added to the mail.
func partlyVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: partly DOMAIN FILE OUT")
	}
	raw := crlf([]byte(dated(ts.ReadFile(args[1]))))
	m, err := message.Parse(raw)
	ts.Check(err)
	names := []string{"from", "to", "date", "subject", "message-id"}
	var signed []byte
	for _, name := range names {
		for _, f := range m.Fields {
			if f.Is(name) {
				signed = message.RelaxedField(signed, f.Raw)
			}
		}
	}
	half := bytes.Index(m.Body, []byte("\r\n")) + 2
	field := fmt.Appendf(nil, "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=%s; s=test; l=%d; h=%s; bh=%s; b=", args[0], half,
		strings.Join(names, ":"), base64.StdEncoding.EncodeToString(message.RelaxedBodyHash(m.Body[:half])))
	sum := sha256.Sum256(append(signed, bytes.TrimSuffix(message.RelaxedField(nil, field), []byte("\r\n"))...))
	field = append(field, base64.StdEncoding.EncodeToString(ed25519.Sign(signingKey, sum[:]))+"\r\n"...)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), append(field, raw...), 0o600))
}
