package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"plenary/lists"
	"plenary/lists/parts"
)

// exportStep is how many records are read at once.
const exportStep = 1000

// Export writes all posts of the list as an mbox (mboxrd, LF line ends), in
// order. progress, if not nil, is told how many are written.
func (a *Archive) Export(ctx context.Context, list lists.List, w io.Writer, progress func(done int)) (written int, err error) {
	out := bufio.NewWriterSize(w, 64<<10)
	for from := uint32(1); ; {
		posts, err := a.Entries(ctx, list.ID, from, exportStep)
		if err != nil {
			return written, err
		}
		if len(posts) == 0 {
			break
		}
		for _, p := range posts {
			raw, err := a.Get(ctx, list.ID, p.UID)
			if err != nil {
				return written, err
			}
			if err := writeMbox(out, raw, p.At); err != nil {
				return written, fmt.Errorf("export %s, post %d: %w", list.Name, p.UID, err)
			}
			if written++; progress != nil {
				progress(written)
			}
		}
		from = posts[len(posts)-1].UID + 1
	}
	if err := out.Flush(); err != nil {
		return written, fmt.Errorf("export %s: %w", list.Name, err)
	}
	return written, nil
}

// ImportReport is what came of an mbox.
type ImportReport struct {
	Added int          // posts that are new in the archive
	Known int          // posts that were there
	Bad   []BadMessage // messages that were left out, the first hundred of them
	Left  int          // how many were left out
}

// BadMessage is a message of an mbox that was left out.
type BadMessage struct {
	Number int    // of the message, from 1
	Line   int    // where it begins
	Why    string // "it has no header" and the like
}

// maxBad is how many bad messages are told of one by one.
const maxBad = 100

// Imported is a post that an import has added.
type Imported struct {
	Identity string
	At       time.Time
	Author   lists.Address // "" where none can be read
}

// Import keeps the messages of an mbox, each with the time in its "From "
// line, else in its Date. It may be stopped and run again: posts that are
// there are passed over. progress, if not nil, is told how many messages were
// read, and added of each that is new.
func (a *Archive) Import(ctx context.Context, list lists.List, r io.Reader, progress func(done int), added func(Imported) error) (ImportReport, error) {
	var report ImportReport
	if list.Archive == lists.ArchiveNone {
		return report, &lists.Refusal{Text: fmt.Sprintf("The list %s keeps no archive. To import posts, first set its archive to public or members.", list.Name)}
	}
	mbox, known := newMboxReader(r), &nameless{archive: a, list: list.ID}
	for {
		msg, err := mbox.Next()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		if err != nil {
			return report, fmt.Errorf("import into %s: %w", list.Name, err)
		}
		if err := a.importOne(ctx, list, msg, known, &report, added); err != nil {
			return report, fmt.Errorf("import into %s: message %d, line %d: %w", list.Name, msg.Number, msg.Line, err)
		}
		if progress != nil {
			progress(msg.Number)
		}
	}
}

func (a *Archive) importOne(ctx context.Context, list lists.List, msg mboxMessage, known *nameless, report *ImportReport, added func(Imported) error) error {
	if msg.Bad != nil {
		if report.Left++; len(report.Bad) < maxBad {
			report.Bad = append(report.Bad, BadMessage{Number: msg.Number, Line: msg.Line, Why: msg.Bad.Error()})
		}
		return nil
	}
	head, _ := parts.Split(msg.Raw)
	h := parts.Fields(head)
	id := unnamed(h, msg.At)
	if ids := messageIDs(h.Get("Message-Id")); len(ids) > 0 {
		id = ids[0]
	} else if has, err := known.has(ctx, h, msg); err != nil {
		return err
	} else if has {
		report.Known++
		return nil
	}
	post := Imported{Identity: Identity(id, msg.Raw), At: stampTime(msg.At, a.now()), Author: authorAddress(h.Get("From"))}
	_, first, err := a.Put(ctx, Entry{List: list, Identity: post.Identity, At: post.At, Raw: msg.Raw})
	if err != nil {
		return err
	}
	if !first {
		report.Known++
		return nil
	}
	report.Added++
	if added != nil {
		return added(post)
	}
	return nil
}

// unnamed stands for the Message-ID that a message lacks: two that say the
// same, as "+1", are two posts where others wrote them, or at another time.
func unnamed(h parts.Header, at time.Time) string {
	when := h.Get("Date")
	if when == "" {
		when = at.UTC().Format(time.RFC3339)
	}
	return strings.Join([]string{when, h.Get("From"), h.Get("Subject")}, "\n")
}

// nameless knows the posts of a list that came by mail without a Message-ID:
// they were named by what they came with, which no mbox tells, so an import
// knows them again by their time and what they say.
type nameless struct {
	archive *Archive
	list    string
	uids    map[int64][]uint32 // of posts there before the import, by their time; nil: not read yet
}

// has tells whether the message is one of them.
func (n *nameless) has(ctx context.Context, h parts.Header, msg mboxMessage) (bool, error) {
	if n.uids == nil {
		rows, err := n.archive.Rows(ctx, n.list, 0)
		if err != nil {
			return false, err
		}
		n.uids = map[int64][]uint32{}
		for _, r := range rows {
			n.uids[r.Unix] = append(n.uids[r.Unix], r.UID)
		}
	}
	for _, uid := range n.uids[msg.At.Unix()] {
		post, err := n.archive.Entry(ctx, n.list, uid)
		if err != nil {
			return false, err
		}
		if post.MessageID != "" {
			continue
		}
		raw, err := n.archive.Get(ctx, n.list, uid)
		if err != nil {
			return false, err
		}
		head, _ := parts.Split(raw)
		if there := unnamed(parts.Fields(head), post.At); Identity(there, raw) == Identity(unnamed(h, msg.At), msg.Raw) {
			return true, nil
		}
	}
	return false, nil
}
