package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/compose"
	"plenary/smtp/message"
)

// readMbox reads all messages; they are few.
func readMbox(m *mboxReader) (all []mboxMessage, err error) {
	for {
		msg, err := m.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, msg)
	}
}

func show(all []mboxMessage) string {
	var b strings.Builder
	for _, m := range all {
		fmt.Fprintf(&b, "%d at line %d, %v: %q, %v\n", m.Number, m.Line, m.At, m.Raw, m.Bad)
	}
	return b.String()
}

func TestReadMbox(t *testing.T) {
	jan := time.Date(2026, 1, 5, 10, 20, 30, 0, time.UTC)
	for name, c := range map[string]struct {
		in   string
		want []mboxMessage
	}{
		"two": {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nbody\n\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\n", []mboxMessage{
			{1, 1, jan, []byte("A: 1\r\n\r\nbody\r\n"), nil}, {2, 6, jan, []byte("A: 2\r\n"), nil}}},
		"mboxrd":            {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\n>From you\n>>From me\n> From\nFrom the start at 10:00\n\nFrom 1 to 2\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nFrom you\r\n>From me\r\n> From\r\nFrom the start at 10:00\r\n\r\nFrom 1 to 2\r\n"), nil}}},
		"crlf":              {"From a@x Mon Jan  5 10:20:30 2026\r\nA: 1\r\n\r\nbody\r\n\r\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nbody\r\n"), nil}}},
		"pipermail":         {"From a at x.org  Mon Jan  5 10:20:30 2026\nA: 1\n\nb\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nb\r\n"), nil}}},
		"zone":              {"From a@x Mon Jan  5 11:20:30 2026 +0100\nA: 1\n\nb\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nb\r\n"), nil}}},
		"no seconds":        {"From a@x Mon Jan  5 10:20 GMT 2026\nA: 1\n\nb\n", []mboxMessage{{1, 1, jan.Truncate(time.Minute), []byte("A: 1\r\n\r\nb\r\n"), nil}}},
		"date of its own":   {"From a@x 10:20\nDate: Mon, 5 Jan 2026 11:20:30 +0100\n\nb\n", []mboxMessage{{1, 1, jan, []byte("Date: Mon, 5 Jan 2026 11:20:30 +0100\r\n\r\nb\r\n"), nil}}},
		"length lies":       {"From a@x Mon Jan  5 10:20:30 2026\nContent-Length: 999\n\nb\n\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc", []mboxMessage{{1, 1, jan, []byte("Content-Length: 999\r\n\r\nb\r\n"), nil}, {2, 6, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"empty lines":       {"\n\nFrom a@x Mon Jan  5 10:20:30 2026\nA: 1\n\n\n\nb\n\n\n", []mboxMessage{{1, 3, jan, []byte("A: 1\r\n\r\n\r\n\r\nb\r\n\r\n"), nil}}},
		"no header":         {"From a@x Mon Jan  5 10:20:30 2026\n\nonly text\n\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, nil, errors.New("it has no header")}, {2, 5, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"nothing between":   {"From a@x Mon Jan  5 10:20:30 2026\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, nil, errors.New("it has no header")}, {2, 2, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"no empty line":     {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nbody\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nbody\r\n"), nil}, {2, 5, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"text, unquoted":    {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nbody\n\nFrom 10:30 on we meet.\nAll of us.\n\nFrom b@x Mon Jan  5 10:20:30 2026\nis what the log said.\n\nFrom 9:00 on\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nbody\r\n\r\nFrom 10:30 on we meet.\r\nAll of us.\r\n\r\nFrom b@x Mon Jan  5 10:20:30 2026\r\nis what the log said.\r\n\r\nFrom 9:00 on\r\n"), nil}}},
		"an odd first line": {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nb\n\nFrom b@x Mon Jan  5 10:20:30 2026\n>From c\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nb\r\n"), nil}, {2, 6, jan, []byte("From c\r\nA: 2\r\n\r\nc\r\n"), nil}}},
		"byte order mark":   {"\ufeffFrom a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nb\n", []mboxMessage{{1, 1, jan, []byte("A: 1\r\n\r\nb\r\n"), nil}}},
		"too large":         {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\n" + strings.Repeat(strings.Repeat("x", 99)+"\n", 30) + "\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, nil, errors.New("it is larger than 2000 octets")}, {2, 35, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"line too long":     {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\n" + strings.Repeat("x", 100000) + "\n\nFrom b@x Mon Jan  5 10:20:30 2026\nA: 2\n\nc\n", []mboxMessage{{1, 1, jan, nil, errors.New("line 4 is longer than 1000 octets")}, {2, 6, jan, []byte("A: 2\r\n\r\nc\r\n"), nil}}},
		"line never ends":   {"From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\n" + strings.Repeat("x", 100000), []mboxMessage{{1, 1, jan, nil, errors.New("line 4 is longer than 1000 octets")}}},
		"nothing":           {"", nil},
		"nothing but ends":  {"\n\r\n\n", nil},
	} {
		m := newMboxReader(strings.NewReader(c.in))
		m.maxLine, m.maxMessage = 1000, 2000
		got, err := readMbox(m)
		for i := range got {
			got[i].At = got[i].At.UTC()
		}
		if err != nil || show(got) != show(c.want) {
			t.Errorf("%s:\ngot\n%s%v\nwant\n%s", name, show(got), err, show(c.want))
		}
	}
	if _, err := readMbox(newMboxReader(strings.NewReader("\nSubject: a mail\n"))); !errors.Is(err, errNoMbox) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("no mbox: %v", err)
	}
}

func TestExportAndImport(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.New(t))
	tricky := post("1@x", "s", "", "From here\r\n>From there\r\n\r\nFrom a@b Mon Jan  5 10:20:30 2026\r\n\r\n")
	tricky.At = noon.Add(-time.Hour)
	plain := post("2@x", "s", "", "no line end")
	odd := post("3@x", "s", "", "bare\nlf")
	odd.Raw = bytes.Replace(odd.Raw, []byte("<alice@example.org>"), []byte("<alice\"@evil\r\n mail>"), 1)
	put(t, a, tricky, plain, odd)
	var out bytes.Buffer
	told := 0
	if n, err := a.Export(ctx, dc, &out, func(n int) { told = n }); n != 3 || told != 3 || err != nil {
		t.Fatalf("Export: %d, told %d, %v", n, told, err)
	}
	want := "From alice@example.org Mon Nov 30 11:00:00 2026\n" + strings.ReplaceAll(strings.ReplaceAll(string(tricky.Raw), "\r\n", "\n"), "From a@b", ">From a@b")
	want = strings.Replace(strings.Replace(want, ">From there", ">>From there", 1), "\nFrom here", "\n>From here", 1) + "\n"
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("mbox:\n%s\nwant it to begin with:\n%s", out.String(), want)
	}
	if !strings.Contains(out.String(), "no line end\n\nFrom MAILER-DAEMON Mon Nov 30 12:00:00 2026\n") {
		t.Errorf("mbox:\n%s", out.String())
	}
	if report, err := a.Import(ctx, dc, bytes.NewReader(out.Bytes()), nil, nil); err != nil || !reflect.DeepEqual(report, ImportReport{Known: 3}) {
		t.Errorf("into the same list: %+v, %v", report, err)
	}
	b := newArchive(t, newFolder(t), redistest.New(t))
	if report, err := b.Import(ctx, dc, bytes.NewReader(out.Bytes()), func(n int) { told = n * 10 }, nil); err != nil || told != 30 || !reflect.DeepEqual(report, ImportReport{Added: 3}) {
		t.Errorf("into an empty one: %+v, %v, told %d", report, err, told)
	}
	if raw, err := b.Get(ctx, "dc", 1); err != nil || !bytes.Equal(raw, tricky.Raw) {
		t.Errorf("imported: %q, %v; want %q", raw, err, tricky.Raw)
	}
	if p, err := b.ByCode(ctx, "dc", Code(tricky.Identity)); err != nil || !p.At.Equal(tricky.At) {
		t.Errorf("imported: %+v, %v", p, err)
	}
}

