package weekly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/digest"
	"plenary/lists"
	"plenary/smtp"
)

// Facts is what a digest sent now would be made of.
func (s *Sender) Facts(ctx context.Context, main lists.List) (digest.Facts, error) {
	h, err := s.history(ctx, main)
	if err != nil {
		return digest.Facts{}, err
	}
	return s.facts(ctx, main, s.Next(), h, nextSecond(s.Now()))
}

// Sheet is a digest that went out.
type Sheet struct {
	Week      string
	At        time.Time
	MessageID string // without brackets, as it was posted
	Code      string // of the post in the archive; "" in records of older versions
}

// Sheets are the last digests that went out, the newest first.
func (s *Sender) Sheets(ctx context.Context, main lists.List, limit int) ([]Sheet, error) {
	entries, err := s.Reader.Progress(ctx, main.ID, main.Created.Add(-time.Second), time.Time{})
	if err != nil {
		return nil, fmt.Errorf("which digests of %s went out: %w", main.Name, err)
	}
	var sheets []Sheet
	for _, e := range slices.Backward(entries) {
		if e.Kind == digestKind && e.Text != skippedText && len(sheets) < limit {
			sheets = append(sheets, Sheet{Week: e.Week, At: e.At, MessageID: s.messageID(main, e.Week), Code: e.Post})
		}
	}
	return sheets, nil
}

// messageID is that of a week's digest, without brackets.
func (s *Sender) messageID(main lists.List, week string) string {
	return smtp.Letter{Key: key(main, week)}.MessageID(s.Site.Domain)
}

// key names a week's digest as a letter.
func key(main lists.List, week string) string { return "digest/" + main.ID + "/" + week }
