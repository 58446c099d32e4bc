package collect_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"plenary/smtp/collect"
)

// dovecot is a real mail server with one mailbox, a Maildir.
type dovecot struct {
	t    *testing.T
	addr string
	home string
	n    int

	owner *user.User
}

// mailOwner is whose the mail is, and how dovecot's own processes are to run:
// as we do, or, for root, as its package has them, with mail that is nobody's.
func mailOwner(t *testing.T) (owner *user.User, processes string) {
	t.Helper()
	me, err := user.Current()
	if err == nil && me.Uid == "0" {
		me, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		return me, ""
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	return me, fmt.Sprintf("default_internal_user = %[1]s\ndefault_login_user = %[1]s\ndefault_internal_group = %[2]s", me.Username, group.Name)
}

// give makes a file the mail owner's.
func (d *dovecot) give(name string) {
	d.t.Helper()
	uid, err1 := strconv.Atoi(d.owner.Uid)
	gid, err2 := strconv.Atoi(d.owner.Gid)
	if err := errors.Join(err1, err2, os.Chown(name, uid, gid)); err != nil {
		d.t.Fatal(err)
	}
}

func newDovecot(t *testing.T) *dovecot {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	version, err := exec.Command("dovecot", "--version").Output()
	if err != nil {
		missing("dovecot is not installed: %v", err)
	}
	if !strings.HasPrefix(string(version), "2.3.") {
		missing("this test writes the configuration of dovecot 2.3, and %s is installed", version)
	}
	owner, processes := mailOwner(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir, err := os.MkdirTemp("", "dc") // short: dovecot's sockets are below it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &dovecot{t: t, addr: fmt.Sprintf("127.0.0.1:%d", port), home: filepath.Join(dir, "home"), owner: owner}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"", "Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"} {
		if err := os.Mkdir(filepath.Join(d.home, sub), 0o700); err != nil {
			t.Fatal(err)
		}
		d.give(filepath.Join(d.home, sub))
	}
	conf := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
ssl = no
disable_plaintext_auth = no
first_valid_uid = 0
%[2]s
mail_location = maildir:~/Maildir
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%[3]s gid=%[4]s home=%[1]s/home
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %[5]d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
namespace inbox {
  inbox = yes
}
`, dir, processes, owner.Uid, owner.Gid, port)
	file := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dovecot", "-F", "-c", file)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	eventually(t, "dovecot answers", func() bool {
		c, err := net.Dial("tcp", d.addr)
		if err != nil {
			return false
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Second))
		b := make([]byte, 4)
		_, err = c.Read(b)
		return err == nil && string(b) == "* OK"
	})
	return d
}

// deliver puts a message into INBOX as a delivery agent does.
func (d *dovecot) deliver(raw string) {
	d.t.Helper()
	d.n++
	name := fmt.Sprintf("%d.%d_%d.host", time.Now().Unix(), os.Getpid(), d.n)
	tmp := filepath.Join(d.home, "Maildir", "tmp", name)
	if err := os.WriteFile(tmp, []byte(raw), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.give(tmp)
	if err := os.Rename(tmp, filepath.Join(d.home, "Maildir", "new", name)); err != nil {
		d.t.Fatal(err)
	}
}

// count is how many messages a folder has, and how many of them are seen.
func (d *dovecot) count(folder string) (all, seen int) {
	for _, sub := range []string{"new", "cur"} {
		files, _ := os.ReadDir(filepath.Join(d.home, "Maildir", folder, sub))
		for _, f := range files {
			all++
			if _, flags, _ := strings.Cut(f.Name(), ":2,"); strings.Contains(flags, "S") {
				seen++
			}
		}
	}
	return all, seen
}

// TestDovecot collects from a real server: what is there, what comes while we
// idle, with a folder to move to and with flags.
func TestDovecot(t *testing.T) {
	for _, done := range []string{"Plenary/Done", ""} {
		t.Run("done="+done, func(t *testing.T) {
			d, b := newDovecot(t), newInbox()
			cfg := config(d.addr, func(c *collect.Config) {
				c.User, c.Password, c.Mailbox, c.Done, c.Poll = "box", "secret", "box@mail.example", done, time.Minute
			})
			d.deliver("Delivered-To: box+dc-join@mail.example\nFrom: ann@example.net\nSubject: LF only\n\nHello.\n")
			for i := range 5 {
				d.deliver(note("dc@lists.example.org", i))
			}
			d.deliver(note("stranger@mail.example", 5))
			stop := start(t, cfg, b)
			b.await(t, "what is there is taken", has(6))
			d.deliver(note("dc-maps@lists.example.org", 6))
			b.await(t, "what comes is told by IDLE", has(7))
			eventually(t, "all are marked", func() bool {
				inbox, seen := d.count("")
				moved, _ := d.count(".Plenary.Done")
				return done != "" && inbox == 1 && moved == 7 || done == "" && inbox == 8 && seen == 7
			})
			stop()

			start(t, cfg, b)
			d.deliver(note("dc@lists.example.org", 8))
			b.await(t, "the next is taken", has(8))
			for _, m := range b.all() {
				if strings.Contains(strings.ReplaceAll(m.raw, "\r\n", ""), "\n") || !strings.HasSuffix(m.raw, "\r\n\r\nHello.\r\n") {
					t.Errorf("message %q", m.raw)
				}
			}
			if b.mu.Lock(); b.offered != 8 {
				t.Errorf("%d were offered, 8 came", b.offered)
			}
			b.mu.Unlock()
		})
	}
}
