package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

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

// Import keeps the messages of an mbox, each with the time in its "From "
// line, else in its Date. It may be stopped and run again: posts that are
// there are passed over. progress, if not nil, is told how many messages were
// read.
func (a *Archive) Import(ctx context.Context, list lists.List, r io.Reader, progress func(done int)) (ImportReport, error) {
	var report ImportReport
	if list.Archive == lists.ArchiveNone {
		return report, &lists.Refusal{Text: fmt.Sprintf("The list %s keeps no archive. To import posts, first set its archive to public or members.", list.Name)}
	}
	mbox := newMboxReader(r)
	for {
		msg, err := mbox.Next()
		if errors.Is(err, io.EOF) {
			return report, nil
		}
		if err != nil {
			return report, fmt.Errorf("import into %s: %w", list.Name, err)
		}
		if err := a.importOne(ctx, list, msg, &report); err != nil {
			return report, fmt.Errorf("import into %s: message %d, line %d: %w", list.Name, msg.Number, msg.Line, err)
		}
		if progress != nil {
			progress(msg.Number)
		}
	}
}

func (a *Archive) importOne(ctx context.Context, list lists.List, msg mboxMessage, report *ImportReport) error {
	if msg.Bad != nil {
		if report.Left++; len(report.Bad) < maxBad {
			report.Bad = append(report.Bad, BadMessage{Number: msg.Number, Line: msg.Line, Why: msg.Bad.Error()})
		}
		return nil
	}
	head, _ := parts.Split(msg.Raw)
	id := ""
	if ids := messageIDs(parts.Fields(head).Get("Message-Id")); len(ids) > 0 {
		id = ids[0]
	}
	_, first, err := a.Put(ctx, Entry{List: list, Identity: Identity(id, msg.Raw), At: msg.At, Raw: msg.Raw})
	if err != nil {
		return err
	}
	if first {
		report.Added++
	} else {
		report.Known++
	}
	return nil
}
