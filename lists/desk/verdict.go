package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"plenary/lists"
)

// verdict is what judging an action found. It is frozen under the queue id
// before anything is changed, so that a second run sees what the first saw.
type verdict struct {
	Result lists.Result `json:"result"`          // Did: to be carried out; else the end of it
	Text   string       `json:"text,omitempty"`  // what to say where nothing is carried out
	Lists  []string     `json:"lists,omitempty"` // IDs of the lists that the change reaches
	Sole   []string     `json:"sole,omitempty"`  // groups that lose their last leader
	Waits  string       `json:"waits,omitempty"` // list whose owners decide about a joining
	Note   string       `json:"note,omitempty"`  // what else a verb must remember
	Asks   bool         `json:"asks,omitempty"`  // asked about even when the asker is believed
	again  bool         // the action was judged before under this queue id

	// Text before it was filled in, for saying it in another language; "" as
	// it is.
	form string
	args []any
}

func refused(format string, args ...any) *verdict {
	return &verdict{Result: lists.Refused, Text: fmt.Sprintf(format, args...), form: format, args: args}
}

func already(format string, args ...any) *verdict {
	return &verdict{Result: lists.Already, Text: fmt.Sprintf(format, args...), form: format, args: args}
}

// verb is one kind of change.
type verb interface {
	// judge tells whether the action may be carried out and is needed,
	// without changing anything.
	judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error)
	// say tells, after "to", what carrying it out does, in the site's own
	// words and never in the asker's.
	say(ctx context.Context, s *sight, a lists.Action, v *verdict) (string, error)
	// apply carries out what was judged. It may run again for the same cause.
	apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error)
}

// verbOf is the verb of an action.
func verbOf(a lists.Action) (verb, bool) {
	switch a.Verb {
	case lists.DoJoin:
		return joining{}, true
	case lists.DoInvite:
		return inviting{}, true
	case lists.DoAdd:
		return adding{}, true
	case lists.DoDrop:
		return dropping{}, true
	case lists.DoLeave, lists.DoLeaveAll:
		return leaving{}, true
	case lists.DoPauseMail, lists.DoDelivery:
		return delivering{}, true
	case lists.DoVacation:
		return vacationing{}, true
	case lists.DoOwnPosts, lists.DoConceal, lists.DoLanguage:
		return preferring{}, true
	case lists.DoAddress:
		return moving{}, true
	case lists.DoPassword:
		return signing{}, true
	case lists.DoProgress, lists.DoNext, lists.DoState:
		return reporting{}, true
	case lists.DoApprove, lists.DoReject, lists.DoDiscard:
		return moderating{}, true
	case lists.DoCreate:
		return creating{}, true
	case lists.DoClose, lists.DoReopen:
		return closing{}, true
	case lists.DoRename:
		return renaming{}, true
	case lists.DoLeader, lists.DoAdmin:
		return appointing{}, true
	case lists.DoHandover, lists.DoDeputy:
		return handing{}, true
	case lists.DoVolunteer:
		return volunteering{}, true
	case lists.DoAnnounce:
		return announcing{}, true
	case lists.DoDigestNow:
		return digesting{}, true
	}
	return nil, false
}

// judge judges one action.
func (s *sight) judge(ctx context.Context, a lists.Action) (verb, *verdict, error) {
	how, ok := verbOf(a)
	if !ok {
		return nil, s.worded(refused("That can't be done here.")), nil
	}
	v, err := how.judge(ctx, s, a)
	if err != nil {
		return nil, nil, fmt.Errorf("judge %s of list %q: %w", a.Verb, a.List, err)
	}
	return how, s.worded(v), nil
}

// worded is a verdict said to who reads the outcome.
func (s *sight) worded(v *verdict) *verdict {
	if v.form != "" {
		v.Text, v.form = s.say(v.form, v.args...), ""
	}
	return v
}

// work is the carrying out of what one cause asks: one mail, one answer, one
// click. It gathers what its letters say together.
type work struct {
	*sight
	cause string // the queue id, which keys of letters and frozen verdicts derive from
	index int    // of the action within the cause
	// inReplyTo is the Message-ID of the mail that asked, for a question to
	// its asker.
	inReplyTo string

	joined []mover
	left   []mover
}

// carry judges one action, freezes the verdict and does what stands.
func (w *work) carry(ctx context.Context, index int, a lists.Action) (lists.Outcome, error) {
	w.index = index
	how, fresh, err := w.judge(ctx, a)
	if err != nil {
		return lists.Outcome{}, err
	}
	v, err := w.settle(ctx, fresh)
	if err != nil {
		return lists.Outcome{}, err
	}
	if v.Result != lists.Did || how == nil {
		return lists.Outcome{Result: v.Result, Text: v.Text}, nil
	}
	out, err := how.apply(ctx, w, a, v)
	var no *lists.Refusal
	switch {
	case errors.As(err, &no):
		return lists.Outcome{Result: lists.Refused, Text: w.refusal(no)}, nil
	case err != nil:
		return lists.Outcome{}, fmt.Errorf("carry out %s of list %q for %s: %w", a.Verb, a.List, w.cause, err)
	}
	w.d.log.Info("carried out", "verb", a.Verb, "list", a.List, "result", int(out.Result), "queue", w.cause)
	return out, w.refresh(ctx)
}

// settle freezes a verdict, or brings back the one that stands.
func (w *work) settle(ctx context.Context, fresh *verdict) (*verdict, error) {
	raw, err := json.Marshal(fresh)
	if err != nil {
		return nil, fmt.Errorf("write a verdict: %w", err)
	}
	stands, first, err := w.d.freeze(ctx, w.key("verdict"), raw, freezeFor)
	if err != nil {
		return nil, err
	}
	var v verdict
	if err := json.Unmarshal(stands, &v); err != nil {
		return nil, fmt.Errorf("read the verdict that stands for %s: %w", w.cause, err)
	}
	v.again = !first
	return &v, nil
}

// refresh looks again: the action that was carried out changed what is seen.
func (w *work) refresh(ctx context.Context) error {
	fresh, err := w.d.look(ctx, w.asker, w.quote)
	if err != nil {
		return err
	}
	fresh.accepted, fresh.speaker = w.accepted, w.speaker
	w.sight = fresh
	return nil
}

// key names something of this action for ever.
func (w *work) key(what string) string {
	return fmt.Sprintf("%s/%s/%d", what, w.cause, w.index)
}
