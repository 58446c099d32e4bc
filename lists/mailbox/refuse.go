package mailbox

import (
	"context"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// What would change the archive is refused.

func (s *session) Create(string, *imap.CreateOptions) error         { return errReadOnly }
func (s *session) Delete(string) error                              { return errReadOnly }
func (s *session) Rename(string, string, *imap.RenameOptions) error { return errReadOnly }
func (s *session) Copy(imap.NumSet, string) (*imap.CopyData, error) { return nil, errReadOnly }
func (s *session) Unsubscribe(string) error                         { return errReadOnly }

// Append is never called: the guard refuses APPEND before its octets come.
func (s *session) Append(string, imap.LiteralReader, *imap.AppendOptions) (*imap.AppendData, error) {
	return nil, errReadOnly
}

// Subscribe agrees to what is so: every folder is subscribed to.
func (s *session) Subscribe(name string) error {
	return s.do("SUBSCRIBE", func(ctx context.Context) error {
		if name == inbox {
			return nil
		}
		_, err := s.find(ctx, name)
		return err
	})
}

// Expunge removes nothing, and says nothing: CLOSE calls it too, and must
// succeed (RFC 3501 6.4.2).
func (s *session) Expunge(*imapserver.ExpungeWriter, *imap.UIDSet) error { return nil }

// Store changes \Seen for this session; there is no other flag.
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, change *imap.StoreFlags, _ *imap.StoreOptions) error {
	return s.do("STORE", func(context.Context) error {
		if s.sel.examine {
			return errReadOnly
		}
		for _, flag := range change.Flags {
			if !strings.EqualFold(string(flag), string(imap.FlagSeen)) {
				return errReadOnly
			}
		}
		spans, uid, err := s.sel.named(set)
		if err != nil {
			return err
		}
		for _, r := range spans {
			for n := r.first; n <= r.last; n++ {
				if err := s.storeOne(w, n, uid, change); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (s *session) storeOne(w *imapserver.FetchWriter, n int, uid bool, change *imap.StoreFlags) error {
	switch {
	case change.Op == imap.StoreFlagsSet:
		s.sel.setSeen(n, len(change.Flags) > 0)
	case len(change.Flags) > 0:
		s.sel.setSeen(n, change.Op == imap.StoreFlagsAdd)
	}
	if change.Silent {
		return nil
	}
	answer := w.CreateMessage(uint32(n))
	if uid {
		answer.WriteUID(imap.UID(s.sel.rows[n-1].UID))
	}
	answer.WriteFlags(s.sel.flags(n))
	return answer.Close()
}
