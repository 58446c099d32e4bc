package mailbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"plenary/lists"
)

// session is what somebody who has signed in sees. go-imap calls its methods
// one after the other; only Idle runs beside the end of a connection.
type session struct {
	server *Server
	conn   *imapserver.Conn
	user   lists.Address
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc

	mu  sync.Mutex // held to change sel, and by Idle to read it
	sel *selected  // nil: no folder is open
}

// selected is the open folder.
type selected struct {
	folder  *folder
	list    lists.List
	examine bool               // opened by EXAMINE
	rows    []lists.ArchiveRow // those that the client has been told of
	seen    []uint64           // a bit a message: \Seen, for this session only
	checked time.Time          // when the user was last known to be allowed to read
	leave   func()             // called once
}

// errReadOnly answers what would change the archive.
var errReadOnly = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNoPerm, Text: "The archive can only be read"}

// errNoFolder does not tell a hidden folder from one that is not there.
var errNoFolder = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNonExistent, Text: "There is no such folder for you"}

// inbox is the folder that clients take for granted. It is empty, and shown
// only to those who ask for it by name.
const inbox = "INBOX"

const delimiter = '/' // no name holds it: folders have no folders

// storeTime is how long a command may wait for Redis.
const storeTime = 20 * time.Second

func (s *Server) newSession(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	g, ok := conn.NetConn().(*guard)
	if !ok {
		return nil, nil, errors.New("a connection that did not come through the door")
	}
	ses := &session{server: s, conn: conn, user: g.user}
	ses.ctx, ses.cancel = context.WithCancel(s.ctx)
	return ses, &imapserver.GreetingData{PreAuth: true}, nil
}

// do runs one command. Whatever goes wrong in it becomes an answer that says
// no more than the client needs; go-imap would end the connection at a panic.
func (s *session) do(command string, run func(ctx context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.server.config.Log.Error("panic in an IMAP command", "command", command, "panic", v, "stack", string(debug.Stack()))
			err = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeServerBug, Text: "Something went wrong here; the site's admins can see what"}
		}
	}()
	err = run(s.ctx)
	var answer *imap.Error
	if err == nil || errors.As(err, &answer) {
		return err
	}
	if s.ctx.Err() == nil {
		s.server.config.Log.Warn("an IMAP command failed", "command", command, "err", err)
	}
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeUnavailable, Text: "The archive can't be read just now; try again in a minute"}
}

// Close ends the session. Idle may still run: it has its own copy of what it
// needs, and ends with the context.
func (s *session) Close() error {
	s.cancel()
	return s.Unselect()
}

// Login is never called: the door has signed the user in.
func (s *session) Login(string, string) error { return imapserver.ErrAuthFailed }

// readable are the lists whose folders the user may open, by name.
func (s *session) readable(ctx context.Context) ([]lists.List, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	directory, err := s.server.people.Directory(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.server.people.PeopleFor(ctx, s.user)
	if err != nil {
		return nil, err
	}
	var found []lists.List
	for _, l := range directory.Lists {
		if mayRead(l, people) {
			found = append(found, l)
		}
	}
	return found, nil
}

// mayRead is for somebody who has signed in and is these people.
func mayRead(l lists.List, people []lists.Person) bool {
	switch l.Archive {
	case lists.ArchivePublic:
		return true
	case lists.ArchiveMembers:
		for _, p := range people {
			if p.In(l.ID) {
				return true
			}
		}
	}
	return false
}

// find looks a folder up by name, or by a name that its list had before.
func (s *session) find(ctx context.Context, name string) (lists.List, error) {
	all, err := s.readable(ctx)
	if err != nil {
		return lists.List{}, err
	}
	for _, l := range all {
		if l.Name == name {
			return l, nil
		}
	}
	for _, l := range all {
		for _, alias := range l.Aliases {
			if alias == name {
				return l, nil
			}
		}
	}
	return lists.List{}, errNoFolder
}

// Select opens a folder. go-imap answers SELECT with READ-WRITE, and the one
// thing that a client may then change is \Seen, until it leaves: a folder
// without permanent flags (RFC 3501 7.1). EXAMINE is READ-ONLY.
func (s *session) Select(name string, options *imap.SelectOptions) (data *imap.SelectData, err error) {
	err = s.do("SELECT", func(ctx context.Context) error {
		data, err = s.open(ctx, name, options.ReadOnly)
		return err
	})
	return data, err
}

func (s *session) open(ctx context.Context, name string, examine bool) (*imap.SelectData, error) {
	data := &imap.SelectData{Flags: []imap.Flag{imap.FlagSeen}, PermanentFlags: []imap.Flag{}, UIDNext: 1, UIDValidity: 1}
	if name == inbox {
		s.use(&selected{examine: examine, leave: func() {}})
		return data, nil
	}
	list, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	f, err := s.server.folders.enter(ctx, list.ID)
	if err != nil {
		return nil, err
	}
	rows, next, _, _ := f.view()
	sel := &selected{folder: f, list: list, examine: examine, checked: s.server.config.Now(), leave: sync.OnceFunc(f.leave)}
	sel.show(rows)
	s.use(sel)
	data.NumMessages, data.UIDNext, data.UIDValidity = uint32(len(rows)), imap.UID(next), f.validity
	if len(rows) > 0 {
		data.FirstUnseenSeqNum = 1
	}
	return data, nil
}

// show takes the rows for those that the client knows.
func (sel *selected) show(rows []lists.ArchiveRow) {
	sel.rows = rows
	for len(sel.seen)*64 < len(rows) {
		sel.seen = append(sel.seen, 0)
	}
}

// flags are those of message number n.
func (sel *selected) flags(n int) []imap.Flag {
	if sel.isSeen(n) {
		return []imap.Flag{imap.FlagSeen}
	}
	return []imap.Flag{}
}

func (sel *selected) isSeen(n int) bool { return sel.seen[(n-1)/64]&(1<<((n-1)%64)) != 0 }

func (sel *selected) setSeen(n int, seen bool) {
	if seen {
		sel.seen[(n-1)/64] |= 1 << ((n - 1) % 64)
	} else {
		sel.seen[(n-1)/64] &^= 1 << ((n - 1) % 64)
	}
}

// Unselect closes the folder, if one is open.
func (s *session) Unselect() error {
	if s.sel != nil {
		s.sel.leave()
		s.use(nil)
	}
	return nil
}

func (s *session) use(sel *selected) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sel = sel
}

