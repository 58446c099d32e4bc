package receive_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"plenary/smtp"
	"plenary/smtp/receive"
)

// TestConversations plays testdata/*.txtar. The file "talk" has a line for
// each thing that happens:
//
//	C: text      the client sends the line and CR LF
//	C" text"     the client sends a Go string as it is
//	S: text      a whole reply comes that begins so
//	S+ text      and has this in it
//	S- text      and has not this
//	S. end       the server closes
//	S* end       the server closes, whatever it says before
//	T. tls       the client changes to TLS
//
// The file "accepted" has a line for each message that the inbox has then:
// FROM -> TO,TO PROTOCOL, and behind it, indented, the content as Go strings.
// The file "config", where there is one, has words for configure.
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range archive.Files {
				parts[f.Name] = string(f.Data)
			}
			words := strings.Fields(parts["config"])
			r := newRig(t, contains(words, "lmtp"), func(c *receive.Config) { configure(t, c, words) })
			r.wall.judge = judge
			converse(t, dial(t, r.addr), parts["talk"])
			if got, want := strings.TrimSpace(listing(r.inbox.take())), strings.TrimSpace(parts["accepted"]); got != want {
				t.Errorf("accepted:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func configure(t *testing.T, c *receive.Config, words []string) {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "lmtp":
		case "fix":
			c.BareNewlines = receive.FixBare
		case "tls":
			withTLS(t)(c)
		case "max":
			c.MaxBytes = int64(n)
		case "recipients":
			c.Limits.Recipients = n
		case "errors":
			c.Limits.Errors = n
		case "commands":
			c.Limits.Commands = n
		case "inflight":
			c.Limits.InFlight = int64(n)
		default:
			t.Fatalf("there is no setting %q", key)
		}
	}
}

// judge refuses what says so: mail with "Refuse: LOCAL" for that address
// alone, or "Refuse: all".
func judge(env smtp.Envelope, raw []byte) *smtp.Reply {
	_, who, ok := strings.Cut(string(raw), "\r\nRefuse: ")
	who, _, _ = strings.Cut(who, "\r\n")
	if ok && (who == "all" || len(env.To) == 1 && strings.HasPrefix(env.To[0], who+"@")) {
		return &smtp.Reply{Code: 550, Enhanced: [3]int{5, 7, 2}, Text: "Not\r\nfor\u2028you", Cause: fmt.Errorf("a secret")}
	}
	return nil
}

func converse(t *testing.T, c *client, talk string) {
	t.Helper()
	last := ""
	for i, line := range strings.Split(strings.TrimRight(talk, "\n"), "\n") {
		fail := func(format string, v ...any) {
			t.Helper()
			t.Fatalf("line %d %q: %s", i+1, line, fmt.Sprintf(format, v...))
		}
		verb, text, _ := strings.Cut(line, " ")
		switch verb {
		case "C:":
			c.send(text + "\r\n")
		case `C"`:
			raw, err := strconv.Unquote(`"` + text)
			if err != nil {
				fail("%v", err)
			}
			c.send(raw)
		case "S:":
			if last = c.reply(); !strings.HasPrefix(last, text) {
				fail("the reply is %q", last)
			}
		case "S+":
			if !strings.Contains(last, text) {
				fail("the reply is %q", last)
			}
		case "S-":
			if strings.Contains(last, text) {
				fail("the reply is %q", last)
			}
		case "S.":
			if last = c.reply(); last != "" {
				fail("the server says %q", last)
			}
		case "S*":
			for c.reply() != "" {
			}
		case "T.":
			c.startTLS()
		default:
			fail("what is this?")
		}
	}
}

func listing(all []mail) string {
	var b strings.Builder
	for _, m := range all {
		fmt.Fprintf(&b, "<%s> -> %s %s\n", m.env.From, strings.Join(m.env.To, ","), m.env.Protocol)
		for _, line := range strings.SplitAfter(m.content(), "\n") {
			if line != "" {
				fmt.Fprintf(&b, "\t%q\n", line)
			}
		}
	}
	return b.String()
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
