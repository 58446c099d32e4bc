package main

import (
	"net"
	"os"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"plenary/cmd/plenary/config"
)

// zone answers DNS queries from records in zone-file form.
func zone(t *testing.T, records ...string) (addr string) {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable, m.Rcode = true, dns.RcodeNameError
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Error(err)
			}
			if strings.EqualFold(rr.Header().Name, q.Question[0].Name) {
				m.Rcode = dns.RcodeSuccess
				if rr.Header().Rrtype == q.Question[0].Qtype {
					m.Answer = append(m.Answer, rr)
				}
			}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return pc.LocalAddr().String()
}

// dnsFindings are the doctor's words, a line each, with FAULT or note.
func dnsFindings(t *testing.T, relay string, records ...string) string {
	cfg := config.Default()
	cfg.Domain, cfg.DNS.Resolver, cfg.Delivery.Relay = "lists.example.org", zone(t, records...), relay
	var b strings.Builder
	for _, f := range checkDNS(t.Context(), cfg, nil) {
		switch {
		case f.note:
			b.WriteString("note ")
		case f.mend != "":
			b.WriteString("FAULT ")
		}
		b.WriteString(f.is + " → " + f.mend + "\n")
	}
	return b.String()
}

func TestDoctorIsContentWithGoodRecords(t *testing.T) {
	said := dnsFindings(t, "",
		"lists.example.org. MX 10 mx.example.org.", "mx.example.org. A 192.0.2.7", "lists.example.org. A 192.0.2.7",
		`lists.example.org. TXT "v=spf1 mx -all"`, `_dmarc.lists.example.org. TXT "v=DMARC1; p=none"`, "7.2.0.192.in-addr.arpa. PTR lists.example.org.")
	if strings.Contains(said, "FAULT") || !strings.Contains(said, "PTR of 192.0.2.7 is lists.example.org") {
		t.Errorf("said:\n%s", said)
	}
}

func TestDoctorSaysWhichRecordIsMissingAndWhatToWrite(t *testing.T) {
	said := dnsFindings(t, "", `lists.example.org. TXT "something else"`)
	for _, want := range []string{
		"FAULT lists.example.org has no MX: other servers may not find it → lists.example.org. MX 10 ",
		`FAULT lists.example.org has no SPF record: others can't tell its servers → lists.example.org. TXT "v=spf1 mx -all"`,
		`note lists.example.org has no DMARC record of its own → _dmarc.lists.example.org. TXT "v=DMARC1; p=none; rua=mailto:postmaster@lists.example.org"`,
		"FAULT lists.example.org, by which the server calls itself, has no address",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
	for mx, want := range map[string]string{
		"lists.example.org. MX 0 .":           "FAULT the MX of lists.example.org says that it takes no mail (RFC 7505) → lists.example.org. MX 10 ",
		"lists.example.org. MX 10 192.0.2.7.": "FAULT the MX of lists.example.org, 192.0.2.7, is an address, and must be a name → lists.example.org. MX 10 ",
	} {
		if said := dnsFindings(t, "", mx); !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
	said = dnsFindings(t, "relay.example.org:587", "lists.example.org. MX 10 mx.example.org.",
		`lists.example.org. TXT "v=spf1 mx -all"`, `lists.example.org. TXT "v=spf1 -all"`)
	for _, want := range []string{"FAULT the MX of lists.example.org, mx.example.org, has no address", "FAULT lists.example.org has several SPF records", "goes out through relay.example.org:587"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
}

func TestDoctorSeesAFolderThatTakesNoFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/mail", nil, 0o600); err != nil { // where somebody left a file
		t.Fatal(err)
	}
	for path, fine := range map[string]bool{dir + "/archive": true, dir + "/mail/archive": false} {
		var cfg config.Config
		cfg.Archive.Bucket = "file://" + path
		found := checkArchive(t.Context(), &cfg)
		if len(found) != 1 || !fine && !strings.Contains(found[0].is, dir+"/mail can't be written here") || fine && strings.Contains(found[0].is, "can't") {
			t.Errorf("%s: %v", path, found)
		}
	}
}

func TestDoctorAsksForTheBucketInS3(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	var cfg config.Config
	cfg.Archive.Bucket = "s3://mail?endpoint=127.0.0.1:1&insecure=true"
	if found := checkArchive(t.Context(), &cfg); len(found) != 1 || !strings.Contains(found[0].is, "set AWS_ACCESS_KEY_ID") {
		t.Error(found)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	if found := checkArchive(t.Context(), &cfg); len(found) != 1 || found[0].mend == "" || !strings.Contains(found[0].is, "127.0.0.1:1") {
		t.Error(found)
	}
}
