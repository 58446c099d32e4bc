package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"os"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/testscript"
)

// signingKey is the key of every domain that a script signs for.
var signingKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))

// scriptDNS answers the questions of a script's servers.
type scriptDNS struct {
	addr    string      // "" any free one, until it answers
	server  *dns.Server // nil: nobody answers
	records atomic.Pointer[[]dns.RR]
}

// answer answers out of these records from now on, and that there is nothing
// else.
func (d *scriptDNS) answer(records []dns.RR) error {
	d.records.Store(&records)
	if d.server != nil {
		return nil
	}
	if d.addr == "" {
		d.addr = "127.0.0.1:0"
	}
	conn, err := net.ListenPacket("udp", d.addr)
	if err != nil {
		return err
	}
	d.addr = conn.LocalAddr().String()
	started := make(chan struct{})
	server := &dns.Server{PacketConn: conn, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(d.serve)}
	d.server = server
	go func() { _ = server.ActivateAndServe() }()
	<-started
	return nil
}

func (d *scriptDNS) serve(w dns.ResponseWriter, q *dns.Msg) {
	m, name := new(dns.Msg).SetReply(q), strings.ToLower(q.Question[0].Name)
	m.Rcode = dns.RcodeNameError
	if strings.HasPrefix(name, "test._domainkey.") && q.Question[0].Qtype == dns.TypeTXT {
		m.Rcode = dns.RcodeSuccess
		m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}, Txt: []string{testKeyRecord}}}
	}
	for _, rr := range *d.records.Load() {
		if strings.EqualFold(rr.Header().Name, name) {
			m.Rcode = dns.RcodeSuccess
			if rr.Header().Rrtype == q.Question[0].Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
	}
	_ = w.WriteMsg(m)
}

func (d *scriptDNS) stop() {
	if d.server != nil {
		_ = d.server.Shutdown()
		d.server = nil
	}
}

// testKeyRecord is the key that every domain has in a script.
var testKeyRecord = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))

// dnsVerb answers where servers ask, from now on, out of files in zone form,
// or (down) not at all. Every domain has the key of the sign verb. Before it
// is called, DNS knows no names.
func dnsVerb(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	switch {
	case len(args) == 0:
		ts.Fatalf("usage: dns down|FILE…")
	case args[0] == "down":
		w.dns.stop()
		return
	}
	var records []dns.RR
	for _, file := range args {
		zone := dns.NewZoneParser(strings.NewReader(ts.ReadFile(file)), ".", file)
		zone.SetDefaultTTL(60)
		for rr, ok := zone.Next(); ok; rr, ok = zone.Next() {
			records = append(records, rr)
		}
		ts.Check(zone.Err())
	}
	ts.Check(w.dns.answer(records))
}

// signVerb signs a mail for a domain and writes it to a file; NOW in it
// becomes the time, AGO that of two days before. Fields are those signed.
func signVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: sign DOMAIN FILE OUT [FIELD…]")
	}
	fields := args[3:]
	if len(fields) == 0 {
		fields = []string{"From", "To", "Cc", "Date", "Subject", "Message-ID"}
	}
	raw := dated(ts.ReadFile(args[1]))
	var out bytes.Buffer
	ts.Check(dkim.Sign(&out, bytes.NewReader(crlf([]byte(raw))), &dkim.SignOptions{Domain: args[0], Selector: "test", Signer: signingKey, HeaderKeys: fields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o600))
}
