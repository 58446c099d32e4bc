package redisopen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A Redis with replicas has taken a write only when replicas have it on disk
// too: else the one that takes over may lack what was answered 250 (DESIGN,
// invariant 7). So every write is followed by WAITAOF, in the same pipeline
// and so over the same connection to the same server; where that fails, the
// write has failed, and is tried again by whoever asked for it.

const (
	waitFor = 3 * time.Second  // how long replicas may take; less than the time to read an answer
	lookFor = 10 * time.Second // how often the replicas are counted
)

// WaitError says that a write is on the master, and not known to be on enough
// replicas.
type WaitError struct {
	Want, Have int // replicas that have it on disk
	Cause      error
}

func (e *WaitError) Error() string {
	s := fmt.Sprintf("written, but on the disk of %d replicas instead of %d", e.Have, e.Want)
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *WaitError) Unwrap() error { return e.Cause }

// asIs marks commands of the waiter's own, which pass its hook unchanged.
type asIs struct{}

// waiter is the hook of one server's client.
type waiter struct {
	client  *redis.Client
	fixed   string        // key of the mark; "" beside what is written, for a cluster's node
	looking chan struct{} // held by who counts the replicas

	mu     sync.Mutex
	run    string // the server process that was asked last
	most   int    // replicas it had at most: one that lost its replicas must not go on alone
	looked time.Time
}

// newWaiter is the hook that makes every write through a client wait.
func newWaiter(c *redis.Client, mark string) *waiter {
	return &waiter{client: c, fixed: mark, looking: make(chan struct{}, 1)}
}

// enough is how many replicas must have a write, so that most of the copies do.
func enough(replicas int) int { return (replicas + 1) / 2 }

// DialHook leaves connecting alone.
func (w *waiter) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook makes a pipeline of a write, so that its wait goes with it.
func (w *waiter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if ctx.Value(asIs{}) != nil || !writes(cmd) {
			return next(ctx, cmd)
		}
		n, _, err := w.need(ctx)
		switch {
		case err != nil:
			return err
		case n == 0:
			return next(ctx, cmd)
		}
		p := w.client.Pipeline()
		_ = p.Process(ctx, cmd)
		_, _ = p.Exec(ctx) // the command has its own error
		return cmd.Err()
	}
}

// ProcessPipelineHook puts the wait behind what is written.
func (w *waiter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		at := slices.IndexFunc(cmds, writes)
		if ctx.Value(asIs{}) != nil || at < 0 {
			return next(ctx, cmds)
		}
		n, run, err := w.need(ctx)
		switch {
		case err != nil:
			return fail(cmds, err)
		case n == 0:
			return next(ctx, cmds)
		case cmds[0].Name() == "multi":
			return w.transaction(ctx, next, cmds, cmds[at], n, run)
		}
		mark, wait := w.mark(ctx, cmds[at]), waitAOF(ctx, n)
		err = next(ctx, append(cmds[:len(cmds):len(cmds)], mark, wait))
		if short := w.judge(n, mark, wait); short != nil {
			failed := func(err error) bool { return err != nil && !errors.Is(err, redis.Nil) }
			if !failed(err) {
				err = short
			}
			stays := func(c redis.Cmder) bool { return failed(c.Err()) || !writes(c) }
			_ = fail(slices.DeleteFunc(slices.Clone(cmds), stays), short)
		}
		return err
	}
}

// fail gives commands an error.
func fail(cmds []redis.Cmder, err error) error {
	for _, c := range cmds {
		c.SetErr(err)
	}
	return err
}

// transaction waits for MULTI … EXEC, behind which nothing can be put: on any
// connection to the process that ran before it and runs still, since whatever
// is written there later is on no disk earlier.
func (w *waiter) transaction(ctx context.Context, next redis.ProcessPipelineHook, cmds []redis.Cmder, first redis.Cmder, n int, run string) error {
	if err := next(ctx, cmds); err != nil {
		return err
	}
	mark, wait := w.mark(ctx, first), waitAOF(ctx, n)
	info := redis.NewStringCmd(ctx, "info", "server")
	p := w.client.Pipeline()
	for _, c := range []redis.Cmder{info, mark, wait} {
		_ = p.Process(ctx, c)
	}
	_, _ = p.Exec(context.WithValue(ctx, asIs{}, true))
	err := w.judge(n, mark, wait)
	if is := fields(info.Val())["run_id"]; err == nil && is != run {
		err = &WaitError{Want: n, Cause: errors.New("another server has taken over meanwhile")}
	}
	if err != nil {
		return fail(cmds, err)
	}
	return nil
}

// mark is a write of no meaning. A write that was sent again after a lost
// answer, and finds itself done, writes nothing: WAITAOF alone would then wait
// for nothing.
func (w *waiter) mark(ctx context.Context, beside redis.Cmder) redis.Cmder {
	key := w.fixed
	if key == "" {
		key = tagOf(firstKey(beside.Args())) + ":waited"
	}
	return redis.NewStatusCmd(ctx, "set", key, "", "ex", 60)
}

