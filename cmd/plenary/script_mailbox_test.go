package main

import (
	"bytes"
	"net"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/rogpeppe/go-internal/testscript"
)

// mailboxVerb starts an IMAP server to collect from, the first time, and
// drops a mail into its INBOX.
func mailboxVerb(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if w.mailbox == nil {
		w.mailbox = imapmemserver.NewUser("lists@example.org", "secret")
		ts.Check(w.mailbox.Create("INBOX", nil))
		all := imapmemserver.New()
		all.AddUser(w.mailbox)
		server := imapserver.New(&imapserver.Options{
			NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
				return all.NewSession(), nil, nil
			},
			Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
			InsecureAuth: true,
		})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		go func() { _ = server.Serve(l) }()
		ts.Defer(func() { _ = server.Close() })
		ts.Setenv("MAILBOX", l.Addr().String())
	}
	if len(args) == 1 {
		raw := crlf([]byte(ts.ReadFile(args[0])))
		_, err := w.mailbox.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{})
		ts.Check(err)
	}
}

// literal is a mail to be appended.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }
