// Package redisopen opens the Redis that a configuration names: it reads the
// address in all its forms, waits for a Redis that is starting, and refuses
// one that could lose accepted mail (DESIGN, invariant 7).
package redisopen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Embedded is the address of a Redis within the process.
const Embedded = "embedded"

// forms is what an address may look like, for those who wrote another.
const forms = `write "redis://127.0.0.1:6379/0", "rediss://…" for TLS, "redis+sentinel://HOST:26379/NAME/0", "redis+cluster://HOST:6379,HOST:6379", or "embedded"`

// address is a Redis address, read.
type address struct {
	kind string // single | sentinel | cluster
	opts redis.UniversalOptions
}

// CheckAddress says what is wrong with the address of a Redis, in words.
func CheckAddress(s string) error {
	if s == Embedded {
		return nil
	}
	_, err := parse(s)
	return err
}

// parse reads every form but Embedded. Errors never repeat the address, which
// may hold a password.
func parse(s string) (address, error) {
	s, hosts := cutHosts(s)
	u, err := url.Parse(s)
	if err != nil {
		return address{}, errors.New("this is no address: " + forms)
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	if kind == "" {
		kind = "single"
	}
	a := address{kind: kind, opts: options(u)}
	switch {
	case scheme == "unix" && kind == "single" && u.Path != "":
		a.opts.Addrs = []string{u.Path}
		return a, a.database(u.Query().Get("db"))
	case scheme == "rediss":
		a.opts.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	case scheme != "redis":
		return address{}, fmt.Errorf("no Redis is reached by %q: %s", u.Scheme+":", forms)
	}
	if err := a.hosts(hosts); err != nil {
		return address{}, err
	}
	path := strings.Trim(u.Path, "/")
	switch kind {
	case "single":
		if len(a.opts.Addrs) > 1 {
			return address{}, errors.New("one host only; several are written redis+sentinel:// or redis+cluster://")
		}
		return a, a.database(path)
	case "sentinel":
		name, db, _ := strings.Cut(path, "/")
		if name == "" {
			return address{}, errors.New("the sentinels need the name of what they watch, as redis+sentinel://HOST:26379/mymaster/0")
		}
		a.opts.MasterName = name
		return a, a.database(db)
	case "cluster":
		if path != "" && path != "0" {
			return address{}, errors.New("a cluster has database 0 only: leave /" + path + " out")
		}
		a.opts.IsClusterMode = true
		return a, nil
	}
	return address{}, fmt.Errorf("no Redis is reached by %q: %s", u.Scheme+":", forms)
}

// cutHosts takes the hosts out of an address: net/url reads one only.
func cutHosts(s string) (rest, hosts string) {
	scheme, after, ok := strings.Cut(s, "://")
	if !ok {
		return s, ""
	}
	authority, path := after, ""
	if i := strings.IndexAny(after, "/?"); i >= 0 {
		authority, path = after[:i], after[i:]
	}
	user := ""
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, authority = authority[:i+1], authority[i+1:]
	}
	return scheme + "://" + user + path, authority
}

// options are those of every client.
func options(u *url.URL) redis.UniversalOptions {
	o := redis.UniversalOptions{
		ClientName:            "plenary",
		Username:              u.User.Username(),
		DialTimeout:           2 * time.Second,
		DialerRetries:         1,
		ReadTimeout:           5 * time.Second,
		MaxRetries:            1, // what is written twice is guarded by its id; what hangs must be told soon
		ContextTimeoutEnabled: true,
		PoolSize:              max(64, 16*runtime.GOMAXPROCS(0)),
		DisableIdentity:       true,
		SentinelUsername:      u.Query().Get("sentinel_user"),
		SentinelPassword:      u.Query().Get("sentinel_password"),
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	}
	o.Password, _ = u.User.Password()
	return o
}

func (a *address) hosts(list string) error {
	port := "6379"
	if a.kind == "sentinel" {
		port = "26379"
	}
	for host := range strings.SplitSeq(list, ",") {
		h, p, err := net.SplitHostPort(host)
		if err != nil { // no port
			h, p = strings.Trim(host, "[]"), port
		}
		if n, err := strconv.Atoi(p); h == "" || err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%q is no host and port: %s", host, forms)
		}
		a.opts.Addrs = append(a.opts.Addrs, net.JoinHostPort(h, p))
	}
	return nil
}

func (a *address) database(s string) error {
	if s == "" {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no number of a database: write /0 at the end", s)
	}
	a.opts.DB = n
	return nil
}

// client makes the client; it does not connect yet. With wait, what it writes
// waits for replicas.
func (a *address) client(wait bool) redis.UniversalClient {
	hooked := func(c *redis.Client, mark string) *redis.Client {
		if wait {
			c.AddHook(newWaiter(c, mark))
		}
		return c
	}
	switch a.kind {
	case "cluster":
		o := a.opts.Cluster()
		o.NewClient = func(o *redis.Options) *redis.Client { return hooked(redis.NewClient(o), "") }
		return redis.NewClusterClient(o)
	case "sentinel":
		return hooked(redis.NewFailoverClient(a.opts.Failover()), "{plenary}:waited")
	}
	return hooked(redis.NewClient(a.opts.Simple()), "{plenary}:waited")
}
