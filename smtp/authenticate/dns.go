package authenticate

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// Resolver asks DNS. What is not there is a *net.DNSError with IsNotFound;
// any other error is a failure to find out.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// How long one server is waited for. Once several questions in a row went
// without any answer, it is seen first whether a server is there at all, and
// that wait is short: mail does not queue up behind a resolver that is down,
// and nobody's own silent names make it seem so.
const (
	dnsWait      = 2 * time.Second
	dnsShortWait = 300 * time.Millisecond
	dnsSilences  = 3
)

// DNS is a Resolver that asks given servers, and remembers answers for as
// long as they say, within bounds. Any number of goroutines may use it.
type DNS struct {
	servers  []string
	now      func() time.Time
	cache    cache
	silences atomic.Int32
}

// NewDNS asks the server, as "127.0.0.1:53"; "" means those of the system.
func NewDNS(server string, now func() time.Time) *DNS {
	d := &DNS{servers: []string{server}, now: now}
	if server == "" {
		d.servers = []string{"127.0.0.1:53"}
		if c, err := dns.ClientConfigFromFile("/etc/resolv.conf"); err == nil && len(c.Servers) > 0 {
			d.servers = nil
			for _, s := range c.Servers[:min(3, len(c.Servers))] {
				d.servers = append(d.servers, net.JoinHostPort(s, c.Port))
			}
		}
	}
	return d
}

// LookupTXT gives the records at a name, the strings of each joined.
func (d *DNS) LookupTXT(ctx context.Context, name string) ([]string, error) {
	var texts []string
	err := d.each(ctx, name, dns.TypeTXT, func(rr dns.RR) {
		if t, ok := rr.(*dns.TXT); ok {
			whole := ""
			for _, s := range t.Txt {
				whole += unescape(s)
			}
			texts = append(texts, whole)
		}
	})
	return found(texts, name, err)
}

// LookupMX gives a domain's MX records.
func (d *DNS) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	var hosts []*net.MX
	err := d.each(ctx, name, dns.TypeMX, func(rr dns.RR) {
		if m, ok := rr.(*dns.MX); ok {
			hosts = append(hosts, &net.MX{Host: m.Mx, Pref: m.Preference})
		}
	})
	return found(hosts, name, err)
}

// LookupIPAddr gives a host's addresses of both families.
func (d *DNS) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	var addrs []net.IPAddr
	add := func(rr dns.RR) {
		switch a := rr.(type) {
		case *dns.A:
			addrs = append(addrs, net.IPAddr{IP: a.A})
		case *dns.AAAA:
			addrs = append(addrs, net.IPAddr{IP: a.AAAA})
		}
	}
	err := d.each(ctx, host, dns.TypeA, add)
	if err == nil {
		err = d.each(ctx, host, dns.TypeAAAA, add)
	}
	return found(addrs, host, err)
}

// LookupAddr gives the names of an address.
func (d *DNS) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	name, err := dns.ReverseAddr(addr)
	if err != nil {
		return nil, notFound(addr)
	}
	var names []string
	err = d.each(ctx, name, dns.TypePTR, func(rr dns.RR) {
		if p, ok := rr.(*dns.PTR); ok {
			names = append(names, p.Ptr)
		}
	})
	return found(names, addr, err)
}

func found[T any](got []T, name string, err error) ([]T, error) {
	if err == nil && len(got) == 0 {
		err = notFound(name)
	}
	return got, err
}

func notFound(name string) error {
	return &net.DNSError{Err: "no such record", Name: name, IsNotFound: true}
}

func failing(name, why string) error {
	return &net.DNSError{Err: why, Name: name, IsTemporary: true}
}

// isNotFound tells that DNS answered, and that there is nothing.
func isNotFound(err error) bool {
	if e, ok := err.(*net.DNSError); ok { // as nearly always
		return e.IsNotFound
	}
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

// each hands on the records at a name. That there are none is no error.
func (d *DNS) each(ctx context.Context, name string, kind uint16, fn func(dns.RR)) error {
	name = dns.CanonicalName(name)
	if _, ok := dns.IsDomainName(name); !ok || len(name) > 254 {
		return notFound(name)
	}
	key := question{name, kind}
	a, ok := d.cache.get(key, d.now())
	if !ok {
		a = d.ask(ctx, key)
		if ctx.Err() == nil { // else it is our haste, not the name's answer
			d.cache.put(key, a, d.now())
		}
	}
	if a.failed != "" {
		return failing(name, a.failed)
	}
	for _, rr := range a.records {
		fn(rr)
	}
	return nil
}

// ask asks one server after the other.
func (d *DNS) ask(ctx context.Context, q question) (a answer) {
	m := new(dns.Msg).SetQuestion(q.name, q.kind)
	m.SetEdns0(1232, false)
	a = answer{failed: "nobody answers"}
	if d.silences.Load() >= dnsSilences && !d.there(ctx) {
		if ctx.Err() == nil {
			a.ttl = failureTTL
		}
		return a
	}
	silent := false
	for _, server := range d.servers {
		in, err := exchange(ctx, server, m, dnsWait)
		if err != nil {
			if ctx.Err() != nil {
				return answer{failed: "no time is left"}
			}
			var e net.Error
			silent = silent || errors.As(err, &e) && e.Timeout()
			continue
		}
		d.silences.Store(0)
		if in.Rcode == dns.RcodeSuccess || in.Rcode == dns.RcodeNameError {
			return answerOf(in)
		}
		a.failed, a.ttl = "the answer is "+dns.RcodeToString[in.Rcode], failureTTL
	}
	if silent { // a refusal costs no time, and needs no memory
		a.ttl = failureTTL
		d.silences.Add(1)
	}
	return a
}

// there tells whether a server answers, by a question that each knows the
// answer to.
func (d *DNS) there(ctx context.Context) bool {
	m := new(dns.Msg).SetQuestion(".", dns.TypeNS)
	for _, server := range d.servers {
		if _, err := exchange(ctx, server, m, dnsShortWait); err == nil {
			d.silences.Store(0)
			return true
		}
	}
	return false
}

// exchange asks by UDP, and by TCP where the answer did not fit.
func exchange(ctx context.Context, server string, m *dns.Msg, wait time.Duration) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	in, _, err := (&dns.Client{Timeout: wait}).ExchangeContext(ctx, m, server)
	if err == nil && in.Truncated {
		in, _, err = (&dns.Client{Net: "tcp", Timeout: wait}).ExchangeContext(ctx, m, server)
	}
	return in, err
}

// answerOf reads an answer and how long it may be remembered.
func answerOf(in *dns.Msg) answer {
	a := answer{records: in.Answer, ttl: longestTTL}
	for _, rr := range in.Answer {
		a.ttl = min(a.ttl, time.Duration(rr.Header().Ttl)*time.Second)
	}
	if len(in.Answer) == 0 {
		a.ttl = absenceTTL
		for _, rr := range in.Ns {
			if soa, ok := rr.(*dns.SOA); ok {
				a.ttl = min(a.ttl, time.Duration(min(soa.Minttl, soa.Hdr.Ttl))*time.Second)
			}
		}
	}
	return a
}

// unescape undoes the \DDD and \X by which the library shows a TXT string.
func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			out = append(out, s[i])
		case i+3 < len(s) && digits(s[i+1:i+4]):
			out = append(out, (s[i+1]-'0')*100+(s[i+2]-'0')*10+s[i+3]-'0')
			i += 3
		default:
			i++
			out = append(out, s[i])
		}
	}
	return string(out)
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
