package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Proxy stands in front of a Redis and makes the trouble that a test asks
// for. It takes one command after the other on each connection, and hands on
// the answer before it reads the next.
type Proxy struct {
	Addr string // host:port on loopback

	server string

	mu       sync.Mutex
	listener net.Listener // nil: connections are refused
	open     map[net.Conn]bool
	next     int
	rule     func(Command) Fault
	seen     []Command
}

// Command is one command as it came in.
type Command struct {
	Conn int      // which connection, from 0
	Args []string // its words as they were sent
}

// Is tells whether the command begins with these words, whatever their case.
func (c Command) Is(words ...string) bool {
	return len(c.Args) >= len(words) && slices.EqualFunc(c.Args[:len(words)], words, strings.EqualFold)
}

// Fault is what becomes of a command; the zero value hands it on.
type Fault struct {
	Answer string          // answer this instead, RESP without the last line end: "-LOADING Redis is loading"
	Cut    bool            // close the connection instead
	Lose   bool            // have Redis do it, and close the connection instead of answering
	Wait   <-chan struct{} // do the above only once this is closed
}

// NewProxy starts a proxy of the server at addr; it ends with the test.
func NewProxy(t testing.TB, addr string) *Proxy {
	t.Helper()
	p := &Proxy{server: addr, open: map[net.Conn]bool{}}
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Refuse)
	return p
}

// Make sets the rule that tells what becomes of each command; nil hands all
// on. It is asked on many goroutines.
func (p *Proxy) Make(rule func(Command) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rule = rule
}

// Seen are the commands that have come since the last call.
func (p *Proxy) Seen() []Command {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

// Refuse cuts all connections, and has new ones refused.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for c := range p.open {
		c.Close()
	}
}

// Listen takes connections again.
func (p *Proxy) Listen() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return nil
	}
	addr := p.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var l net.Listener
	err := await(func() (err error) { // a program in mid-start holds our listener of before, from its fork to its exec
		l, err = net.Listen("tcp", addr)
		return err
	})
	if err != nil {
		return err
	}
	p.Addr, p.listener = l.Addr().String(), l
	go p.accept(l)
	return nil
}

func (p *Proxy) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.listener != l {
			p.mu.Unlock()
			c.Close()
			return
		}
		n := p.next
		p.next++
		p.mu.Unlock()
		go p.serve(n, c)
	}
}

// serve is one connection's life.
func (p *Proxy) serve(n int, c net.Conn) {
	defer c.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	// Redis must see a connection end that is cut: else what blocks there
	// would take an entry for nobody.
	if !p.keep(c, server) {
		return
	}
	defer p.forget(c, server)
	in, answers := bufio.NewReader(c), bufio.NewReader(server)
	for {
		args, err := readCommand(in)
		if err != nil {
			return
		}
		p.mu.Lock()
		cmd, rule := Command{Conn: n, Args: args}, p.rule
		p.seen = append(p.seen, cmd)
		p.mu.Unlock()
		var f Fault
		if rule != nil {
			f = rule(cmd)
		}
		if f.Wait != nil {
			<-f.Wait
		}
		switch {
		case f.Cut:
			return
		case f.Answer != "":
			_, err = io.WriteString(c, f.Answer+"\r\n")
		default:
			if _, err = io.WriteString(server, join(args)); err != nil {
				return
			}
			var out io.Writer = c
			if f.Lose {
				out = io.Discard
			}
			if err = copyReply(out, answers); f.Lose {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// keep notes connections to be cut by Refuse; false where that was meanwhile.
func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.open[c] = true
	}
	return p.listener != nil
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.open, c)
	}
}

// readCommand reads an array of bulk strings.
func readCommand(in *bufio.Reader) ([]string, error) {
	n, err := readCount(in, '*')
	if err != nil {
		return nil, err
	}
	args := make([]string, n)
	for i := range args {
		size, err := readCount(in, '$')
		if err != nil {
			return nil, err
		}
		b := make([]byte, size+2)
		if _, err := io.ReadFull(in, b); err != nil {
			return nil, err
		}
		args[i] = string(b[:size])
	}
	return args, nil
}

func readCount(in *bufio.Reader, kind byte) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 3 || line[0] != kind {
		return 0, fmt.Errorf("%q is no command", line)
	}
	return strconv.Atoi(strings.TrimSpace(line[1:]))
}

// join writes a command as readCommand reads it.
func join(args []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b.String()
}

// copyReply hands one answer on, whatever is in it.
func copyReply(out io.Writer, in *bufio.Reader) error {
	line, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, line); err != nil {
		return err
	}
	count := func() (int, error) { return strconv.Atoi(strings.TrimSpace(line[1:])) }
	switch line[0] {
	case '$', '=', '!': // octets
		n, err := count()
		if err != nil || n < 0 {
			return err
		}
		_, err = io.CopyN(out, in, int64(n)+2)
		return err
	case '*', '~', '>', '%': // parts
		n, err := count()
		if err != nil {
			return err
		}
		if line[0] == '%' {
			n *= 2
		}
		for range max(n, 0) {
			if err := copyReply(out, in); err != nil {
				return err
			}
		}
		return nil
	case '+', '-', ':', '_', '#', ',', '(':
		return nil
	}
	return errors.New("odd answer " + line)
}
