package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

// ledgerBatch is after how many recipients the bare sender writes its ledger.
const ledgerBatch = 50

// bareSender is the least that could do the same: connections that write the
// next envelope together with the final dot, and a bitmap in Redis for each
// batch of recipients, if there is a Redis.
type bareSender struct {
	to          *sink.Sink
	ledger      *redis.Client
	connections int
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
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.to.Addr())
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
	buf, bits := bareEnvelope(nil, first), make([]byte, 32)
	if _, err := conn.Write(buf); err != nil {
		return err
	}
	for n := first; n <= last; n++ {
		if err := replies(r, 3); err != nil {
			return err
		}
		buf = append(buf[:0], message...)
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
	token := lists.MemberToken([]byte("bare"), "bounce", l, lists.Number(n))
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
