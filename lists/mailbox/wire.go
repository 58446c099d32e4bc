package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// What a command may measure.
const (
	maxLine    = 32 << 10 // a line, signed in; RFC 7162 asks for 8 KB
	maxLiteral = 4 << 10  // a literal, and what LITERAL- allows without asking (RFC 7888)
	maxTag     = 64
)

// The ways in which a line can't be read. Each ends the connection: what
// follows it can't be told apart from its rest.
var (
	errLong   = errors.New("the line is too long")
	errOctets = errors.New("the line holds NUL or a carriage return on its own")
)

// readLine reads a line of at most most octets. Its end comes back as CR LF,
// whatever it was.
func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		if len(line)+len(piece) > most {
			return nil, errLong
		}
		line = append(line, piece...)
		if err == nil {
			break
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			err = io.ErrUnexpectedEOF // half a line is no command
		}
		return nil, err
	}
	line = bytes.TrimSuffix(line[:len(line)-1], []byte("\r"))
	if bytes.ContainsAny(line, "\r\x00") {
		return nil, errOctets
	}
	return append(line, '\r', '\n'), nil
}

// literal is what a line announces at its end: size octets that follow it.
type literal struct {
	size int64
	sync bool // the client waits to be asked
}

// announced reads {123} or {123+} at the end of a line.
func announced(line []byte) (literal, bool) {
	text := strings.TrimSuffix(string(line), "\r\n")
	if !strings.HasSuffix(text, "}") {
		return literal{}, false
	}
	open := strings.LastIndexByte(text, '{')
	if open < 0 {
		return literal{}, false
	}
	number, plus := strings.CutSuffix(text[open+1:len(text)-1], "+")
	if number == "" || strings.Trim(number, "0123456789") != "" { // a sign is none of a number's (RFC 3501 section 9)
		return literal{}, false
	}
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		size = 1<<63 - 1 // more digits than fit
	}
	return literal{size: size, sync: !plus}, true
}

// command takes the tag and the name off a line. The name is in upper case.
// It is not ok where no answer could name the command.
func command(line []byte) (tag, name, rest string, ok bool) {
	text := strings.TrimSuffix(string(line), "\r\n")
	tag, text, _ = strings.Cut(text, " ")
	name, rest, _ = strings.Cut(text, " ")
	name = strings.ToUpper(name)
	ok = tag != "" && len(tag) <= maxTag && isAtom(tag) && !strings.Contains(tag, "+") && name != "" && isAtom(name)
	return tag, name, rest, ok
}

func isAtom(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`(){%*"\]`, c) >= 0 {
			return false
		}
	}
	return true
}

// words reads arguments as astrings (RFC 3501 section 9): atoms, quoted
// strings and literals, which stand here with their octets after the line end.
// It is not ok where anything else stands there.
func words(args string) (found []string, ok bool) {
	for {
		var word string
		switch {
		case strings.HasPrefix(args, `"`):
			word, args, ok = quoted(args)
		case strings.HasPrefix(args, "{"):
			word, args, ok = inlineLiteral(args)
		default:
			end := strings.IndexByte(args+" ", ' ')
			word, args = args[:end], args[end:]
			ok = word != "" && isAtom(strings.ReplaceAll(word, "]", ""))
		}
		if !ok {
			return nil, false
		}
		found = append(found, word)
		if args == "" {
			return found, true
		}
		if args, ok = strings.CutPrefix(args, " "); !ok {
			return nil, false
		}
	}
}

func quoted(s string) (word, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) || s[i] != '"' && s[i] != '\\' {
				return "", "", false
			}
			b.WriteByte(s[i])
		case '\r', '\n':
			return "", "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func inlineLiteral(s string) (word, rest string, ok bool) {
	head, body, ok := strings.Cut(s, "\r\n")
	lit, announces := announced([]byte(head))
	if !ok || !announces || lit.size > int64(len(body)) || strings.IndexByte(head[1:], '{') >= 0 {
		return "", "", false
	}
	return body[:lit.size], body[lit.size:], true
}
