package mailbox

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestSearch(t *testing.T) {
	w := start(t)
	w.archive.add("dc", // internal dates: 30 November, then one day more each
		"From: Alice <alice@example.org>\r\nTo: dc@x\r\nSubject: =?utf-8?q?Caf=C3=A9?= plans\r\nDate: Mon, 5 Jan 2026 23:30:00 -0500\r\n\r\nLet us meet.\r\n",
		"From: Bob <bob@example.org>\r\nCc: alice@example.org\r\nSubject: Re: plans\r\nDate: Tue, 6 Jan 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nau caf=E9, at te=\r\nn\r\n",
		"From: Carol <carol@example.org>\r\nSubject: data\r\nX-Odd: yes\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGlkZGVuIHdvcmRz\r\n--b\r\nContent-Type: image/png\r\n\r\nwords\r\n--b--\r\n",
		"Subject: large\r\nDate: nonsense\r\n\r\n"+strings.Repeat("x", 2000),
	)
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	for query, want := range map[string]string{
		"ALL": "1 2 3 4", "1": "1", "2:*": "2 3 4", "2:3 3:4": "3", "UID 20": "2", "UID 1:25 2:4": "2", "UID 99": "", "9": "4"[:0], "NOT 1:2": "3 4", "NOT UID 10": "2 3 4",
		"FROM alice": "1", "FROM ALICE@EXAMPLE": "1", "CC alice": "2", "TO dc@x": "1", "SUBJECT plans": "1 2", "HEADER X-Odd yes": "3", `HEADER X-Odd ""`: "3", `HEADER Date ""`: "1 2 4", "HEADER X-None x": "",
		"CHARSET UTF-8 SUBJECT {5+}\r\ncafé": "1", "CHARSET UTF-8 TEXT {6+}\r\nCAFÉ!": "", "CHARSET UTF-8 BODY {5+}\r\nCAFÉ": "2", "SUBJECT =C3=A9": "1", "BODY meet": "1", "BODY plans": "", "TEXT plans": "1 2",
		`BODY "hidden words"`: "3", "BODY words": "3", "BODY ten": "2", `TEXT "x-odd: yes"`: "3", "OR FROM bob SUBJECT data": "2 3", "OR FROM bob OR FROM carol SUBJECT large": "2 3 4", "NOT FROM alice NOT FROM bob": "3 4",
		"SINCE 1-Dec-2026": "2 3 4", "BEFORE 1-Dec-2026": "1", "ON 1-Dec-2026": "2", "NOT ON 1-Dec-2026": "1 3 4", "SENTSINCE 6-Jan-2026": "2", "SENTBEFORE 6-Jan-2026": "1", "SENTON 5-Jan-2026": "1", "NOT SENTSINCE 6-Jan-2026": "1 3 4",
		"LARGER 1000": "4", "SMALLER 1000": "1 2 3", "SINCE 1-Dec-2026 SMALLER 1000": "2 3", "SEEN": "", "UNSEEN": "1 2 3 4", "SEEN UNSEEN": "", "UNSEEN SEEN": "", "NOT SEEN": "1 2 3 4", "OR SEEN 2": "2", "DELETED": "", "UNDELETED": "1 2 3 4",
		"NEW": "", "RECENT": "", "OLD": "1 2 3 4", "KEYWORD $x": "", "UNKEYWORD $x": "1 2 3 4", "ANSWERED": "", "UNFLAGGED": "1 2 3 4", "(FROM alice SUBJECT plans)": "1", "NOT (FROM alice SUBJECT plans)": "2 3 4", "OR (1 2) (3)": "3",
		`TEXT ""`: "1 2 3 4", "OR TEXT meet SINCE 2-Dec-2026": "1 3 4",
	} {
		if got := c.want("SEARCH "+query, "OK"); len(got) != 1 || strings.TrimSpace(strings.TrimPrefix(got[0], "* SEARCH")) != want {
			t.Errorf("SEARCH %s: %q, want %q", query, got, want)
		}
	}
	equal(t, "UID SEARCH", c.want("UID SEARCH 2:3", "OK"), []string{"* SEARCH 20 30"})
	equal(t, "nothing by UID", c.want("UID SEARCH FROM nobody", "OK"), []string{"* SEARCH"})
	c.want("SEARCH CHARSET KOI8-R TEXT x", "NO [BADCHARSET]")
	c.want("SEARCH UID $", "BAD")
}

// An empty result without a type is what go-imap falls over.
func TestExtendedSearch(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "a: 1\r\n\r\n", "a: 2\r\n\r\n", "a: 3\r\n\r\n")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	for query, want := range map[string]string{
		"SEARCH RETURN () ALL":                      `ALL 1:3`,
		"SEARCH RETURN (MIN MAX COUNT) ALL":         `MIN 1 MAX 3 COUNT 3`,
		"UID SEARCH RETURN (ALL COUNT) 1,3":         `UID ALL 10,30 COUNT 2`,
		"SEARCH RETURN (ALL MIN MAX COUNT) SEEN":    `COUNT 0`,
		"UID SEARCH RETURN (ALL) SEEN":              `UID`,
		"UID SEARCH RETURN (MIN MAX COUNT) UID 20:": `BAD`,
	} {
		got, answer := c.do(query)
		if want == "BAD" {
			if strings.HasPrefix(answer, "OK") {
				t.Errorf("%s: %q", query, answer)
			}
			continue
		}
		if line := fmt.Sprintf(`* ESEARCH (TAG "t%d") %s`, c.tags, want); len(got) != 1 || got[0] != line {
			t.Errorf("%s: %q, %s; want %q", query, got, answer, line)
		}
	}
	c.want("SEARCH RETURN (SAVE) ALL", "BAD")
	for _, folder := range []string{"inbox", "dc-secret"} {
		c.want("SELECT "+folder, "OK")
		c.want("UID SEARCH RETURN (ALL) ALL", "OK")
		equal(t, "in an empty folder", c.want("UID SEARCH ALL", "OK"), []string{"* SEARCH"})
	}
}

