package main

import (
	"fmt"
	"net"
	"strings"

	"plenary/cmd/plenary/config"
	"plenary/smtp/keyring"
)

// maxString is how long one string of a TXT record may be (RFC 1035 3.3.14).
const maxString = 255

// zoneText is a TXT record's value as zone files want it: in strings that are
// not too long each. Receivers join them again.
func zoneText(value string) string {
	var parts []string
	for len(value) > maxString {
		parts = append(parts, fmt.Sprintf("%q", value[:maxString]))
		value = value[maxString:]
	}
	return strings.Join(append(parts, fmt.Sprintf("%q", value)), " ")
}

// txtLine is a TXT record as a line of a zone file.
func txtLine(name, value string) string { return name + ". TXT " + zoneText(value) }

// The records that a site needs besides its keys, as their values.
func spfValue(cfg *config.Config) string {
	if host, _, err := net.SplitHostPort(cfg.Delivery.Relay); err == nil && !loopback(host) {
		if ip := net.ParseIP(host); ip != nil {
			return "v=spf1 mx " + mechanism(host) + " -all"
		}
		return "v=spf1 mx a:" + host + " -all"
	}
	return "v=spf1 mx -all"
}

// mechanism is an address as SPF names it.
func mechanism(ip string) string {
	if strings.Contains(ip, ":") {
		return "ip6:" + ip
	}
	return "ip4:" + ip
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func dmarcValue(cfg *config.Config) string {
	return "v=DMARC1; p=none; rua=mailto:postmaster@" + cfg.Domain
}

func stsValue() string { return "v=STSv1; id=1" }

func tlsrptValue(cfg *config.Config) string { return "v=TLSRPTv1; rua=mailto:postmaster@" + cfg.Domain }

// stsPolicy is the policy file that an MTA-STS record points to (RFC 8461 3.2).
func stsPolicy(cfg *config.Config) string {
	return "version: STSv1\nmode: testing\nmx: " + cfg.Domain + "\nmax_age: 86400"
}

// zoneFile is every record that the site needs, ready to be pasted into a zone
// file. What can't be known here is in a comment.
func zoneFile(cfg *config.Config, keys []keyring.Key) []string {
	lines := []string{
		cfg.Domain + ". MX 10 " + cfg.Domain + ".",
		"; " + cfg.Domain + ". A 192.0.2.1 and AAAA 2001:db8::1: this machine's addresses",
		txtLine(cfg.Domain, spfValue(cfg)),
		txtLine("_dmarc."+cfg.Domain, dmarcValue(cfg)),
	}
	for _, k := range keys {
		r := keyring.RecordOf(k, signingDomain(cfg))
		lines = append(lines, txtLine(r.Name, r.Value))
	}
	if len(keys) == 0 {
		lines = append(lines, "; DKIM: there are no keys yet: plenary keys new")
	}
	lines = append(lines,
		txtLine("_smtp._tls."+cfg.Domain, tlsrptValue(cfg)),
		txtLine("_mta-sts."+cfg.Domain, stsValue()),
		"; with it, at https://mta-sts."+cfg.Domain+"/.well-known/mta-sts.txt:",
	)
	for line := range strings.SplitSeq(stsPolicy(cfg), "\n") {
		lines = append(lines, ";   "+line)
	}
	return append(lines, "; in the zone of this machine's address, at who gave it: 1.2.0.192.in-addr.arpa. PTR "+cfg.Domain+".")
}
