package deliver

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds on what the far side may say in one reply (RFC 5321 4.5.3.1.5 asks
// for 512 octets a line).
const (
	maxReplyLine  = 4 << 10
	maxReply      = 64 << 10
	maxReplyWords = 512 // kept of it
)

// errProtocol is wrapped where the far side breaks the protocol: what it
// said before is no longer trusted.
var errProtocol = errors.New("the far side broke the protocol")

// reply is what the far side said. Of a plain yes only the code is kept.
type reply struct {
	code     int
	enhanced [3]int
	text     string // one line; "" for 2xx and 354
}

func (r reply) class() int { return r.code / 100 }

// String gives the reply as it is shown to people.
func (r reply) String() string {
	if r.enhanced != [3]int{} {
		return fmt.Sprintf("%d %d.%d.%d %s", r.code, r.enhanced[0], r.enhanced[1], r.enhanced[2], r.text)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.code, r.text))
}

// readReply reads one reply of one or more lines. Lines, if asked for, gets
// the text of each.
func readReply(r *bufio.Reader, lines *[]string) (reply, error) {
	var out reply
	var words []byte
	for total := 0; ; {
		line, err := r.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				return out, fmt.Errorf("%w: a reply line is longer than %d octets", errProtocol, maxReplyLine)
			}
			return out, err
		}
		if total += len(line); total > maxReply {
			return out, fmt.Errorf("%w: a reply is longer than %d octets", errProtocol, maxReply)
		}
		code, last, text, ok := splitReply(line)
		if !ok || out.code != 0 && code != out.code {
			return out, fmt.Errorf("%w: %q is no reply", errProtocol, clip(line, 80))
		}
		out.code = code
		if lines != nil {
			*lines = append(*lines, string(text))
		}
		if code >= 400 && len(words) < maxReplyWords {
			if len(words) > 0 {
				words = append(words, ' ')
			}
			words = append(words, text...)
		}
		if last {
			break
		}
	}
	if words != nil {
		out.words(words)
	}
	return out, nil
}

// words keeps the text of a refusal, its enhanced code apart.
func (r *reply) words(b []byte) {
	text := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(string(b[:min(len(b), maxReplyWords)]), "?"))
	if e, rest, ok := cutEnhanced(text); ok && e[0] == r.code/100 {
		r.enhanced, text = e, rest
	}
	r.text = strings.TrimSpace(text)
}

// splitReply reads CODE, a space or hyphen, and text (RFC 5321 4.2.1).
func splitReply(line []byte) (code int, last bool, text []byte, ok bool) {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	if len(line) < 3 || line[0] < '2' || line[0] > '5' {
		return 0, false, nil, false
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false, nil, false
		}
		code = 10*code + int(c-'0')
	}
	if len(line) == 3 {
		return code, true, nil, true
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, nil, false
	}
	return code, line[3] == ' ', line[4:], true
}

// cutEnhanced cuts an enhanced status code (RFC 2034) off the text.
func cutEnhanced(text string) (e [3]int, rest string, ok bool) {
	word, rest, _ := strings.Cut(text, " ")
	parts := strings.Split(word, ".")
	if len(parts) != 3 {
		return e, text, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > 999 || len(p) > 3 {
			return e, text, false
		}
		e[i] = n
	}
	return e, rest, true
}

func clip(b []byte, n int) []byte { return b[:min(len(b), n)] }
