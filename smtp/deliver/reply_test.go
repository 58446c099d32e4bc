package deliver

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

func TestReadReply(t *testing.T) {
	for _, c := range []struct {
		in, want string
		bad      bool
	}{
		{"250 ok\r\n", "250", false},
		{"250\r\n", "250", false},
		{"250-a\r\n250-b\r\n250 c\r\n", "250", false},
		{"250 ok\n", "250", false},
		{"550 5.1.1 no such user\r\n", "550 5.1.1 no such user", false},
		{"550-5.1.1 no\r\n550 5.1.1 such\r\n", "550 5.1.1 no 5.1.1 such", false},
		{"550 4.1.1 odd\r\n", "550 4.1.1 odd", false},
		{"450 a\x1b[31m\tb\xff\r\n", "450 a [31m b?", false},
		{"250-a\r\n251 b\r\n", "", true},
		{"150 go\r\n", "", true},
		{"650 go\r\n", "", true},
		{"25\r\n", "", true},
		{"250_a\r\n", "", true},
		{"HTTP/1.1 400\r\n", "", true},
		{"\r\n", "", true},
		{"250 " + strings.Repeat("x", maxReplyLine) + "\r\n", "", true},
		{strings.Repeat("250-x\r\n", maxReply/7+2), "", true},
		{"250 o", "", true},
	} {
		got, err := readReply(bufio.NewReaderSize(strings.NewReader(c.in), maxReplyLine), nil)
		if c.bad != (err != nil) || !c.bad && got.String() != c.want {
			t.Errorf("%.40q: %q, %v", c.in, got, err)
		}
	}
}

func FuzzReadReply(f *testing.F) {
	f.Add([]byte("250-PIPELINING\r\n250 SIZE\r\n"))
	f.Add([]byte("550 5.1.1 <a@b.example>: no\r\n"))
	f.Add([]byte("421\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := readReply(bufio.NewReaderSize(bytes.NewReader(in), maxReplyLine), nil)
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || strings.ContainsAny(r.String(), "\r\n\x00") || len(r.text) > maxReplyWords {
			t.Fatalf("%+v", r)
		}
	})
}

func TestWithoutAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"550 5.1.1 <ann@example.org>: no such user": "550 5.1.1 <…>: no such user",
		"user a.b+c@example.org unknown, b@c":       "user … unknown, …",
		"no address":                                "no address",
		"@ alone @":                                 "… alone …",
	} {
		if got := withoutAddresses(in); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
