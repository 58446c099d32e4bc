//go:build faults

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// account is what the sink has taken, read from its file as it is written.
type account struct {
	file string

	mu    sync.Mutex
	more  *sync.Cond
	got   map[string]map[string]int  // by key of the mail and recipient
	sums  map[string]map[string]bool // checksums of the bodies, by key
	first int                        // recipients served, a second time not counted
	read  int64                      // octets of the file
	over  bool
}

// follow reads the sink's file until the test ends.
func follow(t *testing.T, file string) *account {
	a := &account{file: file, got: map[string]map[string]int{}, sums: map[string]map[string]bool{}}
	a.more = sync.NewCond(&a.mu)
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() { a.follow(t, stop) })
	t.Cleanup(func() { close(stop); done.Wait() })
	return a
}

func (a *account) follow(t *testing.T, stop chan struct{}) {
	defer a.end()
	var f *os.File
	var rest []byte
	tick := time.NewTicker(8 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		if f == nil {
			var err error
			if f, err = os.Open(a.file); err != nil {
				continue // the sink has not made it yet
			}
			defer f.Close()
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Errorf("reading the sink's file: %v", err)
			return
		}
		if rest = append(rest, text...); len(text) > 0 {
			i := bytes.LastIndexByte(rest, '\n') + 1
			a.take(strings.Split(string(rest[:max(0, i-1)]), "\n"), i)
			rest = append([]byte(nil), rest[i:]...)
		}
	}
}

func (a *account) take(lines []string, octets int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		if a.got[f[0]] == nil {
			a.got[f[0]], a.sums[f[0]] = map[string]int{}, map[string]bool{}
		}
		if a.got[f[0]][f[2]]++; a.got[f[0]][f[2]] == 1 {
			a.first++
		}
		a.sums[f[0]][f[1]] = true
	}
	a.read += int64(octets)
	a.more.Broadcast()
}

// uptodate tells whether all that the sink has written was read: a line may be
// there, and its recipient settled, a moment before.
func (a *account) uptodate() bool {
	info, err := os.Stat(a.file)
	a.mu.Lock()
	defer a.mu.Unlock()
	return err == nil && a.read == info.Size()
}

func (a *account) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	a.more.Broadcast()
}

// reach waits until n recipients were served, or the test ends.
func (a *account) reach(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.first < n && !a.over {
		a.more.Wait()
	}
}

// reached tells how many recipients were served.
func (a *account) reached() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.first
}

// audit holds the mail of that key against those who should have it: each at
// least once and nobody else, with this checksum. Those who come and go may
// have it or not. It tells how many copies are too many, and how many of them
// one person has at most.
func (a *account) audit(key string, people, movers []string, sum string) (doubled, most int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.got[key]
	may := map[string]bool{}
	for _, p := range movers {
		may[p] = true
	}
	var missing []string
	for _, p := range people {
		if may[p] = true; got[p] == 0 && !slices.Contains(movers, p) {
			missing = append(missing, p)
		}
	}
	for p, n := range got {
		doubled, most = doubled+n-1, max(most, n-1)
		if !may[p] {
			return doubled, most, fmt.Errorf("%s: %s has it, who should not", key, p)
		}
	}
	switch {
	case len(missing) > 0:
		err = fmt.Errorf("%s: %d of %d have nothing: %.200s", key, len(missing), len(people), strings.Join(missing, " "))
	case sum != "" && (len(a.sums[key]) != 1 || !a.sums[key][sum]):
		err = fmt.Errorf("%s: its body arrived as %v, not %s", key, a.sums[key], sum)
	}
	return doubled, most, err
}

// keys are those of all mails taken.
func (a *account) keys() (keys []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k := range a.got {
		keys = append(keys, k)
	}
	return keys
}
