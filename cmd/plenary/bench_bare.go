package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"plenary/lists"
)

// ledgerBatch is after how many recipients the bare sender writes its ledger.
const ledgerBatch = 50

// bareSender is the least that could do the same: connections that write the
// next envelope together with the final dot, and a bitmap in Redis for each
// batch of recipients.
func bareSender(ctx context.Context, b *bed, connections, want int, body []byte) error {
	g, ctx := errgroup.WithContext(ctx)
	message := append(append([]byte{}, body...), ".\r\n"...)
	for w := range connections {
		g.Go(func() error {
			return bareConnection(ctx, b, w*want/connections+1, (w+1)*want/connections, message)
		})
	}
	return g.Wait()
}

func bareConnection(ctx context.Context, b *bed, first, last int, message []byte) error {
	if first > last {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.sink.Addr())
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
	l := lists.List{ID: "dc", Family: "dc", Name: "dc", Serial: 1}
	envelope := func(buf []byte, n int) []byte {
		token := lists.MemberToken([]byte("bare"), "bounce", l, lists.Number(n))
		return fmt.Appendf(buf, "MAIL FROM:<%s>\r\nRCPT TO:<m%d@bench.example>\r\nDATA\r\n", lists.RoleAddress(l, "bounces", token, benchDomain), n)
	}
	buf, bits := envelope(nil, first), make([]byte, 32)
	if _, err := conn.Write(buf); err != nil {
		return err
	}
	for n := first; n <= last; n++ {
		if err := replies(r, 3); err != nil {
			return err
		}
		buf = append(buf[:0], message...)
		if n < last {
			buf = envelope(buf, n+1)
		}
		if _, err := conn.Write(buf); err != nil {
			return err
		}
		if err := replies(r, 1); err != nil {
			return err
		}
		if n%ledgerBatch == 0 || n == last {
			if err := b.rdb.HSet(ctx, "bare", strconv.Itoa(n/ledgerBatch), bits).Err(); err != nil {
				return err
			}
		}
	}
	return nil
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

// greeted tells whether an SMTP server answers at the address.
func greeted(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "220 ") {
		err = errors.New(strings.TrimSpace(line))
	}
	return err
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// usedMemory is what Redis has in use, in octets.
func usedMemory(ctx context.Context, b *bed) (int64, error) {
	info, err := b.rdb.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(info, "\r\n") {
		if v, ok := strings.CutPrefix(line, "used_memory:"); ok {
			return strconv.ParseInt(v, 10, 64)
		}
	}
	return 0, errors.New("redis does not tell used_memory")
}
