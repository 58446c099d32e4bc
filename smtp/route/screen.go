package route

import (
	"context"
	"fmt"
	"slices"

	"plenary/lists"
	"plenary/smtp"
)

// Screen tells reception, before a message is taken, whether every one of its
// targets refuses it already: then the writer hears of it at once, from their
// own server. Nil means: take it. One that can't be read is refused too.
func (r *Router) Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply {
	parsed, err := r.Recent.Parse(raw)
	if err != nil {
		return &smtp.Reply{Code: 550, Enhanced: [3]int{5, 6, 0}, Text: "The message cannot be taken: " + err.Error(), Cause: err}
	}
	if dir, err := r.Directory.Recent(ctx); err != nil {
		return unready(err)
	} else if r.beyondPosts(dir, env) {
		return nil
	}
	m := Mail{Envelope: env, Raw: raw, Message: parsed}
	p := r.describe(m)
	people, err := r.ahead(ctx, env, p.From)
	if err != nil {
		return unready(err)
	}
	defer people.wait()
	dir, err := r.Directory.Directory(ctx)
	if err != nil {
		return unready(err)
	}
	var refused *smtp.Reply
	for _, t := range r.targets(dir, env) {
		if r.isCommand(t) && env.Verdict.Refused() && len(p.From) == 1 {
			j := lists.Unproven(p.From[0])
			refused = &smtp.Reply{Code: j.Code, Enhanced: j.Enhanced, Text: j.Text}
			continue
		}
		if t.Kind != lists.TargetPost {
			return nil
		}
		author, admin, err := r.author(ctx, people, parsed, t.List)
		if err != nil {
			return unready(err)
		}
		j := lists.Judge(p, t.List, author.Person, admin, r.Site)
		if j.Verdict != lists.Reject {
			return nil
		}
		if refused == nil {
			refused = &smtp.Reply{Code: j.Code, Enhanced: j.Enhanced, Text: j.Text, Cause: fmt.Errorf("%s: %s", t.List.Name, j.Reason)}
		}
	}
	return refused
}

// beyondPosts tells whether one of the targets is no list: what is written to
// it is dealt with once it is taken, but for commands of a sender whose
// domain asks to refuse them.
func (r *Router) beyondPosts(dir *lists.Directory, env smtp.Envelope) bool {
	return slices.ContainsFunc(r.targets(dir, env), func(t lists.Target) bool {
		return t.Kind != lists.TargetPost && !(r.isCommand(t) && env.Verdict.Refused())
	})
}

func unready(err error) *smtp.Reply {
	return &smtp.Reply{Code: 451, Enhanced: [3]int{4, 3, 0}, Text: "The lists can't be looked up right now; please try again later", Cause: err}
}
