package main

import (
	"context"

	"plenary/lists"
	"plenary/smtp/deliver"
	"plenary/smtp/route"
)

// bounced hears what could not be delivered.
type bounced struct{ s *service }

func (b bounced) Failed(ctx context.Context, f deliver.Failure) error {
	b.s.log.Warn("not delivered", "message", f.PostID, "list", f.List, "member", f.Number, "code", f.Code, "reply", f.Text)
	return nil
}

// deliveryReport is mail to a bounces address.
func (s *service) deliveryReport(ctx context.Context, m route.Mail, t lists.Target) error {
	return nil
}
