package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"plenary/cmd/plenary/config"
	"plenary/smtp/keyring"
)

// checkDNS looks at the records by which other servers find the lists and
// believe their mail.
func checkDNS(ctx context.Context, cfg *config.Config, keys []keyring.Key) []finding {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	d := dnsCheck{ctx: ctx, cfg: cfg, dns: resolver(cfg.DNS.Resolver), keys: keys}
	d.policy = fetched(d.dns)
	return d.all()
}

// resolver asks the server named, or the system's.
func resolver(server string) *net.Resolver {
	if server == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server)
	}}
}

type dnsCheck struct {
	ctx    context.Context
	cfg    *config.Config
	dns    *net.Resolver
	keys   []keyring.Key
	policy func(ctx context.Context, url string) (string, error) // reads an MTA-STS policy
}

func (d dnsCheck) all() []finding {
	return slices.Concat(d.mx(), d.spf(), d.dmarc(), d.dkim(), d.ptr(), d.tlsrpt(), d.sts())
}

// none tells that DNS answered, and that there is nothing by the name.
func none(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

func (d dnsCheck) unasked(what string, err error) []finding {
	why := err.Error()
	if e := (*net.DNSError)(nil); errors.As(err, &e) { // which names the system's resolver, whoever was asked
		why = e.Err
	}
	return []finding{{"DNS", what + " can't be looked up: " + why, "see that the resolver answers, or name one in dns.resolver", false}}
}

func (d dnsCheck) mx() []finding {
	domain := d.cfg.Domain
	write := domain + ". MX 10 the.host.that.takes.its.mail."
	found, err := d.dns.LookupMX(d.ctx, domain)
	switch {
	case err != nil && !none(err):
		return d.unasked("MX of "+domain, err)
	case len(found) == 0 && d.cfg.Collect.Server != "":
		return []finding{{what: "DNS", is: domain + " has no MX; mail is collected"}}
	case len(found) == 0:
		return []finding{{"DNS", domain + " has no MX: other servers may not find it", write, false}}
	}
	hosts := make([]string, len(found))
	for i, mx := range found {
		hosts[i] = strings.TrimSuffix(mx.Host, ".")
		switch {
		case hosts[i] == "":
			return []finding{{"DNS", "the MX of " + domain + " says that it takes no mail (RFC 7505)", write, false}}
		case net.ParseIP(hosts[i]) != nil:
			return []finding{{"DNS", fmt.Sprintf("the MX of %s, %s, is an address, and must be a name", domain, hosts[i]), write, false}}
		}
		if _, err := d.dns.LookupHost(d.ctx, mx.Host); none(err) {
			return []finding{{"DNS", fmt.Sprintf("the MX of %s, %s, has no address", domain, hosts[i]), fmt.Sprintf("%s. A 192.0.2.1 (its address)", hosts[i]), false}}
		}
	}
	return []finding{{what: "DNS", is: fmt.Sprintf("MX of %s: %s", domain, strings.Join(hosts, ", "))}}
}

// texts are the TXT records at a name that begin with the tag.
func (d dnsCheck) texts(name, tag string) ([]string, error) {
	all, err := d.dns.LookupTXT(d.ctx, name)
	if err != nil && !none(err) {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(strings.ToLower(s), tag) }), nil
}

func (d dnsCheck) spf() []finding {
	domain := d.cfg.Domain
	found, err := d.texts(domain, "v=spf1")
	switch {
	case err != nil:
		return d.unasked("SPF of "+domain, err)
	case len(found) == 0:
		return []finding{{"DNS", domain + " has no SPF record: others can't tell its servers", txtLine(domain, spfValue(d.cfg)), false}}
	case len(found) > 1:
		return []finding{{"DNS", domain + " has several SPF records, so none counts (RFC 7208, 3.2)", "join them into one", false}}
	}
	return d.sends(found[0])
}

