package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/compose"
	"plenary/smtp/keyring"
	"plenary/smtp/message"
)

// txt is a DNS of TXT records alone.
type txt struct {
	noDNS
	records map[string]string
}

func (d txt) LookupTXT(_ context.Context, name string) ([]string, error) {
	if text, ok := d.records[strings.ToLower(strings.TrimSuffix(name, "."))]; ok {
		return []string{text}, nil
	}
	return nil, &net.DNSError{Name: name, IsNotFound: true}
}

// post is a site that signs, seals and checks, without its Redis.
type postOffice struct {
	t        testing.TB
	domain   string
	checker  *authenticate.Checker
	composer *compose.Composer
	list     lists.List
	at       time.Time
}

func newPostOffice(t testing.TB, dns txt, domain string) *postOffice {
	t.Helper()
	keys, err := keyring.New("s1")
	if err != nil {
		t.Fatal(err)
	}
	var signing []compose.SigningKey
	for _, k := range keys {
		r := keyring.RecordOf(k, domain)
		dns.records[r.Name] = r.Value
		signing = append(signing, compose.SigningKey{Selector: k.Selector, Private: k.Private})
	}
	o := &postOffice{t: t, domain: domain, at: time.Unix(1_795_000_000, 0), checker: &authenticate.Checker{DNS: dns},
		list: lists.List{ID: "dc", Serial: 7, Family: "dc", ListID: "dc." + domain, Name: "dc", Title: "DC", Archive: lists.ArchivePublic}}
	o.composer = &compose.Composer{Site: lists.Site{Domain: domain, BaseURL: "https://" + domain}, Secret: bytes.Repeat([]byte{1}, 32),
		Proven: o.checker.Proven, Signer: &compose.Signer{Domain: domain, Keys: func() []compose.SigningKey { return signing }, Now: func() time.Time { return o.at }}}
	return o
}

// passOn takes a mail as it comes by SMTP, and gives what a member of the
// list gets.
func (o *postOffice) passOn(raw []byte) []byte {
	o.t.Helper()
	m, err := message.Parse(raw)
	if err != nil {
		o.t.Fatal(err)
	}
	env := smtp.Envelope{ID: "q1", From: "x@nowhere.example", To: []string{"dc@" + o.domain}, Remote: "192.0.2.1", Helo: "h.nowhere.example"}
	f := o.checker.Check(o.t.Context(), env, m)
	v, _ := f.Verdict(env, m, o.at)
	author := compose.Author{Address: authenticate.Author(m)}
	if len(m.From) == 1 {
		author.Name = m.From[0].Name
	}
	p := compose.Post{Raw: authenticate.Mark(m, o.domain, f.Results()), List: o.list, Author: author, DefaultID: "q1@" + o.domain, Verdict: v, Arrived: o.at}
	made := o.composer.Compose(o.t.Context(), p)
	if again := o.composer.Compose(o.t.Context(), p); !bytes.Equal(again.Head, made.Head) || !bytes.Equal(again.Body, made.Body) {
		o.t.Error("the same post gave two copies")
	}
	personal := o.composer.Personal(o.list, 42)
	whole := slices.Concat(o.composer.Signer.Seal(made)(personal), personal, made.Head, made.Body)
	if !bytes.HasSuffix(whole, []byte("\r\n")) {
		whole = append(whole, "\r\n"...) // as it is sent
	}
	return whole
}

// found is what our own validator says of a mail.
func (o *postOffice) found(raw []byte) authenticate.Findings {
	m, err := message.Parse(raw)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.checker.Check(o.t.Context(), smtp.Envelope{Remote: "192.0.2.9", From: "x@nowhere.example"}, m)
}

// passes counts the signatures of a domain that verify.
func passes(f authenticate.Findings, domain string) (n int) {
	for _, s := range f.DKIM {
		if s.Domain == domain && s.Result == authenticate.Pass {
			n++
		}
	}
	return n
}

// corpus are the mails of the shared corpus that a server may pass on, with
// the line ends that they come with.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob("../../../shared/mail/mime/*/*.eml")
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("../shared/mail/mime is absent")
		}
		t.Skip("../shared/mail/mime is absent")
	}
	mails := map[string][]byte{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw = smtp.MendLineEnds(raw)
		if bytes.HasPrefix(raw, []byte("From ")) { // an mbox file's, never in mail
			raw = raw[bytes.IndexByte(raw, '\n')+1:]
		}
		if !bytes.HasSuffix(raw, []byte("\r\n")) {
			raw = append(raw, "\r\n"...)
		}
		m, err := message.Parse(raw)
		if err != nil || smtp.CheckContent(raw) != nil || authenticate.Author(m) == "" || !bytes.HasSuffix(m.Header, []byte("\r\n\r\n")) {
			// Refused, or without the one author that a post needs, or with a
			// line in its header that is no field: readers differ about such.
			continue
		}
		if m.MessageID == "" { // the author's server gives it one before it signs
			raw = slices.Concat([]byte("Message-ID: <"+filepath.Base(file)+"@file.example>\r\n"), raw)
		}
		mails[filepath.Base(filepath.Dir(file))+"-"+filepath.Base(file)] = raw
	}
	return mails
}

