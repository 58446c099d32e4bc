package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/smtp/deliver/sink"
)

type benchCmd struct {
	Accept benchAcceptCmd `cmd:"" help:"How many messages a second a server takes in, beside go-smtp with one XADD each."`
	Fanout benchFanoutCmd `cmd:"" help:"How fast one post reaches its members, beside a bare pipelined sender."`
}

// benchDomain is the domain of the servers that bench starts.
const benchDomain = "lists.bench.example"

// bed is what a benchmark runs on: a Redis of its own, set durable, a sink,
// and a server in a process of its own.
type bed struct {
	dir     string
	redis   *exec.Cmd // nil: the Redis was named by --redis
	addr    string    // of Redis
	rdb     *redis.Client
	sink    *sink.Sink
	server  *exec.Cmd
	smtp    string
	durable bool
}

// newBed makes the bed without its server. Without a redis-server on the
// machine it fails: an embedded Redis would measure something else.
func newBed(ctx context.Context, redisAddr string, o sink.Options) (b *bed, err error) {
	b = &bed{addr: redisAddr}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
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
	b.sink, err = sink.New(o)
	return b, err
}

func errOr(err error, words string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", words)
}

func (b *bed) startRedis() error {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("no redis-server on this machine: install one, or name an empty one with --redis HOST:PORT")
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	_, port, _ := strings.Cut(addr, ":")
	b.addr = addr
	b.redis = exec.Command(program, "--bind", "127.0.0.1", "--port", port, "--dir", b.dir, "--appendonly", "yes", "--appendfsync", "always",
		"--save", "", "--maxmemory-policy", "noeviction")
	return b.redis.Start()
}

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
	b.server = exec.CommandContext(ctx, self, "serve")
	b.server.Stderr = log
	b.server.Env = append(os.Environ(), "PLENARY_CONFIG=", "PLENARY_DOMAIN="+benchDomain, "PLENARY_DATA_DIR="+b.dir, "PLENARY_ADMINS=admin@bench.example",
		"PLENARY_REDIS_URL=redis://"+b.addr+"/0", "PLENARY_REDIS_DURABILITY="+b.durability(), "PLENARY_SMTP_LISTEN="+b.smtp,
		"PLENARY_DELIVERY_RELAY="+b.sink.Addr(), "PLENARY_DELIVERY_RELAY_TLS=none",
		"PLENARY_HTTP_BASE_URL=https://"+benchDomain)
	b.server.Dir = b.dir
	began := time.Now()
	if err := b.server.Start(); err != nil {
		return 0, err
	}
	for end := began.Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if err = greeted(ctx, b.smtp); err == nil {
			return time.Since(began), nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			said, _ := os.ReadFile(log.Name())
			return 0, fmt.Errorf("the server did not get ready: %w\n%s", err, said)
		}
	}
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

// peakRSS is the most memory the server has had, in octets; 0 unknown.
func (b *bed) peakRSS() int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.server.Process.Pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// close ends what the bed started, by process, and removes its folder.
func (b *bed) close() {
	for _, cmd := range []*exec.Cmd{b.server, b.redis} {
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
	if b.rdb != nil {
		_ = b.rdb.Close()
	}
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
