package authenticate

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"plenary/smtp"
	"plenary/smtp/message"
)

// nameserver answers on loopback from records in zone file form.
type nameserver struct {
	addr  string
	asked atomic.Int32
	mute  atomic.Bool

	mu      sync.Mutex
	records []dns.RR
	rcodes  map[string]int
	slow    string // names that end so are never answered
}

// onePort listens by UDP and by TCP on one port, which for the one may be free
// and not for the other.
func onePort(t testing.TB) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 100 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if tcp, err := net.Listen("tcp", udp.LocalAddr().String()); err == nil {
			return udp, tcp
		}
		_ = udp.Close()
	}
	t.Fatal("no port is free for UDP and TCP")
	return nil, nil
}

func newNameserver(t testing.TB, records ...string) *nameserver {
	t.Helper()
	n := &nameserver{rcodes: map[string]int{}}
	for _, r := range records {
		rr, err := dns.NewRR(r)
		if err != nil {
			t.Fatal(err)
		}
		n.records = append(n.records, rr)
	}
	udp, tcp := onePort(t)
	n.addr = udp.LocalAddr().String()
	for _, s := range []*dns.Server{{PacketConn: udp, Handler: n}, {Listener: tcp, Handler: n}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() { _ = s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return n
}

func (n *nameserver) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	n.asked.Add(1)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.mute.Load() || n.slow != "" && strings.HasSuffix(q.Question[0].Name, n.slow) {
		return
	}
	m := new(dns.Msg).SetReply(q)
	name, there := q.Question[0].Name, false
	for _, rr := range n.records {
		if !strings.EqualFold(rr.Header().Name, name) {
			continue
		}
		there = true
		if rr.Header().Rrtype == q.Question[0].Qtype {
			m.Answer = append(m.Answer, rr)
		}
	}
	if code, ok := n.rcodes[name]; ok {
		m.Rcode = code
	} else if !there {
		m.Rcode = dns.RcodeNameError
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp && m.Len() > 1232 {
		m.Answer, m.Truncated = nil, true
	}
	_ = w.WriteMsg(m)
}

func TestDNS(t *testing.T) {
	long := strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, 6)
	n := newNameserver(t,
		`a.example. 60 IN TXT "v=spf1 " "ip4:192.0.2.1 -all" `, `a.example. 60 IN TXT "a \"b\" \\ \233"`,
		`long.example. 60 IN TXT `+long,
		`a.example. 60 IN MX 5 mx.example.`, `mx.example. 60 IN A 192.0.2.7`, `mx.example. 60 IN AAAA 2001:db8::1`,
		`1.2.0.192.in-addr.arpa. 60 IN PTR mx.example.`)
	n.mu.Lock()
	n.rcodes["broken.example."] = dns.RcodeServerFailure
	n.mu.Unlock()
	clock := now
	d := NewDNS(n.addr, func() time.Time { return clock })
	ctx := context.Background()
	texts, err := d.LookupTXT(ctx, "A.example")
	if err != nil || fmt.Sprintf("%q", texts) != `["v=spf1 ip4:192.0.2.1 -all" "a \"b\" \\ \xe9"]` {
		t.Errorf("%q %v", texts, err)
	}
	before := n.asked.Load()
	_, _ = d.LookupTXT(ctx, "a.example.")
	if n.asked.Load() != before {
		t.Error("asked again for what is known")
	}
	clock = clock.Add(61 * time.Second)
	if _, _ = d.LookupTXT(ctx, "a.example"); n.asked.Load() != before+1 {
		t.Error("not asked again for what has expired")
	}
	if texts, err := d.LookupTXT(ctx, "long.example"); err != nil || len(texts) != 1 || len(texts[0]) != 1500 {
		t.Errorf("a long record: %d octets, %v", len(strings.Join(texts, "")), err)
	}
	if mx, err := d.LookupMX(ctx, "a.example"); err != nil || len(mx) != 1 || mx[0].Host != "mx.example." {
		t.Error(mx, err)
	}
	if ips, err := d.LookupIPAddr(ctx, "mx.example"); err != nil || len(ips) != 2 {
		t.Error(ips, err)
	}
	if names, err := d.LookupAddr(ctx, "192.0.2.1"); err != nil || names[0] != "mx.example." {
		t.Error(names, err)
	}
	for name, absent := range map[string]bool{"none.example": true, "mx.example": true, "broken.example": false,
		strings.Repeat("x", 64) + ".example": true, strings.Repeat("x.", 130) + "example": true} {
		if _, err := d.LookupTXT(ctx, name); err == nil || isNotFound(err) != absent {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.LookupAddr(ctx, "no address"); !isNotFound(err) {
		t.Error(err)
	}
}

// A name that can't be looked up is forgotten soon, and the wait for a silent
// server gets short once it was silent for some questions.
func TestSilentDNS(t *testing.T) {
	n := newNameserver(t, `a.example. 60 IN TXT "x"`)
	n.mute.Store(true)
	d := NewDNS(n.addr, time.Now)
	d.silences.Store(dnsSilences)
	if _, err := d.LookupTXT(t.Context(), "a.example"); err == nil || isNotFound(err) {
		t.Errorf("%v", err)
	}
	n.mute.Store(false)
	if _, err := d.LookupTXT(t.Context(), "b.example"); !isNotFound(err) || d.silences.Load() != 0 {
		t.Errorf("%v %d", err, d.silences.Load())
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.LookupTXT(gone, "a.example."); err == nil || isNotFound(err) {
		t.Error(err)
	}
}

// A sender's own names that are never answered, however many, don't keep us
// from hearing what another domain asks for: they would be let in by its name.
func TestSilentNamesHideNoPolicy(t *testing.T) {
	n := newNameserver(t, `_dmarc.ana.example. 60 IN TXT "v=DMARC1; p=reject"`, `bo.example. 60 IN TXT "v=spf1 -all"`)
	n.mu.Lock()
	n.slow = ".slow.example."
	n.mu.Unlock()
	d := NewDNS(n.addr, time.Now)
	c := &Checker{DNS: d, Timeout: 200 * time.Millisecond}
	m, err := message.Parse([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=x.slow.example; s=k; h=from; bh=eA==; b=eA==\r\n" + mail("ana@ana.example", today)))
	if err != nil {
		t.Fatal(err)
	}
	f := c.Check(t.Context(), smtp.Envelope{Remote: "192.0.2.9", From: "x@y.slow.example"}, m)
	if f.SPF.Result != TempError || f.DMARC.Result != Fail || f.DMARC.Policy != "reject" || f.DMARC.Unasked {
		t.Errorf("%s", f.Results())
	}
	d.silences.Store(dnsSilences)
	if _, err := d.LookupTXT(t.Context(), "bo.example"); err != nil || d.silences.Load() != 0 {
		t.Errorf("a server that answers seems to be down: %v, %d", err, d.silences.Load())
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c cache
	for i := range cacheEntries + 100 {
		c.put(question{fmt.Sprint(i), 1}, answer{ttl: time.Hour}, now)
	}
	c.put(question{"no", 1}, answer{}, now)
	if len(c.held) != cacheEntries {
		t.Errorf("%d held", len(c.held))
	}
}

// A whole check by way of real DNS messages, cached after the first.
func TestCheckByDNS(t *testing.T) {
	n := newNameserver(t, `ana.example. 60 IN TXT "v=spf1 include:_spf.ana.example -all"`, `_spf.ana.example. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"`,
		`_dmarc.ana.example. 60 IN TXT "v=DMARC1; p=reject"`, `e._domainkey.ana.example. 60 IN TXT "`+edRecord()+`"`)
	c := &Checker{DNS: NewDNS(n.addr, time.Now)}
	raw := sign(t, mail("ana@ana.example", today), "ana.example", "e", edKey, commandFields...)
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	env := smtp.Envelope{Remote: "192.0.2.9", From: "ana@ana.example"}
	for range 2 {
		f := c.Check(t.Context(), env, m)
		want := "spf=pass smtp.mailfrom=ana.example;\r\n\tdkim=pass header.d=ana.example;\r\n\tdmarc=pass (p=reject) header.from=ana.example;\r\n\tarc=none"
		if got := f.Results(); got != want {
			t.Errorf("got %q", got)
		}
	}
	if asked := n.asked.Load(); asked > 8 {
		t.Errorf("%d questions", asked)
	}
}
