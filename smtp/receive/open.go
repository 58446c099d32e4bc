package receive

import "time"

const proxyTime = 10 * time.Second

// open does what comes before the greeting: read the PROXY header of a peer
// that sends one, and listen whether the client can wait. false: the client
// was told to go.
func (w *wire) open() bool {
	if !w.lmtp && w.speaksForOthers() {
		w.hurry(proxyTime)
		client, err := readProxy(w.in)
		w.hurry(0)
		if err != nil {
			w.srv.cfg.Log.Warn("the proxy did not say for whom it speaks", "err", err)
			w.dead = true
			return false
		}
		if client.IsValid() {
			w.addr = client
		}
		leave, why := w.srv.door.sit(w.addr)
		if why != "" {
			w.hangUp(421, "4.7.0", why+", try again in a minute")
			return false
		}
		w.leave = append(w.leave, leave)
	}
	if pause := w.srv.cfg.Limits.GreetPause; pause > 0 {
		w.hurry(pause)
		_, err := w.in.Peek(1)
		w.hurry(0)
		switch {
		case err == nil:
			w.hangUp(554, "5.5.1", "You spoke before the greeting")
			return false
		case !timeout(err):
			w.dead = true
			return false
		}
	}
	return true
}
