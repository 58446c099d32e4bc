package compose

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Members' copies signed on all cores, the body hashed before, held against
// the bare signatures that they are made with (DESIGN section 7: RSA-2048 ≥
// 0.9 of cores × bare, Ed25519 alone ≥ 0.7 of its ceiling). The two take turns,
// and the time of processors counts, which a busy machine leaves as it is.
func BenchmarkSeal(b *testing.B) {
	c := composer()
	copied := c.Compose(context.Background(), Post{Raw: []byte(plain + strings.Repeat("A line of some length.\r\n", 160)), List: maps()})
	personal := c.Personal(maps(), 42)
	sum := make([]byte, 32)
	for name, keys := range map[string][]SigningKey{"rsa": testKeys()[:1], "ed25519": testKeys()[1:], "both": testKeys()} {
		b.Run(name, func(b *testing.B) {
			s := signer()
			s.Keys = func() []SigningKey { return keys }
			seal := s.Seal(copied)
			bare := func() {
				for _, k := range keys {
					opts := crypto.SignerOpts(crypto.SHA256)
					if _, ok := k.Private.(ed25519.PrivateKey); ok {
						opts = crypto.Hash(0)
					}
					if _, err := k.Private.Sign(rand.Reader, sum, opts); err != nil {
						b.Error(err)
					}
				}
			}
			var spent [2]time.Duration
			const batch = 20
			for b.Loop() {
				for i, f := range []func(){bare, func() { seal(personal) }} {
					spent[i] += onAllCores(batch, f)
				}
			}
			b.ReportMetric(spent[0].Seconds()/spent[1].Seconds(), "of-bare")
			b.ReportMetric(float64(batch*runtime.GOMAXPROCS(0)*b.N)/spent[1].Seconds(), "copies/s/core")
		})
	}
}

// onAllCores is the time of processors that it takes to do f n times on each:
// not that of the clock, which others on the machine share.
func onAllCores(n int, f func()) time.Duration {
	began := processor()
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for range n {
				f()
			}
		})
	}
	all.Wait()
	return processor() - began
}

// processor is the time that this process has had of them.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A post's set of ARC fields, made once for all members.
func BenchmarkARC(b *testing.B) {
	c, s, v := composer(), signer(), seen
	copied := c.Compose(context.Background(), Post{Raw: []byte(plain + strings.Repeat("A line of some length.\r\n", 160)), List: maps()})
	for b.Loop() {
		s.ARC(copied, "lists.example.org", v, time.Unix(1_795_000_000, 0))
	}
}