func TestImportTellsOfBadMessages(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.Mini(t))
	in := "From a@x Mon Jan  5 10:20:30 2026\n\nno header\n\nFrom a@x Mon Jan  5 10:20:30 2026\nSubject: x\n\ntext\n" +
		strings.Repeat("\nFrom a@x Mon Jan  5 10:20:30 2026\n\nnone\n", 150)
	report, err := a.Import(ctx, dc, strings.NewReader(in), nil, nil)
	if err != nil || report.Added != 1 || report.Left != 151 || len(report.Bad) != 100 || report.Bad[0] != (BadMessage{1, 1, "it has no header"}) {
		t.Errorf("%+v, %v", report, err)
	}
	none := dc
	none.Archive = lists.ArchiveNone
	var refusal *lists.Refusal
	if _, err := a.Import(ctx, none, strings.NewReader(in), nil, nil); !errors.As(err, &refusal) {
		t.Errorf("into a list without archive: %v", err)
	}
	if _, err := a.Import(ctx, dc, strings.NewReader("not an mbox"), nil, nil); err == nil || !strings.Contains(err.Error(), "import into dc: line 1: this is no mbox") {
		t.Errorf("no mbox: %v", err)
	}
}

func TestIdentity(t *testing.T) {
	base := Identity("1@x", []byte("A: b\r\n\r\nline \r\n\r\nmore\r\n\r\n"))
	for _, same := range []string{"A: b\n\nline\n\nmore", "Received: x\r\nA: c\r\n\r\nline\t\r\n\r\nmore\r\n"} {
		if Identity("1@x", []byte(same)) != base {
			t.Errorf("%q is another post", same)
		}
	}
	for _, other := range []string{"A: b\n\nline\nmore", "A: b\n\nline\n\nmore.", "A: b\n\n"} {
		if Identity("1@x", []byte(other)) == base {
			t.Errorf("%q is the same post", other)
		}
	}
	raw := []byte("Message-ID: <1@x>\r\n\r\nx \r\n y\r\n\r\n")
	if got, live := Identity("1@x", raw), compose.Identity("1@x", message.BodyHash(raw)); got != live {
		t.Errorf("imported as %s what came in as %s", got, live)
	}
	if Identity("2@x", []byte("A: b\r\n\r\nline \r\n\r\nmore\r\n\r\n")) == base {
		t.Error("another Message-ID is the same post")
	}
}

