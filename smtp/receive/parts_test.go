package receive

import (
	"bufio"
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"

	"plenary/smtp"
)

func TestDoorCountsBlocks(t *testing.T) {
	d := newDoor(Limits{Connections: 10, PerAddress: 1, Per64: 2})
	at := func(s string) netip.Addr { return netip.MustParseAddr(s) }
	leave1, why := d.sit(at("2001:db8::1"))
	if why != "" {
		t.Fatal(why)
	}
	if _, why := d.sit(at("2001:db8::1")); !strings.Contains(why, "address") {
		t.Errorf("the same address again: %q", why)
	}
	if _, why := d.sit(at("2001:db8::2")); why != "" {
		t.Error(why)
	}
	if _, why := d.sit(at("2001:db8::3")); !strings.Contains(why, "network") {
		t.Errorf("the third of a /64: %q", why)
	}
	if _, why := d.sit(at("2001:db8:0:1::3")); why != "" {
		t.Errorf("another /64: %q", why)
	}
	for _, v4 := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"} {
		if _, why := d.sit(at(v4)); why != "" {
			t.Errorf("%s: %s", v4, why)
		}
	}
	leave1()
	if _, why := d.sit(at("2001:db8::4")); why != "" {
		t.Errorf("after one left: %q", why)
	}
	if _, left := d.addr[at("2001:db8::1")]; left {
		t.Error("who left is remembered")
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]string{
		"a@example.org": "a@example.org", "": "",
		"a b@example.org":     `"a b"@example.org`,
		`a"\b@example.org`:    `"a\"\\b"@example.org`,
		"a@b@example.org":     `"a@b"@example.org`,
		".a@example.org":      `".a"@example.org`,
		"a..b@example.org":    `"a..b"@example.org`,
		"a@[192.0.2.1]":       "a@[192.0.2.1]",
		"a@[IPv6:2001:db8::]": "a@[IPv6:2001:db8::]",
		"ü@exämple.org":       "ü@exämple.org",
	} {
		if got, ok := reversePath(path); !ok || got != want {
			t.Errorf("reversePath(%q) = %q, %v", path, got, ok)
		}
	}
	for _, path := range []string{
		"a", "@b", "a@", "a@b c", "a@b>", "a@b\r\nX: y", "a\x01@b", "a\u0085@b", "\xff@b",
		strings.Repeat("a", 65) + "@b", "a@" + strings.Repeat("b", 256),
	} {
		if got, ok := reversePath(path); ok {
			t.Errorf("reversePath(%q) = %q", path, got)
		}
	}
}

