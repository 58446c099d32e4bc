package mailbox

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestList(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	dc, hidden := `* LIST (\HasNoChildren) "/" "dc"`, `* LIST (\HasNoChildren) "/" "dc-secret"`
	for user, talks := range map[lists.Address]map[string][]string{
		alice: {
			`LIST "" *`:                      {dc, hidden},
			`LIST "" %`:                      {dc, hidden},
			`LIST "" dc`:                     {dc},
			`LIST "d" "c*"`:                  {dc, hidden},
			`LIST "" DC`:                     nil,
			`LIST "" dc-none`:                nil,
			`LIST "" dc-old`:                 nil,
			`LIST "" ""`:                     {`* LIST (\Noselect) "/" ""`},
			`LIST "" INBOX`:                  {`* LIST (\HasNoChildren) "/" INBOX`},
			`LIST "" inbox`:                  {`* LIST (\HasNoChildren) "/" INBOX`},
			`LSUB "" *`:                      {`* LSUB (\HasNoChildren) "/" "dc"`, `* LSUB (\HasNoChildren) "/" "dc-secret"`},
			`LIST (SUBSCRIBED) "" *`:         {dc, hidden},
			`LIST "" (dc x *secret)`:         {dc, hidden},
			`LIST (SPECIAL-USE) "" *`:        nil,
			`LIST "" * RETURN (CHILDREN)`:    {dc, hidden},
			`LIST "" dc RETURN (SUBSCRIBED)`: {`* LIST (\HasNoChildren \Subscribed) "/" "dc"`},
			`LIST "" d* RETURN (STATUS (MESSAGES UIDNEXT SIZE))`: {
				dc, `* STATUS "dc" (MESSAGES 1 UIDNEXT 11 SIZE 15)`, hidden, `* STATUS "dc-secret" (MESSAGES 0 UIDNEXT 1 SIZE 0)`},
		},
		bob:   {`LIST "" *`: {dc}, `LIST "" dc-secret`: nil},
		admin: {`LIST "" *`: {dc}},
	} {
		c := w.login(user)
		for command, want := range talks {
			equal(t, fmt.Sprint(user, " ", command), c.want(command, "OK"), want)
		}
	}
	c := w.login(alice)
	c.want(`LIST "" (`+strings.Repeat("x ", 100)+"x)", "NO [LIMIT]")
}

// Twelve stars on a name of forty letters took go-imap's matcher more than a
// minute. Ours is counted, not timed: go test would not end.
func TestMatches(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		want          bool
	}{
		{"dc", "dc", true}, {"dc", "*", true}, {"dc", "%", true}, {"dc", "d%", true}, {"dc", "*c", true}, {"dc", "", false}, {"dc", "d", false},
		{"dc", "dcx", false}, {"dc", "*x*", false}, {"abcbcd", "a*bcd", true}, {"aab", "*ab", true}, {"aaab", "a*a%b", true}, {"ab", "a**%b*", true}, {"", "*", true}, {"", "", true},
		{strings.Repeat("a", 40), strings.Repeat("*a", 12) + "*b", false},
		{strings.Repeat("a", 40), strings.Repeat("*", 30000) + "b", false},
		{strings.Repeat("a", 40), strings.Repeat("*a", 40), true},
		{strings.Repeat("a", 40), strings.Repeat("*a", 41), false},
	} {
		if got := matches(c.name, c.pattern); got != c.want {
			t.Errorf("matches(%.20q, %.20q) = %v", c.name, c.pattern, got)
		}
	}
	w := start(t)
	w.people.set(func() { w.people.lists[0].Name = strings.Repeat("a", 40) })
	w.login(alice).want(`LIST "" `+strings.Repeat("*a", 12)+"*b", "OK")
}

