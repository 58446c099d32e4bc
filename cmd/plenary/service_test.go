package main

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"
)

// Doors are shut together: one whose clients are slow to leave, for which the
// whole time of draining is there, keeps none of the others open.
func TestDoorsShutTogether(t *testing.T) {
	s := &service{log: slog.New(slog.DiscardHandler)}
	var all sync.WaitGroup
	all.Add(3)
	for _, name := range []string{"smtp", "http", "imap"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s.doors = append(s.doors, door{name, l, func(ctx context.Context, l net.Listener) error {
			<-ctx.Done()
			return l.Close()
		}, func(context.Context) error {
			all.Done()
			all.Wait() // its clients stay until every door was told
			return nil
		}})
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a door waits for another")
	}
}
