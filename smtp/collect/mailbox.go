package collect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

const (
	dialTime = 30 * time.Second
	lastWord = 5 * time.Second // for the library, to say why the connection ended
)

// keyword marks what was collected and stays.
const keyword imap.Flag = "$Plenary"

// mailbox is one connection with the folder selected.
type mailbox struct {
	cfg  Config
	conn *watched
	cl   *imapclient.Client
	bell chan struct{} // something may have come

	caps     imap.CapSet
	validity uint32
	done     string // folder for what was collected, as the server spells it; "" none
}

// open connects, signs in and selects the folder.
func open(ctx context.Context, cfg Config) (*mailbox, error) {
	m := &mailbox{cfg: cfg, bell: make(chan struct{}, 1)}
	if err := m.connect(ctx); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", cfg.Addr, err)
	}
	for _, step := range []func(context.Context) error{m.signIn, m.prepareDone, m.selectFolder} {
		if err := step(ctx); err != nil {
			m.close()
			return nil, err
		}
	}
	return m, nil
}

func (m *mailbox) connect(ctx context.Context) error {
	host, _, err := net.SplitHostPort(m.cfg.Addr)
	if err != nil {
		return err
	}
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.cfg.TLSConfig != nil {
		tlsConfig = m.cfg.TLSConfig.Clone()
	}
	if tlsConfig.ServerName == "" {
		tlsConfig.ServerName = host
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	plain, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.cfg.Addr)
	if err != nil {
		return err
	}
	if m.cfg.TLS == ImplicitTLS {
		secure := tls.Client(plain, tlsConfig)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = plain.Close()
			return err
		}
		plain = secure
	}
	m.conn = watch(plain, m.cfg.Silence)
	options := &imapclient.Options{TLSConfig: tlsConfig, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		// It runs on the loop that reads: it may do no more than this.
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				m.ring()
			}
		},
	}}
	stop := context.AfterFunc(ctx, func() { _ = m.conn.Close() })
	defer stop()
	answered := m.conn.await()
	defer answered()
	if m.cfg.TLS == StartTLS {
		m.cl, err = imapclient.NewStartTLS(m.conn, options)
		return err
	}
	m.cl = imapclient.New(m.conn, options)
	if err := m.cl.WaitGreeting(); err != nil {
		m.close()
		return err
	}
	return nil
}

func (m *mailbox) ring() {
	select {
	case m.bell <- struct{}{}:
	default:
	}
}

// do runs one command and waits for it as long as the server shows signs of
// life.
func (m *mailbox) do(ctx context.Context, what string, f func() error) error {
	answered := m.conn.await()
	defer answered()
	result := make(chan error, 1)
	go func() { result <- f() }()
	select {
	case err := <-result:
		return said(what, err)
	case <-ctx.Done():
		_ = m.conn.Close()
	case <-m.cl.Closed():
	}
	var err error
	select { // the connection is gone; a command that was just begun may not notice
	case err = <-result:
	case <-time.After(lastWord):
		err = io.ErrUnexpectedEOF
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return said(what, err)
}

func said(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// signIn prefers AUTHENTICATE PLAIN, in which a password may hold anything.
func (m *mailbox) signIn(ctx context.Context) error {
	return m.do(ctx, "sign in", func() error {
		if m.cl.State() == imap.ConnStateAuthenticated { // PREAUTH
			return nil
		}
		if m.cl.Caps().Has(imap.AuthCap("PLAIN")) {
			return m.cl.Authenticate(sasl.NewPlainClient("", m.cfg.User, m.cfg.Password))
		}
		return m.cl.Login(m.cfg.User, m.cfg.Password).Wait()
	})
}

// selectFolder opens the folder, and makes sure that its messages can be
// marked.
func (m *mailbox) selectFolder(ctx context.Context) error {
	return m.do(ctx, "select "+m.cfg.Folder, func() error {
		m.caps = m.cl.Caps()
		data, err := m.cl.Select(m.cfg.Folder, nil).Wait()
		if err != nil {
			return err
		}
		m.validity = data.UIDValidity
		if m.done == "" && len(data.PermanentFlags) > 0 && !keeps(data.PermanentFlags) {
			return errors.New("the server keeps no keywords there, so what was collected can't be told from what was not; name a folder to move it to")
		}
		return nil
	})
}

func keeps(flags []imap.Flag) bool {
	for _, f := range flags {
		if f == imap.FlagWildcard || strings.EqualFold(string(f), string(keyword)) {
			return true
		}
	}
	return false
}

// prepareDone finds or makes the folder for what was collected. It is written
// with slashes; servers have other separators, and some keep all folders
// below INBOX.
func (m *mailbox) prepareDone(ctx context.Context) error {
	if m.cfg.Done == "" {
		return nil
	}
	return m.do(ctx, "make the folder "+m.cfg.Done, func() error {
		delim := "/"
		if roots, err := m.cl.List("", "", nil).Collect(); err == nil && len(roots) > 0 && roots[0].Delim != 0 {
			delim = string(roots[0].Delim)
		}
		name := strings.ReplaceAll(m.cfg.Done, "/", delim)
		var refused error
		for _, try := range []string{name, "INBOX" + delim + name} {
			_, err := m.cl.Status(try, &imap.StatusOptions{UIDNext: true}).Wait()
			if err != nil {
				if err = m.cl.Create(try, nil).Wait(); err == nil {
					_, err = m.cl.Status(try, &imap.StatusOptions{UIDNext: true}).Wait()
				}
			}
			if err == nil {
				m.done = try
				return nil
			}
			refused = err
		}
		return refused
	})
}

// restful is how much more rarely we look by ourselves where the server can
// tell: it may be gone, or miss what comes just before IDLE (go-imap's own
// does). maxQuiet is when servers and routers still hold a silent connection
// for alive (RFC 2177: 29 minutes).
const (
	restful  = 9
	maxQuiet = 20 * time.Minute
)

// wait returns when something may have come, or it is time to look. Where
// the server can't tell, that is all there is.
func (m *mailbox) wait(ctx context.Context) error {
	if !m.caps.Has(imap.CapIdle) {
		if err := m.sleep(ctx, m.cfg.Poll, nil); err != nil {
			return err
		}
		return m.do(ctx, "noop", func() error { return m.cl.Noop().Wait() })
	}
	var idle *imapclient.IdleCommand
	err := m.do(ctx, "idle", func() (err error) {
		idle, err = m.cl.Idle()
		return err
	})
	if err != nil {
		return err
	}
	if err := m.sleep(ctx, min(restful*m.cfg.Poll, maxQuiet), m.bell); err != nil {
		return err
	}
	return m.do(ctx, "end idle", func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

// sleep waits for a bell, or for d.
func (m *mailbox) sleep(ctx context.Context, d time.Duration, bell <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-m.cl.Closed():
		return errors.New("the server closed the connection")
	}
	return nil
}

// close ends the connection at once: nothing is owed to the server, and the
// library's own goroutine ends with it.
func (m *mailbox) close() { _ = m.conn.Close() }
