package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"plenary/lists/parts"
)

// writeMbox writes one message in the form called mboxrd: a "From " line with
// the time in UTC, the message with LF line ends and with one > more before
// every line that begins with any number of > and "From ", and an empty line.
func writeMbox(w *bufio.Writer, raw []byte, at time.Time) error {
	fmt.Fprintf(w, "From %s %s\n", fromLineSender(raw), at.UTC().Format(time.ANSIC))
	for len(raw) > 0 {
		line, rest, ended := bytes.Cut(raw, []byte("\n"))
		raw = rest
		if ended {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			w.WriteByte('>')
		}
		w.Write(line)
		w.WriteByte('\n')
	}
	return w.WriteByte('\n') // a bufio.Writer keeps its first error
}

// fromLineSender is the author's address, fit for a "From " line.
func fromLineSender(raw []byte) string {
	head, _ := parts.Split(raw)
	all, err := mail.ParseAddressList(parts.Fields(head).Get("From"))
	if err != nil || len(all) == 0 || strings.Trim(all[0].Address, "!#$%&'*+-./0123456789=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~") != "" {
		return "MAILER-DAEMON"
	}
	return all[0].Address
}

// What an mbox may hold at most.
const (
	maxMboxLine    = 1 << 20
	maxMboxMessage = 64 << 20
)

// mboxMessage is one message of an mbox, or why it can't be taken.
type mboxMessage struct {
	Number int // from 1
	Line   int // of its "From " line
	At     time.Time
	Raw    []byte // CRLF line ends, unquoted
	Bad    error
}

// mboxReader reads messages in the forms called mboxrd and mboxo, and what
// others leave (see begins); Content-Length is not believed.
type mboxReader struct {
	r          *bufio.Reader
	line       int    // lines read
	count      int    // messages begun
	next       []byte // the "From " line of the next message, nil before the first
	done       bool
	maxLine    int
	maxMessage int
}

// errNoMbox is for a file that does not begin as one.
var errNoMbox = errors.New("this is no mbox: its first line does not begin with \"From \" and a sender")

func newMboxReader(r io.Reader) *mboxReader {
	return &mboxReader{r: bufio.NewReaderSize(r, 64<<10), maxLine: maxMboxLine, maxMessage: maxMboxMessage}
}

// Next gives the next message, or io.EOF.
func (m *mboxReader) Next() (mboxMessage, error) {
	if m.next == nil && !m.done {
		if err := m.first(); err != nil {
			return mboxMessage{}, err
		}
	}
	if m.next == nil {
		return mboxMessage{}, io.EOF
	}
	m.count++
	msg := mboxMessage{Number: m.count, Line: m.line}
	msg.At, _ = fromLineTime(m.next)
	m.next = nil
	return msg, m.body(&msg)
}

// first finds the first "From " line.
func (m *mboxReader) first() error {
	for {
		line, err := m.readLine()
		if m.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff")) // a byte order mark
		}
		switch {
		case errors.Is(err, io.EOF):
			m.done = true
			return io.EOF
		case err != nil:
			return err
		case len(bytes.TrimRight(line, "\r\n")) == 0:
		case isFromLine(line):
			m.next = line
			return nil
		default:
			return fmt.Errorf("line %d: %w", m.line, errNoMbox)
		}
	}
}

// body reads up to the next "From " line. The empty line before it is not
// part of the message.
func (m *mboxReader) body(msg *mboxMessage) error {
	var buf bytes.Buffer
	empty := false // the last line was, and is not written yet
	for {
		line, err := m.readLine()
		if errors.Is(err, io.EOF) {
			m.done = true
			break
		}
		if errors.Is(err, errLongLine) {
			msg.Bad = fmt.Errorf("line %d is longer than %d octets", m.line, m.maxLine)
		} else if err != nil {
			return fmt.Errorf("line %d: %w", m.line, err)
		}
		if isFromLine(line) && m.begins(line, empty || buf.Len() == 0) {
			m.next = line
			break
		}
		if empty {
			buf.WriteString("\r\n")
		}
		line = bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), "\r") // any CRs and the LF are one line end
		if empty = len(line) == 0; empty {
			continue
		}
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			line = bytes.TrimPrefix(line, []byte(">"))
		}
		if buf.Len()+len(line) > m.maxMessage {
			msg.Bad = fmt.Errorf("it is larger than %d octets", m.maxMessage)
		}
		if msg.Bad != nil {
			buf.Reset() // what follows is only read over
			continue
		}
		buf.Write(line)
		buf.WriteString("\r\n")
	}
	msg.finish(buf.Bytes())
	return nil
}

// finish looks at the whole message.
func (msg *mboxMessage) finish(raw []byte) {
	if msg.Bad != nil {
		return
	}
	head, _ := parts.Split(raw)
	h := parts.Fields(head)
	if len(h) == 0 {
		msg.Bad = errors.New("it has no header")
		return
	}
	if msg.Raw = raw; msg.At.IsZero() {
		var date mail.Header
		date.Set("Date", h.Get("Date"))
		msg.At, _ = date.Date() // none: Put takes the time that is now
	}
}

var errLongLine = errors.New("the line is too long")

// readLine reads a line with its end. Of one that is too long it gives the
// beginning and errLongLine.
func (m *mboxReader) readLine() ([]byte, error) {
	var line []byte
	long := false
	for {
		piece, err := m.r.ReadSlice('\n')
		if len(line)+len(piece) <= m.maxLine {
			line = append(line, piece...)
		} else {
			long = true
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(line) > 0 || long):
		case err != nil:
			return nil, err
		}
		m.line++
		if long {
			return line, errLongLine
		}
		return line, nil
	}
}
