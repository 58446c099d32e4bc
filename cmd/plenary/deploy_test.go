package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/cmd/plenary/redisopen"
	"plenary/lists/store/redistest"
)

const deploy = "../../deploy/"

func TestDeployedConfigurationsHaveNoFault(t *testing.T) {
	files, err := filepath.Glob(deploy + "*.toml")
	if err != nil || len(files) < 2 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		a := &app{file: file}
		if _, faults := a.load(); len(faults) > 0 {
			t.Errorf("%s:\n%v", file, faults)
		}
	}
}

func TestDeployedRedisIsDurable(t *testing.T) {
	text, err := os.ReadFile(deploy + "redis.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"appendonly yes", "appendfsync always", "no-appendfsync-on-rewrite no", "maxmemory-policy noeviction"} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("redis.conf lacks %q", line)
		}
	}
	if !redistest.Real() && os.Getenv("CI") == "" {
		return
	}
	file, err := filepath.Abs(deploy + "redis.conf")
	if err != nil {
		t.Fatal(err)
	}
	// What stands before is overridden by the snippet, as by an include at the end.
	s := redistest.Start(t, "--appendfsync", "everysec", "--include", file)
	addr := s.Client(t).(*redis.Client).Options().Addr
	c, err := redisopen.Open(t.Context(), redisopen.Options{Address: "redis://" + addr, Wait: time.Minute, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestDeployedUnitIsValid(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return // no systemd on this machine
	}
	unit, err := os.ReadFile(deploy + "plenary.service")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "plenary.service")
	here := strings.ReplaceAll(string(unit), "/usr/local/bin/plenary", program)
	if err := os.WriteFile(file, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(verify, "verify", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
