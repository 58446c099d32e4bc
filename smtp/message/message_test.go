package message

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// wire writes LF as CRLF.
func wire(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func parse(t *testing.T, raw []byte) *Message {
	t.Helper()
	m, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestValues(t *testing.T) {
	m := parse(t, wire(`Received: from a
Received: from b
From: =?utf-8?q?Ann_B=C3=A9ll?= <ann@example.net>
To: "Doe, John" <j@example.org>, undisclosed:;
Cc: c@example.org
Subject: =?utf-8?b?R3LDvMOf?= =?utf-8?q?e?=
 from =?iso-8859-1?q?Z=FCrich=0D=0ABcc:_x?=
Date: Mon, 23 Nov 2026 10:00:00 +0100
Message-ID: <1@example.net>
In-Reply-To: Your mail of Monday <2@example.net>
References: <3@example.net>
	<2@example.net>
List-Id: Data <Data.DC.lists.example.org>
X-Loop: dc@lists.example.org
Auto-Submitted: Auto-Replied (rejected); x=y
Precedence:  Bulk
X-Empty:

body
`))
	if want := []Mailbox{{"Ann Béll", "ann@example.net"}}; !reflect.DeepEqual(m.From, want) {
		t.Errorf("From: %+v", m.From)
	}
	if want := []Mailbox{{"Doe, John", "j@example.org"}}; !reflect.DeepEqual(m.Addresses("To"), want) {
		t.Errorf("To: %+v", m.Addresses("To"))
	}
	if m.Subject != "Grüße from ZürichBcc: x" {
		t.Errorf("Subject: %q", m.Subject)
	}
	if !m.Date.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("Date: %v", m.Date)
	}
	if m.MessageID != "1@example.net" || !reflect.DeepEqual(m.InReplyTo, []string{"2@example.net"}) ||
		!reflect.DeepEqual(m.References, []string{"3@example.net", "2@example.net"}) {
		t.Errorf("ids: %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if !reflect.DeepEqual(m.ListIDs, []string{"data.dc.lists.example.org"}) || !reflect.DeepEqual(m.XLoop, []string{"dc@lists.example.org"}) {
		t.Errorf("List-Id %q, X-Loop %q", m.ListIDs, m.XLoop)
	}
	if m.AutoSubmitted != "auto-replied" || m.Precedence != "bulk" || m.Received != 2 {
		t.Errorf("%q %q %d", m.AutoSubmitted, m.Precedence, m.Received)
	}
	if string(m.Body) != "body\r\n" || m.Get("x-empty") != "" || !m.Has("X-EMPTY") || m.Has("x-none") {
		t.Errorf("body %q", m.Body)
	}
	var raw []byte
	for _, f := range m.Fields {
		raw = append(raw, f.Raw...)
	}
	if string(raw)+"\r\n" != string(m.Header) || string(m.Header)+string(m.Body) != string(m.Raw) {
		t.Error("the fields' bytes are not the header's")
	}
}

func TestHeaderEnds(t *testing.T) {
	tests := []struct{ raw, fields, body string }{
		{"", "", ""},
		{"\r\nonly a body", "", "only a body"},
		{"A: 1\nB: 2\n\nbody", "A B", "body"},
		{"A: 1\r\n folded\r\n\tmore\r\n\r\nbody", "A", "body"},
		{"A: 1\r\nno field\r\nB: 2\r\n\r\nx", "A", "no field\r\nB: 2\r\n\r\nx"},
		{" folded at once\r\n\r\nx", "", " folded at once\r\n\r\nx"},
		{"From ann Mon\r\nA: 1\r\n\r\nx", "A", "x"},
		{"A: 1", "A", ""},
		{"A : 1\r\n\r\n", "A", ""},
		{": 1\r\n\r\n", "", ": 1\r\n\r\n"},
		{"Ä: 1\r\n\r\n", "", "Ä: 1\r\n\r\n"},
		{"A: 1\r\n \r\nB: 2\r\n\r\nx", "A B", "x"},
	}
	for _, tt := range tests {
		m := parse(t, []byte(tt.raw))
		var names []string
		for _, f := range m.Fields {
			names = append(names, f.Name)
		}
		if strings.Join(names, " ") != tt.fields || string(m.Body) != tt.body {
			t.Errorf("%q: fields %v, body %q", tt.raw, names, m.Body)
		}
		if got := tt.raw[headerEnd([]byte(tt.raw)):]; got != tt.body {
			t.Errorf("%q: the hash is over %q", tt.raw, got)
		}
	}
}

func TestCaps(t *testing.T) {
	nested := func(n int) string {
		var b strings.Builder
		for i := 0; i < n; i++ {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String() + "\nx\n"
	}
	tests := []struct {
		what, raw, words string
	}{
		{"fields", strings.Repeat("A: b\n", MaxFields), ""},
		{"a field too many", strings.Repeat("A: b\n", MaxFields+1), "more than 1000 header fields"},
		{"a header too long", "A: " + strings.Repeat("b", MaxHeader), "more than 262144 octets in a header"},
		{"folds too long", "A: b\n" + strings.Repeat(" "+strings.Repeat("b", 99)+"\n", 2700), "octets in a header"},
		{"parts", "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", MaxParts-1), ""},
		{"a part too many", "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", MaxParts), "more than 1000 parts"},
		{"deep", nested(MaxDepth - 1), ""},
		{"too deep", nested(MaxDepth), "levels of parts within parts"},
		{"mails in mails", strings.Repeat("Content-Type: message/rfc822\n\n", 5000) + "x", "levels of parts within parts"},
		{"addresses", "To: a@b" + strings.Repeat(",a@b", MaxAddresses-1) + "\n\n", ""},
		{"an address too many", "To: a@b" + strings.Repeat(",a@b", MaxAddresses) + "\n\n", "more than 1000 addresses"},
		{"over two From fields", strings.Repeat("From: a@b"+strings.Repeat(",a@b", MaxAddresses-1)+"\n", 2) + "\n", "addresses in From"},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.raw))
		var limit *LimitError
		if tt.words == "" && err != nil || tt.words != "" && (!errors.As(err, &limit) || !strings.Contains(err.Error(), tt.words)) {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	m := parse(t, []byte("References: "+strings.Repeat("<a@b> ", 20000)+"<last@b>\n\n"))
	if n := len(m.References); n != maxIDs || m.References[n-1] != "last@b" {
		t.Errorf("%d references are kept", n)
	}
}

func TestMailboxes(t *testing.T) {
	tests := []struct {
		value string
		want  []Mailbox
	}{
		{"", nil},
		{"ann@example.net", []Mailbox{{"", "ann@example.net"}}},
		{"<ann@example.net>", []Mailbox{{"", "ann@example.net"}}},
		{"Ann Bell <ann@example.net>", []Mailbox{{"Ann Bell", "ann@example.net"}}},
		{"ann@example.net (Ann (the) Bell)", []Mailbox{{"Ann (the) Bell", "ann@example.net"}}},
		{`"Bell, Ann \"A\"" <ann@example.net>`, []Mailbox{{`Bell, Ann "A"`, "ann@example.net"}}},
		{"Bell, Ann <ann@example.net>", []Mailbox{{"", ""}, {"Ann", "ann@example.net"}}},
		{"=?utf-8?q?Bell,_Ann?= <ann@example.net>", []Mailbox{{"Bell, Ann", "ann@example.net"}}},
		{`"=?utf-8?q?Ann?=" <ann@example.net>`, []Mailbox{{"Ann", "ann@example.net"}}},
		{"=?utf-8?b?QW5uDQpCY2M6IHg=?= <ann@example.net>", []Mailbox{{"AnnBcc: x", "ann@example.net"}}},
		{`"a@evil.com"@b.c`, []Mailbox{{"", `"a@evil.com"@b.c`}}},
		{`"ann"@b.c`, []Mailbox{{"", "ann@b.c"}}},
		{`"ann bell"@b.c`, []Mailbox{{"", `"ann bell"@b.c`}}},
		{`"admin@site.example" <evil@x.example>`, []Mailbox{{"admin@site.example", "evil@x.example"}}},
		{"admin@site.example <evil@x.example>", []Mailbox{{"admin@site.example", "evil@x.example"}}},
		{"<a@b.c> <d@e.f>", []Mailbox{{"", "a@b.c"}, {"", "d@e.f"}}},
		{"<a@b.c> d@e.f", []Mailbox{{"", ""}}},
		{"a@b.c d@e.f", []Mailbox{{"", ""}}},
		{"a@b@c", []Mailbox{{"", ""}}},
		{"a@b.c, d@e.f; g@h.i", []Mailbox{{"", "a@b.c"}, {"", "d@e.f"}, {"", "g@h.i"}}},
		{"undisclosed-recipients:;", nil},
		{"Friends: a@b.c, Dee <d@e.f>;, g@h.i", []Mailbox{{"", "a@b.c"}, {"Dee", "d@e.f"}, {"", "g@h.i"}}},
		{"<@relay.example,@other.example:ann@example.net>", []Mailbox{{"", "ann@example.net"}}},
		{"ann @ example . net", []Mailbox{{"", "ann@example.net"}}},
		{"ann@[192.0.2.1]", []Mailbox{{"", "ann@[192.0.2.1]"}}},
		{"ann@[IPv6:2001:db8::1]", []Mailbox{{"", "ann@[IPv6:2001:db8::1]"}}},
		{"Ann <ann@example.net", []Mailbox{{"Ann", "ann@example.net"}}},
		{"Ann <>", []Mailbox{{"Ann", ""}}},
		{"Ann", []Mailbox{{"", ""}}},
		{"@example.net", []Mailbox{{"", ""}}},
		{"ann@", []Mailbox{{"", ""}}},
		{",,ann@example.net,,", []Mailbox{{"", "ann@example.net"}}},
		{"Jos\xe9 <jose@example.net>", []Mailbox{{"José", "jose@example.net"}}},
		{"用户@例子.example", []Mailbox{{"", "用户@例子.example"}}},
		{"mailto:ann@example.net", []Mailbox{{"", "ann@example.net"}}},
		{strings.Repeat("(", 40000), nil},
		{strings.Repeat("(", 40000) + " ann@example.net", nil},
		{`"unclosed ann@example.net`, []Mailbox{{"", ""}}},
	}
	for _, tt := range tests {
		got, err := Mailboxes(tt.value)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%.60q = %+v, %v; want %+v", tt.value, got, err, tt.want)
		}
	}
}