func TestSlotNames(t *testing.T) {
	s := slot{list: "dc", uid: 4_000_000_001, at: noon, code: strings.Repeat("a", 26)}
	if got, ok := parseSlot(s.key()); !ok || got != s {
		t.Errorf("%s reads as %+v", s.key(), got)
	}
	for _, bad := range []string{"", "dc/validity", "dc/000000/0000000001-20261130t120000z-short.eml", "dc/000001/0000000001-20261130t120000z-" + s.code + ".eml",
		"dc/000000/0000000000-20261130t120000z-" + s.code + ".eml", "dc/000000/1-20261130t120000z-" + s.code + ".eml", "dc/000000/0000000001-20269930t120000z-" + s.code + ".eml"} {
		if got, ok := parseSlot(bad); ok {
			t.Errorf("%q reads as %+v", bad, got)
		}
	}
}

func TestDescribe(t *testing.T) {
	for name, c := range map[string]struct{ raw, subject, from, id, answers string }{
		"all":         {"Subject: =?iso-8859-1?q?caf=E9?=\r\nFrom: =?utf-8?q?J=C3=B6rg?= <j@x>\r\nMessage-ID: <a@b>\r\nIn-Reply-To: <c@d> <e@f>\r\n\r\n", "café", "Jörg", "a@b", "c@d"},
		"nothing":     {"\r\nbody", "", "", "", ""},
		"no name":     {"From: j@x\r\n\r\n", "", "", "", ""},
		"odd from":    {"From: J. Q. \"Pub <j@x>\r\n\r\n", "", "J. Q. \"Pub", "", ""},
		"address":     {"From: \"j@x\" <j@x>\r\n\r\n", "", "", "", ""},
		"references":  {"Message-ID: no brackets\r\nReferences: <a@b>\r\n <c@d>\r\n\r\n", "", "", "", "c@d"},
		"controls":    {"Subject: a\x07b \xe2\x80\xaec\r\n\r\n", "a b c", "", "", ""},
		"long":        {"Subject: " + strings.Repeat("x", 999) + "\r\nMessage-ID: <" + strings.Repeat("x", 999) + ">\r\n\r\n", strings.Repeat("x", 249) + "…", "", "", ""},
		"not unicode": {"Subject: caf\xe9\r\n\r\n", "caf\uFFFD", "", "", ""},
	} {
		d := describe([]byte(c.raw))
		if d.Subject != c.subject || d.From != c.from || d.MessageID != c.id || d.InReplyTo != c.answers {
			t.Errorf("%s: %+v", name, d.record)
		}
	}
	same := describe([]byte("From: A <j@X>\n\n")).Author
	if same == "" || same != describe([]byte("From: J@x\n\n")).Author || same == describe([]byte("From: k@x\n\n")).Author {
		t.Error("an author's word is not the author's")
	}
}

