package bounce

import (
	"strings"
	"testing"
)

// BenchmarkHostile reads reports made to be slow.
func BenchmarkHostile(b *testing.B) {
	head := "From: mailer-daemon@x.example\nSubject: failure notice\n\n"
	status := "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
	for name, raw := range map[string]string{
		"recipients": status + strings.Repeat("Final-Recipient: rfc822; a@b.example\n\n", 5000) + "--b--",
		"entries":    head + manyAddresses(3000),
		"no fields":  status + strings.Repeat("x\n", 100000),
		"listed":     "From: mailer-daemon@x.example\nX-Failed-Recipients: " + strings.ReplaceAll(manyAddresses(3000), "\n", ",") + "\n\n" + manyAddresses(3000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for range b.N {
				Read([]byte(raw))
			}
		})
	}
}

func manyAddresses(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString("u")
		s.WriteString(strings.Repeat("x", i%7))
		s.WriteByte(byte('a' + i%26))
		s.WriteByte(byte('a' + i/26%26))
		s.WriteByte(byte('a' + i/676%26))
		s.WriteString("@b.example\n")
	}
	return s.String()
}
