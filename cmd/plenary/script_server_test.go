package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// settings are the variables that a server of this name is started with.
func settings(ts *testscript.TestScript, name string) []string {
	env := append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	for _, key := range []string{"DOMAIN", "DATA_DIR", "ADMINS", "REDIS_URL", "REDIS_DURABILITY", "DELIVERY_RELAY", "DELIVERY_RELAY_TLS",
		"SMTP_LISTEN", "SMTP_LMTP", "IMAP_LISTEN", "HTTP_LISTEN", "HTTP_BASE_URL", "CONFIG", "COLLECT_SERVER", "COLLECT_USER", "COLLECT_PASSWORD", "COLLECT_TLS", "SMTP_MAX_BYTES"} {
		if v := ts.Getenv("PLENARY_" + key); v != "" {
			env = append(env, "PLENARY_"+key+"="+v)
		}
	}
	if name == "two" {
		env = append(env, "PLENARY_SMTP_LISTEN="+ts.Getenv("SMTP2"), "PLENARY_SMTP_LMTP="+ts.Getenv("LMTP2"),
			"PLENARY_IMAP_LISTEN="+ts.Getenv("IMAP2"), "PLENARY_HTTP_LISTEN="+ts.Getenv("HTTP2"))
	}
	return env
}

func nameOf(args []string) string {
	if len(args) == 0 {
		return "one"
	}
	return args[0]
}

func serveVerb(ts *testscript.TestScript, neg bool, args []string) {
	w, name := worldOf(ts), nameOf(args)
	program, err := exec.LookPath("plenary")
	ts.Check(err)
	cmd := exec.Command(program, "serve")
	cmd.Dir, cmd.Env = ts.MkAbs("."), settings(ts, name)
	log, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	w.servers[name] = cmd
	ts.Defer(func() {
		if w.servers[name] == cmd {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	ready, lines := make(chan bool, 1), new(strings.Builder)
	go func() {
		for in := bufio.NewScanner(log); in.Scan(); {
			if os.Getenv("PLENARY_TEST_LOG") != "" {
				_, _ = io.WriteString(os.Stderr, name+": "+in.Text()+"\n")
			}
			lines.WriteString(in.Text() + "\n")
			if strings.Contains(in.Text(), "msg=ready") {
				ready <- true
				lines = new(strings.Builder)
			}
		}
		ready <- false
	}()
	select {
	case up := <-ready:
		if !up {
			_ = cmd.Wait()
			w.servers[name] = nil
			_, _ = ts.Stderr().Write([]byte(lines.String()))
		}
		if up == neg {
			ts.Fatalf("server %s ready: %v", name, up)
		}
	case <-time.After(patience):
		ts.Fatalf("server %s did not get ready", name)
	}
}

func stopVerb(ts *testscript.TestScript, _ bool, args []string) {
	cmd := serverOf(ts, args)
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			ts.Fatalf("after SIGTERM the server ended with %v", err)
		}
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		ts.Fatalf("the server did not end after SIGTERM")
	}
	worldOf(ts).servers[nameOf(args)] = nil
}

func kill9Verb(ts *testscript.TestScript, _ bool, args []string) {
	cmd := serverOf(ts, args)
	ts.Check(cmd.Process.Kill())
	_ = cmd.Wait()
	worldOf(ts).servers[nameOf(args)] = nil
}

func serverOf(ts *testscript.TestScript, args []string) *exec.Cmd {
	cmd := worldOf(ts).servers[nameOf(args)]
	if cmd == nil {
		ts.Fatalf("server %s does not run", nameOf(args))
	}
	return cmd
}
