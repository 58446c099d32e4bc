package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/message"
)

// knownDNS knows one domain that signs, and asks that other mail be refused.
type knownDNS struct{ noDNS }

func (knownDNS) LookupTXT(_ context.Context, name string) ([]string, error) {
	switch strings.TrimSuffix(name, ".") {
	case "_dmarc.m.example":
		return []string{"v=DMARC1; p=reject"}, nil
	case "k._domainkey.m.example":
		return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))}, nil
	}
	return nil, &net.DNSError{Name: name, IsNotFound: true}
}

// passing takes what it is given, and remembers the last.
type passing struct {
	env    smtp.Envelope
	raw    string
	frozen map[string]string
}

func (p *passing) Screen(_ context.Context, env smtp.Envelope, _ []byte) *smtp.Reply {
	p.env = env
	return nil
}

func (p *passing) Accept(_ context.Context, env smtp.Envelope, raw []byte) (string, error) {
	p.env, p.raw = env, string(raw)
	return env.ID, nil
}

func (p *passing) Freeze(_ context.Context, _, key string, value []byte, _ time.Duration) ([]byte, bool, error) {
	if old, ok := p.frozen[key]; ok {
		return []byte(old), false, nil
	}
	p.frozen[key] = string(value)
	return value, true, nil
}

func TestBelief(t *testing.T) {
	now := time.Now()
	plain := fmt.Sprintf("From: ana@m.example\r\nTo: dc-request@lists.example.org\r\nCc: plenary@lists.example.org\r\nSubject: x\r\nDate: %s\r\nMessage-ID: <1@m.example>\r\n"+
		"Authentication-Results: lists.example.org; dmarc=pass\r\n\r\nleave\r\n", now.Format(time.RFC1123Z))
	var signed bytes.Buffer
	if err := dkim.Sign(&signed, strings.NewReader(plain), &dkim.SignOptions{Domain: "m.example", Selector: "k", Signer: signingKey,
		HeaderKeys: []string{"From", "To", "Cc", "Subject", "Date", "Message-ID"}}); err != nil {
		t.Fatal(err)
	}
	p := &passing{frozen: map[string]string{}}
	b := &belief{checker: &authenticate.Checker{DNS: knownDNS{}}, screen: p, inbox: p, once: p, id: "lists.example.org",
		now: time.Now, recent: &message.Recent{}, known: map[string]*opinion{}}
	take := func(id, remote, raw string, to ...string) smtp.Verdict {
		t.Helper()
		env := smtp.Envelope{ID: id, Remote: remote, From: "x@evil.example", To: to}
		if r := b.Screen(t.Context(), env, []byte(raw)); r != nil {
			t.Fatal(r)
		}
		if _, err := b.Accept(t.Context(), env, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		return p.env.Verdict
	}
	const request, site = "dc-request@lists.example.org", "plenary@lists.example.org"
	if !take("1", "192.0.2.1", signed.String(), request).Believed {
		t.Error("signed: not believed")
	}
	if !take("1", "192.0.2.1", signed.String(), request).Believed {
		t.Error("the same envelope again: not believed")
	}
	if take("2", "192.0.2.1", signed.String(), request).Believed {
		t.Error("played again: believed")
	}
	if !take("3", "192.0.2.1", signed.String(), site).Believed {
		t.Error("its copy to the other address: not believed")
	}
	if v := take("4", "192.0.2.1", plain, request); v.Believed || !v.Refused() {
		t.Errorf("unsigned: %+v", v)
	}
	if strings.Count(p.raw, "Authentication-Results: lists.example.org") != 1 || strings.Contains(p.raw, "dmarc=pass") {
		t.Errorf("the forged results are there: %s", p.raw)
	}
	if v := take("5", "", plain, request); v.Believed || v.Refused() {
		t.Errorf("unsigned, by LMTP: %+v", v)
	}
	if len(b.known)+len(b.order) != 0 {
		t.Errorf("%d findings are kept", len(b.known))
	}
	for i := range beliefKept + 10 {
		b.Screen(t.Context(), smtp.Envelope{ID: fmt.Sprint("s", i)}, []byte("From: a@b.example\r\n\r\n"))
	}
	if len(b.known) != beliefKept || len(b.order) != beliefKept {
		t.Errorf("%d findings of refused mail are kept", len(b.known))
	}
}