func (d dnsCheck) dmarc() []finding {
	name := "_dmarc." + d.cfg.Domain
	found, err := d.texts(name, "v=dmarc1")
	switch {
	case err != nil:
		return d.unasked(name, err)
	case len(found) == 0:
		return []finding{{"DNS", d.cfg.Domain + " has no DMARC record of its own", txtLine(name, dmarcValue(d.cfg)), true}}
	case len(found) > 1:
		return []finding{{"DNS", d.cfg.Domain + " has several DMARC records, so none counts (RFC 9989, 4.7)", "leave one of them", false}}
	}
	if fault := dmarcFault(found[0]); fault != "" {
		return []finding{{"DNS", "the DMARC record of " + d.cfg.Domain + " asks for nothing: " + fault, txtLine(name, dmarcValue(d.cfg)), false}}
	}
	return []finding{{what: "DNS", is: "DMARC: " + found[0]}}
}

func (d dnsCheck) dkim() []finding {
	var found []finding
	for _, k := range d.keys {
		r := keyring.RecordOf(k, signingDomain(d.cfg))
		published, err := d.texts(r.Name, "")
		switch write := txtLine(r.Name, r.Value); {
		case err != nil:
			found = append(found, d.unasked(r.Name, err)...)
		case len(published) == 0:
			found = append(found, finding{"DKIM", r.Name + " has no record, and mail is signed with its key", write, false})
		case !r.Published(published):
			found = append(found, finding{"DKIM", "the record at " + r.Name + " " + r.Fault(published), write, false})
		case len(published) > 1:
			found = append(found, finding{"DKIM", "there are several records at " + r.Name + ", and others may take the wrong one", "leave this one: " + write, false})
		case keyring.OnTrial(published[0]):
			found = append(found, finding{"DKIM", "the record at " + r.Name + " says that it is on trial (t=y), so some take mail for unsigned", write, true})
		default:
			found = append(found, finding{what: "DKIM", is: r.Name + " is published"})
		}
	}
	if signer := signingDomain(d.cfg); organisation(signer) != organisation(d.cfg.Domain) {
		found = append(found, finding{"DKIM", fmt.Sprintf("mail is signed for %s, which does not stand for %s: by DMARC its signatures count for nothing", signer, d.cfg.Domain),
			"leave dkim.domain empty, and publish the records that it needs then", false})
	}
	if len(d.keys) == 0 {
		found = append(found, finding{"DKIM", "outgoing mail is not signed", "plenary keys new", true})
	}
	return found
}

// organisation is who a domain belongs to, by the public suffix list.
func organisation(domain string) string {
	domain = strings.ToLower(domain)
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// ptr looks at the name that our address gives back; large receivers refuse
// mail from one without. Behind a relay it is the relay's matter.
func (d dnsCheck) ptr() []finding {
	if d.cfg.Delivery.Relay != "" {
		return []finding{{what: "DNS", is: "mail goes out through " + d.cfg.Delivery.Relay + ", whose PTR counts"}}
	}
	addrs, err := d.dns.LookupHost(d.ctx, d.cfg.Domain)
	if err != nil {
		if !none(err) {
			return d.unasked("the address of "+d.cfg.Domain, err)
		}
		return []finding{{"DNS", d.cfg.Domain + ", by which the server calls itself, has no address", fmt.Sprintf("%s. A 192.0.2.1 (this machine's)", d.cfg.Domain), false}}
	}
	var found []finding
	for _, ip := range addrs {
		names, err := d.dns.LookupAddr(d.ctx, ip)
		switch {
		case err != nil && !none(err):
			found = append(found, d.unasked("PTR of "+ip, err)...)
		case len(names) == 0:
			found = append(found, finding{"DNS", ip + " has no PTR: many servers refuse its mail", "ask who gave you the address to let it point to " + d.cfg.Domain, false})
		case !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSuffix(n, "."), d.cfg.Domain) }):
			found = append(found, finding{"DNS", fmt.Sprintf("PTR of %s is %s, not %s", ip, strings.TrimSuffix(names[0], "."), d.cfg.Domain), "let it point to " + d.cfg.Domain, true})
		default:
			found = append(found, finding{what: "DNS", is: "PTR of " + ip + " is " + d.cfg.Domain + ", and back"})
		}
	}
	return found
}
