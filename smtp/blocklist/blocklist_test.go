package blocklist

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// zones answer by name: an address, or an error.
type zones map[string]string

func (z zones) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	answer, ok := z[name]
	switch {
	case !ok:
		return nil, &net.DNSError{Err: "no such name", Name: name, IsNotFound: true}
	case answer == "silent":
		return nil, errors.New("no answer")
	case strings.HasPrefix(answer, "half "): // the addresses of one family came
		return []net.IPAddr{{IP: net.ParseIP(answer[5:])}}, errors.New("no answer")
	}
	return []net.IPAddr{{IP: net.ParseIP(answer)}}, nil
}

func (z zones) LookupTXT(_ context.Context, name string) ([]string, error) {
	if text, ok := z["TXT "+name]; ok {
		return []string{text}, nil
	}
	return nil, &net.DNSError{IsNotFound: true}
}

func TestCheck(t *testing.T) {
	dns := zones{
		"2.0.0.127.bad.example.": "127.0.0.2", // its own test entry: nobody's mail
		"7.2.0.192.bad.example.": "127.0.0.4", "TXT 7.2.0.192.bad.example.": "see http://bad.example/7\r\n250 ok\x00 é" + strings.Repeat("x", 300),
		"8.2.0.192.bad.example.": "203.0.113.1", "9.2.0.192.bad.example.": "127.255.255.254", "10.2.0.192.bad.example.": "silent",
		"10.2.0.192.worse.example.": "127.0.0.2", "11.2.0.192.bad.example.": "half 127.0.0.2",
		"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.worse.example.": "127.0.0.2",
	}
	l := Lists{Zones: []string{"bad.example", "worse.example"}, DNS: dns}
	for client, want := range map[string]Finding{
		"192.0.2.1": {}, "127.0.0.2": {}, "10.0.0.1": {}, "::1": {}, "fe80::1%eth0": {},
		"192.0.2.7":        {Zone: "bad.example", Reason: "see http://bad.example/7250 ok " + strings.Repeat("x", 200-30)},
		"::ffff:192.0.2.7": {Zone: "bad.example", Reason: "see http://bad.example/7250 ok " + strings.Repeat("x", 200-30)},
		"192.0.2.10":       {Zone: "worse.example"},
		"192.0.2.11":       {Zone: "bad.example"},
		"2001:db8::1":      {Zone: "worse.example"},
	} {
		got := l.Check(context.Background(), netip.MustParseAddr(client))
		if got.Zone != want.Zone || got.Err != nil || len(got.Reason) > maxReason || strings.ContainsAny(got.Reason, "\r\n\x00") ||
			(want.Reason != "") != strings.HasPrefix(got.Reason, "see http://bad.example/7") {
			t.Errorf("%s: %+v, want %+v", client, got, want)
		}
	}
	for _, client := range []string{"192.0.2.8", "192.0.2.9"} { // answers that mean nothing
		if got := l.Check(context.Background(), netip.MustParseAddr(client)); got.Zone != "" || got.Err == nil {
			t.Errorf("%s: %+v", client, got)
		}
	}
	if got := (Lists{Zones: []string{"bad.example"}, DNS: dns}).Check(context.Background(), netip.MustParseAddr("192.0.2.10")); got.Zone != "" || got.Err == nil {
		t.Errorf("a silent list: %+v", got)
	}
	if got := l.Check(context.Background(), netip.Addr{}); got != (Finding{}) {
		t.Errorf("no address: %+v", got)
	}
}