// Status tells of a folder without opening it. Every number that may be asked
// for is there: go-imap would fall over one that is not.
func (s *session) Status(name string, _ *imap.StatusOptions) (data *imap.StatusData, err error) {
	err = s.do("STATUS", func(ctx context.Context) error {
		if name == inbox {
			data = statusData(name, lists.ArchiveState{Validity: 1, Next: 1})
			return nil
		}
		list, err := s.find(ctx, name)
		if err != nil {
			return err
		}
		data, err = s.status(ctx, name, list.ID)
		return err
	})
	return data, err
}

func (s *session) status(ctx context.Context, name, listID string) (*imap.StatusData, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	state, err := s.server.archive.State(ctx, listID)
	if err != nil {
		return nil, err
	}
	return statusData(name, state), nil
}

func statusData(name string, state lists.ArchiveState) *imap.StatusData {
	count, none, size, zero := uint32(state.Count), uint32(0), state.Bytes, int64(0)
	return &imap.StatusData{
		Mailbox: name, NumMessages: &count, NumRecent: &none, UIDNext: imap.UID(state.Next), UIDValidity: state.Validity,
		NumUnseen: &count, NumDeleted: &none, Size: &size, AppendLimit: &none, DeletedStorage: &zero,
	}
}

// maxPatterns bounds LIST with many patterns.
const maxPatterns = 100

// List shows folders. All count as subscribed: those who see only what they
// subscribed to see all of them.
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	return s.do("LIST", func(ctx context.Context) error {
		if len(patterns) == 0 { // asks what stands between the parts of a name
			return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
		}
		if len(patterns) > maxPatterns {
			return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeLimit, Text: "Too many patterns"}
		}
		if options.SelectSpecialUse {
			return nil
		}
		all, err := s.readable(ctx)
		if err != nil {
			return err
		}
		for _, p := range patterns {
			if strings.EqualFold(ref+p, inbox) {
				if err := s.writeList(ctx, w, inbox, "", options); err != nil {
					return err
				}
				break
			}
		}
		for _, l := range all {
			if !matchesAny(l.Name, ref, patterns) {
				continue
			}
			if err := s.writeList(ctx, w, l.Name, l.ID, options); err != nil {
				return err
			}
		}
		return nil
	})
}

func matchesAny(name, ref string, patterns []string) bool {
	for _, p := range patterns {
		if matches(name, ref+p) {
			return true
		}
	}
	return false
}

// writeList shows one folder; listID is "" for the inbox.
func (s *session) writeList(ctx context.Context, w *imapserver.ListWriter, name, listID string, options *imap.ListOptions) error {
	data := &imap.ListData{Delim: delimiter, Mailbox: name, Attrs: []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}}
	if options.ReturnSubscribed {
		data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
	}
	if options.ReturnStatus != nil {
		data.Status = statusData(name, lists.ArchiveState{Validity: 1, Next: 1})
		if listID != "" {
			status, err := s.status(ctx, name, listID)
			if err != nil {
				return fmt.Errorf("status of %s: %w", name, err)
			}
			data.Status = status
		}
	}
	return w.WriteList(data)
}

// Namespace says that all folders are the user's own to see.
func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}
