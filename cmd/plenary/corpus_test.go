package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"plenary/cmd/plenary/config"
	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// startService runs a service in this process, with a Redis and a sink of its
// own, and stops it at the end of the test.
func startService(t *testing.T) (s *service, far *sink.Sink) {
	t.Helper()
	far, err := sink.New(sink.Options{Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	cfg := config.Default()
	cfg.Domain, cfg.DataDir, cfg.Admins = "lists.example.org", t.TempDir(), []string{"admin@example.org"}
	cfg.DNS.Resolver = "127.0.0.1:1" // nobody answers
	cfg.SMTP.Listen, cfg.Delivery.Relay, cfg.Delivery.RelayTLS = "127.0.0.1:0", far.Addr(), "none"
	cfg.Archive.Bucket = "file://" + cfg.DataDir + "/archive"
	s, err = newService(t.Context(), cfg, serviceOptions{Redis: redistest.New(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Errorf("the service ended: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); run.Wait() })
	return s, far
}

// Every file of the shared corpus that the list takes arrives with its body
// byte for byte, over the whole way from SMTP to SMTP; the others are refused
// with a 5xx, or set aside for the owners, and never lost without a word.
func TestCorpusArrivesByteForByte(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/mail/mime/*/*")
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("../shared/mail/mime is absent")
		}
		t.Skip("../shared/mail/mime is absent")
	}
	s, far := startService(t)
	l, err := s.store.CreateList(t.Context(), lists.NewList{Name: "dc", Title: "DC", Post: lists.PostAnyone})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.store.Subscribe(t.Context(), l.ID, lists.NewMember{Address: "reader@example.org"}); err != nil {
		t.Fatal(err)
	}
	arrived, refused, held := 0, 0, 0
	for i, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		if len(raw) > 0 && !bytes.HasSuffix(raw, []byte("\r\n")) {
			raw = append(raw, "\r\n"...)
		}
		// Files that share a Message-ID and a body would rightly arrive once.
		head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		head = oldID.ReplaceAll(head, []byte("X-Old-ID:"))
		raw = fmt.Appendf(nil, "Message-ID: <file-%d@mark.example>\r\n%s\r\n\r\n%s", i, head, body)
		var reply *gosmtp.SMTPError
		err = sendMail(t.Context(), s.Addrs()["smtp"], "writer@example.org", []string{"dc@lists.example.org"}, raw)
		switch {
		case errors.As(err, &reply) && reply.Code >= 500:
			refused++
			continue
		case err != nil:
			t.Errorf("%s: %v", file, err)
			continue
		}
		copied := waitFor(t, s, far, fmt.Sprintf("Message-ID: <file-%d@mark.example>", i))
		if copied == nil {
			held++
			t.Logf("%s: taken, and not sent on", file)
			continue
		}
		arrived++
		if want, got := bodyOf(raw), bodyOf(copied); !bytes.Equal(got, want) {
			t.Errorf("%s: the body changed:\n got %.200q\nwant %.200q", file, got, want)
		}
	}
	t.Logf("%d arrived byte for byte, %d refused, %d taken and not sent on, of %d files", arrived, refused, held, len(files))
	if arrived < 100 {
		t.Errorf("only %d of %d files arrived", arrived, len(files))
	}
}

var oldID = regexp.MustCompile(`(?im)^message-id\s*:`)

// waitFor gives the copy with the mark, nil once nothing is under way.
func waitFor(t *testing.T, s *service, far *sink.Sink, mark string) []byte {
	t.Helper()
	find := func() []byte {
		for _, m := range far.Mails() {
			if bytes.Contains(m.Data, []byte(mark)) {
				return m.Data
			}
		}
		return nil
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if found := find(); found != nil {
			return found
		}
		waiting, err := s.queue.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(waiting) == 0 {
			return find()
		}
	}
	t.Fatalf("%s is still under way", mark)
	return nil
}

func bodyOf(raw []byte) []byte {
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return body
}
