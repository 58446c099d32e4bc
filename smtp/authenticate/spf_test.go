package authenticate

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"

	"plenary/smtp"
)

// spfZone has domains whose SPF records go to the limits of RFC 7208 4.6.4,
// and past them.
func spfZone() (records []string) {
	txt := func(name, text string) { records = append(records, fmt.Sprintf("%s. 300 IN TXT %q", name, text)) }
	chain := func(name string, n int, end string) { // n look-ups by include, and then end
		for i := range n {
			txt(fmt.Sprintf("%s%d.example", name, i), fmt.Sprintf("v=spf1 include:%s%d.example -all", name, i+1))
		}
		txt(fmt.Sprintf("%s%d.example", name, n), end)
	}
	chain("ten", 10, "v=spf1 ip4:192.0.2.1 -all")
	chain("eleven", 11, "v=spf1 ip4:192.0.2.1 -all")
	chain("hundred", 100, "v=spf1 ip4:192.0.2.1 -all")
	txt("round.example", "v=spf1 include:round.example ip4:192.0.2.1 -all")
	txt("turn.example", "v=spf1 redirect=turn.example")
	txt("wide.example", "v=spf1 a:h0.example a:h1.example a:h2.example a:h3.example a:h4.example a:h5.example a:h6.example a:h7.example a:h8.example a:h9.example a:h10.example ip4:192.0.2.1 -all")
	for i := range 11 {
		records = append(records, fmt.Sprintf("h%d.example. 300 IN A 198.51.100.%d", i, i+1),
			fmt.Sprintf("manymx.example. 300 IN MX %d h%d.example.", i, i))
	}
	txt("manymx.example", "v=spf1 mx -all")
	txt("void2.example", "v=spf1 a:v1.example mx:v2.example ip4:192.0.2.1 -all")
	txt("void3.example", "v=spf1 a:v1.example mx:v2.example exists:v3.example ip4:192.0.2.1 -all")
	txt("voids.example", "v=spf1 exists:%{l}1.example exists:%{l}2.example exists:%{l}3.example exists:%{l}4.example ip4:192.0.2.1 -all")
	txt("two.example", "v=spf1 ip4:192.0.2.1 -all")
	txt("two.example", "v=spf1 -all")
	txt("plain.example", "v=spf1 ip4:192.0.2.1 ?ip4:192.0.2.2 ~ip4:192.0.2.3 -all")
	txt("needs.example", "v=spf1 include:down.example ip4:192.0.2.1 -all")
	txt("broken.example", "v=spf1 a:/33 ip4:192.0.2.1 -all")
	return records
}

// SPF stops at 10 terms that need DNS and at 2 that find nothing, with
// permerror; what can't be looked up is a temperror, and neither is a fail.
func TestSPFLimits(t *testing.T) {
	n := newNameserver(t, spfZone()...)
	n.mu.Lock()
	n.rcodes["down.example."] = dns.RcodeServerFailure
	n.mu.Unlock()
	for _, c := range []struct {
		domain, client string
		want           Result
		questions      int32 // at most
	}{
		{"ten0.example", "192.0.2.1", Pass, 11},
		{"ten0.example", "192.0.2.9", Fail, 11},
		{"eleven0.example", "192.0.2.1", PermError, 11},
		{"hundred0.example", "192.0.2.1", PermError, 11},
		{"round.example", "192.0.2.1", PermError, 1},
		{"turn.example", "192.0.2.1", PermError, 1},
		{"wide.example", "192.0.2.1", PermError, 21},
		{"manymx.example", "192.0.2.1", PermError, 22},
		{"void2.example", "192.0.2.1", Pass, 4},
		{"void3.example", "192.0.2.1", PermError, 6},
		{"voids.example", "192.0.2.1", PermError, 7},
		{"two.example", "192.0.2.1", PermError, 1},
		{"broken.example", "192.0.2.1", PermError, 1},
		{"plain.example", "192.0.2.1", Pass, 1},
		{"plain.example", "192.0.2.2", Neutral, 1},
		{"plain.example", "192.0.2.3", SoftFail, 1},
		{"plain.example", "192.0.2.4", Fail, 1},
		{"none.example", "192.0.2.1", None, 1},
		{"down.example", "192.0.2.1", TempError, 1},
		{"needs.example", "192.0.2.1", TempError, 2},
	} {
		checker := &Checker{DNS: NewDNS(n.addr, time.Now)}
		before := n.asked.Load()
		got := checker.checkSPF(t.Context(), smtp.Envelope{Remote: c.client, From: "void@" + c.domain, Helo: "client.example"})
		if asked := n.asked.Load() - before; got.Result != c.want || asked > c.questions {
			t.Errorf("%s from %s: %s (%s) after %d questions; want %s, at most %d", c.domain, c.client, got.Result, got.Reason, asked, c.want, c.questions)
		}
		if got.Result != Pass && got.Reason == "" {
			t.Errorf("%s from %s: %s without a reason", c.domain, c.client, got.Result)
		}
	}
}

