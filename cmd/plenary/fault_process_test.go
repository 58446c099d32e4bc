//go:build faults

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// faultProcess is a program of a world that is killed and started again.
type faultProcess struct {
	w       *faultWorld
	name    string
	program string
	env     []string
	busy    sync.Mutex // held while something is broken of it

	mu      sync.Mutex
	cmd     *exec.Cmd
	stdin   io.Closer
	ended   chan struct{}
	wanted  bool  // it should run
	said    int64 // size of its log when it was started last
	retries int   // starts that failed, as they may while Redis is away
}

func (p *faultProcess) log() string { return filepath.Join(p.w.dir, p.name+".log") }

// start starts the program. One that ends by itself before it was ready is
// started again, as a supervisor would; one that was ready may not end.
func (p *faultProcess) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.launch()
}

// launch does it, with the lock held.
func (p *faultProcess) launch() error {
	path, err := exec.LookPath(p.program)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(p.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	at, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	cmd := exec.Command(path)
	cmd.Dir, cmd.Stderr, cmd.Env = p.w.dir, log, append(others(os.Environ()), p.env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	if p.cmd == nil {
		p.w.t.Cleanup(p.kill)
	}
	p.cmd, p.stdin, p.ended, p.wanted, p.said = cmd, stdin, ended, true, at
	go p.watch(cmd, ended)
	return nil
}

// others are the variables that are not the driver's own.
func others(env []string) []string {
	return append(slices.DeleteFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "PLENARY_FAULT_") }), "GORACE="+raceOptions)
}

// watch sees the program end.
func (p *faultProcess) watch(cmd *exec.Cmd, ended chan struct{}) {
	err := cmd.Wait()
	close(ended)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.wanted || p.cmd != cmd:
	case p.isReady():
		p.w.t.Errorf("%s ended by itself: %v\n%s", p.name, err, p.w.logs())
	default:
		p.retries++
		time.Sleep(200 * time.Millisecond)
		if err := p.launch(); err != nil {
			p.w.t.Errorf("starting %s again: %v", p.name, err)
		}
	}
}

// ready tells whether the program has said that it is, since it was started.
func (p *faultProcess) ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.isReady()
}

func (p *faultProcess) isReady() bool {
	text, err := os.ReadFile(p.log())
	return err == nil && int64(len(text)) >= p.said && bytes.Contains(text[p.said:], []byte("msg=ready"))
}

// kill ends it at once.
func (p *faultProcess) kill() {
	p.mu.Lock()
	p.wanted = false
	cmd, ended := p.cmd, p.ended
	p.mu.Unlock()
	_ = cmd.Process.Kill() // it may have ended already
	<-ended
}

func (p *faultProcess) signal(sig os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// drain ends it by SIGTERM; what was ready must end well.
func (p *faultProcess) drain() error {
	p.mu.Lock()
	p.wanted = false
	cmd, ended, ready := p.cmd, p.ended, p.isReady()
	p.mu.Unlock()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended:
	case <-time.After(faultPatience):
		return fmt.Errorf("%s did not end after SIGTERM\n%s", p.name, p.w.logs())
	}
	if code := cmd.ProcessState.ExitCode(); ready && code != 0 {
		return fmt.Errorf("%s ended with %d after SIGTERM\n%s", p.name, code, p.w.logs())
	}
	return nil
}

func (p *faultProcess) ways(how string) (breaks, mends func() error) {
	nothing := func() error { return nil }
	switch how {
	case "kill":
		return func() error { p.kill(); return nil }, p.start
	case "stop":
		return func() error { return p.signal(syscall.SIGSTOP) }, func() error { return p.signal(syscall.SIGCONT) }
	case "term":
		return p.drain, p.start
	}
	return func() error {
		if !p.ready() {
			return nil // SIGHUP would kill it
		}
		return p.signal(syscall.SIGHUP)
	}, nothing
}

// faultServer is a server with its ways to Redis and to the sink.
type faultServer struct {
	faultProcess
	smtp                string
	toRedis, toSink     *cable
	redisBusy, sinkBusy sync.Mutex
}

func newFaultServer(w *faultWorld, name, sinkAddr string) (*faultServer, error) {
	s := &faultServer{}
	var err error
	if s.toRedis, err = lay(w.redis.Addr); err != nil {
		return nil, err
	}
	w.t.Cleanup(s.toRedis.close)
	if s.toSink, err = lay(sinkAddr); err != nil {
		return nil, err
	}
	w.t.Cleanup(s.toSink.close)
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	s.smtp = ports[0]
	s.faultProcess = faultProcess{w: w, name: name, program: "faultserve", env: []string{
		"PLENARY_CONFIG=", "PLENARY_DOMAIN=" + faultDomain, "PLENARY_DATA_DIR=" + filepath.Join(w.dir, "data"), "PLENARY_ADMINS=admin@example.org",
		"PLENARY_REDIS_URL=redis://" + s.toRedis.addr + "/0", "PLENARY_REDIS_DURABILITY=strict",
		"PLENARY_SMTP_LISTEN=" + s.smtp, "PLENARY_HTTP_LISTEN=" + ports[1], "PLENARY_HTTP_BASE_URL=http://" + ports[1], "PLENARY_IMAP_LISTEN=" + ports[2],
		"PLENARY_DNS_RESOLVER=" + ports[3], "PLENARY_DELIVERY_RELAY=" + s.toSink.addr, "PLENARY_DELIVERY_RELAY_TLS=none",
	}}
	return s, nil
}
