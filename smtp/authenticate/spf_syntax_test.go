package authenticate

import (
	"testing"
	"time"

	"plenary/smtp"
)

// A fault anywhere in a record voids it, also where what stands before the
// fault lets the client send (RFC 7208 4.6); and what the grammar has is none.
func TestSPFGrammar(t *testing.T) {
	for terms, want := range map[string]string{
		"": "", "-all": "", "~ALL": "", "  mx   -all  ": "", "+a ?mx ptr exists:%{i}.x.example": "",
		"a/24 a//64 a:h.example/24//64 mx:h.example/0": "", "ip4:192.0.2.1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::ffff:192.0.2.1": "",
		"include:_spf.x-y.example include:a.example. redirect=%{d2}.s.example exp=e.example": "",
		"later=thing at.once-_=%{c} a:%{l1r-}.%{O}.example exists:%%%_%-.h.example":          "",
		"exists:%{c}.h.example":         "exists:%{c}.h.example",
		"note=":                         "",
		"-all foo":                      "foo",
		"ip4:192.0.2.1 include:":        "include:",
		"a:":                            "a:",
		"a:host":                        "a:host",
		"a:h.example:25":                "a:h.example:25",
		"mx:h.123":                      "mx:h.123",
		"mx:h.-x":                       "mx:h.-x",
		"a/33":                          "a/33",
		"a/024":                         "a/024",
		"a//129":                        "a//129",
		"ptr/24":                        "ptr/24",
		"exists":                        "exists",
		"all.":                          "all.",
		"+-all":                         "+-all",
		"-redirect=a.example":           "-redirect=a.example",
		"redirect=":                     "redirect=",
		"redirect=-all":                 "redirect=-all",
		"exp=%{x}.example":              "exp=%{x}.example",
		"redirect=a.x.y redirect=a.x.y": "redirect=a.x.y",
		"exp=a.x.y EXP=b.x.y":           "EXP=b.x.y",
		"1st=x":                         "1st=x",
		"foo=%(":                        "foo=%(",
		"exists:%{i":                    "exists:%{i",
		"ip4:192.0.2":                   "ip4:192.0.2",
		"ip4:192.0.2.1/33":              "ip4:192.0.2.1/33",
		"ip4:192.0.2.1/024":             "ip4:192.0.2.1/024",
		"ip4:2001:db8::1":               "ip4:2001:db8::1",
		"ip6:192.0.2.1":                 "ip6:192.0.2.1",
		"ip6:2001:db8::1%eth0":          "ip6:2001:db8::1%eth0",
		"ip6:":                          "ip6:",
		"ip6":                           "ip6",
		"a\tmx":                         "a\tmx",
		"a:\u00fc.example":              "a:\u00fc.example",
	} {
		if got := spfFault(terms); got != want {
			t.Errorf("%q: %q, want %q", terms, got, want)
		}
	}
}

// The same over DNS; and a quoted @ in the sender's local part does not make
// another domain the one that is asked about.
func TestSPFOfFaultyRecords(t *testing.T) {
	n := newNameserver(t,
		`early.example. 300 IN TXT "v=spf1 ip4:192.0.2.1 include: -all"`,
		`sound.example. 300 IN TXT "V=SPF1 ip4:192.0.2.1 -all"`,
		`other.example. 300 IN TXT "v=spf10 include:"`, `other.example. 300 IN TXT "v=spf1 include:sound.example -all"`,
		`above.example. 300 IN TXT "v=spf1 include:early.example +all"`,
	)
	for from, want := range map[string]Result{
		"x@early.example": PermError, "x@sound.example": Pass, "x@other.example": Pass, "x@above.example": PermError,
		`"x@evil.example"@sound.example`: Pass, "": None, "sound.example": Pass, "@sound.example": Pass, "@": None,
	} {
		got := (&Checker{DNS: NewDNS(n.addr, time.Now)}).checkSPF(t.Context(), smtp.Envelope{Remote: "192.0.2.1", From: from, Helo: "client"})
		if got.Result != want || want == PermError && got.Reason == "" {
			t.Errorf("%s: %s (%s), want %s", from, got.Result, got.Reason, want)
		}
	}
}

func FuzzSPFGrammar(f *testing.F) {
	for _, s := range []string{"a:%{l1r-}.example/24//64 -all", "ip6:2001:db8::/32 redirect=x.example", "exp=%%%_%-.x", "include: \x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, terms string) {
		fault := spfFault(terms)
		if again := spfFault(terms + " " + terms); fault != "" && again == "" {
			t.Errorf("%q: twice it has no fault", terms)
		}
		if spfFault(terms+" \x01") == "" {
			t.Errorf("%q: a control character is none", terms)
		}
	})
}
