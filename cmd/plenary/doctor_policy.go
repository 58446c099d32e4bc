package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/message"
)

// sends asks SPF, as others will, whether it lets the machines send that mail
// goes out from.
func (d dnsCheck) sends(record string) []finding {
	host, from := d.cfg.Domain, "this machine"
	if relay, _, err := net.SplitHostPort(d.cfg.Delivery.Relay); err == nil {
		if loopback(relay) {
			return []finding{{what: "DNS", is: "SPF: " + record + " (the relay on this machine sends on from where it does)"}}
		}
		host, from = relay, "the relay"
	}
	addrs, err := d.dns.LookupHost(d.ctx, host)
	if err != nil {
		return []finding{{what: "DNS", is: "SPF: " + record}} // that the name has no address is said elsewhere
	}
	m, err := message.Parse([]byte("From: postmaster@" + d.cfg.Domain + "\r\n\r\n"))
	if err != nil {
		return nil
	}
	checker := &authenticate.Checker{DNS: authenticate.NewDNS(d.cfg.DNS.Resolver, time.Now)}
	ask := func(ip string) authenticate.SPF {
		return checker.Check(d.ctx, smtp.Envelope{Remote: ip, From: "bounces@" + d.cfg.Domain, Helo: d.cfg.Domain}, m).SPF
	}
	for _, ip := range addrs {
		if net.ParseIP(ip).IsLoopback() {
			continue
		}
		switch f := ask(ip); f.Result {
		case authenticate.Pass:
		case authenticate.PermError: // with one more address it would be as broken
			return []finding{{"DNS", fmt.Sprintf("the SPF record lets nobody send, %s (%s) neither: %s; it is %q", from, ip, f.Reason, record),
				"correct it, or write: " + txtLine(d.cfg.Domain, allowed(spfValue(d.cfg), ip)), false}}
		case authenticate.TempError:
			return []finding{{"DNS", fmt.Sprintf("whether SPF lets %s (%s) send can't be found out: %s", from, ip, f.Reason), "see that DNS answers for what it names: " + record, false}}
		default:
			return []finding{{"DNS", fmt.Sprintf("SPF does not let %s (%s) send: it says %s, by %q", from, ip, f.Result, record),
				txtLine(d.cfg.Domain, allowed(record, ip)), false}}
		}
	}
	if ask(nobodys).Result == authenticate.Pass {
		return []finding{{"DNS", "SPF lets anybody send: " + record, txtLine(d.cfg.Domain, spfValue(d.cfg)), true}}
	}
	return []finding{{what: "DNS", is: "SPF lets " + from + " send: " + record}}
}

// nobodys is an address that no server has (RFC 5737).
const nobodys = "203.0.113.77"

// dmarcFault is what keeps a record from asking for anything, "" nothing.
func dmarcFault(record string) string {
	tags := map[string]string{}
	for i, part := range strings.Split(record, ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		_, twice := tags[name]
		switch {
		case i == 0 && value != "DMARC1":
			return "it must begin with v=DMARC1, in capitals"
		case twice && name != "":
			return "it has " + name + "= twice"
		}
		tags[name] = strings.ToLower(value)
	}
	if tags["p"] == "" {
		return "it has no p="
	}
	for _, name := range []string{"p", "sp", "np"} {
		if value, ok := tags[name]; ok && !slices.Contains([]string{"none", "quarantine", "reject"}, value) {
			return fmt.Sprintf("%s=%s is neither none, quarantine nor reject", name, value)
		}
	}
	return ""
}

// allowed is an SPF record with one more address, before its last word.
func allowed(record, ip string) string {
	words := strings.Fields(record)
	at := len(words)
	if last := words[at-1]; strings.HasSuffix(strings.ToLower(last), "all") || strings.Contains(last, "=") && at > 1 {
		at--
	}
	return strings.Join(slices.Insert(words, at, mechanism(ip)), " ")
}

