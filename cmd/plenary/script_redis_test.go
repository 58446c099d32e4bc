package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"

	"plenary/lists/store/redistest"
)

// The redis verb has a Redis of the script's own misbehave:
//
//	redis kill|start             kill -9, and start again
//	redis set NAME VALUE         CONFIG SET
//	redis stop|cont              SIGSTOP, SIGCONT: it hangs, and goes on
//	redis rewrite                BGREWRITEAOF
//	redis cluster                a cluster of three nodes instead
//	redis proxy                  servers started from here on go through a proxy
//	redis says TEXT | redis ok   the proxy answers writes with this error | hands them on again
//	redis refuse|listen          the proxy's port is closed | open
//	redis lose N                 the answers to the next N writes are lost, with their connections
//	redis replicas N SYNCED      the proxy's INFO tells of replicas, and its WAITAOF of as many that have it on disk
//	redis documented             every key in it is one of a KEYS.md
func redisVerb(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if w.redis == nil {
		ts.Fatalf("this script needs a redis-server; begin it with [lacks:redis-server] skip")
	}
	verbs := map[string]struct {
		args int
		do   func() error
	}{
		"kill":       {0, func() error { w.redis.Kill(); return nil }},
		"start":      {0, w.redis.Restart},
		"stop":       {0, func() error { return w.redis.Signal(syscall.SIGSTOP) }},
		"cont":       {0, func() error { return w.redis.Signal(syscall.SIGCONT) }},
		"set":        {2, func() error { return w.ask("CONFIG", "SET", args[1], args[2]) }},
		"rewrite":    {0, func() error { return w.ask("BGREWRITEAOF") }},
		"cluster":    {0, func() error { return w.cluster(ts) }},
		"proxy":      {0, func() error { return w.intercept(ts) }},
		"says":       {1, func() error { w.proxy.Make(saying(args[1])); return nil }},
		"ok":         {0, func() error { w.proxy.Make(nil); return nil }},
		"refuse":     {0, func() error { w.proxy.Refuse(); return nil }},
		"listen":     {0, func() error { return w.proxy.Listen() }},
		"lose":       {1, func() error { w.proxy.Make(losing(args[1])); return nil }},
		"replicas":   {2, func() error { w.proxy.Make(replicated(args[1], args[2])); return nil }},
		"documented": {0, func() error { return w.documented(ts) }},
	}
	if len(args) == 0 || len(args)-1 != verbs[args[0]].args || verbs[args[0]].do == nil {
		ts.Fatalf("usage: redis %v", verbs)
	}
	ts.Check(verbs[args[0]].do())
}

// client reaches the script's Redis, past any proxy.
func (w *world) client() redis.UniversalClient {
	return redis.NewUniversalClient(&redis.UniversalOptions{Addrs: strings.Split(w.redisAddr, ",")})
}

// ask has the script's Redis do something.
func (w *world) ask(words ...any) error {
	return w.direct(func(c redis.UniversalClient) error { return c.Do(context.Background(), words...).Err() })
}

func (w *world) direct(do func(redis.UniversalClient) error) error {
	c := w.client()
	defer c.Close()
	return do(c)
}

// cluster puts a cluster in place of the script's Redis.
func (w *world) cluster(ts *testscript.TestScript) error {
	nodes := redistest.StartCluster(w.t)
	w.redisAddr = strings.Join(nodes.Addrs(), ",")
	ts.Setenv("PLENARY_REDIS_URL", nodes.URL())
	return nil
}

// intercept puts a proxy in front of the script's Redis.
func (w *world) intercept(ts *testscript.TestScript) error {
	w.proxy = redistest.NewProxy(w.t, w.redisAddr)
	ts.Setenv("PLENARY_REDIS_URL", "redis://"+w.proxy.Addr+"/0")
	return nil
}