func TestStatus(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1", "Subject: y\r\n\r\n2")
	c := w.login(alice)
	equal(t, "STATUS", c.want("STATUS dc (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE APPENDLIMIT DELETED-STORAGE)", "OK"),
		[]string{`* STATUS "dc" (MESSAGES 2 UIDNEXT 21 UIDVALIDITY 77 UNSEEN 2 DELETED 0 SIZE 30 APPENDLIMIT 0 DELETED-STORAGE 0 RECENT 0)`})
	equal(t, "STATUS by the old name", c.want("STATUS dc-old (MESSAGES)", "OK"), []string{`* STATUS "dc-old" (MESSAGES 2)`})
	equal(t, "STATUS INBOX", c.want("STATUS inbox (MESSAGES UNSEEN)", "OK"), []string{`* STATUS INBOX (MESSAGES 0 UNSEEN 0)`})
	c.want("STATUS dc-none (MESSAGES)", "NO [NONEXISTENT]")
	c.want("STATUS dc (XYZZY)", "BAD")
	w.login(bob).want("STATUS dc-secret (MESSAGES)", "NO [NONEXISTENT]")
}

func TestSelect(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c := w.login(alice)
	opened := []string{"* 1 EXISTS", "* 0 RECENT", "* OK [UNSEEN 1] First unseen message", "* OK [UIDVALIDITY 77] UIDs valid", "* OK [UIDNEXT 11] Predicted next UID",
		`* FLAGS (\Seen)`, "* OK [PERMANENTFLAGS ()] Permanent flags"}
	equal(t, "SELECT", c.want("SELECT dc", "OK"), opened)
	equal(t, "EXAMINE", c.want("EXAMINE dc", "OK [READ-ONLY]"), append([]string{"* OK [CLOSED] Previous mailbox is now closed"}, opened...))
	c.want("CLOSE", "OK")
	c.want("FETCH 1 FLAGS", "BAD")
	c.want("SELECT dc-old", "OK")
	c.want("UNSELECT", "OK")
	c.want("SELECT dc-secret", "OK")
	for _, no := range []string{"dc-none", "none", `""`, "DC", "dc/"} {
		c.want("SELECT "+no, "NO [NONEXISTENT]")
	}
	c.want("SELECT inbox", "OK")
	c.want("FETCH 1:* FLAGS", "OK")
	equal(t, "SEARCH in INBOX", c.want("SEARCH ALL", "OK"), []string{"* SEARCH"})
	c.want("IDLE\r\nDONE", "OK")
	for user, no := range map[lists.Address]string{bob: "dc-secret", admin: "dc-secret"} {
		w.login(user).want("SELECT "+no, "NO [NONEXISTENT]")
	}
	equal(t, "NAMESPACE", c.want("NAMESPACE", "OK"), []string{`* NAMESPACE (("" "/")) NIL NIL`})
}

func (c *client) idle() {
	c.t.Helper()
	c.send("idle IDLE\r\n")
	c.until("+ ")
}

func TestNothingCanBeChanged(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c := w.login(alice)
	for command, want := range map[string]string{
		"CREATE new": "NO [NOPERM]", "DELETE dc": "NO [NOPERM]", "RENAME dc x": "NO [NOPERM]", "UNSUBSCRIBE dc": "NO [NOPERM]",
		"SUBSCRIBE dc": "OK", "SUBSCRIBE inbox": "OK", "SUBSCRIBE dc-none": "NO [NONEXISTENT]", "APPEND dc {3+}\r\nabc": "NO [NOPERM]",
	} {
		c.want(command, want)
	}
	c.want("SELECT dc", "OK")
	for command, want := range map[string]string{
		"COPY 1 dc": "NO [NOPERM]", "UID COPY 10 dc": "NO [NOPERM]", "MOVE 1 dc": "BAD", `STORE 1 +FLAGS (\Deleted)`: "NO [NOPERM]",
		`STORE 1 FLAGS (\Seen \Flagged)`: "NO [NOPERM]", `STORE 1 +FLAGS.SILENT ($x)`: "NO [NOPERM]",
	} {
		c.want(command, want)
	}
	equal(t, "EXPUNGE", c.want("EXPUNGE", "OK"), nil)
	equal(t, "UID EXPUNGE", c.want("UID EXPUNGE 1:*", "OK"), nil)
	equal(t, "after all that", c.want("FETCH 1:* FLAGS", "OK"), []string{"* 1 FETCH (FLAGS ())"})
	c.want("CLOSE", "OK")
	c.want("EXAMINE dc", "OK")
	c.want(`STORE 1 +FLAGS (\Seen)`, "NO [NOPERM]")
	c.want("CLOSE", "OK")
}

