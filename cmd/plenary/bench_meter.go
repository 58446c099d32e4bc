package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// meter reads what server and Redis have used so far: the server's CPU from
// /proc, Redis's and its counts from INFO, fsyncs from strace's files.
type meter struct {
	pid    int           // the server's, 0 unknown
	rdb    *redis.Client // nil unknown
	traces []string      // files of strace: Redis's, the server's
}

// reading is what a meter showed.
type reading struct {
	server, redis   time.Duration
	commands, reads int64
	syncs           []int
}

func (m meter) read(ctx context.Context) (r reading, err error) {
	if m.pid != 0 {
		r.server = cpuOf(m.pid)
	}
	if m.rdb != nil {
		info, err := m.rdb.Info(ctx, "cpu", "stats").Result()
		if err != nil {
			return r, fmt.Errorf("read the figures of Redis: %w", err)
		}
		f := fieldsOf(info)
		for _, name := range []string{"used_cpu_sys", "used_cpu_user"} {
			s, _ := strconv.ParseFloat(f[name], 64)
			r.redis += time.Duration(s * float64(time.Second))
		}
		r.commands, _ = strconv.ParseInt(f["total_commands_processed"], 10, 64)
		r.reads, _ = strconv.ParseInt(f["total_reads_processed"], 10, 64)
	}
	for _, name := range m.traces {
		text, err := os.ReadFile(name)
		if err != nil {
			return r, err
		}
		r.syncs = append(r.syncs, bytes.Count(text, []byte("sync(")))
	}
	return r, nil
}

// add adds what was used between two readings for n things to the cost of one.
func (c *cost) add(a, b reading, n int) {
	each := 1 / float64(n)
	c.ServerCPU += float64((b.server - a.server).Microseconds()) * each
	c.RedisCPU += float64((b.redis - a.redis).Microseconds()) * each
	c.Commands += float64(b.commands-a.commands) * each
	c.Reads += float64(b.reads-a.reads) * each
	if len(b.syncs) == 2 {
		for i, p := range []**float64{&c.RedisSyncs, &c.ServerSyncs} {
			if *p == nil {
				*p = new(float64)
			}
			**p += float64(b.syncs[i]-a.syncs[i]) * each
		}
	}
}

// meter is the meter of what the bed started.
func (b *bed) meter() meter {
	m := meter{pid: b.server.Process.Pid, rdb: b.rdb}
	if b.strace && b.redis != nil {
		m.traces = []string{b.traceFile("redis"), b.traceFile("server")}
	}
	return m
}

// meter is the meter of a server that runs without us.
func (c benchBase) meter() meter {
	m := meter{pid: c.PID}
	if c.Redis != "" {
		m.rdb = redis.NewClient(&redis.Options{Addr: c.Redis})
	}
	return m
}

// ticks of the clock that /proc counts by, a second: 100 on every Linux.
const ticks = 100

// cpuOf is the CPU time that a process has used; 0 unknown.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before may hold blanks
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks
}

// peakRSS is the most memory that a process has had, in octets; 0 unknown.
func peakRSS(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if pid == 0 || err != nil {
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

// usedMemory is what Redis has in use, in octets.
func usedMemory(ctx context.Context, b *bed) (int64, error) {
	info, err := b.rdb.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(fieldsOf(info)["used_memory"], 10, 64)
}

// fieldsOf reads what INFO gives.
func fieldsOf(info string) map[string]string {
	f := map[string]string{}
	for _, line := range strings.Split(info, "\r\n") {
		if k, v, ok := strings.Cut(line, ":"); ok {
			f[k] = v
		}
	}
	return f
}
