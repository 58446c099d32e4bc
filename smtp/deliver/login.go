package deliver

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/emersion/go-sasl"
)

// login signs in; never in clear, save on loopback.
func (c *conn) login(d *dialer) error {
	if !c.secure && !c.loopback() {
		return errors.New("not signing in without TLS: set delivery.relay_tls, or give no relay_user")
	}
	var client sasl.Client
	for _, how := range c.auth {
		switch {
		case how == "PLAIN":
			client = sasl.NewPlainClient("", d.user, d.pass)
		case how == "LOGIN" && client == nil:
			client = sasl.NewLoginClient(d.user, d.pass)
		}
	}
	if client == nil {
		return fmt.Errorf("signing in: it offers neither AUTH PLAIN nor LOGIN, but %q", c.auth)
	}
	how, first, err := client.Start()
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	line := "AUTH " + how
	if first != nil {
		line += " " + initial(first)
	}
	for {
		var said []string
		r, err := c.ask(line, c.times.Banner, &said)
		switch {
		case err != nil:
			return fmt.Errorf("signing in: %w", err)
		case r.code == 235:
			return nil
		case r.code != 334 || len(said) != 1:
			return &refusal{"signing in as " + strconv.Quote(d.user), r}
		}
		challenge, err := base64.StdEncoding.DecodeString(said[0])
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		answer, err := client.Next(challenge)
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		line = base64.StdEncoding.EncodeToString(answer)
	}
}

// initial writes an initial response; an empty one is "=" (RFC 4954 section 4).
func initial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (c *conn) loopback() bool {
	a, ok := c.net.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}
