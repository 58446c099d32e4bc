package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

// site is a server over a real archive and a real store.
type site struct {
	addr    string
	archive *archive.Archive
	dc      lists.List
	secret  lists.List
}

func startSite(t *testing.T) *site {
	t.Helper()
	ctx, rdb, log := context.Background(), redistest.New(t), slog.New(slog.DiscardHandler)
	about := lists.Site{Domain: "lists.example.org", Admins: []lists.Address{admin}, Location: time.UTC}
	people, err := store.Open(ctx, rdb, about, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := archive.OpenBucket(ctx, "file://"+t.TempDir(), archive.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	if s.archive, err = archive.Open(ctx, bucket, rdb, time.Now, log); err != nil {
		t.Fatal(err)
	}
	s.dc = must(people.CreateList(ctx, lists.NewList{Name: "dc", Title: "The coalition"}))(t)
	s.secret = must(people.CreateList(ctx, lists.NewList{Name: "secret", Title: "Members only", Parent: s.dc.ID, Archive: lists.ArchiveMembers}))(t)
	for list, members := range map[string][]lists.Address{s.dc.ID: {alice, bob}, s.secret.ID: {alice}} {
		for _, m := range members {
			if _, _, err := people.Subscribe(ctx, list, lists.NewMember{Address: m}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, who := range []lists.Address{alice, bob, admin, nobody} {
		if err := people.SetPassword(ctx, who, "test", secret); err != nil {
			t.Fatal(err)
		}
	}
	server := New(Config{Site: about, Poll: 5 * time.Millisecond, Now: time.Now, Log: log}, people, s.archive)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, ln) }()
	t.Cleanup(func() {
		ln.Close()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_ = server.Shutdown(gone)
	})
	s.addr = ln.Addr().String()
	return s
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (s *site) put(t *testing.T, l lists.List, raw []byte, at time.Time) uint32 {
	t.Helper()
	uid, _, err := s.archive.Put(context.Background(), archive.Entry{List: l, Identity: archive.Identity(at.String(), raw), At: at, Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

// sharedMail is the odd mail of the shared folder, by name.
func sharedMail(t *testing.T) (names []string, raws [][]byte) {
	t.Helper()
	for _, dir := range []string{"mime/enmime/*.raw", "mime/mail-gem/*.eml", "attacks/*"} {
		found, _ := filepath.Glob("../../../shared/mail/" + dir)
		names = append(names, found...)
	}
	if len(names) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the shared mail is not there, and CI is set")
		}
		t.Skip("the shared mail is not there")
	}
	sort.Strings(names)
	for _, name := range names {
		raws = append(raws, must(os.ReadFile(name))(t))
	}
	return names, raws
}

func connect(t *testing.T, addr string, user lists.Address, options *imapclient.Options) *imapclient.Client {
	t.Helper()
	c := must(imapclient.DialInsecure(addr, options))(t)
	t.Cleanup(func() { c.Close() })
	if err := c.Login(string(user), secret).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Every message of the shared folder comes out of a client as it went in,
// whole and in pieces, and everything else that can be asked of it has an
// answer that a client can read.
func TestTheSharedMailOverIMAP(t *testing.T) {
	names, raws := sharedMail(t)
	s := startSite(t)
	byUID := map[imap.UID]int{}
	for i, raw := range raws {
		byUID[imap.UID(s.put(t, s.dc, raw, noon.Add(time.Duration(i)*time.Minute)))] = i
	}
	if len(byUID) != len(raws) {
		t.Fatalf("%d posts of %d messages", len(byUID), len(raws))
	}
	c := connect(t, s.addr, alice, nil)
	box := must(c.Select("dc", nil).Wait())(t)
	if int(box.NumMessages) != len(raws) {
		t.Fatalf("%d messages, want %d", box.NumMessages, len(raws))
	}
	whole, head, text, piece := &imap.FetchItemBodySection{Peek: true}, &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true},
		&imap.FetchItemBodySection{Specifier: imap.PartSpecifierText, Peek: true}, &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 7, Size: 50}}
	got := must(c.Fetch(imap.UIDSet{{Start: 1}}, &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true, Envelope: true,
		BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, BodySection: []*imap.FetchItemBodySection{whole, head, text, piece}}).Collect())(t)
	if len(got) != len(raws) {
		t.Fatalf("%d messages came, want %d", len(got), len(raws))
	}
	for _, m := range got {
		i := byUID[m.UID]
		raw := raws[i]
		if !bytes.Equal(m.FindBodySection(whole), raw) || m.RFC822Size != int64(len(raw)) {
			t.Errorf("%s: BODY[] is not what was put (%d octets, %d, %d)", names[i], len(m.FindBodySection(whole)), m.RFC822Size, len(raw))
		}
		if joined := append(append([]byte(nil), m.FindBodySection(head)...), m.FindBodySection(text)...); !bytes.Equal(joined, raw) {
			t.Errorf("%s: HEADER and TEXT are not the message", names[i])
		}
		if !bytes.Equal(m.FindBodySection(piece), raw[7:min(57, len(raw))]) {
			t.Errorf("%s: a piece is %q", names[i], m.FindBodySection(piece))
		}
		if !m.InternalDate.Equal(noon.Add(time.Duration(i) * time.Minute)) {
			t.Errorf("%s: internal date %v", names[i], m.InternalDate)
		}
		if m.BodyStructure == nil || m.Envelope == nil {
			t.Errorf("%s: no structure or no envelope", names[i])
			continue
		}
		checkParts(t, c, m, names[i])
	}
}

// checkParts fetches each part that the structure tells of: it must have the
// size that the structure says.
func checkParts(t *testing.T, c *imapclient.Client, m *imapclient.FetchMessageBuffer, name string) {
	t.Helper()
	sizes := map[string]uint32{}
	var items []*imap.FetchItemBodySection
	m.BodyStructure.Walk(func(path []int, part imap.BodyStructure) bool {
		if single, ok := part.(*imap.BodyStructureSinglePart); ok && len(items) < 20 {
			item := &imap.FetchItemBodySection{Part: append([]int(nil), path...), Peek: true}
			sizes[fmt.Sprint(item.Part)] = single.Size
			items = append(items, item)
		}
		return true
	})
	got := must(c.Fetch(imap.UIDSetNum(m.UID), &imap.FetchOptions{UID: true, BodySection: items}).Collect())(t)
	for _, item := range items {
		if b := got[0].FindBodySection(item); uint32(len(b)) != sizes[fmt.Sprint(item.Part)] {
			t.Errorf("%s: part %v has %d octets, its structure says %d", name, item.Part, len(b), sizes[fmt.Sprint(item.Part)])
		}
	}
}

func TestAClientSeesItsFolders(t *testing.T) {
	s := startSite(t)
	s.put(t, s.dc, []byte("Subject: hello\r\n\r\nworld\r\n"), noon)
	for user, want := range map[lists.Address]string{alice: "dc dc-secret", bob: "dc", admin: "dc"} {
		c := connect(t, s.addr, user, nil)
		var names []string
		for _, l := range must(c.List("", "*", &imap.ListOptions{ReturnStatus: &imap.StatusOptions{NumMessages: true}}).Collect())(t) {
			names = append(names, l.Mailbox)
			if l.Status == nil || (*l.Status.NumMessages == 1) != (l.Mailbox == "dc") {
				t.Errorf("%s, %s: status %+v", user, l.Mailbox, l.Status)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s sees %q, want %q", user, got, want)
		}
	}
	c := must(imapclient.DialInsecure(s.addr, nil))(t)
	defer c.Close()
	if err := c.Login(string(nobody), secret).Wait(); err == nil {
		t.Error("somebody in no list is let in")
	}
}

// A client that idles hears of a post as it is put.
func TestAClientHearsOfAPostAsItComes(t *testing.T) {
	s := startSite(t)
	heard := make(chan uint32, 10)
	c := connect(t, s.addr, alice, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				heard <- *data.NumMessages
			}
		},
	}})
	if _, err := c.Select("dc", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	idle := must(c.Idle())(t)
	s.put(t, s.dc, []byte("Subject: news\r\n\r\nnow\r\n"), noon)
	select {
	case n := <-heard:
		if n != 1 {
			t.Errorf("%d messages", n)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("nothing was heard")
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := idle.Wait(); err != nil {
		t.Fatal(err)
	}
	found := must(c.UIDSearch(&imap.SearchCriteria{Text: []string{"NOW"}}, nil).Wait())(t)
	if uids := found.AllUIDs(); len(uids) != 1 || uids[0] != 1 {
		t.Errorf("found %v", uids)
	}
	if found := must(c.UIDSearch(&imap.SearchCriteria{Text: []string{"never"}}, nil).Wait())(t); len(found.AllUIDs()) != 0 {
		t.Errorf("found %v", found.AllUIDs())
	}
}

// python is a session of Python's imaplib, a client that nobody here wrote.
const python = `
import imaplib, sys
host, port, user, password = sys.argv[1:5]
m = imaplib.IMAP4(host, int(port))
assert "IDLE" not in m.capabilities
try:
    m.login(user, "wrong")
    sys.exit("a wrong password is let in")
except imaplib.IMAP4.error as e:
    assert "AUTHENTICATIONFAILED" in str(e), e
typ, data = m.login(user, password)
assert typ == "OK", data
typ, data = m.list()
assert typ == "OK" and [d.split()[-1] for d in data] == [b'"dc"', b'"dc-secret"'], data
typ, data = m.status("dc", "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)")
assert typ == "OK" and b"MESSAGES 3" in data[0] and b"UIDNEXT 4" in data[0], data
typ, data = m.select("dc")
assert (typ, data) == ("OK", [b"3"]), (typ, data)
typ, data = m.select("dc", readonly=True)
assert (typ, data) == ("OK", [b"3"]), (typ, data)
typ, data = m.search(None, "SUBJECT", '"two words"')
assert (typ, data) == ("OK", [b"2"]), (typ, data)
typ, data = m.search("UTF-8", "ALL")
assert (typ, data) == ("OK", [b"1 2 3"]), (typ, data)
typ, data = m.uid("SEARCH", "NOT", "SUBJECT", "x-none", "2:3")
assert (typ, data) == ("OK", [b"2 3"]), (typ, data)
typ, data = m.search(None, "FROM", "nobody-at-all")
assert typ == "OK" and data in ([b""], [None]), (typ, data)
for n in (1, 2, 3):
    typ, data = m.fetch(str(n), "(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[])")
    sys.stdout.buffer.write(b"%d\n" % len(data[0][1]) + data[0][1])
    assert b"RFC822.SIZE %d" % len(data[0][1]) in data[0][0] + data[1], data
typ, data = m.fetch("1:*", "(ENVELOPE BODYSTRUCTURE)")
assert typ == "OK" and len(data) >= 3, data
for command in (lambda: m.store("1", "+FLAGS", r"(\Deleted)"), lambda: m.copy("1", "dc"), lambda: m.append("dc", None, None, b"x: y\r\n\r\n" * 1000),
                lambda: m.create("new"), lambda: m.delete("dc"), lambda: m.rename("dc", "x")):
    typ, data = command()
    assert typ == "NO", (typ, data)
typ, data = m.expunge()
typ, data = m.noop()
assert typ == "OK", data
typ, data = m.close()
assert typ == "OK", data
try:
    typ, data = m.select("dc-none")
    assert typ == "NO", (typ, data)
except imaplib.IMAP4.error:
    pass
assert m.select("INBOX")[0] == "OK"
assert m.unselect()[0] == "OK"
assert m.lsub()[0] == "OK"
assert m.select("dc", readonly=True)[0] == "OK"
assert m.fetch("1", "(BODY.PEEK[])")[0] == "OK"
assert m.logout()[0] == "BYE"
`

func TestPythonsImaplib(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3 is not on PATH, and CI is set")
		}
		t.Skip("python3 is not on PATH")
	}
	s := startSite(t)
	raws := []string{"Subject: one\r\nFrom: A <a@x.org>\r\n\r\nbody\r\n", "Subject: two words\n\nbare\nlf\n", "From x\r\n\r\n\xff\x00binary"}
	for i, raw := range raws {
		s.put(t, s.dc, []byte(raw), noon.Add(time.Duration(i)*time.Hour))
	}
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", python, host, port, string(alice), secret)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	for i, raw := range raws {
		n := 0
		if _, err := fmt.Fscanf(&out, "%d\n", &n); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, n)
		if _, err := io.ReadFull(&out, got); err != nil || string(got) != raw {
			t.Errorf("message %d: %q, %v; want %q", i+1, got, err, raw)
		}
	}
}
