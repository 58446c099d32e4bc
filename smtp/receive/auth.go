package receive

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"plenary/lists"
)

// errGivenUp: the client went back on AUTH, or left, and knows.
var errGivenUp = errors.New("AUTH was given up")

// auth answers an AUTH command (RFC 4954). Passwords are asked for only where
// nobody can listen: under TLS, or from this machine itself.
func (w *wire) auth(line []byte) {
	words := strings.Fields(string(line))
	switch {
	case !w.submit || w.srv.cfg.Accounts == nil:
		w.say(502, "5.5.1", "AUTH is not offered here")
	case w.hello == "":
		w.say(503, "5.5.1", "Introduce yourself by EHLO first")
	case w.account != "":
		w.say(503, "5.5.1", "You are signed in already")
	case !w.private():
		w.say(538, "5.7.11", "STARTTLS comes first: a password may not go over the network in clear")
	case len(words) < 2 || len(words) > 3:
		w.say(501, "5.5.4", "AUTH needs the name of a mechanism: "+mechanisms)
	case !w.srv.attempts.may(w.addr):
		w.hangUp(421, "4.7.0", "Too many failed sign-ins from your address, try again in a minute")
	default:
		w.exchange(strings.ToUpper(words[1]), words[2:])
	}
}

const mechanisms = "SCRAM-SHA-256 PLAIN"

// private tells whether nobody else hears what the client says.
func (w *wire) private() bool { return w.secure || w.addr.IsLoopback() }

// exchange runs one mechanism to its end, and counts those that fail.
func (w *wire) exchange(mechanism string, initial []string) {
	var (
		account lists.Address
		ok      bool
		err     error
	)
	switch mechanism {
	case "PLAIN":
		account, ok, err = w.authPlain(initial)
	case "SCRAM-SHA-256":
		account, ok, err = w.authScram(initial)
	default:
		w.say(504, "5.5.4", "There is "+mechanisms+" to sign in by")
		return
	}
	switch {
	case errors.Is(err, errGivenUp):
	case err != nil:
		w.srv.cfg.Log.Warn("a sign-in could not be checked", "mechanism", mechanism, "err", err)
		w.say(454, "4.7.0", "Passwords can not be checked now, try again in a minute")
	case ok:
		w.account = string(account)
		w.say(235, "2.7.0", "Welcome")
	default:
		w.srv.cfg.Log.Info("sign-in failed", "mechanism", mechanism)
		w.srv.attempts.failed(w.addr)
		w.say(535, "5.7.8", `The address or the app password is wrong; the mail command "password" gives a new one`)
		if w.signIns++; w.signIns >= w.srv.cfg.Limits.SignIns && !w.closing {
			w.hangUp(421, "4.7.0", "Too many failed sign-ins")
		}
	}
}

// authPlain is RFC 4616: [authzid] NUL authcid NUL password.
func (w *wire) authPlain(initial []string) (lists.Address, bool, error) {
	text, err := w.firstResponse(initial)
	if err != nil {
		return "", false, err
	}
	parts := bytes.Split(text, []byte{0})
	if len(parts) != 3 {
		return "", false, nil
	}
	account, err := lists.ParseAddress(string(parts[1]))
	if err != nil || len(parts[0]) > 0 && !same(string(account), string(parts[0])) {
		return "", false, nil
	}
	secret := string(parts[2])
	ok, err := within(w.srv.base, w.srv.cfg.Limits.Hand, func(ctx context.Context) (bool, error) {
		return w.srv.cfg.Accounts.SignIn(ctx, account, secret)
	})
	return account, ok && err == nil, err
}

// firstResponse is the initial response, with AUTH itself or asked for.
func (w *wire) firstResponse(initial []string) ([]byte, error) {
	if len(initial) == 0 {
		return w.challenge("")
	}
	if initial[0] == "=" { // an empty one (RFC 4954 4)
		return nil, nil
	}
	return w.response(initial[0])
}

// challenge says something, and waits for what the client says to it.
func (w *wire) challenge(text string) ([]byte, error) {
	w.mu.Lock()
	w.take([]byte("334 " + base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n"))
	w.mu.Unlock()
	w.flush()
	line, err := w.readLine()
	if err != nil {
		w.dead = true
	}
	if line == nil {
		return nil, errGivenUp
	}
	return w.response(strings.TrimRight(string(line), "\r\n"))
}

func (w *wire) response(line string) ([]byte, error) {
	if line == "*" {
		w.say(501, "5.7.0", "AUTH is given up")
		return nil, errGivenUp
	}
	text, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		w.say(501, "5.5.2", "The response is not in base64")
		return nil, errGivenUp
	}
	return text, nil
}