// writing tells whether a command of ours may change something.
func writing(c redistest.Command) bool {
	for _, reads := range []string{"ping", "info", "config", "hello", "client", "select", "get", "hget", "hgetall", "hmget", "smembers", "xreadgroup",
		"zrange", "zrangebyscore", "xlen", "scard", "zcard", "strlen", "getrange", "script", "exists", "hkeys", "hvals", "bitcount", "time"} {
		if c.Is(reads) {
			return false
		}
	}
	return true
}

// saying answers what may write with an error.
func saying(text string) func(redistest.Command) redistest.Fault {
	return func(c redistest.Command) redistest.Fault {
		if writing(c) {
			return redistest.Fault{Answer: "-" + text}
		}
		return redistest.Fault{}
	}
}

// losing does the next n writes and loses their answers.
func losing(n string) func(redistest.Command) redistest.Fault {
	var done atomic.Int64
	most, _ := strconv.ParseInt(n, 10, 64)
	return func(c redistest.Command) redistest.Fault {
		return redistest.Fault{Lose: writing(c) && done.Add(1) <= most}
	}
}

// replicated tells of replicas that there are not.
func replicated(n, synced string) func(redistest.Command) redistest.Fault {
	text := func(s string) redistest.Fault { return redistest.Fault{Answer: fmt.Sprintf("$%d\r\n%s", len(s), s)} }
	return func(c redistest.Command) redistest.Fault {
		switch {
		case c.Is("info", "server"):
			return text("redis_version:7.2.4\r\nrun_id:one\r\n")
		case c.Is("info", "replication"):
			return text("role:master\r\nconnected_slaves:" + n + "\r\n")
		case c.Is("waitaof"):
			return redistest.Fault{Answer: "*2\r\n:1\r\n:" + synced}
		}
		return redistest.Fault{}
	}
}

// documented holds every key against the tables of the KEYS.md files.
func (w *world) documented(ts *testscript.TestScript) error {
	var rows []*regexp.Regexp
	var kinds []string
	row := regexp.MustCompile("(?m)^(?:\\| (`[^|]+`) \\| ([a-z ]+) \\||//\t(\\{\\S+)\\s+([a-z]+)  )")
	for _, file := range []string{"lists/store/KEYS.md", "smtp/queue/KEYS.md", "lists/archive/doc.go"} {
		doc, err := os.ReadFile("../../" + file)
		if err != nil {
			return err
		}
		for _, found := range row.FindAllStringSubmatch(string(doc), -1) {
			for _, key := range regexp.MustCompile("[^`, ]+").FindAllString(found[1]+found[3], -1) {
				// A name in capitals stands for anything but a colon; at the end for anything.
				pattern := regexp.MustCompile(`[A-Z]+$`).ReplaceAllString(regexp.QuoteMeta(key), ".+")
				pattern = regexp.MustCompile(`[A-Z]+`).ReplaceAllString(pattern, "[^:]+")
				rows = append(rows, regexp.MustCompile("^"+pattern+"$"))
				kinds = append(kinds, strings.Replace(found[2]+found[4], "sorted set", "zset", 1))
			}
		}
	}
	return w.direct(func(c redis.UniversalClient) error {
		ctx := context.Background()
		keys, err := redistest.Keys(ctx, c)
		if err != nil {
			return err
		}
		unknown := 0
	each:
		for _, key := range keys {
			kind, err := c.Type(ctx, key).Result()
			if err != nil {
				return err
			}
			for i, row := range rows {
				if kind == "none" || row.MatchString(key) && kinds[i] == kind {
					continue each
				}
			}
			unknown++
			fmt.Fprintf(ts.Stderr(), "%s, a %s, is in no KEYS.md\n", key, kind)
		}
		fmt.Fprintf(ts.Stdout(), "%d keys, %d of them not documented\n", len(keys), unknown)
		if unknown > 0 {
			return fmt.Errorf("%d keys of %d are in no KEYS.md", unknown, len(keys))
		}
		return nil
	})
}
