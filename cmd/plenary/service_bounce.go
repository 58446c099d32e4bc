package main

import (
	"context"

	"plenary/lists"
	"plenary/smtp/bounce"
	"plenary/smtp/deliver"
	"plenary/smtp/route"
)

// bounced hears from the sender what could not be delivered.
type bounced struct {
	s      *service
	keeper *bounce.Keeper
}

func (b bounced) Failed(ctx context.Context, f deliver.Failure) error {
	dir, err := b.s.store.Directory(ctx)
	if err != nil {
		return err
	}
	l, ok := dir.ByID(f.List)
	if !ok {
		return nil // the list was removed meanwhile, and its members with it
	}
	return b.keeper.Failed(ctx, l, f.Number, bounce.FromReply(f.Code, f.Enhanced, f.Text, f.Stage, f.Expired))
}

// chunkMembers is how many numbers a chunk of the queue has at most: those
// whom a shared envelope sender stands for.
const chunkMembers = 256

// deliveryReport is mail to a bounces address. Its token names list and
// member; a mail without one, or that is no report, says nothing of anybody.
func (b bounced) deliveryReport(ctx context.Context, m route.Mail, t lists.Target) error {
	log := b.s.log.With("queue", m.Envelope.ID, "message", m.Message.MessageID)
	serial, number, ok := lists.ReadMemberToken(b.s.store.Secret(), lists.TokenBounce, t.Token)
	several := false
	if !ok {
		serial, number, several = lists.ReadMemberToken(b.s.store.Secret(), lists.TokenChunk, t.Token)
	}
	if !ok && !several {
		log.Info("mail to a bounces address without a valid token dropped")
		return nil
	}
	dir, err := b.s.store.Directory(ctx)
	if err != nil {
		return err
	}
	l, ok := dir.BySerial(serial)
	if !ok {
		return nil
	}
	var read bool
	if several {
		read, err = b.keeper.ReportedAmong(ctx, b.s.store, l, number, number+chunkMembers-1, m.Raw)
	} else {
		read, err = b.keeper.Reported(ctx, l, number, m.Raw)
	}
	if err == nil && !read {
		log.Info("mail to a bounces address that is no delivery report dropped", "list", l.Name, "member", number)
	}
	return err
}
