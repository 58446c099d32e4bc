package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/lists"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

const (
	alice  lists.Address = "alice@example.org" // a member of dc and dc-secret
	bob    lists.Address = "bob@example.org"   // a member of dc
	admin  lists.Address = "admin@example.org" // the site's
	nobody lists.Address = "nobody@example.org"
	secret               = "correct-horse-battery"
)

// fakePeople know three people and their password.
type fakePeople struct {
	mu     sync.Mutex
	checks int
	broken error
	lists  []lists.List
	people map[string][]lists.Person
}

func newPeople() *fakePeople {
	list := func(id string, archive lists.ArchivePolicy, aliases ...string) lists.List {
		return lists.List{ID: id, Serial: uint32(len(id)), Family: "dc", Name: id, Archive: archive, Aliases: aliases}
	}
	in := func(ids ...string) []lists.Person {
		p := lists.Person{Family: "dc"}
		for _, id := range ids {
			p.Subs = append(p.Subs, lists.Subscription{List: id})
		}
		return []lists.Person{p}
	}
	return &fakePeople{
		lists: []lists.List{list("dc", lists.ArchivePublic, "dc-old"), list("dc-secret", lists.ArchiveMembers), list("dc-none", lists.ArchiveNone)},
		people: map[string][]lists.Person{
			alice.Key(): in("dc", "dc-secret", "dc-none"), bob.Key(): in("dc", "dc-none"), nobody.Key(): in(),
		},
	}
}

func (f *fakePeople) CheckPassword(_ context.Context, _ lists.Address, password string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checks++
	return password == secret, f.broken
}

func (f *fakePeople) PeopleFor(_ context.Context, a lists.Address) ([]lists.Person, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.people[a.Key()], f.broken
}

func (f *fakePeople) Directory(context.Context) (*lists.Directory, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return lists.NewDirectory("lists.example.org", f.lists), f.broken
}

func (f *fakePeople) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// fakeArchive keeps posts in memory.
type fakeArchive struct {
	mu    sync.Mutex
	posts map[string][][]byte
	rows  map[string][]lists.ArchiveRow
	gen   int64
	gets  int
	hook  func(uid uint32) error // before Get
}

func newPosts() *fakeArchive {
	return &fakeArchive{posts: map[string][][]byte{}, rows: map[string][]lists.ArchiveRow{}}
}

// add keeps a post. UIDs leave gaps: they go 10, 20, 30.
func (f *fakeArchive) add(list string, raws ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, raw := range raws {
		n := len(f.posts[list])
		f.posts[list] = append(f.posts[list], []byte(raw))
		f.rows[list] = append(f.rows[list], lists.ArchiveRow{UID: uint32(n+1) * 10, Size: uint32(len(raw)), Unix: noon.Add(time.Duration(n) * 24 * time.Hour).Unix()})
	}
}

func (f *fakeArchive) State(_ context.Context, list string) (lists.ArchiveState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := lists.ArchiveState{Validity: 77, Next: 1, Count: len(f.rows[list]), Generation: f.gen}
	for _, r := range f.rows[list] {
		s.Next, s.Bytes = r.UID+1, s.Bytes+int64(r.Size)
	}
	return s, nil
}

func (f *fakeArchive) Rows(_ context.Context, list string, from int) ([]lists.ArchiveRow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]lists.ArchiveRow(nil), f.rows[list][from:]...), nil
}

func (f *fakeArchive) Get(_ context.Context, list string, uid uint32) ([]byte, error) {
	f.mu.Lock()
	hook := f.hook
	f.gets++
	f.mu.Unlock()
	if hook != nil {
		if err := hook(uid); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := int(uid/10) - 1; n >= 0 && n < len(f.posts[list]) {
		return f.posts[list][n], nil
	}
	return nil, fmt.Errorf("post %d: %w", uid, lists.ErrNotFound)
}

func (f *fakeArchive) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gets
}

