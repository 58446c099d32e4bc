package receive_test

import (
	"bytes"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// FuzzConnection sends anything to a live server and ends its side. Whatever
// is accepted is whole: its content stands in what was sent, framed by the
// one end of data there is or as chunks; it has no bare CR or LF and no NUL;
// and its envelope and trace field are what they should be.
func FuzzConnection(f *testing.F) {
	const begin = "EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<list@plenary.test>\r\n"
	for _, s := range []string{
		"", "QUIT\r\n", begin + "DATA\r\nSubject: x\r\n\r\n..hi\r\n.\r\nQUIT\r\n",
		begin + "BDAT 12\r\nSubject: x\r\nBDAT 4 LAST\r\n\r\nhi", begin + "BDAT 0\r\nRSET\r\nNOOP\r\n",
		begin + "DATA\r\na\n.\nMAIL FROM:<evil@x.example>\r\n.\r\n", begin + "DATA\r\na\r\r\n.\r\nMAIL FROM:<evil@x.example>\r\n",
		"EHLO c\r\nSTARTTLS\r\nMAIL FROM:<a@b>\r\n", "EHLO c\r\nMAIL FROM:<\"a b\"@c.d> SMTPUTF8 SIZE=1 BODY=8BITMIME RET=HDRS ENVID=x\r\nRCPT TO:<postmaster> NOTIFY=NEVER ORCPT=rfc822;a+2Bb\r\nDATA\r\n.\r\n",
		begin + "DATA\r\n.a\r\n..\r\n.\r\n", "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<list-bounces+abcd@plenary.test>\r\nDATA\r\n\r\n.\r\n",
	} {
		f.Add([]byte(s))
	}
	r := newRig(f, false)
	f.Fuzz(func(t *testing.T, raw []byte) {
		conn, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(patience))
		go func() {
			_, _ = conn.Write(raw)
			_ = conn.(*net.TCPConn).CloseWrite()
		}()
		out, err := io.ReadAll(conn)
		if e, ok := err.(net.Error); ok && e.Timeout() {
			t.Fatalf("it hung after %q", out)
		}
		for _, m := range r.inbox.take() {
			content := []byte(m.content())
			framed := strings.Contains(undotted(raw), "\n"+m.content()+endMark) || bytes.Contains(bytes.ToUpper(raw), []byte("BDAT"))
			if !framed {
				t.Errorf("accepted what nobody sent: %q", content)
			}
			if nakedNewline(m.raw) >= 0 || bytes.IndexByte(m.raw, 0) >= 0 {
				t.Errorf("accepted %q", m.raw)
			}
			head, err := netmail.ReadMessage(strings.NewReader(string(m.raw[:len(m.raw)-len(content)]) + "\r\n"))
			if err != nil || len(head.Header) != 1 || len(head.Header["Received"]) != 1 {
				t.Errorf("trace field %q", m.raw[:len(m.raw)-len(content)])
			}
			for _, s := range append([]string{m.env.From, m.env.Helo}, m.env.To...) {
				if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Errorf("a control character in the envelope: %q", s)
				}
			}
		}
	})
}

const endMark = "\x00end\r\n"

// undotted is what was sent with ends of data marked and then one dot taken
// off each line that begins with one (RFC 5321 4.5.2), stuffed or not.
func undotted(raw []byte) string {
	marked := strings.ReplaceAll(string(raw), "\r\n.\r\n", "\r\n"+endMark)
	return strings.ReplaceAll(marked, "\n.", "\n")
}
