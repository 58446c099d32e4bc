package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// resolver finds where a domain's mail goes. It asks the DNS itself, for
// net.Resolver tells neither how long an answer holds nor why there is none.
type resolver struct {
	servers []string // host:port
	udp     *dns.Client
	tcp     *dns.Client
	cache   *cache
	now     func() time.Time
}

// newResolver makes a resolver that asks server, or those of the system.
func newResolver(server string, now func() time.Time) (*resolver, error) {
	r := &resolver{
		udp:   &dns.Client{Timeout: 3 * time.Second, UDPSize: 1232},
		tcp:   &dns.Client{Net: "tcp", Timeout: 5 * time.Second},
		cache: newCache(10_000), now: now,
	}
	if server != "" {
		if _, _, err := net.SplitHostPort(server); err != nil {
			server = net.JoinHostPort(server, "53")
		}
		r.servers = []string{server}
		return r, nil
	}
	cfg, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, fmt.Errorf("finding the system's DNS servers (or set dns.resolver): %w", err)
	}
	for _, s := range cfg.Servers {
		r.servers = append(r.servers, net.JoinHostPort(s, cfg.Port))
	}
	return r, nil
}

// noMail says that a domain takes no mail, for good.
type noMail struct{ reply reply }

func (n *noMail) Error() string { return n.reply.String() }

// mailHosts gives the hosts that take the domain's mail, best first (RFC
// 5321 5.1): its MX, by preference and by chance among equals, or itself.
// A domain that says that it takes none (RFC 7505), or is not there, is a
// *noMail; trouble with the DNS is another error. Secure tells that the
// resolver vouches for the answer (DNSSEC).
func (r *resolver) mailHosts(ctx context.Context, domain string) (hosts []string, secure bool, err error) {
	answer, err := r.ask(ctx, domain, dns.TypeMX)
	if err != nil {
		return nil, false, err
	}
	if answer.rcode == dns.RcodeNameError {
		return nil, false, &noMail{reply{550, [3]int{5, 1, 2}, "the domain " + domain + " does not exist"}}
	}
	var mx []*dns.MX
	for _, rr := range answer.records {
		if m, ok := rr.(*dns.MX); ok {
			mx = append(mx, m)
		}
	}
	if len(mx) == 0 {
		return []string{domain}, answer.secure, nil
	}
	rand.Shuffle(len(mx), func(i, j int) { mx[i], mx[j] = mx[j], mx[i] })
	slices.SortStableFunc(mx, func(a, b *dns.MX) int { return cmp.Compare(a.Preference, b.Preference) })
	for _, m := range mx {
		if name := strings.TrimSuffix(m.Mx, "."); name != "" {
			hosts = append(hosts, strings.ToLower(name))
		}
	}
	if len(hosts) == 0 {
		return nil, false, &noMail{reply{556, [3]int{5, 1, 10}, "the domain " + domain + " takes no mail (null MX)"}}
	}
	return hosts[:min(len(hosts), 10)], answer.secure, nil
}

// endpoints gives the addresses of a host, IPv6 and IPv4 by turns (RFC 8305
// without the race).
func (r *resolver) endpoints(ctx context.Context, host string, port int) (out []endpoint, secure bool, err error) {
	addrs, secure, err := r.addresses(ctx, host)
	for _, a := range addrs {
		out = append(out, endpoint{host: host, addr: net.JoinHostPort(a.String(), strconv.Itoa(port))})
	}
	return out, secure, err
}

// addresses tells of the answers it has whether they are proven: one that did
// not come says nothing, or whoever keeps it away would take DANE away too.
func (r *resolver) addresses(ctx context.Context, host string) (out []netip.Addr, secure bool, failed error) {
	var four, six []netip.Addr
	secure = true
	for _, kind := range []uint16{dns.TypeAAAA, dns.TypeA} {
		answer, err := r.ask(ctx, host, kind)
		if err != nil {
			failed = err
			continue
		}
		secure = secure && answer.secure
		for _, rr := range answer.records {
			switch rr := rr.(type) {
			case *dns.A:
				if a, ok := netip.AddrFromSlice(rr.A); ok {
					four = append(four, a.Unmap())
				}
			case *dns.AAAA:
				if a, ok := netip.AddrFromSlice(rr.AAAA); ok {
					six = append(six, a)
				}
			}
		}
	}
	for i := 0; i < max(len(four), len(six)); i++ {
		if i < len(six) {
			out = append(out, six[i])
		}
		if i < len(four) {
			out = append(out, four[i])
		}
	}
	if len(out) > 0 {
		return out, secure, nil
	}
	return nil, secure && failed == nil, failed
}

// tlsa gives a host's TLSA records for SMTP on a port, where they are signed.
func (r *resolver) tlsa(ctx context.Context, host string, port int) (out []*dns.TLSA, err error) {
	answer, err := r.ask(ctx, fmt.Sprintf("_%d._tcp.%s", port, host), dns.TypeTLSA)
	if err != nil || !answer.secure {
		return nil, err
	}
	for _, rr := range answer.records {
		if t, ok := rr.(*dns.TLSA); ok {
			out = append(out, t)
		}
	}
	return out, nil
}

// How long answers are kept, whatever their TTL says.
const (
	leastTTL = 10 * time.Second
	mostTTL  = time.Hour
	nullTTL  = time.Minute // of an empty answer
)

// ask gives the answer's records; the code is NOERROR or NXDOMAIN, and
// everything else an error.
func (r *resolver) ask(ctx context.Context, name string, kind uint16) (answer, error) {
	key := question{strings.ToLower(name), kind}
	if a, ok := r.cache.get(key, r.now()); ok {
		return a, nil
	}
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), kind)
	m.SetEdns0(1232, false)
	m.AuthenticatedData = true // say whether it is proven (RFC 6840 5.7)
	var last error
	for range 2 {
		for _, server := range r.servers {
			in, err := r.exchange(ctx, m, server)
			if err != nil {
				last = err
				continue
			}
			if in.Rcode != dns.RcodeSuccess && in.Rcode != dns.RcodeNameError {
				last = fmt.Errorf("the server answered %s", dns.RcodeToString[in.Rcode])
				continue
			}
			ttl := nullTTL
			if len(in.Answer) > 0 {
				ttl = mostTTL
				for _, rr := range in.Answer {
					ttl = min(ttl, time.Duration(rr.Header().Ttl)*time.Second)
				}
			}
			a := answer{records: in.Answer, rcode: in.Rcode, secure: in.AuthenticatedData, until: r.now().Add(max(ttl, leastTTL))}
			r.cache.put(key, a)
			return a, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	if last == nil {
		last = errors.New("no DNS server is known")
	}
	return answer{}, fmt.Errorf("looking up %s of %s: %w", dns.TypeToString[kind], name, last)
}

func (r *resolver) exchange(ctx context.Context, m *dns.Msg, server string) (*dns.Msg, error) {
	in, _, err := r.udp.ExchangeContext(ctx, m, server)
	if err == nil && in.Truncated {
		in, _, err = r.tcp.ExchangeContext(ctx, m, server)
	}
	return in, err
}