func TestSearchIsBounded(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "a: 1\r\n\r\n")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	c.want("SEARCH "+strings.Repeat("NOT ", maxSearchDepth)+"ALL", "OK")
	c.want("SEARCH "+strings.Repeat("NOT ", maxSearchDepth+1)+"ALL", "NO [LIMIT]")
	c.want("SEARCH "+strings.Repeat("NOT ", 7000)+"ALL", "NO [LIMIT]")
	c.want("SEARCH "+strings.Repeat("OR ALL ", 3000)+"ALL", "NO [LIMIT]")
	c.want("SEARCH "+strings.Repeat("FROM a ", maxSearchTerms)+"ALL", "NO [LIMIT]")
	c.want("SEARCH "+strings.Repeat("(", 900)+"ALL"+strings.Repeat(")", 900), "OK")
	c.want("SEARCH ALL", "OK")
}

// A search that reads many posts ends; others that read none need not wait.
func TestSearchTakesOnlySoLong(t *testing.T) {
	w := start(t, func(c *Config) { c.SearchTime = time.Second })
	for range 1000 {
		w.archive.add("dc", "a: 1\r\n\r\n")
	}
	at := make(chan struct{}, 1000)
	w.archive.hook = func(uint32) error {
		at <- struct{}{}
		<-time.After(5 * time.Millisecond)
		return nil
	}
	c, quick := w.login(alice), w.login(bob)
	quick.want("SELECT dc", "OK")
	c.want("SELECT dc", "OK")
	c.send("s SEARCH TEXT x\r\n")
	<-at
	quick.want("SEARCH 1:900 UNSEEN", "OK")
	if got := c.until("s "); !strings.HasPrefix(got[0], "s NO [LIMIT]") {
		t.Errorf("got %q", got)
	}
	if n := w.archive.count(); n >= 1000 {
		t.Errorf("%d posts were read", n)
	}
}

// A search by what the index knows reads no post.
func TestSearchReadsOnlyWhatItMust(t *testing.T) {
	w := start(t)
	for range 50 {
		w.archive.add("dc", "Subject: a\r\n\r\n")
	}
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	c.want("SEARCH UNSEEN SINCE 1-Dec-2026 SMALLER 100 NOT 3", "OK")
	if n := w.archive.count(); n != 0 {
		t.Errorf("%d posts were read for nothing", n)
	}
	c.want("SEARCH 10:14 SUBJECT a", "OK")
	c.want("SEARCH OR 1:48 SUBJECT a", "OK")
	c.want("SEARCH NOT (49:50 SUBJECT x) SINCE 1-Dec-2026 20", "OK")
	if n := w.archive.count(); n != 5+2 {
		t.Errorf("%d posts were read, want 7", n)
	}
}

// Without the post a condition is unknown, or what it is with the post.
func TestConditionWithoutThePostIsNeverWrong(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: a\r\n\r\nx", "Subject: b\r\n\r\ny", "Subject: c\r\n\r\nz")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	r := rand.New(rand.NewPCG(1, 2))
	leaves := []string{"1", "2:3", "SEEN", "SUBJECT a", "BODY y", "TEXT z", "UNSEEN", "SINCE 1-Dec-2026", "SENTSINCE 1-Jan-2000"}
	truth := map[string][3]bool{"1": {true, false, false}, "2:3": {false, true, true}, "SEEN": {}, "SUBJECT a": {true, false, false}, "BODY y": {false, true, false},
		"TEXT z": {false, false, true}, "UNSEEN": {true, true, true}, "SINCE 1-Dec-2026": {false, true, true}, "SENTSINCE 1-Jan-2000": {}}
	var make func(depth int) (string, [3]bool)
	make = func(depth int) (string, [3]bool) {
		pick := r.IntN(4)
		if depth == 0 || pick == 0 {
			leaf := leaves[r.IntN(len(leaves))]
			return leaf, truth[leaf]
		}
		q1, t1 := make(depth - 1)
		if pick == 1 {
			return "NOT " + q1, [3]bool{!t1[0], !t1[1], !t1[2]}
		}
		q2, t2 := make(depth - 1)
		for i := range t1 {
			if pick == 2 {
				t1[i] = t1[i] || t2[i]
			} else {
				t1[i] = t1[i] && t2[i]
			}
		}
		if pick == 2 {
			return "OR " + q1 + " " + q2, t1
		}
		return "(" + q1 + " " + q2 + ")", t1
	}
	for range 300 {
		query, fits := make(4)
		want := "* SEARCH"
		for i, fit := range fits {
			if fit {
				want += fmt.Sprint(" ", i+1)
			}
		}
		if got := c.want("SEARCH "+query, "OK"); got[0] != want {
			t.Fatalf("SEARCH %s: %q, want %q", query, got[0], want)
		}
	}
}