func waitAOF(ctx context.Context, n int) *redis.IntSliceCmd {
	return redis.NewIntSliceCmd(ctx, "waitaof", 1, n, waitFor.Milliseconds())
}

// judge tells whether a wait was long enough; after one that was not, the
// replicas are counted anew.
func (w *waiter) judge(n int, mark redis.Cmder, wait *redis.IntSliceCmd) error {
	e := &WaitError{Want: n, Cause: mark.Err()}
	if e.Cause == nil {
		e.Cause = wait.Err()
	}
	if e.Cause == nil {
		got := wait.Val()
		if len(got) == 2 && got[0] >= 1 && int(got[1]) >= n {
			return nil
		}
		if len(got) == 2 {
			e.Have = int(got[1])
		}
		if len(got) != 2 || got[0] < 1 {
			e.Cause = errors.New("the master does not have it on disk")
		}
	}
	w.mu.Lock()
	w.looked = time.Time{}
	w.mu.Unlock()
	return e
}

// need tells how many replicas a write must wait for, and which process of
// Redis that was asked of. While one caller counts, others go by the count
// before.
func (w *waiter) need(ctx context.Context) (n int, run string, err error) {
	fresh, n, run := w.known()
	if fresh {
		return n, run, nil
	}
	if run != "" {
		select {
		case w.looking <- struct{}{}:
		default:
			return n, run, nil
		}
	} else {
		select {
		case w.looking <- struct{}{}:
		case <-ctx.Done():
			return 0, "", ctx.Err()
		}
	}
	defer func() { <-w.looking }()
	if fresh, n, run = w.known(); fresh { // another has counted meanwhile
		return n, run, nil
	}
	if err := w.look(ctx); err != nil {
		return 0, "", err
	}
	_, n, run = w.known()
	return n, run, nil
}

// known is what the last count told, and whether that was just now.
func (w *waiter) known() (fresh bool, n int, run string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.looked.IsZero() && time.Since(w.looked) < lookFor, enough(w.most), w.run
}

// look counts the replicas.
func (w *waiter) look(ctx context.Context) error {
	info, err := infoOf(context.WithValue(ctx, asIs{}, true), w.client)
	if err != nil {
		return fmt.Errorf("counting the replicas of Redis: %w", err)
	}
	replicas, _ := strconv.Atoi(info["connected_slaves"])
	w.mu.Lock()
	defer w.mu.Unlock()
	if info["run_id"] != w.run {
		w.run, w.most = info["run_id"], 0
	}
	w.most, w.looked = max(w.most, replicas), time.Now()
	return nil
}

// writes tells whether a command may write what must not be lost. What reads,
// and what only says who works on an entry of a stream, need not wait; a
// command that is not known here waits.
func writes(c redis.Cmder) bool {
	name := strings.ToLower(c.Name())
	switch name {
	case "ping", "info", "config", "command", "time", "hello", "client", "cluster", "auth", "select", "readonly", "asking", "script",
		"multi", "exec", "discard", "watch", "unwatch", "wait", "waitaof", "dbsize", "memory", "debug",
		"exists", "type", "ttl", "pttl", "get", "mget", "strlen", "getrange", "getbit", "bitcount",
		"smembers", "scard", "sismember", "smismember", "xlen", "xrange", "xrevrange", "xpending", "xinfo", "xreadgroup", "xgroup", "xack":
		return false
	}
	return !readPrefix(name)
}

// readPrefix knows the families of commands that read.
func readPrefix(name string) bool {
	for _, family := range []string{"hget", "hmget", "hkeys", "hvals", "hlen", "hexists", "hscan", "hstrlen", "zrange", "zrevrange", "zscore", "zmscore",
		"zcard", "zcount", "zrank", "zscan", "sscan", "scan", "eval_ro", "evalsha_ro", "subscribe", "psubscribe"} {
		if strings.HasPrefix(name, family) {
			return name != "zrangestore" && name != "hgetdel" && name != "hgetex"
		}
	}
	return false
}

// firstKey finds the first key among a command's words.
func firstKey(args []any) string {
	at := 1
	if len(args) > 0 {
		switch name, _ := args[0].(string); strings.ToLower(name) {
		case "eval", "evalsha":
			at = 3
		}
	}
	if at >= len(args) {
		return ""
	}
	return fmt.Sprint(args[at])
}

// tagOf is the part of a key that names its slot in a cluster, in braces.
func tagOf(key string) string {
	if i := strings.IndexByte(key, '{'); i >= 0 {
		if j := strings.IndexByte(key[i+1:], '}'); j > 0 {
			return key[i : i+j+2]
		}
	}
	return "{" + key + "}"
}
