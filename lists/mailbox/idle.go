package mailbox

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
)

// rightsLast is how long a folder stays open without asking again whether its
// reader may still read it.
const rightsLast = time.Minute

// errGone ends a session whose folder is not what it was.
var errGone = errors.New("the folder is gone")

// Poll tells of new posts after a command. An error here would end the
// connection, so what can be asked again later is only logged.
func (s *session) Poll(w *imapserver.UpdateWriter, _ bool) error {
	sel := s.sel
	if sel == nil || sel.folder == nil {
		return nil
	}
	var end error
	err := s.do("POLL", func(ctx context.Context) error {
		end = s.stillAllowed(ctx, sel)
		if end != nil {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, storeTime)
		defer cancel()
		if err := sel.folder.refresh(ctx); err != nil {
			return err
		}
		end = s.announce(w, sel)
		return nil
	})
	if err != nil {
		s.server.config.Log.Debug("a poll failed", "err", err)
	}
	return end
}

// announce tells the client of posts that it doesn't know.
func (s *session) announce(w *imapserver.UpdateWriter, sel *selected) error {
	rows, _, _, void := sel.folder.view()
	if void {
		return errors.Join(errGone, s.conn.Bye("The archive was put in order; connect again"))
	}
	if len(rows) == len(sel.rows) {
		return nil
	}
	sel.show(rows)
	return w.WriteNumMessages(uint32(len(rows)))
}

// stillAllowed sends away a reader who has left the list. Where that can't be
// asked, what was known a minute ago holds.
func (s *session) stillAllowed(ctx context.Context, sel *selected) error {
	now := s.server.config.Now()
	if now.Sub(sel.checked) < rightsLast {
		return nil
	}
	all, err := s.readable(ctx)
	if err != nil {
		s.server.config.Log.Warn("a reader's rights can't be checked", "list", sel.list.Name, "err", err)
		return nil
	}
	for _, l := range all {
		if l.ID == sel.list.ID {
			sel.checked = now
			return nil
		}
	}
	return errors.Join(errGone, s.conn.Bye("You may not read this folder any more"))
}

// Idle tells of new posts as they come, until stop is closed.
func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	s.mu.Lock()
	sel := s.sel
	s.mu.Unlock()
	if sel == nil || sel.folder == nil {
		select {
		case <-stop:
		case <-s.ctx.Done():
		}
		return nil
	}
	sel.folder.await(1)
	defer sel.folder.await(-1)
	rights := time.NewTicker(rightsLast)
	defer rights.Stop()
	for {
		_, _, changed, _ := sel.folder.view()
		if err := s.announce(w, sel); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-rights.C:
			if err := s.stillAllowed(s.ctx, sel); err != nil {
				return err
			}
		case <-stop:
			return nil
		case <-s.ctx.Done():
			return nil
		}
	}
}