// \Seen lives as long as the folder is open, and for its session only.
func TestSeenIsForThisSession(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1", "Subject: y\r\n\r\n2", "Subject: z\r\n\r\n3")
	c, other := w.login(alice), w.login(bob)
	c.want("SELECT dc", "OK")
	other.want("SELECT dc", "OK")
	equal(t, "STORE", c.want(`STORE 1:2 +FLAGS (\Seen)`, "OK"), []string{`* 1 FETCH (FLAGS (\Seen))`, `* 2 FETCH (FLAGS (\Seen))`})
	equal(t, "STORE", c.want(`UID STORE 20 -FLAGS (\sEEN)`, "OK"), []string{`* 2 FETCH (UID 20 FLAGS ())`})
	equal(t, "STORE", c.want(`STORE 1 FLAGS.SILENT ()`, "OK"), nil)
	equal(t, "STORE", c.want(`STORE 1 FLAGS.SILENT (\Seen)`, "OK"), nil)
	equal(t, "FETCH.PEEK", c.want("FETCH 3 BODY.PEEK[TEXT]", "OK"), []string{"* 3 FETCH (BODY[TEXT] {1}", "3)"})
	equal(t, "FETCH", c.want("FETCH 3 BODY[TEXT]", "OK"), []string{`* 3 FETCH (FLAGS (\Seen) BODY[TEXT] {1}`, "3)"})
	equal(t, "SEARCH SEEN", c.want("SEARCH SEEN", "OK"), []string{"* SEARCH 1 3"})
	equal(t, "SEARCH UNSEEN", c.want("SEARCH UNSEEN", "OK"), []string{"* SEARCH 2"})
	equal(t, "another session", other.want("SEARCH SEEN", "OK"), []string{"* SEARCH"})
	c.want("SELECT dc", "OK")
	equal(t, "opened again", c.want("SEARCH SEEN", "OK"), []string{"* SEARCH"})
	c.want("EXAMINE dc", "OK")
	equal(t, "FETCH", c.want("FETCH 3 BODY[TEXT]", "OK"), []string{"* 3 FETCH (BODY[TEXT] {1}", "3)"})
}

func TestNewPostsAreToldOf(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c, idler := w.login(alice), w.login(bob)
	c.want("SELECT dc", "OK")
	idler.want("EXAMINE dc", "OK")
	idler.idle()
	w.archive.add("dc", "Subject: y\r\n\r\n2")
	if got := idler.line(); got != "* 2 EXISTS" {
		t.Errorf("to one who idles: %q", got)
	}
	w.archive.add("dc", "Subject: z\r\n\r\n3")
	if got := idler.line(); got != "* 3 EXISTS" {
		t.Errorf("to one who idles: %q", got)
	}
	idler.send("DONE\r\n")
	idler.until("idle OK")
	equal(t, "what the client was not told of", c.want("FETCH 1:* UID", "OK"), []string{"* 1 FETCH (UID 10)", "* 3 EXISTS"})
	equal(t, "what it was", c.want("UID FETCH 20:* UID", "OK"), []string{"* 2 FETCH (UID 20)", "* 3 FETCH (UID 30)"})
	w.archive.add("dc", "Subject: z\r\n\r\n4")
	equal(t, "NOOP", c.want("NOOP", "OK"), []string{"* 4 EXISTS"})
	equal(t, "the new one", c.want("FETCH * (UID RFC822.SIZE FLAGS)", "OK"), []string{"* 4 FETCH (UID 40 FLAGS () RFC822.SIZE 15)"})
}

