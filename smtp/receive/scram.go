package receive

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/xdg-go/scram"

	"plenary/lists"
)

// authScram is RFC 7677 without channel binding: the password never comes
// here, only a proof that the client has it.
func (w *wire) authScram(initial []string) (lists.Address, bool, error) {
	first, err := w.firstResponse(initial)
	if err != nil {
		return "", false, err
	}
	p := proof{accounts: w.srv.cfg.Accounts}
	asked, err := within(w.srv.base, w.srv.cfg.Limits.Hand, func(ctx context.Context) (string, error) { return p.begin(ctx, string(first)) })
	if err != nil || asked == "" {
		return "", false, err
	}
	final, err := w.challenge(asked)
	if err != nil {
		return "", false, err
	}
	ours, ok := p.end(string(final))
	if !ok {
		return "", false, nil
	}
	// Our own proof, that we know the password too, goes before the 235; the
	// client says nothing to it (RFC 4954 4, RFC 4422 3.6).
	if _, err := w.challenge(ours); err != nil {
		return "", false, err
	}
	return p.account, true, nil
}

// proof is one SCRAM exchange, held against each password of an account: all
// have one salt, so that the client hears the same whichever it has.
type proof struct {
	accounts Accounts
	account  lists.Address
	held     []*scram.ServerConversation
}

// errUnverified ends the library's lookup where no account is named.
var errUnverified = errors.New("no account is named")

// begin reads the client's first message and gives the answer; "" where the
// message is none.
func (p *proof) begin(ctx context.Context, first string) (answer string, err error) {
	nonce := newNonce()
	var all []scram.StoredCredentials
	var failed error
	conversation, err := converse(nonce, func(user string) (scram.StoredCredentials, error) {
		if p.account, err = lists.ParseAddress(user); err != nil {
			return scram.StoredCredentials{}, errUnverified
		}
		factors, stored, err := p.accounts.Verifiers(ctx, p.account)
		if failed = err; err != nil {
			return scram.StoredCredentials{}, err
		}
		if len(stored) == 0 { // goes the same way, and nothing proves it
			stored = []scram.StoredCredentials{nobody(factors)}
		}
		all = stored
		return all[0], nil
	})
	if err != nil {
		return "", err
	}
	answer, err = conversation.Step(first)
	switch {
	case failed != nil:
		return "", failed
	case err != nil, conversation.AuthzID() != "" && !same(string(p.account), conversation.AuthzID()):
		return "", nil
	}
	p.held = []*scram.ServerConversation{conversation}
	for _, one := range all[1:] {
		c, err := converse(nonce, func(string) (scram.StoredCredentials, error) { return one, nil })
		if err != nil {
			return "", err
		}
		if same, err := c.Step(first); err == nil && same == answer {
			p.held = append(p.held, c)
		}
	}
	return answer, nil
}

// end reads the client's proof, and gives ours where it holds.
func (p *proof) end(final string) (ours string, ok bool) {
	for _, c := range p.held {
		if answer, err := c.Step(final); err == nil && c.Valid() {
			return answer, true
		}
	}
	return "", false
}

func converse(nonce string, lookup scram.CredentialLookup) (*scram.ServerConversation, error) {
	server, err := scram.SHA256.NewServer(lookup)
	if err != nil {
		return nil, fmt.Errorf("begin SCRAM-SHA-256: %w", err)
	}
	return server.WithNonceGenerator(func() string { return nonce }).NewConversation(), nil
}

func newNonce() string {
	var b [18]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.StdEncoding.EncodeToString(b[:])
}

// nobody's keys are chance: no proof holds against them.
func nobody(factors scram.KeyFactors) scram.StoredCredentials {
	c := scram.StoredCredentials{KeyFactors: factors, StoredKey: make([]byte, 32), ServerKey: make([]byte, 32)}
	rand.Read(c.StoredKey) // never fails (crypto/rand)
	rand.Read(c.ServerKey)
	return c
}
