package main

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"net"
	"runtime"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	gosmtp "github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"

	"plenary/smtp/keyring"
)

// load gives a server mail for one address, over connections that are used
// again and again.
type load struct {
	server, from, to string
	connections      int
}

// send sends n messages and gives how long it took until the last 250.
func (l load) send(ctx context.Context, n int, post func(i int) []byte) (time.Duration, error) {
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for w := range min(l.connections, n) {
		g.Go(func() error {
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.server)
			if err != nil {
				return err
			}
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			client := gosmtp.NewClient(conn)
			defer client.Close()
			for i := w; i < n; i += l.connections {
				if err := sendOne(client, l.from, l.to, post(i)); err != nil {
					return fmt.Errorf("message %d: %w", i, err)
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return time.Since(began), err
}

func sendOne(client *gosmtp.Client, from, to string, raw []byte) error {
	if err := client.Mail(from, nil); err != nil {
		return err
	}
	if err := client.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// benchAuthor writes all posts, and is the first member.
const benchAuthor = "m1@bench.example"

// benchPost is the i-th post, of about size octets.
func benchPost(i, size int) []byte { return benchMail(i, size, benchAuthor, "dc@"+benchDomain) }

func benchMail(i, size int, from, to string) []byte {
	now := time.Now()
	head := fmt.Sprintf("From: One <%s>\r\nTo: %s\r\nSubject: Bench %d\r\nMessage-ID: <bench-%d-%d@bench.example>\r\nDate: %s\r\n\r\n",
		from, to, i, i, now.UnixNano(), now.Format(time.RFC1123Z))
	line := "The quick brown fox jumps over the lazy dog, and the dog lets it.\r\n"
	return []byte(head + strings.Repeat(line, max(1, (size-len(head))/len(line))))
}

// signedPosts makes posts whose author's domain signs them, and asks that
// others be refused.
type signedPosts struct{ key crypto.Signer }

const (
	signedDomain = "signed.example"
	signedAuthor = "m1@" + signedDomain
)

func newSignedPosts(d *benchDNS) (*signedPosts, error) {
	keys, err := keyring.New("bench")
	if err != nil {
		return nil, err
	}
	record := keyring.RecordOf(keys[0], signedDomain)
	d.records[record.Name+"."] = record.Value
	d.records["_dmarc."+signedDomain+"."] = "v=DMARC1; p=reject"
	d.records[signedDomain+"."] = "v=spf1 ip4:127.0.0.1 -all"
	return &signedPosts{keys[0].Private}, nil
}

// make makes n of them, none like another; the first is number from.
func (s *signedPosts) make(from, n, size int) ([][]byte, error) {
	made := make([][]byte, n)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range made {
		g.Go(func() error {
			var out bytes.Buffer
			raw := benchMail(from+i, size, signedAuthor, "dc@"+benchDomain)
			err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: signedDomain, Selector: "bench", Signer: s.key,
				HeaderKeys:             []string{"From", "To", "Subject", "Date", "Message-ID"},
				HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
			made[i] = out.Bytes()
			return err
		})
	}
	return made, g.Wait()
}
