package compose

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/lists"
	"plenary/smtp"
)

var testKeys = sync.OnceValue(func() []SigningKey {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return []SigningKey{{"s", r}, {"s-ed", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, ed25519.SeedSize))}}
})

func signer() *Signer {
	return &Signer{Domain: "lists.example.org", Keys: testKeys, Now: func() time.Time { return time.Unix(1_795_000_000, 0) }}
}

// records are the test keys as DNS has them.
func records(t testing.TB) map[string]string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(testKeys()[0].Private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"s._domainkey.lists.example.org":    "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der),
		"s-ed._domainkey.lists.example.org": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(testKeys()[1].Private.Public().(ed25519.PublicKey)),
	}
}

// verified is how many signatures verify, and the first error.
func verified(t testing.TB, raw []byte) (int, error) {
	t.Helper()
	keys := records(t)
	all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{keys[name]}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, v := range all {
		if v.Err == nil {
			good++
		} else if err == nil {
			err = v.Err
		}
	}
	return good, err
}

func sealed(c lists.Copy, personal []byte) []byte {
	return bytes.Join([][]byte{signer().Seal(c)(personal), personal, c.Head, c.Body}, nil)
}

func TestSealedCopyVerifies(t *testing.T) {
	c := composer()
	l := maps()
	l.Reply = lists.ReplyList
	for name, raw := range map[string]string{
		"plain":      plain,
		"no body":    "From: a@b.example\r\nSubject: x\r\n\r\n",
		"blank ends": "From: a@b.example\r\nSubject:  x \t y\r\n\tz  \r\n\r\n a  b \t\r\n\r\n\r\n",
		"doubled":    "From: a@b.example\r\nTo: x@y\r\nTo: z@y\r\nSubject: 1\r\nSubject: 2\r\n\r\nx\r\n",
		"cut short":  "From: a@b.example\r\nSubject: x\r\n\r\nno line end",
		"odd fields": "From: a@b.example\r\nSubject : x\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\nx\r\n",
		"eight bits": "From: a@b.example\r\nSubject: gr\xc3\xbc\xc3\x9fe\r\n\r\n\xff\xfe\r\n",
	} {
		copied := c.Compose(context.Background(), Post{Raw: []byte(raw), List: l})
		for _, personal := range [][]byte{c.Personal(l, 42), nil} {
			whole := sealed(copied, personal)
			if !bytes.HasSuffix(whole, []byte("\n")) {
				whole = append(whole, "\r\n"...) // as it is sent
			}
			if n, err := verified(t, whole); n != 2 {
				t.Errorf("%s: %d signatures verify: %v\n%s", name, n, err, whole)
			}
			for _, line := range strings.Split(string(whole[:bytes.Index(whole, []byte("List-"))]), "\r\n") {
				if len(line) > 100 {
					t.Errorf("%s: a long line: %q", name, line)
				}
			}
		}
	}
}

// No field that receivers go by can be added, taken away or changed.
func TestSealHolds(t *testing.T) {
	c := composer()
	copied, personal := c.Compose(context.Background(), Post{Raw: []byte(plain), List: maps()}), c.Personal(maps(), 42)
	whole := string(sealed(copied, personal))
	for _, f := range []string{"From", "Subject", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Archive"} {
		if n, _ := verified(t, []byte(f+": evil@x.example\r\n"+whole)); n != 0 {
			t.Errorf("with another %s %d verify", f, n)
		}
	}
	for _, change := range [][2]string{{"/leave/", "/leave/x"}, {"One-Click", "No-Click"}, {"Subject: Hello", "Subject: Hell"}, {"Body", "Bodies"}} {
		changed := strings.Replace(whole, change[0], change[1], 1)
		if n, _ := verified(t, []byte(changed)); n != 0 || changed == whole {
			t.Errorf("with %s %d verify", change[1], n)
		}
	}
	if n, _ := verified(t, []byte("X-Spam: no\r\n"+whole)); n != 2 {
		t.Error("a trace field breaks it")
	}
}

func TestSignedLetter(t *testing.T) {
	l := smtp.Letter{Key: "k", From: "dc-request@lists.example.org", To: []string{"a@b.example"}, Subject: "Grüße", Text: "x\n", Date: time.Unix(1, 0)}
	raw, err := l.Bytes("lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := verified(t, append(signer().Sign(raw), raw...)); n != 2 {
		t.Errorf("%d verify: %v", n, err)
	}
	none := &Signer{Domain: "x", Keys: func() []SigningKey { return nil }, Now: time.Now}
	if got := none.Sign(raw); got != nil {
		t.Errorf("signed without a key: %q", got)
	}
}
