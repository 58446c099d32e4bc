package collect

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"plenary/lists"
	"plenary/smtp/message"
)

func directory() *lists.Directory {
	var all []lists.List
	for i, n := range []string{"dc", "dc-maps"} {
		all = append(all, lists.List{ID: n, Family: "dc", Name: n, Short: n, Serial: uint32(i + 1)})
	}
	return lists.NewDirectory("lists.example.org", all)
}

func TestRecipients(t *testing.T) {
	for name, c := range map[string]struct{ header, mailbox, want string }{
		"Delivered-To":       {"Delivered-To: dc@lists.example.org\nTo: dc-maps@lists.example.org", "", "dc@lists.example.org"},
		"X-Original-To wins": {"Delivered-To: plenary@lists.example.org\nX-Original-To: dc-join@lists.example.org", "plenary@lists.example.org", "dc-join@lists.example.org"},
		"any case":           {"delivered-to: DC@LISTS.example.org.", "", "DC@lists.example.org"},
		"several":            {"Envelope-To: dc@lists.example.org,\n\t<dc-maps@lists.example.org>, x@example.net", "", "dc@lists.example.org dc-maps@lists.example.org"},
		"the topmost only":   {"Delivered-To: box@host.example\nDelivered-To: dc@lists.example.org\nTo: dc-maps@lists.example.org", "", "dc-maps@lists.example.org"},
		"plus":               {"Delivered-To: box+dc-confirm+abc123@mail.example\nTo: dc-maps@lists.example.org", "Box@mail.example", "dc-confirm+abc123@lists.example.org"},
		"plus in To":         {"Delivered-To: box@mail.example\nTo: box+dc@mail.example", "box@mail.example", "dc@lists.example.org"},
		"plus of another":    {"Delivered-To: bob+dc@mail.example\nTo: x@y.example", "box@mail.example", ""},
		"plus unknown":       {"Delivered-To: box+nothing@mail.example", "box@mail.example", ""},
		"plus nothing":       {"Delivered-To: box+@mail.example", "box@mail.example", ""},
		"To and Cc":          {"To: Ann <ann@example.net>, \"DC, all\" <dc@lists.example.org>\nCc: dc-maps@lists.example.org, dc@lists.example.org", "", "dc@lists.example.org dc-maps@lists.example.org"},
		"own name, also To":  {"Delivered-To: plenary@lists.example.org\nTo: dc@lists.example.org", "plenary@lists.example.org", "dc@lists.example.org"},
		"own name in To too": {"Delivered-To: plenary@lists.example.org\nTo: plenary@lists.example.org, dc@lists.example.org", "plenary@lists.example.org", "dc@lists.example.org"},
		"own name alone":     {"Delivered-To: plenary@lists.example.org\nTo: undisclosed-recipients:;", "plenary@lists.example.org", "plenary@lists.example.org"},
		"original own name":  {"X-Original-To: plenary@lists.example.org\nTo: dc@lists.example.org", "plenary@lists.example.org", "plenary@lists.example.org"},
		"unknown":            {"Delivered-To: nobody@lists.example.org\nTo: ann@example.net", "", ""},
		"another domain":     {"To: dc@lists.example.net, dc@evil.lists.example.org, dc@lists.example.org@evil.example", "", ""},
		"in the body":        {"Subject: x\n\nTo: dc@lists.example.org", "", ""},
		"none":               {"", "", ""},
	} {
		fields, _, err := message.ReadFields([]byte(strings.ReplaceAll(c.header, "\n", "\r\n") + "\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		a := addressing{dir: directory(), domain: "lists.example.org", mailbox: c.mailbox}
		if got := strings.Join(a.recipients(fields), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSender(t *testing.T) {
	for header, want := range map[string]string{
		"Return-Path: <ann@Example.NET>\nFrom: bob@example.net": "ann@example.net",
		"Return-Path: <>\nFrom: bob@example.net":                "",
		"Return-Path: <MAILER-DAEMON>":                          "",
		"Return-Path: ann@example.net":                          "ann@example.net",
		"From: \"B\" <bob@example.net>, ann@example.net":        "bob@example.net",
		"From: nobody": "",
		"Subject: x":   "",
	} {
		fields, _, _ := message.ReadFields([]byte(strings.ReplaceAll(header, "\n", "\r\n") + "\r\n\r\n"))
		if got := sender(fields); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// FuzzRecipients: whatever a header says, only addresses that are ours come
// of it, each once, and not too many.
func FuzzRecipients(f *testing.F) {
	f.Add("Delivered-To: dc@lists.example.org\r\nTo: box+dc-maps@mail.example\r\n\r\n")
	f.Add("X-Original-To: a@b, \"dc\"@lists.example.org\r\n")
	f.Add("To: dc@lists.example.org (x), g: dc-leave+abcd@lists.example.org;\r\n")
	d := directory()
	f.Fuzz(func(t *testing.T, raw string) {
		fields, _, _ := message.ReadFields([]byte(raw))
		got := addressing{dir: d, domain: "lists.example.org", mailbox: "box@mail.example"}.recipients(fields)
		seen := map[string]bool{}
		for _, a := range got {
			local, ours := strings.CutSuffix(a, "@lists.example.org")
			if _, known := d.Resolve(local); !ours || !known || seen[strings.ToLower(a)] {
				t.Errorf("%q became %q", raw, got)
			}
			seen[strings.ToLower(a)] = true
		}
		if len(got) > maxRecipients {
			t.Errorf("%d recipients", len(got))
		}
		if s := sender(fields); s != "" {
			if _, err := lists.ParseAddress(s); err != nil {
				t.Errorf("the sender is %q: %v", s, err)
			}
		}
	})
}

// TestFirst: a range is counted, never spelled out: a server may name four
// thousand million messages in ten octets.
func TestFirst(t *testing.T) {
	all := imap.UIDSet{{Start: 1, Stop: 4294967295}}
	var skip imap.UIDSet
	skip.AddRange(1, 10)
	uids, more := first(all, skip, 3)
	if len(uids) != 3 || uids[0] != 11 || uids[2] != 13 || !more {
		t.Errorf("%v, %v", uids, more)
	}
	if uids, more = first(imap.UIDSetNum(4294967295), nil, 3); len(uids) != 1 || more {
		t.Errorf("%v, %v", uids, more)
	}
	if uids, more = first(imap.UIDSet{{Start: 5, Stop: 0}}, nil, 3); len(uids) != 0 || more {
		t.Errorf("%v, %v", uids, more)
	}
}

func TestConfig(t *testing.T) {
	good := Config{Addr: "imap.example.org:993", User: "u", Password: "p", Domain: "lists.example.org", Hostname: "mx.example.org"}
	if _, err := New(good, nil, nil); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"host:port":  func(c *Config) { c.Addr = "imap.example.org" },
		"password":   func(c *Config) { c.Password = "" },
		"domain":     func(c *Config) { c.Domain = "" },
		"in clear":   func(c *Config) { c.TLS = NoTLS },
		"no way":     func(c *Config) { c.TLS = "ssl" },
		"20 minutes": func(c *Config) { c.Poll = time.Hour },
		"itself":     func(c *Config) { c.Done = "inbox" },
	} {
		c := good
		spoil(&c)
		if _, err := New(c, nil, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for host, want := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "192.0.2.1": false, "": false} {
		if loopback(host) != want {
			t.Errorf("loopback(%q)", host)
		}
	}
}

func TestIDs(t *testing.T) {
	c := &Collector{cfg: Config{Addr: "h:1", User: "u", Folder: "INBOX"}}
	other := &Collector{cfg: Config{Addr: "h:1", User: "u2", Folder: "INBOX"}}
	seen := map[string]bool{}
	for _, id := range []string{c.id(1, 2), c.id(2, 1), c.id(1, 21), c.id(12, 1), other.id(1, 2)} {
		if seen[id] || len(id) != 24 {
			t.Errorf("id %q", id)
		}
		seen[id] = true
	}
	if again := (&Collector{cfg: c.cfg}).id(1, 2); !seen[again] {
		t.Errorf("another process has another id: %q", again)
	}
}