// authored signs a mail as its author's server does.
func authored(t testing.TB, dns txt, raw []byte) []byte {
	t.Helper()
	m, err := message.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	domain := strings.ToLower(authenticate.Author(m).Domain())
	dns.records["author._domainkey."+domain] = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))
	var out bytes.Buffer
	err = dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "author", Signer: signingKey,
		HeaderKeys:             []string{"From", "From", "To", "Cc", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "Sender", "MIME-Version", "Content-Type"},
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationSimple})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every mail of the corpus that may pass, signed by its author, goes through
// a list, and then through one at another site: the author's signature still
// verifies, both of the list's do, and so does the chain. dkimpy, written by
// others, says the same.
func TestWhatOthersVerify(t *testing.T) {
	dns := txt{records: map[string]string{}}
	here, there := newPostOffice(t, dns, "lists.example.org"), newPostOffice(t, dns, "other.example.net")
	mails := corpus(t)
	copies, odd := map[string][]byte{}, 0
	for name, raw := range mails {
		m, err := message.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		signed := raw
		if domain := authenticate.Author(m).Domain(); strings.Contains(domain, ".") && !strings.ContainsFunc(domain, func(r rune) bool { return r > '~' || r == '_' || r == '[' }) {
			signed = authored(t, dns, raw)
		} else {
			odd++ // no domain that has keys
		}
		first := here.passOn(signed)
		f := here.found(first)
		if passes(f, here.domain) != 2 || f.ARC.Result != authenticate.Pass || f.ARC.Instances != 1 || f.ARC.Sealer != here.domain {
			t.Errorf("%s: %s (%s)", name, f.Results(), f.ARC.Reason)
		}
		if !bytes.Equal(signed, raw) && passes(f, strings.ToLower(authenticate.Author(m).Domain())) != 1 {
			t.Errorf("%s: the author's signature is lost: %s", name, f.Results())
		}
		second := there.passOn(first)
		if f := here.found(second); passes(f, there.domain) != 2 || f.ARC.Result != authenticate.Pass || f.ARC.Instances != 2 || f.ARC.Sealer != there.domain {
			t.Errorf("%s, from list to list: %s (%s)", name, f.Results(), f.ARC.Reason)
		}
		copies[name], copies[name+".second"] = first, second
	}
	t.Logf("%d mails, %d of them not signed by their authors", len(mails), odd)
	if len(mails) < 90 || odd > len(mails)/4 {
		t.Errorf("%d mails, %d odd", len(mails), odd)
	}
	said := dkimpy(t, dns.records, copies)
	for name := range copies {
		want := "dkim True True True " // the list's two, and the author's; others in the corpus have no keys any more
		if strings.HasSuffix(name, ".second") {
			want = "dkim True True " // the first list's cover its List-Unsubscribe, which is another there
		}
		if got := said[name]; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "arc pass") {
			t.Errorf("dkimpy of %s: %s, want %sarc pass", name, got, want)
		}
	}
}

// dkimpy gives its words on mails, by name.
func dkimpy(t testing.TB, keys map[string]string, mails map[string][]byte) map[string]string {
	t.Helper()
	const script = `
import dkim, sys, json, os
folder = sys.argv[1]
keys = json.load(open(os.path.join(folder, "keys")))
def txt(name, timeout=5):
    return keys[name.decode().rstrip(".").lower()].encode()
for name in os.listdir(folder):
    if name == "keys":
        continue
    raw = open(os.path.join(folder, name), "rb").read()
    try:
        d = dkim.DKIM(raw)
    except dkim.MessageFormatError: # a header with lines that are no fields: it reads none of it
        print(name + "\todd")
        continue
    said = "dkim "
    for i in range(sum(1 for k, v in d.headers if k.lower() == b"dkim-signature")):
        try:
            said += str(dkim.DKIM(raw).verify(idx=i, dnsfunc=txt)) + " "
        except Exception as e:
            said += "(%s) " % e
    cv, sets, why = dkim.arc_verify(raw, dnsfunc=txt)
    print(name + "\t" + said + "arc " + cv.decode() + ("" if cv == b"pass" else " " + why))
`
	const python = "/usr/bin/python3" // dkimpy is Debian's
	if exec.Command(python, "-c", "import dkim, nacl").Run() != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3-dkim and python3-nacl are needed")
		}
		t.Skip("python3-dkim is not installed")
	}
	dir := t.TempDir()
	all, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range mails {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "keys"), all, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", script, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, words, _ := strings.Cut(strings.TrimSpace(line), "\t")
		said[name] = words
	}
	if len(said) != len(mails) {
		t.Fatalf("dkimpy spoke of %d of %d mails:\n%s", len(said), len(mails), out)
	}
	return said
}

