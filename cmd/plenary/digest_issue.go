package main

import (
	"plenary/lists"
)

type digestIssueCmd struct {
	List    string `arg:"" help:"The list: a main list or a group."`
	Cadence string `arg:"" enum:"daily,weekly" help:"daily or weekly."`
}

// Run sends what has gathered for members' own digests of a list ahead of its
// time; what comes after it is in the next, at the usual time.
func (c digestIssueCmd) Run(a *app) error {
	s, l, err := a.partsFor(c.List)
	if err != nil {
		return err
	}
	sent, err := s.personal.IssueNow(a.ctx, l, lists.Delivery(c.Cadence))
	switch {
	case err != nil:
		return err
	case sent.Issues == 0:
		a.say("Nothing has gathered for the %s digests of %s, or nobody takes them.", c.Cadence, l.Name)
	default:
		a.say("%s of the %s digest of %s: %s to %s.", count(sent.Issues, "issue"), c.Cadence, l.Name, count(sent.Mails, "distinct mail"), count(sent.Members, "member"))
	}
	return nil
}
