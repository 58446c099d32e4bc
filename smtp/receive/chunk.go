package receive

import (
	"io"
	"strconv"
	"strings"

	"plenary/smtp"
)

// openChunk reads the size of a BDAT chunk. The octets of the chunk follow
// the command whatever the reply is (RFC 3030 2), so where the size can't be
// known, or is beyond what one may send, nothing after it can be read.
func (w *wire) openChunk(line []byte) bool {
	args := strings.Fields(string(line))[1:]
	if len(args) == 0 || len(args) > 2 || len(args) == 2 && !strings.EqualFold(args[1], "LAST") {
		w.hangUp(501, "5.5.4", "BDAT needs the size of the chunk, then LAST or nothing")
		return false
	}
	size, err := strconv.ParseUint(args[0], 10, 32)
	if err != nil {
		w.hangUp(501, "5.5.4", "The size of the chunk is no number")
		return false
	}
	if int64(size) > w.hardLimit() {
		w.hangUp(552, "5.3.4", replyTooBig.Text)
		return false
	}
	w.chunk, w.last = int64(size), len(args) == 2
	return true
}

// hardLimit is how much refused content is read to its end for politeness.
func (w *wire) hardLimit() int64 { return 2*w.srv.cfg.MaxBytes + 1<<20 }

// copyChunk takes the octets of the chunk that was announced.
func (w *wire) copyChunk(dst io.Writer) error {
	w.begin()
	defer w.end()
	_, err := io.CopyN(dst, w.in, w.chunk)
	if w.chunk = 0; err != nil {
		w.dead = true
	}
	return err
}

// skipChunk passes over the chunk of a BDAT that was refused.
func (w *wire) skipChunk() {
	if w.chunk > 0 {
		_ = w.copyChunk(io.Discard)
	}
}

// readChunks takes a message that comes by BDAT, all of its chunks.
func (w *wire) readChunks(dst *intake) (f flaw) {
	for {
		if f.cut = w.copyChunk(dst); f.cut != nil || dst.tooBig || dst.broke {
			return f
		}
		if w.last {
			f.bare = smtp.BareLineEnds(dst.content())
			return f
		}
		w.say(250, "2.0.0", "Continue")
		if !w.nextChunk() {
			f.dropped, f.cut = true, io.ErrUnexpectedEOF
			return f
		}
	}
}

// nextChunk waits for the next BDAT. false: the client gave the message up,
// by a command that is then run as any other, or by leaving.
func (w *wire) nextChunk() bool {
	for {
		line := w.command()
		switch {
		case line == nil:
			return false
		case w.verb == "BDAT":
			if w.openChunk(line) {
				return true
			}
		case w.verb == "NOOP":
			w.say(250, "2.0.0", "Go on")
		case w.verb == "RSET", w.verb == "QUIT", w.verb == "STARTTLS", w.verb == "EHLO", w.verb == "HELO", w.verb == "LHLO":
			w.again = append([]byte(nil), line...)
			return false
		default:
			w.say(503, "5.5.1", "The message is not complete; RSET drops it")
		}
	}
}
