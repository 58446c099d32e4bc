package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"plenary/cmd/plenary/config"
	"plenary/smtp/keyring"
)

// doctorSays is what the doctor says of DNS, with this MTA-STS policy at its place.
func doctorSays(t *testing.T, relay, policy string, keys []keyring.Key, records ...string) string {
	cfg := config.Default()
	cfg.Domain, cfg.DNS.Resolver, cfg.Delivery.Relay = "lists.example.org", zone(t, records...), relay
	d := dnsCheck{ctx: t.Context(), cfg: cfg, dns: resolver(cfg.DNS.Resolver), keys: keys, policy: func(_ context.Context, url string) (string, error) {
		if policy == "" || url != "https://mta-sts.lists.example.org/.well-known/mta-sts.txt" {
			return "", errors.New("not there")
		}
		return policy, nil
	}}
	var b strings.Builder
	for _, f := range d.all() {
		b.WriteString(f.is + " → " + f.mend + "\n")
	}
	return b.String()
}

func TestDoctorComparesWhatIsPublished(t *testing.T) {
	keys, err := keyring.New("p1")
	if err != nil {
		t.Fatal(err)
	}
	base := []string{"lists.example.org. MX 10 mx.example.org.", "mx.example.org. A 192.0.2.7", "lists.example.org. A 192.0.2.8"}
	for what, c := range map[string]struct {
		relay, policy string
		records       []string
		want          string
	}{
		"SPF leaves us out":         {"", "", []string{`lists.example.org. TXT "v=spf1 mx -all"`}, `SPF does not let this machine (192.0.2.8) send: it says fail, by "v=spf1 mx -all" → lists.example.org. TXT "v=spf1 mx ip4:192.0.2.8 -all"`},
		"SPF names us":              {"", "", []string{`lists.example.org. TXT "v=spf1 a -all"`}, "SPF lets this machine send: v=spf1 a -all"},
		"SPF leaves the relay out":  {"mx.example.org:587", "", []string{`lists.example.org. TXT "v=spf1 a"`}, `SPF does not let the relay (192.0.2.7) send: it says neutral, by "v=spf1 a" → lists.example.org. TXT "v=spf1 a ip4:192.0.2.7"`},
		"a relay here":              {"127.0.0.1:25", "", []string{`lists.example.org. TXT "v=spf1 mx -all"`}, "the relay on this machine"},
		"two DMARC":                 {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; p=none"`, `_dmarc.lists.example.org. TXT "v=DMARC1; p=reject"`}, "several DMARC records"},
		"DMARC without p":           {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; rua=mailto:x@y"`}, "asks for nothing: it has no p="},
		"DMARC":                     {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; p=reject"`}, "DMARC: v=DMARC1; p=reject → \n"},
		"SPF is broken":             {"", "", []string{`lists.example.org. TXT "v=spf1 a ipv4:192.0.2.1 -all"`}, `which SPF does not know; it is "v=spf1 a ipv4:192.0.2.1 -all" → correct it, or write: lists.example.org. TXT "v=spf1 mx ip4:192.0.2.8 -all"`},
		"SPF lets anybody":          {"", "", []string{`lists.example.org. TXT "v=spf1 +all"`}, `SPF lets anybody send: v=spf1 +all → lists.example.org. TXT "v=spf1 mx -all"`},
		"DMARC misspelt":            {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; p=rejct"`}, `p=rejct is neither none, quarantine nor reject → _dmarc.lists.example.org. TXT "v=DMARC1; p=none`},
		"DMARC's sp misspelt":       {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; p=reject; sp=no"`}, `sp=no is neither`},
		"DMARC twice":               {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1; p=none; p=reject;;"`}, `it has p= twice`},
		"DMARC in small letters":    {"", "", []string{`_dmarc.lists.example.org. TXT "v=dmarc1; p=reject"`}, `it must begin with v=DMARC1`},
		"DMARC with all":            {"", "", []string{`_dmarc.lists.example.org. TXT "v=DMARC1 ; sp=none;np=reject; P = Reject; rua=mailto:a@b;; "`}, `DMARC: v=DMARC1 ;`},
		"a key of another kind":     {"", "", []string{txtLine("p1-ed._domainkey.lists.example.org", strings.Replace(keyring.RecordOf(keys[1], "x").Value, "k=ed25519; ", "", 1))}, "the record at p1-ed._domainkey.lists.example.org is for another kind of key (k=) → p1-ed."},
		"a key not for mail":        {"", "", []string{txtLine("p1-ed._domainkey.lists.example.org", keyring.RecordOf(keys[1], "x").Value+"; s=tlsrpt")}, "p1-ed._domainkey.lists.example.org is not for mail (s=)"},
		"a key on trial":            {"", "", []string{txtLine("p1-ed._domainkey.lists.example.org", keyring.RecordOf(keys[1], "x").Value+"; t=y")}, "on trial (t=y)"},
		"no TLS-RPT":                {"", "", nil, `(TLS-RPT) → _smtp._tls.lists.example.org. TXT "v=TLSRPTv1; rua=mailto:postmaster@lists.example.org"`},
		"TLS-RPT without rua":       {"", "", []string{`_smtp._tls.lists.example.org. TXT "v=TLSRPTv1"`}, "TLS-RPT record of lists.example.org counts for nothing"},
		"no MTA-STS":                {"", "", nil, `(MTA-STS) → _mta-sts.lists.example.org. TXT "v=STSv1; id=1"`},
		"MTA-STS, no policy":        {"", "", []string{`_mta-sts.lists.example.org. TXT "v=STSv1; id=1"`}, "policy can't be read: not there"},
		"MTA-STS of another MX":     {"", "version: STSv1\nmode: enforce\nmx: *.mx.example.org\nmx: lists.example.org\n", []string{`_mta-sts.lists.example.org. TXT "v=STSv1; id=1"`}, "does not name the MX mx.example.org → add the line mx: mx.example.org"},
		"MTA-STS":                   {"", "version: STSv1\r\nmode: enforce\r\nmx: *.Example.org\r\n", []string{`_mta-sts.lists.example.org. TXT "v=STSv1; id=1"`}, "its policy names every MX"},
		"another key":               {"", "", []string{`p1._domainkey.lists.example.org. TXT "v=DKIM1; k=rsa; p=AAAA"`}, "the record at p1._domainkey.lists.example.org is not that of the key in use → p1._domainkey.lists.example.org. TXT \"v=DKIM1; k=rsa; p="},
		"the key, in its own words": {"", "", []string{txtLine("p1._domainkey.lists.example.org", "k=rsa; t=s; p="+strings.SplitN(keyring.RecordOf(keys[0], "x").Value, "p=", 2)[1])}, "p1._domainkey.lists.example.org is published"},
	} {
		if got := doctorSays(t, c.relay, c.policy, keys, append(base, c.records...)...); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is not in:\n%s", what, c.want, got)
		}
	}
}

// Mail must be signed for a domain that stands for the lists'.
func TestDoctorOfAnotherSigner(t *testing.T) {
	for signer, fault := range map[string]bool{"": false, "Example.ORG": false, "other.example.org": false, "example.net": true} {
		cfg := config.Default()
		cfg.Domain, cfg.DKIM.Domain, cfg.DNS.Resolver = "lists.example.org", signer, zone(t)
		said := ""
		for _, f := range (dnsCheck{ctx: t.Context(), cfg: cfg, dns: resolver(cfg.DNS.Resolver)}).dkim() {
			said += f.is + "\n"
		}
		if strings.Contains(said, "does not stand for lists.example.org") != fault {
			t.Errorf("%q:\n%s", signer, said)
		}
	}
}

// What is printed for a zone file is one: every string fits, and a resolver
// gives back what was meant.
func TestZoneFile(t *testing.T) {
	keys, err := keyring.New("p1")
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Domain = "lists.example.org"
	texts := map[string]string{}
	for _, line := range zoneFile(cfg, keys) {
		if strings.HasPrefix(line, ";") {
			continue
		}
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if text, ok := rr.(*dns.TXT); ok {
			for _, s := range text.Txt {
				if len(s) > maxString || !strings.Contains(line, `"`+s+`"`) {
					t.Errorf("a string of %d octets in %s", len(s), line)
				}
			}
			texts[text.Hdr.Name] = strings.Join(text.Txt, "")
		}
	}
	for _, k := range keys {
		if r := keyring.RecordOf(k, cfg.Domain); texts[r.Name+"."] != r.Value {
			t.Errorf("%s: %q", r.Name, texts[r.Name+"."])
		}
	}
	for _, name := range []string{"lists.example.org.", "_dmarc.lists.example.org.", "_smtp._tls.lists.example.org.", "_mta-sts.lists.example.org."} {
		if texts[name] == "" {
			t.Errorf("no record at %s", name)
		}
	}
}

func TestPolicyOfAHostWithoutAddress(t *testing.T) {
	_, err := fetched(resolver(zone(t)))(t.Context(), "https://mta-sts.lists.example.org/.well-known/mta-sts.txt")
	if err == nil || err.Error() != "mta-sts.lists.example.org has no address" {
		t.Error(err)
	}
}
