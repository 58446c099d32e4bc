package mailbox

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// errNumbers answers a set that only SEARCHRES knows.
var errNumbers = &imap.Error{Type: imap.StatusResponseTypeBad, Text: "No search result is kept here"}

// errNoBinary answers what was not offered.
var errNoBinary = &imap.Error{Type: imap.StatusResponseTypeBad, Text: "BINARY is not known here"}

// named gives the messages that a set names.
func (sel *selected) named(set imap.NumSet) (spans []span, uid bool, err error) {
	var ranges []span
	switch set := set.(type) {
	case imap.SeqSet:
		for _, r := range set {
			ranges = append(ranges, span{int(r.Start), int(r.Stop)})
		}
		return numbers(sel.rows, false, ranges), false, nil
	case imap.UIDSet:
		if imap.IsSearchRes(set) {
			return nil, true, errNumbers
		}
		for _, r := range set {
			ranges = append(ranges, span{int(r.Start), int(r.Stop)})
		}
		return numbers(sel.rows, true, ranges), true, nil
	}
	return nil, false, errNumbers
}

// Fetch sends what was asked of each message. One that can't be read is left
// out, and the answer says so at the end; the others come.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	return s.do("FETCH", func(ctx context.Context) error {
		if len(options.BinarySection) > 0 || len(options.BinarySectionSize) > 0 {
			return errNoBinary
		}
		spans, _, err := s.sel.named(set)
		if err != nil {
			return err
		}
		var missed error
		for _, r := range spans {
			for n := r.first; n <= r.last; n++ {
				if err := s.fetchOne(ctx, w, n, options); err != nil {
					missed = err
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
		if errors.Is(missed, errNoRoom) {
			return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeInUse, Text: "Too many posts are being read; try again in a minute"}
		}
		return missed
	})
}

// fetched is all that is sent of one message; nothing can fail while it is.
type fetched struct {
	structure imap.BodyStructure
	envelope  *imap.Envelope
	sections  [][]byte
	flags     bool
}

func (s *session) fetchOne(ctx context.Context, w *imapserver.FetchWriter, n int, options *imap.FetchOptions) error {
	var out fetched
	if options.Envelope || options.BodyStructure != nil || len(options.BodySection) > 0 {
		p, free, err := s.read(ctx, n, true)
		if err != nil {
			return err
		}
		defer free()
		out = s.prepare(p, n, options)
	}
	return s.send(w, n, options, out)
}

// read reads message number n.
func (s *session) read(ctx context.Context, n int, keep bool) (*post, func(), error) {
	row := s.sel.rows[n-1]
	key := postKey{list: s.sel.list.ID, generation: s.sel.folder.generation, uid: row.UID}
	return s.server.bodies.read(ctx, key, row.Size, keep)
}

func (s *session) prepare(p *post, n int, options *imap.FetchOptions) fetched {
	var out fetched
	if options.Envelope {
		out.envelope = envelope(p.top.Header)
	}
	if options.BodyStructure != nil {
		out.structure = structure(p.top)
	}
	for _, item := range options.BodySection {
		out.sections = append(out.sections, section(p, item))
		if !item.Peek && !s.sel.examine && !s.sel.isSeen(n) {
			s.sel.setSeen(n, true)
			out.flags = true
		}
	}
	return out
}

// send writes the answer. Should go-imap fall over one, the answer is closed
// all the same: it holds the lock that the next one waits for.
func (s *session) send(w *imapserver.FetchWriter, n int, options *imap.FetchOptions, out fetched) (err error) {
	row := s.sel.rows[n-1]
	answer := w.CreateMessage(uint32(n))
	defer func() {
		if closing := answer.Close(); err == nil {
			err = closing
		}
	}()
	if options.UID {
		answer.WriteUID(imap.UID(row.UID))
	}
	if options.Flags || out.flags {
		answer.WriteFlags(s.sel.flags(n))
	}
	if options.InternalDate {
		answer.WriteInternalDate(time.Unix(row.Unix, 0).UTC())
	}
	if options.RFC822Size {
		answer.WriteRFC822Size(int64(row.Size))
	}
	if out.envelope != nil {
		answer.WriteEnvelope(out.envelope)
	}
	if out.structure != nil {
		answer.WriteBodyStructure(out.structure)
	}
	for i, item := range options.BodySection {
		to := answer.WriteBodySection(item, int64(len(out.sections[i])))
		if _, err := to.Write(out.sections[i]); err != nil {
			return errors.Join(err, to.Close())
		}
		if err := to.Close(); err != nil {
			return err
		}
	}
	return nil
}