// world is a server with its fakes.
type world struct {
	t       testing.TB
	server  *Server
	people  *fakePeople
	archive *fakeArchive
	addr    string
	log     *syncBuffer
}

// start serves on loopback. change may set what config is not the default.
func start(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, people: newPeople(), archive: newPosts(), log: &syncBuffer{}}
	config := Config{
		Site: lists.Site{Domain: "lists.example.org", Admins: []lists.Address{admin}}, Poll: 5 * time.Millisecond,
		Now: time.Now, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	for _, c := range change {
		c(&config)
	}
	w.server = New(config, w.people, w.archive)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = w.server.Shutdown(ctx) // clients that are still there are cut off
		if strings.Contains(w.log.String(), "panic") {
			t.Errorf("a panic was logged:\n%s", w.log.String())
		}
	})
	w.addr = w.listen(func(ln net.Listener) net.Listener { return ln })
	return w
}

func (w *world) listen(wrap func(net.Listener) net.Listener) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(context.Background(), wrap(ln)) }()
	w.t.Cleanup(func() {
		ln.Close()
		if err := <-served; err != nil {
			w.t.Errorf("Serve: %v", err)
		}
	})
	return ln.Addr().String()
}

// far makes connections come from an address that is not loopback.
type far struct {
	net.Listener
	from string
}

func (f far) Accept() (net.Conn, error) {
	conn, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	addr, err := net.ResolveTCPAddr("tcp", f.from)
	return farConn{conn, addr}, err
}

type farConn struct {
	net.Conn
	from net.Addr
}

func (f farConn) RemoteAddr() net.Addr { return f.from }

// syncBuffer is a log that a server writes while a test reads it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// client speaks IMAP by hand.
type client struct {
	t    testing.TB
	conn net.Conn
	r    *bufio.Reader
	tags int
}

func dial(t testing.TB, addr string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatalf("send %.60q: %v", text, err)
	}
}

// line reads one line, "" at the end of the connection.
func (c *client) line() string {
	c.t.Helper()
	line, err := c.r.ReadString('\n')
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.t.Fatalf("nothing comes; so far %q", line)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// until reads lines up to one with this beginning, which is the last.
func (c *client) until(prefix string) []string {
	c.t.Helper()
	var all []string
	for {
		line := c.line()
		all = append(all, line)
		if strings.HasPrefix(line, prefix) {
			return all
		}
		if line == "" {
			if _, err := c.r.Peek(1); err != nil {
				c.t.Fatalf("the connection ended before %q; lines %q", prefix, all)
			}
		}
	}
}

// do sends a command and reads its answer, without the tag.
func (c *client) do(command string) (untagged []string, answer string) {
	c.t.Helper()
	c.tags++
	tag := fmt.Sprintf("t%d", c.tags)
	c.send(tag + " " + command + "\r\n")
	all := c.until(tag + " ")
	return all[:len(all)-1], strings.TrimPrefix(all[len(all)-1], tag+" ")
}

// want is do for a command whose answer must begin like this.
func (c *client) want(command, answer string) []string {
	c.t.Helper()
	untagged, got := c.do(command)
	if !strings.HasPrefix(got, answer) {
		c.t.Fatalf("%.80s: %q, want %q; before it %q", command, got, answer, untagged)
	}
	return untagged
}

// ended checks that the connection is closed, after these lines.
func (c *client) ended(lines ...string) {
	c.t.Helper()
	for _, want := range lines {
		if got := c.line(); !strings.HasPrefix(got, want) {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
	if rest, _ := io.ReadAll(c.r); len(rest) > 0 {
		c.t.Fatalf("the connection goes on with %q", rest)
	}
}

// login connects and signs in.
func (w *world) login(user lists.Address) *client {
	w.t.Helper()
	c := dial(w.t, w.addr)
	c.until("* OK")
	c.want(fmt.Sprintf("LOGIN %s %s", user, secret), "OK")
	return c
}
