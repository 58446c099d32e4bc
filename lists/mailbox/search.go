package mailbox

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// What a search may ask and read.
const (
	maxSearchDepth = 16      // NOT and OR in each other; go-imap reads 12,000
	maxSearchTerms = 200     // conditions
	maxSearchText  = 1 << 20 // octets of a part's text
)

var (
	errComplex = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeLimit, Text: "This search has too many conditions, or too many in each other"}
	errSlow    = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeLimit, Text: "This search would read too many posts; narrow it, for example by SINCE"}
)

// Search finds messages. The empty answer has its type too: go-imap falls
// over one that has none.
func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (data *imap.SearchData, err error) {
	err = s.do("SEARCH", func(ctx context.Context) error {
		if options.ReturnSave {
			return &imap.Error{Type: imap.StatusResponseTypeBad, Text: "SAVE is not known here"}
		}
		terms := 0
		c, err := s.sel.compile(criteria, 0, &terms)
		if err != nil {
			return err
		}
		found, err := s.scan(ctx, c)
		if err == nil {
			data = s.result(kind, found)
		}
		return err
	})
	return data, err
}

// result gives message numbers or UIDs.
func (s *session) result(kind imapserver.NumKind, found []int) *imap.SearchData {
	seqs, uids := imap.SeqSet{}, imap.UIDSet{}
	data := &imap.SearchData{Count: uint32(len(found))}
	for i, n := range found {
		number := uint32(n)
		if kind == imapserver.NumKindUID {
			number = s.sel.rows[n-1].UID
			uids.AddNum(imap.UID(number))
		} else {
			seqs.AddNum(number)
		}
		if i == 0 {
			data.Min = number
		}
		data.Max = number
	}
	if data.All = seqs; kind == imapserver.NumKindUID {
		data.All = uids
	}
	return data
}

// scan tries every message. Conditions that need the post itself come last,
// and only so many searches may read posts at once, each for so long.
func (s *session) scan(ctx context.Context, c *condition) ([]int, error) {
	ctx, cancel := context.WithTimeout(ctx, s.server.config.SearchTime)
	defer cancel()
	if c.reads() {
		select {
		case s.server.scans <- struct{}{}:
			defer func() { <-s.server.scans }()
		case <-ctx.Done():
			return nil, errSlow
		}
	}
	var found []int
	for n := 1; n <= len(s.sel.rows); n++ {
		ok, err := s.match(ctx, c, n)
		if ctx.Err() != nil && s.ctx.Err() == nil {
			return nil, errSlow
		}
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, n)
		}
	}
	return found, nil
}

// match tries one message, and reads it only if it must.
func (s *session) match(ctx context.Context, c *condition, n int) (ok bool, err error) {
	if answer := c.match(s.sel, n, nil); answer != unknown {
		return answer == yes, nil
	}
	p, free, err := s.read(ctx, n, false)
	if errors.Is(err, errNoRoom) {
		return false, errSlow
	}
	if err != nil {
		return false, err
	}
	defer free()
	return c.match(s.sel, n, p) == yes, nil
}
