package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/smtp/deliver/sink"
)

// bed is what a benchmark runs on: a Redis of its own, set durable, a sink,
// DNS, and a server in a process of its own.
type bed struct {
	dir     string
	strace  bool
	redis   *exec.Cmd // nil: the Redis was named by --redis
	addr    string    // of Redis
	rdb     *redis.Client
	sink    *sink.Sink
	dns     *benchDNS
	server  *exec.Cmd
	smtp    string
	env     []string // of the server, beyond what it needs
	others  []*exec.Cmd
	durable bool
}

// newBed makes the bed without its server. Without a redis-server on the
// machine it fails: an embedded Redis would measure something else.
func newBed(ctx context.Context, c benchBase, o sink.Options) (_ *bed, err error) {
	b := &bed{addr: c.Redis, strace: c.Fsyncs}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.strace {
		if _, err := exec.LookPath("strace"); err != nil {
			return nil, errors.New("--fsyncs needs strace, which is not on this machine")
		}
	}
	if b.dir, err = os.MkdirTemp("", "plenary-bench-"); err != nil {
		return nil, err
	}
	if b.addr == "" {
		if err := b.startRedis(); err != nil {
			return nil, err
		}
	}
	b.rdb = redis.NewClient(&redis.Options{Addr: b.addr})
	for wait := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err = b.rdb.Ping(ctx).Err(); err == nil {
			break
		}
		if time.Now().After(wait) || ctx.Err() != nil {
			return nil, fmt.Errorf("redis at %s: %w", b.addr, err)
		}
	}
	if n, err := b.rdb.DBSize(ctx).Result(); err != nil || n > 0 {
		return nil, fmt.Errorf("redis at %s holds %d keys: a benchmark needs an empty one of its own (%w)", b.addr, n, errOr(err, "not empty"))
	}
	settings, err := b.rdb.ConfigGet(ctx, "append*").Result()
	b.durable = err == nil && settings["appendonly"] == "yes" && settings["appendfsync"] == "always"
	if b.dns, err = newBenchDNS(); err != nil {
		return nil, err
	}
	b.sink, err = sink.New(o)
	return b, err
}

func errOr(err error, words string) error {
	if err != nil {
		return err
	}
	return errors.New(words)
}

// startRedis starts a durable one. It does not rewrite its file: whom that
// would strike, us or what we compare with, would be chance.
func (b *bed) startRedis() error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("no redis-server on this machine: install one, or name an empty one with --redis HOST:PORT")
	}
	if b.addr, err = freeAddr(); err != nil {
		return err
	}
	_, port, _ := strings.Cut(b.addr, ":")
	b.redis = b.command("redis", program, "--bind", "127.0.0.1", "--port", port, "--dir", b.dir, "--appendonly", "yes", "--appendfsync", "always",
		"--auto-aof-rewrite-percentage", "0", "--save", "", "--maxmemory-policy", "noeviction")
	return b.redis.Start()
}

// command is a program of the bed's, under strace where fsyncs are counted.
// Its process is the program's own then too.
func (b *bed) command(name, program string, args ...string) *exec.Cmd {
	if b.strace {
		args = append([]string{"-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", b.traceFile(name), program}, args...)
		program = "strace"
	}
	return exec.Command(program, args...)
}

func (b *bed) traceFile(name string) string { return filepath.Join(b.dir, name+".fsyncs") }

// serve starts the server, this program again, and waits until it is ready.
func (b *bed) serve(ctx context.Context) (took time.Duration, err error) {
	if b.smtp, err = freeAddr(); err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	log, err := os.Create(filepath.Join(b.dir, "server.log"))
	if err != nil {
		return 0, err
	}
	defer log.Close()
	b.server = b.command("server", self, "serve")
	b.server.Stderr = log
	b.server.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PLENARY_") }), "PLENARY_CONFIG=", "PLENARY_DOMAIN="+benchDomain, "PLENARY_DATA_DIR="+b.dir, "PLENARY_ADMINS=admin@bench.example",
		"PLENARY_REDIS_URL=redis://"+b.addr+"/0", "PLENARY_REDIS_DURABILITY="+b.durability(), "PLENARY_SMTP_LISTEN="+b.smtp,
		"PLENARY_DELIVERY_RELAY="+b.sink.Addr(), "PLENARY_DELIVERY_RELAY_TLS=none", "PLENARY_DNS_RESOLVER="+b.dns.addr,
		"PLENARY_HTTP_BASE_URL=https://"+benchDomain)
	b.server.Env = append(b.server.Env, b.env...)
	b.server.Dir = b.dir
	began := time.Now()
	if err := b.server.Start(); err != nil {
		return 0, err
	}
	return b.ready(ctx, b.smtp, began, log.Name())
}

// ready waits until a server that was started answers.
func (b *bed) ready(ctx context.Context, addr string, began time.Time, log string) (time.Duration, error) {
	for end := began.Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		err := greeted(ctx, addr)
		if err == nil {
			return time.Since(began), nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			said, _ := os.ReadFile(log)
			return 0, fmt.Errorf("the server did not get ready: %w\n%s", err, said)
		}
	}
}

// helper starts this program once more, for another part.
func (b *bed) helper(ctx context.Context, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	b.others = append(b.others, cmd)
	return cmd, cmd.Start()
}

func (b *bed) durability() string {
	if b.durable {
		return "strict"
	}
	return "relaxed"
}

// store opens the lists and people of the bed.
func (b *bed) store(ctx context.Context) (*store.Store, error) {
	return store.Open(ctx, b.rdb, lists.Site{Domain: benchDomain}, time.Now)
}

// routed waits until all that was taken in is dealt with.
func (b *bed) routed(ctx context.Context) error {
	for {
		n, err := b.rdb.XLen(ctx, "{in:0}").Result()
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// close ends what the bed started, by process, and removes its folder.
func (b *bed) close() {
	for _, cmd := range append(b.others, b.server, b.redis) {
		if cmd != nil && cmd.Process != nil {
			_ = cmd.Process.Signal(os.Interrupt)
			ended := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
			_ = cmd.Wait()
			ended.Stop()
		}
	}
	if b.sink != nil {
		_ = b.sink.Close()
	}
	if b.dns != nil {
		b.dns.close()
	}
	if b.rdb != nil {
		_ = b.rdb.Close()
	}
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}

// greeted tells whether an SMTP server answers at the address.
func greeted(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "220 ") {
		err = errors.New(strings.TrimSpace(line))
	}
	return err
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
