package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"plenary/digest/board"
	"plenary/digest/weekly"
	"plenary/lists"
	"plenary/lists/archive"
	"plenary/smtp/message"
)

// boardFor is how long a board is shown before it is made anew: many may look
// at it, and it takes some questions to Redis for each group.
const boardFor = 15 * time.Second

// boards are the boards of the families and the digests that were sent, as
// pages and the command line show them.
type boards struct {
	weekly  *weekly.Sender
	archive *archive.Archive
	now     func() time.Time

	mu   sync.Mutex
	made map[string]*madeBoard
}

// madeBoard is a main list's board, made by one asker at a time.
type madeBoard struct {
	mu    sync.Mutex
	at    time.Time
	board lists.Board
}

func newBoards(w *weekly.Sender, ar *archive.Archive, now func() time.Time) *boards {
	return &boards{weekly: w, archive: ar, now: now, made: map[string]*madeBoard{}}
}

// Board is the family as it stood at most boardFor ago.
func (b *boards) Board(ctx context.Context, main lists.List) (lists.Board, error) {
	b.mu.Lock()
	m := b.made[main.ID]
	if m == nil {
		m = &madeBoard{}
		b.made[main.ID] = m
	}
	b.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.at.IsZero() && b.now().Sub(m.at) < boardFor {
		return m.board, nil
	}
	facts, err := b.weekly.Facts(ctx, main)
	if err != nil {
		return lists.Board{}, err
	}
	m.at, m.board = b.now(), board.Of(facts)
	return m.board, nil
}

// maxDigestText is how much of a digest a feed holds.
const maxDigestText = 256 << 10

// Digests are the last digests that stand in the archive, the newest first.
func (b *boards) Digests(ctx context.Context, main lists.List, limit int) ([]lists.BoardDigest, error) {
	sheets, err := b.weekly.Sheets(ctx, main, limit)
	if err != nil {
		return nil, err
	}
	var sent []lists.BoardDigest
	for _, s := range sheets {
		post, err := b.digestPost(ctx, main.ID, s)
		if errors.Is(err, lists.ErrNotFound) {
			continue // the list keeps no archive, or kept none then
		}
		if err != nil {
			return nil, err
		}
		raw, err := b.archive.Get(ctx, main.ID, post.UID)
		if errors.Is(err, lists.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d := lists.BoardDigest{Week: s.Week, At: s.At, Subject: post.Subject, Code: post.Code}
		if m, err := message.Parse(raw); err == nil {
			d.Text = m.Text(maxDigestText)
		}
		sent = append(sent, d)
	}
	return sent, nil
}

// digestPost is a digest's post. A Message-ID could be any post's: it counts
// only where an older version recorded nothing better.
func (b *boards) digestPost(ctx context.Context, listID string, s weekly.Sheet) (lists.ArchivedPost, error) {
	if s.Code == "" {
		return b.archive.ByMessageID(ctx, listID, s.MessageID)
	}
	return b.archive.ByCode(ctx, listID, s.Code)
}

// Sent tells whether the post of this code is one of the digests that went
// out: its code follows from its octets, and they were recorded.
func (b *boards) Sent(ctx context.Context, main lists.List, code string) (bool, error) {
	sheets, err := b.weekly.Sheets(ctx, main, math.MaxInt)
	return slices.ContainsFunc(sheets, func(s weekly.Sheet) bool { return s.Code == code }), err
}