func TestCleanHelo(t *testing.T) {
	for raw, want := range map[string]string{
		"mx.example.org": "mx.example.org", "[IPv6:::1]": "[IPv6:::1]", "a_b": "a_b",
		"a\r\nX: y": "aX:y", "": "unknown", "(;)": "unknown", "é\x7f": "unknown",
		strings.Repeat("a", 300): strings.Repeat("a", 255),
	} {
		if got := cleanHelo(raw); got != want {
			t.Errorf("cleanHelo(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestProtocolWords(t *testing.T) {
	for _, c := range []struct {
		hello        string
		secure, utf8 bool
		signedIn     bool
		want         string
	}{
		{"HELO", false, false, false, "SMTP"}, {"HELO", true, false, false, "SMTP"}, {"EHLO", false, false, false, "ESMTP"}, {"EHLO", true, false, false, "ESMTPS"},
		{"EHLO", false, true, false, "UTF8SMTP"}, {"EHLO", true, true, false, "UTF8SMTPS"}, {"LHLO", false, false, false, "LMTP"}, {"LHLO", true, true, false, "UTF8LMTPS"},
		{"EHLO", false, false, true, "ESMTPA"}, {"EHLO", true, false, true, "ESMTPSA"}, {"EHLO", true, true, true, "UTF8SMTPSA"},
	} {
		if got := protocol(c.hello, c.secure, c.signedIn, c.utf8); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestTraceOfIPv6AndNone(t *testing.T) {
	env := smtp.Envelope{ID: "i", Helo: "h", Remote: "2001:db8::1", Protocol: "ESMTP", To: []string{"ü@plenary.test"}}
	if got := received(env, "mx", nil); !strings.HasPrefix(got, "Received: from h ([IPv6:2001:db8::1])\r\n") || strings.Contains(got, "for") {
		t.Errorf("%q", got)
	}
	env.Remote = ""
	if got := received(env, "mx", nil); !strings.HasPrefix(got, "Received: from h\r\n\tby mx (Plenary) with ESMTP\r\n\tid i; ") {
		t.Errorf("%q", got)
	}
}

func TestPurse(t *testing.T) {
	p := &purse{limit: 10_000}
	in := newIntake(p, 5000, 0, "T: x\r\n")
	if _, err := in.Write(make([]byte, 4000)); err != nil || in.broke || p.used.Load() != in.held {
		t.Fatalf("held %d, purse %d, broke %v", in.held, p.used.Load(), in.broke)
	}
	other := newIntake(p, 5000, 0, "")
	if other.Write(make([]byte, 10)); !other.broke && p.used.Load() > p.limit {
		t.Error("the purse gave more than it has")
	}
	other.drop()
	in.drop()
	in.drop()
	if p.used.Load() != 0 {
		t.Errorf("%d octets never came back", p.used.Load())
	}
}

func TestTooSlow(t *testing.T) {
	for _, c := range []struct {
		octets int64
		took   time.Duration
		want   bool
	}{{0, time.Minute, false}, {0, time.Minute + 1, true}, {61 * 256, 61 * time.Second, false}, {61*256 - 1, 61 * time.Second, true}} {
		if got := tooSlow(c.octets, c.took, 256); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func FuzzProxy(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.7 192.0.2.1 4242 25\r\nEHLO x\r\n"))
	f.Add([]byte("PROXY TCP6 2001:db8::7 ::1 4242 25\r\n"))
	f.Add([]byte("PROXY UNKNOWN ffff:f...f:ffff\r\n"))
	f.Add(append(append([]byte(nil), proxyproto.SIGV2...), "\x20\x00\x00\x00EHLO"...))
	f.Add(append(append([]byte(nil), proxyproto.SIGV2...), "\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\x10\x92\x00\x19EHLO"...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := bufio.NewReader(bytes.NewReader(raw))
		a, err := readProxy(r)
		if err != nil && a.IsValid() {
			t.Errorf("%q: %v and an address", raw, err)
		}
		if a.IsValid() && (a.Is4In6() || a.Zone() != "") {
			t.Errorf("%q: %v is no plain address", raw, a)
		}
	})
}

func TestProxyForms(t *testing.T) {
	sig := string(proxyproto.SIGV2)
	for raw, want := range map[string]string{
		"PROXY TCP4 192.0.2.7 192.0.2.1 4242 25\r\n":                             "192.0.2.7",
		"PROXY TCP6 2001:db8::7 2001:db8::1 4242 25\r\n":                         "2001:db8::7",
		"PROXY UNKNOWN\r\n":                                                      "invalid IP",
		sig + "\x20\x00\x00\x00":                                                 "invalid IP",
		sig + "\x21\x11\x00\x0c\xc0\x00\x02\x07\xc0\x00\x02\x01\x10\x92\x00\x19": "192.0.2.7",
		sig + "\x21\x31\x00\xd8" + strings.Repeat("/", 216):                      "invalid IP",
	} {
		a, err := readProxy(bufio.NewReader(strings.NewReader(raw)))
		if err != nil || a.String() != want {
			t.Errorf("%q: %v, %v", raw, a, err)
		}
	}
	for _, raw := range []string{
		"", "PROXY", "PROXY TCP4 192.0.2.7 192.0.2.1 4242\r\n", "PROXY TCP4 2001:db8::7 ::1 1 2\r\n", "PROXY TCP6 192.0.2.7 ::1 1 2\r\n",
		"PROXY TCP4 a b c d\r\n", "PROXY SCTP 192.0.2.7 192.0.2.1 4242 25\r\n", "PROXY TCP4 192.0.2.7 192.0.2.1 4242 25\n", "EHLO client.example\r\n",
		"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "PROXY UNKNOWN " + strings.Repeat("x", 107) + "\r\n",
		sig + "\x31\x11\x00\x00", sig + "\x22\x11\x00\x00", sig + "\x21\x11\x00\x04abcd", sig + "\x21\x11\xff\xff", sig + "\x21\x11\x00\x0cabc",
	} {
		if a, err := readProxy(bufio.NewReader(strings.NewReader(raw))); err == nil {
			t.Errorf("%q: %v", raw, a)
		}
	}
}

func TestReplies(t *testing.T) {
	if r := refusal(smtp.Reply{Code: 250, Text: "fine"}, false); r.Code != 451 {
		t.Errorf("a refusal that refuses nothing: %v", r)
	}
	if r := refusal(smtp.Reply{Code: 550, Text: "no\r\n250 yes\x00 é"}, false); r.Message != "no  250 yes  ?" {
		t.Errorf("%q", r.Message)
	}
	if r := refusal(smtp.Reply{Code: 550, Text: "nö\xff"}, true); r.Message != "nö?" {
		t.Errorf("%q", r.Message)
	}
	var none *smtp.Reply
	if r := asReply(errors.Join(errors.New("x"), none), replyLater); r.Code != 451 {
		t.Errorf("%v", r)
	}
}
