package receive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// flaw is what was wrong with the way content came.
type flaw struct {
	bare    bool  // a bare CR or LF stood in it
	clash   bool  // its end follows CR CR LF: others may see the end elsewhere
	over    bool  // it went on past all patience
	cut     error // it broke off
	dropped bool  // for another command, or the client left or was sent away: nobody waits for a reply
}

// readContent takes the content of a message, by DATA or BDAT, and leaves
// go-smtp an empty one to read, so that both agree on where it ends. replies
// is how many go-smtp will give.
func (w *wire) readContent(dst *intake, replies int) (f flaw) {
	if w.verb == "BDAT" {
		f = w.readChunks(dst)
	} else {
		f = w.readData(dst)
	}
	if f.dropped {
		w.muted = replies
	}
	w.given = []byte(".\r\n")
	return f
}

// readData takes the content that follows 354 up to CR LF . CR LF, the only
// end of data (RFC 5321 4.1.1.4), and removes the dots that stuff lines.
//
// A line that ends otherwise is kept as it is, with whatever stands after it:
// content. Where the message is going to be refused for it, or where the end
// stands right behind CR CR LF, no command after it is read: the client, or
// what stands before it, has another idea of lines than we.
func (w *wire) readData(dst io.Writer) flaw {
	w.begin()
	f := w.copyData(dst)
	w.end()
	switch {
	case f.cut != nil && f.bare && timeout(f.cut) && w.srv.cfg.BareNewlines != FixBare:
		// It ended, we think, by LF.LF: say what is wrong instead.
		f.cut, w.closing = nil, true
	case f.cut != nil:
		w.dead = true
		return f
	case f.over, f.clash, f.bare && w.srv.cfg.BareNewlines != FixBare:
		w.closing = true
	}
	return f
}

func (w *wire) copyData(dst io.Writer) (f flaw) {
	begins, afterCRLF, afterCR := true, true, false
	for left := w.hardLimit(); left >= 0; {
		part, err := w.in.ReadSlice('\n')
		whole := err == nil
		switch {
		case whole:
		case errors.Is(err, bufio.ErrBufferFull):
			if last := len(part) - 1; part[last] == '\r' { // its LF may follow
				_ = w.in.UnreadByte()
				part = part[:last]
			}
		default:
			f.cut = err
			return f
		}
		left -= int64(len(part))
		if begins && afterCRLF && len(part) > 0 && part[0] == '.' {
			if string(part) == ".\r\n" {
				f.clash = afterCR
				return f
			}
			part = part[1:]
		}
		proper := whole && len(part) >= 2 && part[len(part)-2] == '\r'
		if whole && !proper || strayCR(part, proper) {
			if !f.bare && w.srv.cfg.BareNewlines != FixBare {
				w.hurry(impatient)
			}
			f.bare = true
		}
		afterCR = proper && len(part) >= 3 && part[len(part)-3] == '\r'
		begins, afterCRLF = whole, proper
		_, _ = dst.Write(part) // an intake: it never fails
	}
	f.over = true
	return f
}

// strayCR tells whether a CR stands in part other than in its closing CR LF.
func strayCR(part []byte, proper bool) bool {
	if proper {
		part = part[:len(part)-2]
	}
	return bytes.IndexByte(part, '\r') >= 0
}