// tlsrpt looks for where others report failures of TLS (RFC 8460).
func (d dnsCheck) tlsrpt() []finding {
	name := "_smtp._tls." + d.cfg.Domain
	found, err := d.texts(name, "v=tlsrptv1")
	switch {
	case err != nil:
		return d.unasked(name, err)
	case len(found) == 0:
		return []finding{{"DNS", "nobody is told when others can't reach " + d.cfg.Domain + " by TLS (TLS-RPT)", txtLine(name, tlsrptValue(d.cfg)), true}}
	case len(found) > 1, !strings.Contains(found[0], "rua="):
		return []finding{{"DNS", "the TLS-RPT record of " + d.cfg.Domain + " counts for nothing: there are several, or it has no rua=", txtLine(name, tlsrptValue(d.cfg)), false}}
	}
	return []finding{{what: "DNS", is: "TLS-RPT: " + found[0]}}
}

// sts looks at the MTA-STS record, and at the policy that it stands for (RFC
// 8461): in mode enforce others deliver to no MX that it does not name.
func (d dnsCheck) sts() []finding {
	name := "_mta-sts." + d.cfg.Domain
	found, err := d.texts(name, "v=stsv1")
	switch {
	case err != nil:
		return d.unasked(name, err)
	case len(found) == 0:
		return []finding{{"DNS", d.cfg.Domain + " does not say that mail to it comes by TLS (MTA-STS)",
			txtLine(name, stsValue()) + "\nand at https://mta-sts." + d.cfg.Domain + "/.well-known/mta-sts.txt:\n" + stsPolicy(d.cfg), true}}
	case len(found) > 1 || !strings.Contains(found[0], "id="):
		return []finding{{"DNS", "the MTA-STS record of " + d.cfg.Domain + " counts for nothing: there are several, or it has no id=", txtLine(name, stsValue()), false}}
	}
	text, err := d.policy(d.ctx, "https://mta-sts."+d.cfg.Domain+"/.well-known/mta-sts.txt")
	if err != nil {
		return []finding{{"DNS", "the MTA-STS policy can't be read: " + err.Error(), "publish there:\n" + stsPolicy(d.cfg), false}}
	}
	hosts, err := d.dns.LookupMX(d.ctx, d.cfg.Domain)
	if err != nil {
		return nil // said of the MX
	}
	for _, mx := range hosts {
		if host := strings.TrimSuffix(strings.ToLower(mx.Host), "."); !covers(text, host) {
			return []finding{{"DNS", "the MTA-STS policy does not name the MX " + host, "add the line mx: " + host + ", and give the record another id=", false}}
		}
	}
	return []finding{{what: "DNS", is: "MTA-STS: " + found[0] + ", and its policy names every MX"}}
}

// covers tells whether a policy's mx lines name a host (RFC 8461 4.1).
func covers(policy, host string) bool {
	for line := range strings.Lines(policy) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) != "mx" {
			continue
		}
		value = strings.ToLower(strings.TrimSpace(value))
		if _, parent, ok := strings.Cut(host, "."); value == host || ok && value == "*."+parent {
			return true
		}
	}
	return false
}

// maxPolicy is how much of a policy is read (RFC 8461 3.3 speaks of 64 KiB).
const maxPolicy = 64 << 10

// fetched reads a page, by the resolver that is asked for all else.
func fetched(dns *net.Resolver) func(ctx context.Context, url string) (string, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: (&net.Dialer{Resolver: dns, Timeout: 5 * time.Second}).DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it is elsewhere, which MTA-STS does not allow")
		}}
	return func(ctx context.Context, url string) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return "", err
		}
		res, err := client.Do(req)
		if none := (*net.DNSError)(nil); errors.As(err, &none) && none.IsNotFound {
			return "", errors.New(none.Name + " has no address") // the error names the system's resolver, whoever was asked
		}
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s answers %s", url, res.Status)
		}
		text, err := io.ReadAll(io.LimitReader(res.Body, maxPolicy))
		return string(text), err
	}
}
