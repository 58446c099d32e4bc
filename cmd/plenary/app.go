package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/term"

	"plenary/cmd/plenary/config"
	"plenary/cmd/plenary/redisopen"
	"plenary/digest"
	"plenary/digest/personal"
	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/command"
	"plenary/lists/store"
)

// app is what a command has to work with. What it opens is closed when the
// command ends.
type app struct {
	ctx       context.Context
	in        io.Reader
	out, errs io.Writer
	now       func() time.Time
	file      string // -c
	environ   []string

	closers []func() error
}

func (a *app) close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		_ = a.closers[i]() // the command's own result is what counts
	}
}

// say writes one line for people on stdout.
func (a *app) say(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }

// warn writes one line for people on stderr.
func (a *app) warn(format string, args ...any) { fmt.Fprintf(a.errs, format+"\n", args...) }

// terminal tells whether somebody watches stderr.
func (a *app) terminal() bool {
	f, ok := a.errs.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// printJSON writes v as indented JSON; a nil slice is an empty list.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// load reads the configuration, each value looked at by who will use it.
func (a *app) load() (*config.Config, config.Faults) {
	return config.Load(a.file, a.environ,
		config.Check{Key: "redis.url", Of: redisopen.CheckAddress},
		config.Check{Key: "archive.bucket", Of: archive.CheckAddress},
		config.Check{Key: "digest.schedule", Of: func(s string) error {
			_, err := digest.ParseSchedule(s, nil)
			return err
		}},
		config.Check{Key: "digest.personal_weekly", Of: func(s string) error {
			_, err := digest.ParseSchedule(s, nil)
			return err
		}},
		config.Check{Key: "digest.personal_daily", Of: func(s string) error {
			_, err := personal.ParseClock(s, nil)
			return err
		}})
}

// config is the configuration; every fault that keeps it from being used is
// the error.
func (a *app) config() (*config.Config, error) {
	cfg, faults := a.load()
	if fatal := faults.Fatal(); len(fatal) > 0 {
		return nil, fatal
	}
	return cfg, nil
}

// cliWait is how long a command waits for Redis; the service waits longer.
const cliWait = 5 * time.Second

// redis opens the Redis that the configuration names.
func (a *app) redis() (*redisopen.Conn, *config.Config, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, nil, err
	}
	if cfg.Embedded() {
		return nil, nil, config.Faults{cfg.Fault("redis.url", `"embedded" is a Redis within the server's own process: no command can see into it; name a Redis of its own, as "redis://127.0.0.1:6379/0"`)}
	}
	rdb, err := redisopen.Open(a.ctx, redisopen.Options{Address: cfg.Redis.URL, Wait: cliWait, Relaxed: cfg.Relaxed()})
	if err != nil {
		return nil, nil, err
	}
	a.closers = append(a.closers, rdb.Close)
	return rdb, cfg, nil
}

// store opens the lists and people of the service that the configuration
// names.
func (a *app) store() (*store.Store, *config.Config, error) {
	rdb, cfg, err := a.redis()
	if err != nil {
		return nil, nil, err
	}
	st, err := store.Open(a.ctx, rdb, cfg.Site(), a.now)
	return st, cfg, err
}

// parts builds the service that the configuration names, without its doors:
// what a command puts in, the servers that run take further.
func (a *app) parts() (*service, error) {
	rdb, cfg, err := a.redis()
	if err != nil {
		return nil, err
	}
	closed := *cfg
	closed.SMTP.Listen, closed.SMTP.LMTP, closed.HTTP.Listen, closed.HTTP.Metrics, closed.IMAP.Listen, closed.Collect.Server = "", "", "", "", "", ""
	closed.SMTP.Submission, closed.SMTP.Submissions, closed.SMTP.TLSCert, closed.SMTP.TLSKey, closed.SMTP.ACME = "", "", "", "", false
	log := slog.New(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return newService(a.ctx, &closed, serviceOptions{Redis: rdb, Now: a.now, Log: log})
}

// partsFor builds the parts of the service, and finds the list named.
func (a *app) partsFor(word string) (*service, lists.List, error) {
	s, err := a.parts()
	if err != nil {
		return nil, lists.List{}, err
	}
	d, err := s.store.Directory(a.ctx)
	if err != nil {
		return nil, lists.List{}, err
	}
	l, err := find(d, word)
	return s, l, err
}

// find names a list as people do, or says which there are.
func find(d *lists.Directory, word string) (lists.List, error) {
	switch found := d.Find(word, ""); len(found) {
	case 1:
		return found[0], nil
	case 0:
		if near := command.NearestList(word, d.Lists); near != "" {
			return lists.List{}, fmt.Errorf("there is no list %q; did you mean %s? (plenary list ls shows those there are)", word, near)
		}
		return lists.List{}, fmt.Errorf("there is no list %q (plenary list ls shows those there are)", word)
	default:
		names := found[0].Name
		for _, l := range found[1:] {
			names += ", " + l.Name
		}
		return lists.List{}, fmt.Errorf("%q is the short name of several lists: write one of %s", word, names)
	}
}

// list opens the store and finds the list named.
func (a *app) list(word string) (*store.Store, *config.Config, lists.List, error) {
	st, cfg, err := a.store()
	if err != nil {
		return nil, nil, lists.List{}, err
	}
	d, err := st.Directory(a.ctx)
	if err != nil {
		return nil, nil, lists.List{}, err
	}
	l, err := find(d, word)
	return st, cfg, l, err
}

// notThere tells that what was named isn't there.
func notThere(err error) bool { return errors.Is(err, lists.ErrNotFound) }