// The shared mail passes through a bucket and its index unharmed.
func TestKeepTheSharedMail(t *testing.T) {
	var names []string
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
	ctx, f := context.Background(), newFolder(t)
	a := newArchive(t, f, redistest.New(t))
	kept := map[uint32][]byte{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil || len(raw) == 0 {
			t.Fatalf("%s: %d octets, %v", name, len(raw), err)
		}
		uid, _, err := a.Put(ctx, Entry{List: dc, Identity: name, At: noon, Raw: raw})
		if err != nil {
			t.Fatal(err)
		}
		kept[uid] = raw
	}
	b := newArchive(t, f, redistest.New(t)) // rebuilt from the bucket
	for _, reader := range []*Archive{a, b} {
		for uid, raw := range kept {
			if got, err := reader.Get(ctx, "dc", uid); err != nil || !bytes.Equal(got, raw) {
				t.Errorf("post %d: %d octets, %v; want %d", uid, len(got), err, len(raw))
			}
		}
	}
}

func FuzzReadMbox(f *testing.F) {
	f.Add([]byte("From a@x Mon Jan  5 10:20:30 2026\nA: 1\n\nb\n\nFrom b@x Mon Jan  5 10:20 2026 +0100\n>From\n"))
	f.Add([]byte("From a 1:11\n\n\n\n\x00\r\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		all, err := readMbox(newMboxReader(bytes.NewReader(in)))
		if err != nil {
			return
		}
		// What was read and is written again reads the same.
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		var good []mboxMessage
		for _, msg := range all {
			if msg.Bad != nil {
				continue
			}
			msg.At = stampTime(msg.At, noon)
			good = append(good, msg)
			if err := writeMbox(w, msg.Raw, msg.At); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		again, err := readMbox(newMboxReader(&out))
		if err != nil || len(again) != len(good) {
			t.Fatalf("%d messages, then %d, %v", len(good), len(again), err)
		}
		for i := range good {
			if !bytes.Equal(again[i].Raw, good[i].Raw) || !again[i].At.Equal(good[i].At) {
				t.Fatalf("message %d: %q at %v, then %q at %v", i, good[i].Raw, good[i].At, again[i].Raw, again[i].At)
			}
		}
	})
}

func FuzzDescribe(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?x?=\r\nFrom: A <a@b>\r\nReferences: <a@b> <c\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := describe(raw)
		data, err := d.encode(slot{list: "dc", uid: 1, at: noon})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := decodeRecord("dc", 1, string(data)+"7}"); p.Thread != 7 || err != nil || p.Subject != d.Subject || p.From != d.From || p.MessageID != d.MessageID {
			t.Fatalf("%+v reads as %+v, %v", d.record, p, err)
		}
	})
}

// Old archives have posts without Message-ID, and authors as Mailman shows
// them to the public. None is lost for saying what another said.
func TestImportOfOldArchives(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.Mini(t))
	var in strings.Builder
	for i, from := range []string{"ana at example.org (=?utf-8?q?Ana_P=C3=A9rez?=)", "Bob <bob@example.org>", "Bob <bob@example.org>", "bob at example.org"} {
		fmt.Fprintf(&in, "From x at example.org  Mon Jan  5 10:20:3%d 2026\nFrom: %s\nSubject: Re: x\n\n+1\n\n", i, from)
	}
	var added []Imported
	for range 2 {
		report, err := a.Import(ctx, dc, strings.NewReader(in.String()), nil, func(p Imported) error { added = append(added, p); return nil })
		if err != nil || report.Added+report.Known != 4 || len(added) != 4 {
			t.Fatalf("%+v, %v, told of %d", report, err, len(added))
		}
	}
	for i, want := range []lists.Address{"ana@example.org", "bob@example.org", "bob@example.org", "bob@example.org"} {
		if p, err := a.ByCode(ctx, "dc", Code(added[i].Identity)); err != nil || added[i].Author != want || !added[i].At.Equal(p.At) || i == 0 && p.From != "Ana Pérez" || i == 3 && p.From != "" {
			t.Errorf("post %d: %+v, told %+v, %v", i, p, added[i], err)
		}
		_, word := author("<" + string(want) + ">")
		if p, _ := a.Entry(ctx, "dc", uint32(i+1)); p.Author != word {
			t.Errorf("post %d is not counted to %s", i, want)
		}
	}
}
