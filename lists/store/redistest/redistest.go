// Package redistest gives a test a Redis of its own: a real redis-server with
// the durable settings that Plenary asks for, or miniredis where none is
// installed. It promises that nothing outlives the test process, even one
// that panics. It imports nothing of ours.
package redistest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// New returns a client of a fresh Redis: real where redis-server is on PATH,
// else miniredis (a failure where CI is set).
func New(t testing.TB) redis.UniversalClient {
	t.Helper()
	if !Real() {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not on PATH, and CI is set")
		}
		return Mini(t)
	}
	return Start(t).Client(t)
}

// Real tells whether a redis-server is on PATH.
func Real() bool {
	_, err := exec.LookPath("redis-server")
	return err == nil
}

// Mini returns a client of a fresh miniredis. Its keys don't expire by the
// clock.
func Mini(t testing.TB) redis.UniversalClient {
	t.Helper()
	return client(t, miniredis.RunT(t).Addr())
}

// Server is a real redis-server that a test may kill and start again on the
// same port and files.
type Server struct {
	Addr string // host:port on loopback

	program string // redis-server, or one that is newer
	dir     string
	extra   []string
	config  string // of a sentinel; "" otherwise
	cmd     *exec.Cmd
	stdin   io.Closer
	pid     int
}

// Start runs a redis-server with appendonly yes and appendfsync always in a
// temporary folder, killed when the test ends. Without a redis-server the
// test is skipped, or fails where CI is set.
func Start(t testing.TB, extra ...string) *Server {
	t.Helper()
	return StartIn(t, t.TempDir(), extra...)
}

// StartIn does the same on the files of a folder, which outlive the server.
func StartIn(t testing.TB, dir string, extra ...string) *Server {
	t.Helper()
	if !Real() {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not on PATH, and CI is set")
		}
		t.Skip("redis-server is not on PATH")
	}
	s, err := start("redis-server", dir, extra...)
	if err != nil {
		t.Fatalf("start redis-server: %v", err)
	}
	t.Cleanup(s.Kill)
	return s
}

// start runs a program, which must be a Redis, in dir.
func start(program, dir string, extra ...string) (s *Server, err error) {
	return (&Server{program: program, dir: dir, extra: extra}).start()
}

// start finds a port for the server, and runs it.
func (s *Server) start() (_ *Server, err error) {
	for range 5 { // another process may take the port that was free
		if s.Addr, err = freeAddr(); err == nil {
			if err = s.launch(); err == nil {
				return s, nil
			}
			s.Kill()
		}
	}
	return nil, err
}

// Client returns a client of the server, closed when the test ends.
func (s *Server) Client(t testing.TB) redis.UniversalClient { return client(t, s.Addr) }

// Kill ends the server at once, as kill -9 does. Killing a dead one is fine.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	if s.pid > 1 {
		_ = syscall.Kill(s.pid, syscall.SIGKILL) // the shell hasn't reaped it: the id is still ours
	}
	s.stdin.Close()
	_ = s.cmd.Wait()
	s.cmd, s.pid = nil, 0
}

// Signal sends a running server a signal, such as SIGSTOP.
func (s *Server) Signal(sig syscall.Signal) error {
	if s.pid <= 1 {
		return fmt.Errorf("signal %s: no redis-server runs at %s", sig, s.Addr)
	}
	return syscall.Kill(s.pid, sig)
}

// Restart starts a killed server again, on the same address and files. A
// client that has met the dead one may need a second to notice.
func (s *Server) Restart() error {
	s.Kill()
	return s.launch()
}

// launch runs redis-server under a shell that kills it when our end of its
// standard input closes, so that it dies with the test process.
func (s *Server) launch() error {
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	args := append([]string{"-c", `"$@" >"$0" 2>&1 & echo $!; cat >/dev/null; kill -9 $!; wait $!`,
		filepath.Join(s.dir, "log"), s.program}, s.words(port)...)
	cmd := exec.Command("sh", args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.stdin = cmd, stdin
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the process id: %w", err)
	}
	if s.pid, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		return fmt.Errorf("read the process id: %w", err)
	}
	if err := await(s.ready); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%w; its log:\n%s", err, log)
	}
	return nil
}

// words are what the program is called with.
func (s *Server) words(port string) []string {
	if s.config != "" {
		return []string{s.config, "--sentinel", "--port", port, "--bind", "127.0.0.1", "--daemonize", "no"}
	}
	return append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"}, s.extra...)
}

// ready checks that the server that answers is ours and has loaded its data.
func (s *Server) ready() error {
	if err := syscall.Kill(s.pid, 0); err != nil {
		return fmt.Errorf("redis-server %d: %w", s.pid, err)
	}
	c := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer c.Close()
	info, err := c.Info(context.Background(), "server", "persistence").Result()
	switch {
	case err != nil:
		return err
	case !strings.Contains(info, "process_id:"+strconv.Itoa(s.pid)+"\r"):
		return fmt.Errorf("another server answers on %s", s.Addr)
	case s.config == "" && !strings.Contains(info, "loading:0"):
		return fmt.Errorf("it is still loading")
	}
	return nil
}

// await asks check until it is content, for at most a minute.
func await(check func() error) (err error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if err = check(); err == nil {
			return nil
		}
	}
	return err
}

func client(t testing.TB, addr string) redis.UniversalClient {
	// A disk that many tests write to is slow at times.
	c := redis.NewClient(&redis.Options{Addr: addr, ReadTimeout: time.Minute})
	t.Cleanup(func() { c.Close() })
	return c
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
