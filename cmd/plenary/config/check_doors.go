package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"plenary/lists"
)

// door is a key that names an address to listen on.
type door struct{ name, value string }

func (c *Config) doors() []door {
	return []door{
		{"smtp.listen", c.SMTP.Listen}, {"smtp.lmtp", c.SMTP.LMTP}, {"smtp.submission", c.SMTP.Submission}, {"smtp.submissions", c.SMTP.Submissions},
		{"http.listen", c.HTTP.Listen}, {"http.metrics", c.HTTP.Metrics}, {"imap.listen", c.IMAP.Listen}, {"acme.listen", c.ACME.Listen},
	}
}

// checkDoors looks for two doors at one address, where each would take some of
// the other's callers, and for one that lets nobody in.
func (c *Config) checkDoors(say, note sayer) {
	var taken []door
	for _, d := range c.doors() {
		_, port, err := net.SplitHostPort(d.value)
		if err != nil || port == "0" || d.name == "acme.listen" && !c.SMTP.ACME {
			continue
		}
		i := slices.IndexFunc(taken, func(t door) bool { return overlap(t.value, d.value) })
		switch {
		case i < 0:
			taken = append(taken, d)
		case taken[i].value == d.value:
			say(d.name, "%s is the address of %s: write another", d.value, taken[i].name)
		default:
			say(d.name, "%s and %s, which is %s, can't both be listened on: write another port", d.value, taken[i].value, taken[i].name)
		}
	}
	if at := c.IMAP.Listen; at != "" && c.SMTP.TLSCert == "" && !c.SMTP.ACME && !loopback(at) {
		note("imap.listen", "without TLS nobody signs in from other machines: write smtp.tls_cert and tls_key, or acme = true")
	}
}

// overlap tells whether two addresses can't both be listened on: they are the
// same, or one is every address of this machine, of the other's kind.
func overlap(a, b string) bool {
	hostA, portA, _ := net.SplitHostPort(a)
	hostB, portB, _ := net.SplitHostPort(b)
	if portA != portB {
		return false
	}
	ipA, ipB := hostIP(hostA), hostIP(hostB)
	switch {
	case !ipA.IsValid() || !ipB.IsValid(): // a name
		return strings.EqualFold(hostA, hostB)
	case ipA == ipB, ipA == netip.IPv6Unspecified(), ipB == netip.IPv6Unspecified(): // which takes IPv4 in too
		return true
	}
	return (ipA.IsUnspecified() || ipB.IsUnspecified()) && ipA.Is4() == ipB.Is4()
}

// hostIP is the IP that a host to listen on stands for; none for other names.
func hostIP(host string) netip.Addr {
	switch strings.ToLower(host) {
	case "":
		return netip.IPv6Unspecified()
	case "localhost":
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap()
}

// checkSubmission looks at the doors by which members send, and at who may
// speak for others, there and on pages.
func (c *Config) checkSubmission(say sayer) {
	encrypted := c.SMTP.TLSCert != "" || c.SMTP.ACME
	if at := c.SMTP.Submission; at != "" && !encrypted && !loopback(at) {
		say("smtp.submission", "passwords are asked for under TLS only: write tls_cert and tls_key, or acme = true")
	}
	if c.SMTP.Submissions != "" && !encrypted {
		say("smtp.submissions", "TLS needs a certificate: write tls_cert and tls_key, or acme = true")
	}
	for _, from := range []struct {
		key      string
		networks []string
	}{{"smtp.proxy_from", c.SMTP.ProxyFrom}, {"http.proxy_from", c.HTTP.ProxyFrom}} {
		for _, s := range from.networks {
			if _, err := prefix(s); err != nil {
				say(from.key, `%q: write networks or addresses, as ["10.0.0.0/8", "192.0.2.7"]`, s)
			}
		}
	}
}

// checkCertificates looks at where certificates come from.
func (c *Config) checkCertificates(say, note sayer) {
	if (c.SMTP.TLSCert == "") != (c.SMTP.TLSKey == "") {
		missing := "smtp.tls_key"
		if c.SMTP.TLSCert == "" {
			missing = "smtp.tls_cert"
		}
		say(missing, "missing: a certificate needs both tls_cert and tls_key")
	}
	if !c.SMTP.ACME {
		return
	}
	if c.SMTP.TLSCert != "" {
		say("smtp.acme", "certificates come from tls_cert and tls_key already: leave one of the two out")
	}
	if u, err := url.Parse(c.ACME.Directory); err != nil || u.Scheme != "https" || u.Host == "" {
		say("acme.directory", `%q: write the giver's directory, as "https://acme-v02.api.letsencrypt.org/directory"`, c.ACME.Directory)
	}
	if c.ACME.Email == "" {
		note("acme.email", "empty: nobody is told when a certificate can't be renewed")
	} else if _, err := lists.ParseAddress(c.ACME.Email); err != nil {
		say("acme.email", "%v: write one address", err)
	}
	for _, name := range c.ACME.Names {
		if _, err := lists.ParseDomain(name); err != nil || strings.Contains(name, "*") {
			say("acme.names", `%q: write host names, as ["lists.example.org"]`, name)
		}
	}
	if c.ACME.Listen == "" {
		say("acme.listen", `empty: the giver must reach it; write "0.0.0.0:80"`)
	}
}

// checkHooks looks at those who are asked about mail that comes in.
func (c *Config) checkHooks(say sayer) {
	for _, zone := range c.SMTP.DNSBL.Zones {
		if _, err := lists.ParseDomain(zone); err != nil {
			say("smtp.dnsbl.zones", `%v: write the zones' names, as ["zen.spamhaus.org"]`, err)
		}
	}
	if at := c.SMTP.Rspamd.URL; at != "" {
		if u, err := url.Parse(at); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			say("smtp.rspamd.url", `%q: write where rspamd's worker answers, as "http://127.0.0.1:11333"`, at)
		}
	}
}

// Proxies are the networks of smtp.proxy_from.
func (c *Config) Proxies() []netip.Prefix { return prefixes(c.SMTP.ProxyFrom) }

// WebProxies are those of http.proxy_from.
func (c *Config) WebProxies() []netip.Prefix { return prefixes(c.HTTP.ProxyFrom) }

func prefixes(networks []string) []netip.Prefix {
	var all []netip.Prefix
	for _, s := range networks {
		if p, err := prefix(s); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// prefix reads a network, or one address.
func prefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().Prefix(a.Unmap().BitLen())
	}
	return netip.ParsePrefix(s)
}

// ACMEPort is the host and port of acme.listen.
func (c *Config) ACMEPort() (host, port string) {
	host, port, _ = net.SplitHostPort(c.ACME.Listen) // Load has looked at it
	return host, port
}
