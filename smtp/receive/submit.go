package receive

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/xdg-go/scram"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// Accounts knows who may submit mail (RFC 6409). Somebody unknown is no error:
// they have no password, and nothing of theirs verifies.
type Accounts interface {
	// SignIn tells whether secret is one of the account's app passwords, and
	// the account may submit mail.
	SignIn(ctx context.Context, account lists.Address, secret string) (bool, error)
	// Verifiers are what SCRAM-SHA-256 proofs of the account are held
	// against, one for each app password that has one. All share the factors,
	// which are the same each time, also for an account that is not there.
	Verifiers(ctx context.Context, account lists.Address) (scram.KeyFactors, []scram.StoredCredentials, error)
}

// ServeSubmission takes mail from members who sign in, on l, as ServeSMTP
// takes it from other servers. Without Accounts nobody can.
func (s *Server) ServeSubmission(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, l, s.smtp, kind{submit: true})
}

// ServeSubmissions does the same where TLS runs from the first octet (RFC
// 8314 3.3). It needs Config.TLS.
func (s *Server) ServeSubmissions(ctx context.Context, l net.Listener) error {
	if s.cfg.TLS == nil {
		_ = l.Close() // nothing was taken on it
		return fmt.Errorf("serve %s: TLS from the first octet needs a certificate", l.Addr())
	}
	return s.serve(ctx, l, s.smtp, kind{submit: true, implicit: true})
}

// kind is what a listener's sessions are.
type kind struct {
	lmtp     bool
	submit   bool // members sign in and send posts
	implicit bool // TLS runs from the first octet
}

// mayEnvelope tells whether who signed in may send with this reverse-path:
// nil, or the refusal, which names what to write.
func mayEnvelope(account, sender string) *smtp.Reply {
	if account == "" {
		return &replySignIn
	}
	if same(account, sender) {
		return nil
	}
	return &smtp.Reply{Code: 553, Enhanced: [3]int{5, 7, 1}, Text: "You are signed in as " + account + ": write MAIL FROM:<" + account + ">, or sign in with the other address"}
}

// mayAuthor is the same for the content: its From has one mailbox, the
// account's, and so has Sender where it is there.
func mayAuthor(account string, raw []byte) *smtp.Reply {
	m, err := message.Parse(raw)
	if err != nil {
		return &smtp.Reply{Code: 550, Enhanced: [3]int{5, 6, 0}, Text: "The message cannot be taken: " + err.Error(), Cause: err}
	}
	fields := map[string]int{}
	for _, f := range m.Fields {
		fields[strings.ToLower(f.Name)]++
	}
	senders := m.Addresses("Sender")
	switch {
	case fields["from"] != 1, len(m.From) != 1, !same(account, m.From[0].Addr):
		return &smtp.Reply{Code: 553, Enhanced: [3]int{5, 7, 1}, Text: "You are signed in as " + account + ": write one From line with that address alone, as From: <" + account + ">"}
	case fields["sender"] > 1, fields["sender"] == 1 && (len(senders) != 1 || !same(account, senders[0].Addr)):
		return &smtp.Reply{Code: 553, Enhanced: [3]int{5, 7, 1}, Text: "You are signed in as " + account + ": leave the Sender line out, or write that address there"}
	}
	return nil
}

func same(account, address string) bool {
	a, err := lists.ParseAddress(address)
	return err == nil && a.Same(lists.Address(account))
}