// A temporary failure is one no longer than it lasts: it is forgotten within
// seconds, and what it kept from being found out is found out then.
func TestTemporaryFailuresPass(t *testing.T) {
	n := newNameserver(t, `ana.example. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"`, `_dmarc.ana.example. 300 IN TXT "v=DMARC1; p=reject"`)
	names := []string{"ana.example.", "_dmarc.ana.example.", "e._domainkey.ana.example."}
	set := func(rcode int) {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, name := range names {
			if delete(n.rcodes, name); rcode != 0 {
				n.rcodes[name] = rcode
			}
		}
	}
	clock := now
	d := NewDNS(n.addr, func() time.Time { return clock })
	look := func() Findings {
		f, _, _ := checkBy(t, d, smtp.Envelope{Remote: "198.51.100.9", From: "x@ana.example"}, sign(t, mail("ana@ana.example", today), "ana.example", "e", edKey, commandFields...))
		return f
	}
	set(dns.RcodeServerFailure)
	f := look()
	if f.SPF.Result != TempError || f.DKIM[0].Result != TempError || f.DMARC.Result != TempError || !f.DMARC.Unasked {
		t.Errorf("while DNS fails: %s", f.Results())
	}
	set(0)
	asked := n.asked.Load()
	if f := look(); f.DMARC.Result != TempError || n.asked.Load() != asked {
		t.Errorf("asked again at once (%d questions): %s", n.asked.Load()-asked, f.Results())
	}
	clock = clock.Add(failureTTL)
	f = look()
	if f.SPF.Result != Fail || f.DKIM[0].Result != PermError || f.DMARC.Result != Fail || f.DMARC.Unasked {
		t.Errorf("once DNS answers: %s", f.Results())
	}
}

// What is remembered is bounded in time, whatever an answer asks for: a record
// for an hour, absence for five minutes or as the zone says, nothing where the
// record says 0; and it is bounded in count, a flood of names and a huge answer
// included.
func TestWhatDNSSaidIsForgotten(t *testing.T) {
	records := []string{`year.example. 31536000 IN TXT "x"`, `now.example. 0 IN TXT "x"`, `minute.example. 60 IN TXT "x"`}
	for i := range cacheRecords + 1 {
		records = append(records, fmt.Sprintf(`many.example. 300 IN A 192.0.%d.%d`, i/200, i%200))
	}
	n := newNameserver(t, records...)
	clock := now
	d := NewDNS(n.addr, func() time.Time { return clock })
	for _, c := range []struct {
		name  string
		keeps time.Duration
	}{{"year.example", time.Hour}, {"minute.example", time.Minute}, {"absent.example", 5 * time.Minute}, {"now.example", 0}} {
		within := int32(0) // questions while it is remembered
		if c.keeps == 0 {
			within = 1
		}
		for _, step := range []struct {
			after time.Duration
			asks  int32
		}{{0, 1}, {max(c.keeps-time.Second, 0), within}, {time.Second, 1}} {
			clock = clock.Add(step.after)
			before := n.asked.Load()
			_, _ = d.LookupTXT(t.Context(), c.name)
			if asked := n.asked.Load() - before; asked != step.asks {
				t.Errorf("%s, %v later: %d questions, want %d", c.name, step.after, asked, step.asks)
			}
		}
	}
	if _, err := d.LookupIPAddr(t.Context(), "many.example"); err != nil {
		t.Error(err)
	}
	if _, ok := d.cache.get(question{"many.example.", dns.TypeA}, clock); ok {
		t.Error("a huge answer is kept")
	}
	for i := range cacheEntries { // names that cost nobody a packet: the cache itself is full of others'
		d.cache.put(question{fmt.Sprint(i), dns.TypeTXT}, answer{ttl: time.Hour}, clock)
	}
	for i := range 50 {
		_, _ = d.LookupTXT(t.Context(), fmt.Sprintf("flood%d.example", i))
	}
	if held := len(d.cache.held); held != cacheEntries {
		t.Errorf("%d answers held", held)
	}
	var ips []net.IPAddr // what is forgotten is only asked for again
	ips, err := d.LookupIPAddr(t.Context(), "many.example")
	if err != nil || len(ips) != cacheRecords+1 {
		t.Error(len(ips), err)
	}
}