// Chains that failed on the way are said to have failed, once; what could not
// be looked up is not spoken of; the fiftieth set is the last.
func TestChainsThatFailed(t *testing.T) {
	dns := txt{records: map[string]string{}}
	here, there := newPostOffice(t, dns, "lists.example.org"), newPostOffice(t, dns, "other.example.net")
	plain := []byte("From: ana@m.example\r\nTo: dc@lists.example.org\r\nSubject: x\r\nMessage-ID: <1@m.example>\r\n\r\nhello\r\n")
	first := there.passOn(plain)
	broken := append(slices.Clone(first), "added on the way\r\n"...)
	sealed := here.passOn(broken)
	if n := bytes.Count(sealed, []byte("ARC-Seal: i=2; a=rsa-sha256; cv=fail;")); n != 1 {
		t.Errorf("a broken chain is sealed %d times as such:\n%s", n, sealed)
	}
	// The seal covers its own set alone (RFC 8617 5.1.2): as the only one, with cv=none, it would verify.
	if f := here.found(sealed); f.ARC.Result != authenticate.Fail {
		t.Errorf("%+v", f.ARC)
	}
	if again := there.passOn(sealed); bytes.Count(again, []byte("ARC-Seal: ")) != 2 {
		t.Errorf("a failed chain was extended:\n%s", again)
	}
	delete(dns.records, "s1._domainkey.other.example.net")
	here.checker.DNS = silentDNS{}
	if unknown := here.passOn(first); bytes.Count(unknown, []byte("ARC-Seal: ")) != 1 {
		t.Errorf("a chain that could not be looked up was sealed:\n%s", unknown)
	}
	// No sets and DNS down: what was seen is sealed all the same.
	if alone := here.passOn(plain); bytes.Count(alone, []byte("ARC-Seal: i=1; a=rsa-sha256; cv=none;")) != 1 {
		t.Errorf("not sealed:\n%s", alone)
	}
}

// silentDNS answers nothing.
type silentDNS struct{ noDNS }

func (silentDNS) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Name: name, IsTemporary: true}
}

func TestLongestChain(t *testing.T) {
	dns := txt{records: map[string]string{}}
	here, there := newPostOffice(t, dns, "lists.example.org"), newPostOffice(t, dns, "other.example.net")
	raw := []byte("From: ana@m.example\r\nTo: dc@lists.example.org\r\nSubject: x\r\nMessage-ID: <1@m.example>\r\n\r\nhello\r\n")
	for i := range 51 {
		o := []*postOffice{here, there}[i%2]
		raw = o.passOn(raw)
		if i == 49 {
			if f := o.found(raw); f.ARC.Result != authenticate.Pass || f.ARC.Instances != 50 {
				t.Fatalf("fifty sets: %+v", f.ARC)
			}
			if said := dkimpy(t, dns.records, map[string][]byte{"fifty": raw})["fifty"]; !strings.HasSuffix(said, "arc pass") {
				t.Errorf("dkimpy: %s", said)
			}
		}
	}
	if n := bytes.Count(raw, []byte("ARC-Seal: ")); n != 50 || bytes.Contains(raw, []byte("i=51")) {
		t.Errorf("%d sets after 51 lists", n)
	}
}

// The seal tells what was seen, under our name.
func TestSealTellsWhatWasSeen(t *testing.T) {
	dns := txt{records: map[string]string{"_dmarc.m.example": "v=DMARC1; p=reject", "m.example": "v=spf1 -all"}}
	o := newPostOffice(t, dns, "lists.example.org")
	raw := o.passOn(authored(t, dns, []byte("From: ana@m.example\r\nTo: dc@lists.example.org\r\nSubject: x\r\nMessage-ID: <1@m.example>\r\n\r\nhello\r\n")))
	want := "ARC-Authentication-Results: i=1; lists.example.org;\r\n\tspf=none smtp.mailfrom=nowhere.example;\r\n\tdkim=pass header.d=m.example;\r\n\tdmarc=pass (p=reject) header.from=m.example;\r\n\tarc=none\r\n"
	if !bytes.Contains(raw, []byte(want)) {
		t.Errorf("no %q in:\n%s", want, raw)
	}
	h := bytes.ToLower(raw[bytes.Index(raw, []byte("ARC-Message-Signature")):])
	h = bytes.ReplaceAll(h[:bytes.Index(h, []byte("bh="))], []byte("\r\n\t"), nil)
	for _, name := range []string{"dkim-signature", "from:from", "list-id:list-id", "reply-to", "message-id"} {
		if !bytes.Contains(h, []byte(name)) {
			t.Errorf("%s is not covered: %s", name, h)
		}
	}
	for _, name := range []string{"list-unsubscribe", "authentication-results", "arc-", "received"} {
		if bytes.Contains(h[len("arc-message-signature"):], []byte(name)) {
			t.Errorf("%s is covered: %s", name, h)
		}
	}
}
