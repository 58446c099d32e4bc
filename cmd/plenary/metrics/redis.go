package metrics

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a hook for a client: it counts round trips and how long they take,
// a pipeline as one.
func (m *Metrics) Redis() redis.Hook { return hook{m} }

type hook struct{ m *Metrics }

func (h hook) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmd)
		h.m.trip(family(cmd), began, err)
		return err
	}
}

func (h hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		began := time.Now()
		err := next(ctx, cmds)
		family := "pipeline"
		if len(cmds) > 0 && families[cmds[0].Name()] == "connect" {
			family = "connect"
		}
		h.m.trip(family, began, err)
		return err
	}
}

func (m *Metrics) trip(family string, began time.Time, err error) {
	m.trips.WithLabelValues(family).Observe(time.Since(began).Seconds())
	// A script that Redis does not know yet is sent to it and run again; a group
	// that is there is as good as one made; what fails while connecting fails the
	// command that needs the connection.
	if err != nil && family != "connect" && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "NOSCRIPT") && !redis.HasErrorPrefix(err, "BUSYGROUP") {
		m.faults.WithLabelValues(family).Inc()
	}
}

// families are the commands whose name does not tell what they work on.
var families = map[string]string{
	"eval": "script", "evalsha": "script", "eval_ro": "script", "evalsha_ro": "script", "script": "script", "fcall": "script",
	"get": "string", "set": "string", "setnx": "string", "mget": "string", "getrange": "string", "setrange": "string", "incr": "string", "incrby": "string",
	"setbit": "string", "getbit": "string", "bitcount": "string", "getdel": "string", "strlen": "string",
	"del": "key", "exists": "key", "expire": "key", "pexpire": "key", "persist": "key", "scan": "key", "type": "key", "ttl": "key", "pttl": "key", "unlink": "key",
	"sadd": "set", "srem": "set", "smembers": "set", "scard": "set", "sismember": "set", "sscan": "set",
	"waitaof": "sync", "wait": "sync",
	"hello": "connect", "client": "connect", "auth": "connect", "select": "connect", "readonly": "connect",
}

// family is what a command works on: a bounded set of words.
func family(cmd redis.Cmder) string {
	name := cmd.Name()
	if f, ok := families[name]; ok {
		return f
	}
	switch {
	case strings.HasPrefix(name, "xread") && blocks(cmd):
		return "wait"
	case strings.HasPrefix(name, "x"):
		return "stream"
	case strings.HasPrefix(name, "h"):
		return "hash"
	case strings.HasPrefix(name, "z"):
		return "sorted_set"
	}
	return "other"
}

func blocks(cmd redis.Cmder) bool {
	for _, a := range cmd.Args() {
		if s, ok := a.(string); ok && s == "block" {
			return true
		}
	}
	return false
}
