package main

import (
	"context"
	"fmt"
	"time"

	"plenary/digest/progress"
	"plenary/digest/weekly"
	"plenary/lists"
	"plenary/lists/command"
	"plenary/lists/store"
)

// commands builds what reads commands and answers to questions.
func (s *service) commands() (*command.Handler, error) {
	return command.New(command.Config{
		Site: s.site, Trust: s.cfg.Commands.Trust == "dmarc", Desk: s.desk, Reader: s.store, Outbox: s.queue, Limiter: s.store, Guesses: s.store,
		Digest: previewer{s.weekly, s.store}, Record: recorder{s.store}, Split: progress.SplitStep, Now: s.now, Log: s.log,
	})
}

// shownRecord is how much of a group's record a mail shows.
const shownRecord = 20

// recorder tells a group's record.
type recorder struct{ store *store.Store }

func (r recorder) Record(ctx context.Context, l lists.List) (string, error) {
	entries, err := r.store.Progress(ctx, l.ID, time.Time{}, time.Time{})
	return progress.History(l, entries, shownRecord), err
}

// previewer shows the digest due next as text.
type previewer struct {
	sender *weekly.Sender
	dir    interface {
		Directory(ctx context.Context) (*lists.Directory, error)
	}
}

func (p previewer) Preview(ctx context.Context, mainID string) (string, error) {
	dir, err := p.dir.Directory(ctx)
	if err != nil {
		return "", err
	}
	main, ok := dir.ByID(mainID)
	if !ok {
		return "", fmt.Errorf("preview the digest of %s: %w", mainID, lists.ErrNotFound)
	}
	mail, err := p.sender.Preview(ctx, main, p.sender.Next())
	if err != nil {
		return "", err
	}
	return mail.Subject + "\n\n" + mail.Text, nil
}
