package mailbox

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"
)

// A server that was never given a listener (IMAP is off, or the service could
// not be built) leaves nothing behind, though nobody shuts it down.
func TestNothingGoesOnBeforeServe(t *testing.T) {
	s := New(Config{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, newPeople(), newPosts())
	still := make(chan struct{})
	go func() {
		s.working.Wait()
		close(still)
	}()
	select {
	case <-still:
	case <-time.After(5 * time.Second):
		t.Error("something is at work")
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if s.Serve(context.Background(), ln) == nil {
		t.Error("served after Shutdown")
	}
}
