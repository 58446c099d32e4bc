//go:build faults

package main

import (
	"fmt"
	"net"
	"strings"

	"github.com/miekg/dns"
)

// domains is how many domains the members' addresses are of.
const domains = 8

// answerDNS answers, until the test ends, that every domain takes its mail on
// this machine, and knows nothing else.
func (w *faultWorld) answerDNS() (addr string, err error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(to dns.ResponseWriter, q *dns.Msg) {
		m, name := new(dns.Msg).SetReply(q), strings.ToLower(q.Question[0].Name)
		record := ""
		switch kind := q.Question[0].Qtype; {
		case kind == dns.TypeMX && strings.HasPrefix(name, "d"):
			record = fmt.Sprintf("%s 60 IN MX 10 mx.%s", name, name)
		case kind == dns.TypeA && strings.HasPrefix(name, "mx."):
			record = name + " 60 IN A 127.0.0.1"
		case !strings.HasPrefix(name, "d") && !strings.HasPrefix(name, "mx."):
			m.Rcode = dns.RcodeNameError
		}
		if rr, err := dns.NewRR(record); err == nil && rr != nil {
			m.Answer = append(m.Answer, rr)
		}
		_ = to.WriteMsg(m)
	})}
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() { _ = server.ActivateAndServe() }()
	<-started
	w.t.Cleanup(func() { _ = server.Shutdown() })
	return conn.LocalAddr().String(), nil
}

// deliverDirectly has a server send to the domains' own servers, which all
// stand at the end of its cable to the sink.
func (s *faultServer) deliverDirectly(resolver string) error {
	_, port, err := net.SplitHostPort(s.toSink.addr)
	if err != nil {
		return err
	}
	kept := s.env[:0]
	for _, kv := range s.env {
		if !strings.HasPrefix(kv, "PLENARY_DELIVERY_RELAY") && !strings.HasPrefix(kv, "PLENARY_DNS_RESOLVER") {
			kept = append(kept, kv)
		}
	}
	s.env = append(kept, "PLENARY_DELIVERY_PORT="+port, "PLENARY_DNS_RESOLVER="+resolver)
	return nil
}
