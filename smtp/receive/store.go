package receive

import (
	"context"
	"log/slog"
	"strings"

	"plenary/smtp"
)

// store screens a message and puts it in the queue. The answer is a 250 with
// the queue id only when Inbox has it.
func (s *Server) store(w *wire, env smtp.Envelope, in *intake) error {
	raw := in.buf
	id, err := watched(&w.watch, env.ID, s.cfg.Limits.Hand, func(ctx context.Context) (string, error) {
		defer in.drop()
		if r := s.screen.Screen(ctx, env, raw); r != nil {
			return "", r
		}
		return s.accept(ctx, env, raw)
	})
	return s.outcome(w, env, len(raw), id, err)
}

// storeEach is store for LMTP: rejected holds, by address in lower case, the
// replies for those recipients that Screen refused one by one.
func (s *Server) storeEach(w *wire, env smtp.Envelope, in *intake) (rejected map[string]*smtp.Reply, done error) {
	if len(env.To) == 1 {
		return nil, s.store(w, env, in)
	}
	raw := in.buf
	type answer struct {
		id       string
		taken    smtp.Envelope
		rejected map[string]*smtp.Reply
	}
	a, err := watched(&w.watch, env.ID, s.cfg.Limits.Hand, func(ctx context.Context) (answer, error) {
		defer in.drop()
		a := answer{rejected: map[string]*smtp.Reply{}}
		a.taken = env
		a.taken.To = nil
		for _, to := range env.To {
			one := env
			one.To = []string{to}
			if r := s.screen.Screen(ctx, one, raw); r != nil {
				a.rejected[strings.ToLower(to)] = r
				s.logRefusal(one, *r)
				continue
			}
			a.taken.To = append(a.taken.To, to)
		}
		if len(a.taken.To) == 0 {
			return a, nil
		}
		var err error
		a.id, err = s.accept(ctx, a.taken, raw)
		return a, err
	})
	switch {
	case err != nil:
		return a.rejected, s.outcome(w, env, len(raw), "", err)
	case a.id == "":
		return a.rejected, nil // every recipient has its own
	}
	return a.rejected, s.outcome(w, a.taken, len(raw), a.id, err)
}

// accept hands a message over, unless the client was told meanwhile that it
// took too long.
func (s *Server) accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	id, err := s.inbox.Accept(ctx, env, raw)
	if err == nil && id == "" {
		id = env.ID
	}
	return id, err
}

// outcome is the reply to a message that was whole.
func (s *Server) outcome(w *wire, env smtp.Envelope, size int, id string, err error) error {
	if err != nil {
		r := asReply(err, replyLater)
		s.logRefusal(env, r)
		return refusal(r, env.SMTPUTF8)
	}
	w.accepted()
	s.cfg.Log.LogAttrs(s.base, slog.LevelInfo, "message accepted",
		slog.String("id", id), slog.String("protocol", env.Protocol), slog.Int("octets", size), slog.Int("recipients", len(env.To)))
	return queued(id)
}

// logRefusal notes why a message was not taken: the client's doing at info,
// our own at warning.
func (s *Server) logRefusal(env smtp.Envelope, r smtp.Reply) {
	log := s.cfg.Log.Info
	if r.Cause != nil || r.Temporary() {
		log = s.cfg.Log.Warn
	}
	log("message refused", "id", env.ID, "protocol", env.Protocol, "code", r.Code, "reason", r.Text, "cause", r.Cause)
}
