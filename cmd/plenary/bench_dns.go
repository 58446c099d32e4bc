package main

import (
	"net"
	"strings"

	"github.com/miekg/dns"
)

// benchDNS answers the servers that bench starts: what it has no record of is
// not there. Nothing is asked of the world outside.
type benchDNS struct {
	addr    string
	server  *dns.Server
	records map[string]string // TXT, by name in lower case with its last dot; not changed once asked
}

func newBenchDNS() (*benchDNS, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &benchDNS{addr: conn.LocalAddr().String(), records: map[string]string{}}
	d.server = &dns.Server{PacketConn: conn, Handler: d}
	started := make(chan struct{})
	d.server.NotifyStartedFunc = func() { close(started) }
	go func() { _ = d.server.ActivateAndServe() }() // ends with close
	<-started
	return d, nil
}

func (d *benchDNS) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m, asked := new(dns.Msg).SetReply(q), q.Question[0]
	value, ok := d.records[strings.ToLower(asked.Name)]
	switch {
	case !ok:
		m.Rcode = dns.RcodeNameError
	case asked.Qtype == dns.TypeTXT:
		var parts []string
		for ; len(value) > 250; value = value[250:] {
			parts = append(parts, value[:250])
		}
		m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: asked.Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 3600}, Txt: append(parts, value)}}
	}
	_ = w.WriteMsg(m)
}

func (d *benchDNS) close() { _ = d.server.Shutdown() }