// A post that came while the client was busy is told of as soon as it idles.
func TestIdleBeginsWithWhatIsNew(t *testing.T) {
	w := start(t)
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c.idle()
	if got := c.line(); got != "* 1 EXISTS" {
		t.Errorf("got %q", got)
	}
}

func TestARebuiltIndexSendsReadersAway(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c, idler := w.login(alice), w.login(bob)
	c.want("SELECT dc", "OK")
	idler.want("SELECT dc", "OK")
	idler.idle()
	w.archive.mu.Lock()
	w.archive.gen++
	w.archive.mu.Unlock()
	idler.ended("* BYE The archive was put in order")
	c.send("a NOOP\r\n")
	c.ended("* BYE The archive was put in order")
	w.login(alice).want("SELECT dc", "OK")
}

func TestWhoLeavesTheListLosesItsFolder(t *testing.T) {
	at := &clock{now: noon}
	w := start(t, func(c *Config) { c.Now = at.Now })
	c := w.login(alice)
	c.want("SELECT dc-secret", "OK")
	w.people.set(func() { w.people.people[alice.Key()] = w.people.people[bob.Key()] })
	c.want("NOOP", "OK")
	at.move(61 * time.Second)
	c.send("a NOOP\r\n")
	c.ended("* BYE You may not read this folder any more")
	w.login(alice).want("SELECT dc-secret", "NO [NONEXISTENT]")
}

func TestAStoreThatFailsEndsNothing(t *testing.T) {
	at := &clock{now: noon}
	w := start(t, func(c *Config) { c.Now = at.Now })
	w.archive.add("dc", "Subject: x\r\n\r\n1", "Subject: y\r\n\r\n2")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	w.people.set(func() { w.people.broken = errors.New("secret words") })
	at.move(time.Hour)
	w.archive.hook = func(uid uint32) error {
		if uid == 10 {
			return errors.New("secret words")
		}
		return nil
	}
	for _, command := range []string{`LIST "" *`, "STATUS dc (MESSAGES)", "SELECT dc-secret", "SUBSCRIBE dc"} {
		_, answer := c.do(command)
		if !strings.HasPrefix(answer, "NO [UNAVAILABLE]") || strings.Contains(answer, "secret") {
			t.Errorf("%s: %q", command, answer)
		}
	}
	w.people.set(func() { w.people.broken = nil })
	c.want("SELECT dc", "OK")
	w.people.set(func() { w.people.broken = errors.New("secret words") })
	at.move(time.Hour)
	c.want("NOOP", "OK")
	got := c.want("FETCH 1:2 BODY.PEEK[TEXT]", "NO [UNAVAILABLE]")
	equal(t, "the others come", got, []string{"* 2 FETCH (BODY[TEXT] {1}", "2)"})
	c.want("SEARCH TEXT x", "NO [UNAVAILABLE]")
	c.want("FETCH 1 (FLAGS UID)", "OK")
}

// A panic ends a command, not the connection, and not the server.
func TestAPanicEndsItsCommandOnly(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\n1")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	w.archive.hook = func(uint32) error { panic("at the disco") }
	c.want("FETCH 1 BODY[TEXT]", "NO [SERVERBUG]")
	c.want("SEARCH TEXT x", "NO [SERVERBUG]")
	w.people.set(func() { w.people.lists = nil; w.people.people = nil })
	w.archive.hook = nil
	c.want("FETCH 1 BODY[TEXT]", "OK")
	if log := w.log.String(); !strings.Contains(log, "at the disco") || !strings.Contains(log, "stack=") {
		t.Errorf("the log does not tell of it: %s", log)
	}
	w.log.mu.Lock()
	w.log.b.Reset()
	w.log.mu.Unlock()
}
