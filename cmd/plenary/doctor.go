package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"plenary/cmd/plenary/config"
	"plenary/cmd/plenary/redisopen"
	"plenary/lists/archive"
)

type doctorCmd struct {
	Records bool `help:"Print the DNS records that the site needs, as lines of a zone file, and look at nothing."`
}

// finding is what the doctor says of one thing.
type finding struct {
	what string // Redis, DNS …
	is   string // how it is
	mend string // how to mend it; "" where nothing is wrong
	note bool   // it runs all the same
}

// Run looks at everything that a service needs around it. It ends with 1
// where something must be mended.
func (c doctorCmd) Run(a *app) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if c.Records {
		keys, err := a.signingKeys(cfg)
		for _, line := range zoneFile(cfg, keys) {
			a.say("%s", line)
		}
		return err
	}
	var all []finding
	for _, f := range cfg.CheckFiles() {
		all = append(all, finding{"files", f.String(), "mend the file, or the key", false})
	}
	all = append(all, a.checkRedis(cfg)...)
	keys, err := a.signingKeys(cfg)
	if err != nil {
		all = append(all, finding{"DKIM", "the keys can't be read: " + err.Error(), "set dkim.secret as it was, or make others: plenary keys new --selector S", false})
	}
	all = append(all, checkDNS(a.ctx, cfg, keys)...)
	all = append(all, checkTLS(a.ctx, cfg, a.now())...)
	all = append(all, checkArchive(a.ctx, cfg)...)
	faults := 0
	for _, f := range all {
		word := "ok   "
		switch {
		case f.note:
			word = "note "
		case f.mend != "":
			word = "FAULT"
			faults++
		}
		a.say("%s  %-6s %s", word, f.what, f.is)
		for line := range strings.Lines(f.mend) {
			a.say("              → %s", strings.TrimRight(line, "\n"))
		}
	}
	if faults > 0 {
		a.warn("%s to mend.", count(faults, "fault"))
		return errSaid
	}
	return nil
}

// checkRedis looks at the durability of Redis, and at the clocks.
func (a *app) checkRedis(cfg *config.Config) []finding {
	if cfg.Embedded() {
		return []finding{{"Redis", "embedded: everything is gone when the server ends", "for more than a trial, name a Redis of its own in redis.url", true}}
	}
	rdb, err := redisopen.Open(a.ctx, redisopen.Options{Address: cfg.Redis.URL, Wait: cliWait, Durable: true, Relaxed: cfg.Relaxed()})
	if unsafe := (*redisopen.Unsafe)(nil); errors.As(err, &unsafe) {
		var found []finding
		for _, r := range unsafe.Risks {
			mend := "or write redis.durability = \"relaxed\" to run all the same"
			if r.Write != "" {
				mend = fmt.Sprintf("write in redis.conf: %s %s\n%s", r.Setting, r.Write, mend)
			}
			found = append(found, finding{"Redis", fmt.Sprintf("%s is %s: %s", r.Setting, r.Is, r.Loses), mend, false})
		}
		return found
	}
	if err != nil {
		return []finding{{"Redis", err.Error(), "start it, or correct redis.url", false}}
	}
	defer rdb.Close()
	is := "answers, and has on disk what it acknowledges"
	if len(rdb.Notes) > 0 {
		is = "answers, and may lose what it acknowledged: redis.durability is relaxed"
	}
	found := []finding{{what: "Redis", is: is}}
	for _, note := range rdb.Notes {
		found = append(found, finding{"Redis", note, "see deploy/redis.conf", true})
	}
	before := a.now()
	there, err := rdb.Time(a.ctx).Result()
	if err != nil {
		return append(found, finding{"clock", "Redis does not tell its time: " + err.Error(), "allow the command TIME", true})
	}
	if off := there.Sub(before).Abs(); off > 2*time.Second {
		return append(found, finding{"clock", fmt.Sprintf("this machine and Redis's are %v apart", off.Round(time.Second)),
			"run a time service on both (chrony, systemd-timesyncd): dates of digests and tokens rest on it", false})
	}
	return append(found, finding{what: "clock", is: "agrees with Redis's"})
}

// lowDisk is how much room there should be for mail to come.
const lowDisk = 1 << 30

// canWrite asks whether files can be made in a folder: write and pass through.
const canWrite = 2 | 1

// checkArchive looks whether the archive can be reached, and has room.
func checkArchive(ctx context.Context, cfg *config.Config) []finding {
	u, err := url.Parse(cfg.Archive.Bucket)
	if err == nil && u.Scheme == "file" {
		return checkDisk(u.Path)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := archive.OpenBucket(ctx, cfg.Archive.Bucket, archive.KeysFrom(os.Getenv)); err != nil {
		return []finding{{"S3", err.Error(), "mend that, or correct archive.bucket", false}}
	}
	return []finding{{what: "S3", is: "the bucket of the archive is there"}}
}

// checkDisk looks at the room in the archive's folder.
func checkDisk(path string) []finding {
	for { // the folder may not be made yet
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			break
		}
		path = filepath.Dir(path)
	}
	if err := syscall.Access(path, canWrite); err != nil {
		return []finding{{"disk", fmt.Sprintf("%s can't be written here: %v", path, err),
			"have the user that runs plenary serve own the folder (and run plenary doctor as that user), or name another in archive.bucket", false}}
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return []finding{{"disk", path + ": " + err.Error(), "correct archive.bucket", false}}
	}
	free := st.Bavail * uint64(st.Bsize)
	is := fmt.Sprintf("%d MiB free at %s", free>>20, path)
	if free < lowDisk {
		return []finding{{"disk", is, "make room: when it is full, accepted posts wait in Redis and none goes out", false}}
	}
	return []finding{{what: "disk", is: is}}
}