func TestDecodeWords(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                        "plain",
		"=?utf-8?q?a?= =?utf-8?q?b?=":                  "ab",
		"=?utf-8?q?a?=\tx =?utf-8?q?b?= c":             "a x b c",
		"=?utf-8?q?=C3?= =?utf-8?q?=A9?=":              "é",
		"=?iso-8859-1?q?=E9?= =?utf-8?q?=C3=A9?=":      "éé",
		"=?utf-8*en?q?a_b?=":                           "a b",
		"=?x-none?q?a=E9?=":                            "aé",
		"=?gb2312?b?1tDOxA==?=":                        "中文",
		"=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=":           "日本",
		"=?koi8-r?q?=D0=D2=C9=D7=C5=D4?=":              "привет",
		"=?utf-8?x?a?=":                                "=?utf-8?x?a?=",
		"=?utf-8?q?open":                               "=?utf-8?q?open",
		"=?":                                           "=?",
		"a\u202eb\u2066c\x00\x7fd\u2028e":              "abcd e",
		"re: =?us-ascii?q?x=0D=0ABcc=3A?= y":           "re: xBcc: y",
		"=?utf-8?q?" + strings.Repeat("x", 500) + "?=": strings.Repeat("x", 500),
	} {
		if got := DecodeWords(in); got != want {
			t.Errorf("%q = %q, want %q", in, got, want)
		}
	}
}

func TestBodyHash(t *testing.T) {
	a := BodyHash([]byte("A: 1\r\n\r\none  two \r\n\r\nthree\r\n\r\n\r\n"))
	for _, same := range []string{"B: 2\n\none two\n\nthree", "B: 2\r\n\r\none\ttwo\t\r\n \r\nthree\r\n", "\none two\n\nthree\n"} {
		if !bytes.Equal(BodyHash([]byte(same)), a) {
			t.Errorf("%q hashes otherwise", same)
		}
	}
	for _, other := range []string{"A: 1\n\none two\nthree\n", "A: 1\n\nonetwo\n\nthree", "A: 1\n\n one two\n\nthree", "A: 1\n\n"} {
		if bytes.Equal(BodyHash([]byte(other)), a) {
			t.Errorf("%q hashes the same", other)
		}
	}
	if len(BodyHash(nil)) != 32 || len(BodyHash([]byte("A: "+strings.Repeat("b", MaxHeader+9)))) != 32 {
		t.Error("no hash")
	}
}
