package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"plenary/lists"
)

// benchBareCmd is the bare sender that bench fanout compares with. It is a
// process of its own, as the server is: the sink wakes both alike.
type benchBareCmd struct {
	To          string   `required:"" help:"Where the sink is."`
	Redis       string   `help:"Where the ledger is kept."`
	Connections int      `required:""`
	Members     int      `required:""`
	Size        int      `required:""`
	Keys        []string `help:"Files of the keys to sign by."`
}

// bareFigures is what it prints.
type bareFigures struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_us"` // of each recipient
}

func (c benchBareCmd) Run(a *app) error {
	s := bareSender{to: c.To, connections: c.Connections}
	for _, name := range c.Keys {
		key, err := readKey(name)
		if err != nil {
			return err
		}
		s.keys = append(s.keys, key)
	}
	if c.Redis != "" {
		s.ledger = redis.NewClient(&redis.Options{Addr: c.Redis})
		defer s.ledger.Close()
	}
	body, used, began := benchPost(0, c.Size), cpuOf(os.Getpid()), time.Now()
	if err := s.send(a.ctx, c.Members, body); err != nil {
		return err
	}
	return a.printJSON(bareFigures{time.Since(began).Seconds(), float64((cpuOf(os.Getpid()) - used).Microseconds()) / float64(c.Members)})
}

// bare has the bare sender send as much as the server did.
func (c benchFanoutCmd) bare(ctx context.Context, f *fanoutFigures, sink, ledger string, keys []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	want := c.Members * c.Posts
	cmd := exec.CommandContext(ctx, self, "bench", "bare", "--to", sink, "--redis", ledger, "--keys", strings.Join(keys, ","),
		"--connections", strconv.Itoa(c.Connections), "--members", strconv.Itoa(want), "--size", strconv.Itoa(c.Size))
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the bare sender: %w: %s", err, said.String())
	}
	var b bareFigures
	if err := json.Unmarshal(out.Bytes(), &b); err != nil {
		return fmt.Errorf("the bare sender: %w", err)
	}
	f.Bare, f.BareCPU = float64(want)/max(b.Seconds, 1e-9), b.CPU
	f.Ratio = f.Rate / f.Bare
	return nil
}

// ledgerBatch is after how many recipients the bare sender writes its ledger.
const ledgerBatch = 50

// bareSender is the least that could do the same: connections that write the
// next envelope together with the final dot, and a bitmap in Redis for each
// batch of recipients, if there is a Redis. With keys it signs what is sent to
// each recipient: one sum of a kibibyte of header, one signature by each key.
type bareSender struct {
	to          string
	ledger      *redis.Client
	connections int
	keys        []crypto.Signer
}

func (s bareSender) send(ctx context.Context, want int, body []byte) error {
	g, ctx := errgroup.WithContext(ctx)
	message := append(append([]byte{}, body...), ".\r\n"...)
	for w := range s.connections {
		g.Go(func() error {
			return s.connection(ctx, w*want/s.connections+1, (w+1)*want/s.connections, message)
		})
	}
	return g.Wait()
}

// connection sends to recipients number first to last.
func (s bareSender) connection(ctx context.Context, first, last int, message []byte) error {
	if first > last {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.to)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	r := bufio.NewReader(conn)
	if err := replies(r, 1); err != nil {
		return err
	}
	fmt.Fprint(conn, "EHLO bare\r\n")
	if err := replies(r, 1); err != nil {
		return err
	}
	buf, bits, header := bareEnvelope(nil, first), make([]byte, 32), make([]byte, 1024)
	if _, err := conn.Write(buf); err != nil {
		return err
	}
	for n := first; n <= last; n++ {
		if err := replies(r, 3); err != nil {
			return err
		}
		buf = buf[:0]
		if len(s.keys) > 0 {
			sum := sha256.Sum256(header)
			buf = fmt.Appendf(buf, "DKIM-Signature: b=%s\r\n", base64.StdEncoding.EncodeToString(signAll(s.keys, sum[:])))
		}
		buf = append(buf, message...)
		if n < last {
			buf = bareEnvelope(buf, n+1)
		}
		if _, err := conn.Write(buf); err != nil {
			return err
		}
		if err := replies(r, 1); err != nil {
			return err
		}
		if s.ledger != nil && (n%ledgerBatch == 0 || n == last) {
			if err := s.ledger.HSet(ctx, "bare", strconv.Itoa(n/ledgerBatch), bits).Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// bareEnvelope appends the commands for recipient n, whom the sender names.
func bareEnvelope(buf []byte, n int) []byte {
	l := lists.List{ID: "dc", Family: "dc", Name: "dc", Serial: 1}
	token := lists.MemberToken([]byte("bare"), lists.TokenBounce, l, lists.Number(n))
	return fmt.Appendf(buf, "MAIL FROM:<%s>\r\nRCPT TO:<m%d@bench.example>\r\nDATA\r\n", lists.RoleAddress(l, "bounces", token, benchDomain), n)
}

// replies reads n replies of any number of lines.
func replies(r *bufio.Reader, n int) error {
	for range n {
		for {
			line, err := r.ReadSlice('\n')
			if err != nil {
				return err
			}
			if len(line) < 4 || line[0] > '3' {
				return fmt.Errorf("the sink answered %q", line)
			}
			if line[3] == ' ' {
				break
			}
		}
	}
	return nil
}
