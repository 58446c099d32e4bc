package deliver

import (
	"slices"
	"testing"
	"time"
)

func TestSTSRecord(t *testing.T) {
	for _, c := range []struct {
		texts []string
		id    string
	}{
		{[]string{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z"},
		{[]string{"v=spf1 -all", "v=STSv1;id=a1"}, "a1"},
		{[]string{"v=STSv1; id=a1", "v=STSv1; id=b2"}, ""},
		{[]string{"v=STSv1"}, ""},
		{[]string{"v=STSv1; id="}, ""},
		{[]string{"v=STSv1; id=a/b"}, ""},
		{[]string{"v=STSv2; id=a1"}, ""},
		{nil, ""},
	} {
		if id, ok := stsID(c.texts); id != c.id || ok != (c.id != "") {
			t.Errorf("%q: %q %v", c.texts, id, ok)
		}
	}
}

func TestSTSPolicy(t *testing.T) {
	p, err := parsePolicy([]byte("version: STSv1\r\nmode: enforce\r\nmx: mail.Example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\nfuture: x\r\n"))
	if err != nil || p.mode != stsEnforce || !slices.Equal(p.mx, []string{"mail.example.com", "*.example.net"}) || p.age != 7*24*time.Hour {
		t.Fatalf("%+v, %v", p, err)
	}
	for host, want := range map[string]bool{
		"mail.example.com": true, "MAIL.EXAMPLE.COM.": true, "a.mail.example.com": false, "example.com": false,
		"mx.example.net": true, "example.net": false, "a.b.example.net": false, "mx.example.org": false,
	} {
		if got := p.allows(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	if p, err := parsePolicy([]byte("version: STSv1\nmode: none\nmax_age: 99999999999")); err != nil || p.age != mostAge {
		t.Errorf("none, for ever: %+v, %v", p, err)
	}
	for _, bad := range []string{
		"", "version: STSv2\nmode: none\nmax_age: 1", "version: STSv1\nmode: enforce\nmax_age: 1", "version: STSv1\nmode: perhaps\nmx: a\nmax_age: 1",
		"version: STSv1\nmode: testing\nmx: a\n", "version: STSv1\nmode: testing\nmx: a\nmax_age: -1", "version: STSv1\nmx: a\nmax_age: 1",
	} {
		if _, err := parsePolicy([]byte(bad)); err == nil {
			t.Errorf("%q is a policy", bad)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte("version: STSv1\r\nmode: enforce\r\nmx: *.example.net\r\nmax_age: 604800\r\n"), "mx.example.net")
	f.Add([]byte("version:STSv1\nmode:none\nmax_age:18446744073709551615"), ".")
	f.Add([]byte(":\n::\nmx:\nmx: *.\n"), "")
	f.Fuzz(func(t *testing.T, text []byte, host string) {
		p, err := parsePolicy(text)
		if err != nil {
			return
		}
		if p.age < 0 || p.age > mostAge || p.mode != stsNone && len(p.mx) == 0 {
			t.Fatalf("%+v", p)
		}
		p.allows(host)
	})
}
