package deliver

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/compose"
)

// What is signed is what goes over the wire, whatever line ends a copy has:
// compose and deliver must agree on every sequence of CR and LF.
func FuzzSignedAsSent(f *testing.F) {
	for _, s := range []string{"x\r\n", "", "\r\r\n.\r\n", "x\r\r\r\ny\r", "a\n\rb\n\n\r\r", "\r", "\n", "\r\n\r\n\r\n", " \r\r\n\t\r\n", "x \r\ry"} {
		f.Add([]byte("Two\r\n"), []byte(s))
		f.Add([]byte("Two\r\n"+s), []byte("x\r\n"))
		f.Add([]byte("a"+s+"X: y"), []byte(s))
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, ed25519.SeedSize))
	signer := &compose.Signer{Domain: "lists.example.org", Now: func() time.Time { return time.Unix(1_795_000_000, 0) },
		Keys: func() []compose.SigningKey { return []compose.SigningKey{{Selector: "s", Private: key}} }}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	f.Fuzz(func(t *testing.T, subject, body []byte) {
		head := slices.Concat([]byte("From: ana@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: "), subject)
		own := []byte("List-Unsubscribe: <mailto:x@lists.example.org>\r\n")
		sent := newContent(head, body)
		verifies(t, record, slices.Concat(signer.Seal(lists.Copy{Head: head, Body: body})(own), own, bytes.Join(sent.plain, nil)))
		raw := slices.Concat(head, body)
		sent = wholeContent(raw)
		verifies(t, record, slices.Concat(signer.Sign(raw), bytes.Join(sent.plain, nil)))
	})
}

// verifies checks a message's one signature, as far as its header is one to
// the verifier too.
func verifies(t *testing.T, record string, raw []byte) {
	t.Helper()
	if smtp.BareLineEnds(raw) {
		t.Fatalf("a lone CR or LF goes out: %q", raw)
	}
	if header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n")); !readable(header) {
		t.Skip()
	}
	all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
	if err != nil || len(all) != 1 || all[0].Err != nil {
		t.Fatalf("%v %+v\n%q", err, all, raw)
	}
}

// readable tells whether each line of a header is a field, or goes on with one.
func readable(header []byte) bool {
	for i, line := range bytes.Split(header, []byte("\r\n")) {
		name, _, ok := bytes.Cut(line, []byte(":"))
		folded := i > 0 && len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		if !folded && (!ok || len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")) > 0 || len(name) == 0) {
			return false
		}
	}
	return true
}
