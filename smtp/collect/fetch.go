package collect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// perPass bounds how many messages are looked at before the folder is
// searched again.
const perPass = 200

// letter is a message in the folder.
type letter struct {
	uid  imap.UID
	size int64
}

// search gives the messages that were not collected yet, the oldest first,
// perPass of them at most, and whether there are more. All are asked for, no
// range: "n:*" names the last message even where none is new.
func (m *mailbox) search(ctx context.Context, skip imap.UIDSet) (found []letter, more bool, err error) {
	var uids []imap.UID
	err = m.do(ctx, "search "+m.cfg.Folder, func() error {
		data, err := m.cl.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted, keyword}}, nil).Wait()
		if err != nil {
			return err
		}
		set, _ := data.All.(imap.UIDSet)
		uids, more = first(set, skip, perPass)
		return nil
	})
	if err != nil || len(uids) == 0 {
		return nil, false, err
	}
	err = m.do(ctx, "fetch sizes", func() error {
		cmd := m.cl.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true})
		defer cmd.Close()
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			if l := readSize(data); l.uid != 0 {
				found = append(found, l)
			}
		}
		return cmd.Close()
	})
	if err != nil {
		return nil, false, err
	}
	sort.Slice(found, func(i, j int) bool { return found[i].uid < found[j].uid })
	return found, more, nil
}

// first gives the first n numbers of set that are not in skip. It counts
// within ranges itself: a range may be as long as a number can be.
func first(set, skip imap.UIDSet, n int) (uids []imap.UID, more bool) {
	for _, r := range set {
		if r.Start == 0 || r.Stop == 0 { // "*": not for an answer
			continue
		}
		for uid := r.Start; ; uid++ {
			if !skip.Contains(uid) {
				if len(uids) == n {
					return uids, true
				}
				uids = append(uids, uid)
			}
			if uid >= r.Stop {
				break
			}
		}
	}
	return uids, false
}

func readSize(data *imapclient.FetchMessageData) (l letter) {
	for item := data.Next(); item != nil; item = data.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			l.uid = item.UID
		case imapclient.FetchItemDataRFC822Size:
			l.size = item.Size
		}
	}
	return l
}

// errTooBig: the message is larger than what is taken.
var errTooBig = errors.New("it is larger than this server takes")

// body fetches a message, without marking it as seen. nil: it is gone.
func (m *mailbox) body(ctx context.Context, uid imap.UID) (raw []byte, err error) {
	tooBig := false
	err = m.do(ctx, fmt.Sprintf("fetch message %d", uid), func() error {
		cmd := m.cl.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
		defer cmd.Close()
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			for item := data.Next(); item != nil; item = data.Next() {
				section, ok := item.(imapclient.FetchItemDataBodySection)
				if !ok || section.Literal == nil || raw != nil {
					continue
				}
				var b bytes.Buffer
				if _, err := io.Copy(&b, io.LimitReader(section.Literal, m.cfg.MaxBytes+1)); err != nil {
					return err
				}
				raw, tooBig = b.Bytes(), int64(b.Len()) > m.cfg.MaxBytes
			}
		}
		return cmd.Close()
	})
	if err == nil && tooBig {
		err = errTooBig
	}
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// settle marks a message as collected: it goes to the folder for such, or is
// flagged where that is not wanted, or not possible.
func (m *mailbox) settle(ctx context.Context, uid imap.UID) error {
	var refused error
	if m.done != "" {
		if refused = m.move(ctx, uid); refused == nil {
			return nil
		}
		var answer *imap.Error
		if !errors.As(refused, &answer) {
			return refused // the connection, not the server's no
		}
	}
	err := m.store(ctx, uid, imap.FlagSeen, keyword)
	if err == nil && refused != nil {
		m.cfg.Log.Warn("a collected message could not be moved and was flagged instead", "folder", m.done, "err", refused)
	}
	return err
}

// move uses MOVE where the server has it, else COPY, and only when that was
// answered the flag \Deleted, and UID EXPUNGE. Without UIDPLUS it leaves the
// flag and does not expunge, for that would take what others have flagged.
// (The library's own way sends all of them at once.)
func (m *mailbox) move(ctx context.Context, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	if m.caps.Has(imap.CapMove) {
		return m.do(ctx, "move to "+m.done, func() error {
			_, err := m.cl.Move(set, m.done).Wait()
			return err
		})
	}
	err := m.do(ctx, "copy to "+m.done, func() error {
		_, err := m.cl.Copy(set, m.done).Wait()
		return err
	})
	if err != nil {
		return err
	}
	if err := m.store(ctx, uid, imap.FlagDeleted); err != nil || !m.caps.Has(imap.CapUIDPlus) {
		return err
	}
	return m.do(ctx, "expunge", func() error { return m.cl.UIDExpunge(set).Close() })
}

func (m *mailbox) store(ctx context.Context, uid imap.UID, flags ...imap.Flag) error {
	return m.do(ctx, "flag the message", func() error {
		return m.cl.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
	})
}
