package receive_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plenary/smtp/receive"
)

const dialogues = "../../../shared/mail/smtp-dialogues"

// accepted says how many messages of a dialogue are whole and lawful; those
// not named here have none.
var accepted = map[string]int{
	"14_CRLF..CRLF_stuffed": 1, "15_CRLF.SP.CRLF": 1, "17_CRLF.CRLF_control_positive": 2,
	"22_nested_mail": 1, "26_quoted_localpart_injection": 1, "38_data_line_70000": 1,
	"39_null_sender_to_list": 1,
}

// TestDialogues plays what clients under attack, and attackers, sent. Nothing
// that follows a false end of data is run, nothing cut short is accepted.
func TestDialogues(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(dialogues, "*.smtp"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not there, and CI is set", dialogues)
		}
		t.Skipf("%s is not there", dialogues)
	}
	refuse := newRig(t, false)
	fix := newRig(t, false, func(c *receive.Config) { c.BareNewlines = receive.FixBare })
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".smtp")
		octets, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for how, play := range plays {
			t.Run(name+"/"+how, func(t *testing.T) {
				out := play(t, refuse.addr, octets)
				checkDialogue(t, name, octets, refuse.inbox.take(), accepted[name], out)
				out = play(t, fix.addr, octets)
				checkDialogue(t, name, octets, fix.inbox.take(), -1, out)
			})
		}
	}
}

// checkDialogue looks at what was accepted; want is -1 where the number is
// left open (bare line ends are mended).
func checkDialogue(t *testing.T, name string, octets []byte, got []mail, want int, out string) {
	t.Helper()
	if want >= 0 && len(got) != want {
		t.Errorf("%d messages were accepted, want %d\n%s", len(got), want, out)
	}
	for _, m := range got {
		if strings.Contains(m.env.From, "evil") && !strings.HasPrefix(name, "17_") {
			t.Errorf("a message from %s was accepted", m.env.From)
		}
		if strings.Contains(name, "bdat_truncated") {
			t.Error("a message that was cut short was accepted")
		}
		if at := nakedNewline(m.raw); at >= 0 {
			t.Errorf("a bare CR or LF came through at octet %d", at)
		}
		if strings.Contains(header(m.raw), "X-Injected") {
			t.Error("a header field was injected")
		}
	}
	if want >= 0 && strings.Count(out, " Queued as ") != want {
		t.Errorf("the client was told other than was done:\n%s", out)
	}
}

func header(raw []byte) string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	return head
}

// nakedNewline finds a CR or LF without its mate, -1 none. It is written
// without regard to the code under test.
func nakedNewline(b []byte) int {
	for i, c := range b {
		switch {
		case c == '\n' && (i == 0 || b[i-1] != '\r'), c == '\r' && (i+1 == len(b) || b[i+1] != '\n'):
			return i
		}
	}
	return -1
}

// plays are the ways in which octets may come over the wire.
var plays = map[string]func(t *testing.T, addr string, octets []byte) string{
	"at once": func(t *testing.T, addr string, octets []byte) string {
		return play(t, addr, octets, false, len(octets))
	},
	"after the greeting": func(t *testing.T, addr string, octets []byte) string {
		return play(t, addr, octets, true, len(octets))
	},
	"in small pieces": func(t *testing.T, addr string, octets []byte) string {
		if len(octets) > 10_000 {
			return play(t, addr, octets, true, 1021)
		}
		return play(t, addr, octets, true, 3)
	},
}

// play sends octets in pieces, ends its side, and gives all that came back.
func play(t *testing.T, addr string, octets []byte, greeting bool, piece int) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	c := &client{t: t, Conn: conn}
	if greeting {
		one := make([]byte, 1)
		for one[0] != '\n' {
			if _, err := conn.Read(one); err != nil {
				t.Fatalf("read the greeting: %v", err)
			}
		}
	}
	back := make(chan string, 1)
	go func() {
		all, err := io.ReadAll(c)
		if err != nil && !strings.Contains(err.Error(), "reset") {
			all = append(all, "\n"+err.Error()...)
		}
		back <- string(all)
	}()
	for rest := octets; len(rest) > 0; {
		n := min(piece, len(rest))
		if _, err := conn.Write(rest[:n]); err != nil {
			break // the server hung up, as it may
		}
		rest = rest[n:]
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	out := <-back
	if strings.Contains(out, "i/o timeout") {
		t.Fatalf("the server hung:\n%s", out)
	}
	return out
}
