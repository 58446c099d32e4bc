package main

import (
	"crypto/tls"
	"fmt"
	"os"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"

	"plenary/smtp/certify/certifytest"
)

// giverVerb starts a giver of certificates (ACME), which finds all names at
// $ACME_LISTEN; its directory is $ACME_DIRECTORY, and FILE holds what it is
// known by. Without FILE it prints what it has given, and what it refused.
func giverVerb(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if len(args) == 0 {
		if w.giver == nil {
			ts.Fatalf("usage: giver FILE, and then giver")
		}
		given, faults := w.giver.Given()
		fmt.Fprintf(ts.Stdout(), "%d given, faults %q\n", given, faults)
		return
	}
	free, err := freePorts(1)
	ts.Check(err)
	w.giver, err = certifytest.New(free[0])
	ts.Check(err)
	ts.Defer(w.giver.Close)
	ts.Setenv("ACME_LISTEN", free[0])
	ts.Setenv("ACME_DIRECTORY", w.giver.URL+"/directory")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), w.giver.Roots(), 0o600))
}

// trustedVerb does STARTTLS at ADDRESS as a server that wants a certificate of
// the giver for HOST, and sends a mail under it.
func trustedVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: trusted ADDRESS HOST FROM TO")
	}
	var seen error
	config := &tls.Config{ServerName: args[1], InsecureSkipVerify: true, VerifyConnection: func(state tls.ConnectionState) error {
		seen = worldOf(ts).giver.Trusts(state.PeerCertificates, args[1])
		return seen
	}}
	c, err := secured(args[0], config)
	for end := time.Now().Add(patience); err != nil && seen == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		c, err = secured(args[0], config) // it was got a moment ago, and is not shown yet
	}
	if err != nil {
		ts.Fatalf("STARTTLS: %v (%v)", err, seen)
	}
	defer c.Close()
	ts.Check(c.Mail(args[2], nil))
	ts.Check(c.Rcpt(args[3], nil))
	w, err := c.Data()
	ts.Check(err)
	_, err = fmt.Fprintf(w, "From: %s\r\nTo: %s\r\nSubject: Under TLS\r\nMessage-ID: <tls@example.org>\r\n\r\nHello.\r\n", args[2], args[3])
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(c.Quit())
}

// secured is a connection after STARTTLS; the handshake comes with the first
// command.
func secured(addr string, config *tls.Config) (*gosmtp.Client, error) {
	c, err := gosmtp.DialStartTLS(addr, config)
	if err != nil {
		return nil, err
	}
	if err := c.Noop(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
