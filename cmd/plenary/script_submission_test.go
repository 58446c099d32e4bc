package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"

	"plenary/smtp/deliver/sink"
)

// resendVerb sends the newest mail to an address on to another, as it came and
// with the envelope sender it came with: what a forwarder does, or the server
// of another site's list. Without FIELD is for one that takes such fields off.
func resendVerb(ts *testscript.TestScript, neg bool, args []string) {
	via, without := ts.Getenv("SMTP"), ""
	for len(args) > 2 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-via" {
			via = args[1]
		} else {
			without = args[1]
		}
		args = args[2:]
	}
	if len(args) < 2 {
		ts.Fatalf("usage: resend [-via ADDR] [-without FIELD] FROM-WHOM TO [REGEXP]")
	}
	var found []sink.Mail
	re := pattern(ts, args[2:])
	until(ts, "a mail to "+args[0], func() bool {
		found = mailsTo(worldOf(ts).sink.Mails(), args[0], re)
		return len(found) > 0
	})
	m := found[len(found)-1]
	trace := fmt.Sprintf("Received: from lists.example.org by forwarder.example; %s\n", time.Now().Format(time.RFC1123Z))
	give(ts, neg, via, m.From, []string{args[1]}, append([]byte(trace), withoutField(m.Data, without)...))
}

// withoutField is a mail without the fields whose names match, folds included.
func withoutField(mail []byte, names string) []byte {
	if names == "" {
		return mail
	}
	head, body, _ := bytes.Cut(mail, []byte("\r\n\r\n"))
	field := regexp.MustCompile(`(?im)^(` + names + `):.*\r\n([ \t].*\r\n)*`)
	return bytes.Join([][]byte{field.ReplaceAll(append(head, "\r\n"...), nil), body}, []byte("\r\n"))
}

// configVerb writes what stands in a file after the script's own settings into
// the configuration of servers that are started from now on. Each WORD of
// $NAME form there has its variable's value; names that have none yet, and end
// in _PORT, get a free address.
func configVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: config FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), func(name string) string {
		value := ts.Getenv(name)
		if value == "" && strings.HasSuffix(name, "_PORT") {
			free, err := freePorts(1)
			ts.Check(err)
			value = free[0]
			ts.Setenv(name, value)
		}
		return value
	})
	file := ts.MkAbs("plenary-" + filepath.Base(args[0]))
	ts.Check(os.WriteFile(file, []byte(text), 0o600))
	ts.Setenv("PLENARY_CONFIG", file)
	fmt.Fprintln(ts.Stdout(), text)
}

// redisgrepVerb fails where a word stands anywhere in this script's Redis, but
// in what ends by itself: letters and posts that were sent, what was set once.
func redisgrepVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: redisgrep WORD")
	}
	rdb := redis.NewClient(&redis.Options{Addr: worldOf(ts).redisAddr})
	defer rdb.Close()
	ctx := context.Background()
	word := strings.ToLower(args[0])
	keys := rdb.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		key := keys.Val()
		if ttl := rdb.TTL(ctx, key).Val(); ttl > 0 {
			continue
		}
		value, err := held(ctx, rdb, key)
		ts.Check(err)
		if strings.Contains(strings.ToLower(key+value), word) {
			ts.Fatalf("%s stands in %s", args[0], key)
		}
	}
	ts.Check(keys.Err())
}

// held is all that a key holds, in words.
func held(ctx context.Context, rdb *redis.Client, key string) (string, error) {
	kind, err := rdb.Type(ctx, key).Result()
	if err != nil {
		return "", err
	}
	read := map[string]redis.Cmder{
		"string": redis.NewCmd(ctx, "GET", key), "hash": redis.NewCmd(ctx, "HGETALL", key), "set": redis.NewCmd(ctx, "SMEMBERS", key),
		"zset": redis.NewCmd(ctx, "ZRANGE", key, 0, -1), "list": redis.NewCmd(ctx, "LRANGE", key, 0, -1), "stream": redis.NewCmd(ctx, "XRANGE", key, "-", "+"),
	}[kind]
	switch {
	case kind == "none": // it has just expired
		return "", nil
	case read == nil:
		return "", fmt.Errorf("%s is a %s", key, kind)
	}
	if err := rdb.Process(ctx, read); err != nil && !errors.Is(err, redis.Nil) {
		return "", err
	}
	return fmt.Sprint(read.(*redis.Cmd).Val()), nil
}

// noaddressVerb fails where an address of one of these domains stands in any
// line that a server has logged at info level or below.
func noaddressVerb(ts *testscript.TestScript, _ bool, args []string) {
	said, err := os.ReadFile(ts.MkAbs("one.log"))
	ts.Check(err)
	lines := strings.Split(string(said), "\n")
	if len(lines) < 20 {
		ts.Fatalf("the log has %d lines only:\n%s", len(lines), said)
	}
	address := regexp.MustCompile(`(?i)[a-z0-9._+-]+@(` + strings.ReplaceAll(strings.Join(args, "|"), ".", `\.`) + `)\b`)
	ids := regexp.MustCompile(`message="?<?[^ ]*`) // Message-IDs look like addresses
	for _, line := range lines {
		if found := address.FindString(ids.ReplaceAllString(line, "")); found != "" && !strings.Contains(line, "level=ERROR") {
			ts.Fatalf("%s stands in the log: %s", found, line)
		}
	}
}
