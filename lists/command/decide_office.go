package command

import (
	"strings"

	"plenary/lists"
)

// office decides who leads a group: volunteer, handover and deputy. Whom it
// concerns is asked by the desk.
func (d decider) office() {
	c := d.c
	if c.Name != "volunteer" {
		c.Rest = d.listFirst(c.Rest)
	}
	l, rest, no := d.list(d.e, c)
	switch {
	case no != "":
		d.refuse(no)
	case l.Main():
		d.refuse(d.no("%s is a main list, and %q is about a group: write %s. %s", l.Name, d.c.Name, forms(d.e), d.whichThereAre()))
	case !d.may(d.e.Who, l):
		d.refuse(d.outside(l))
	case d.c.Name == "volunteer" && strings.Contains(rest, "@") && !lists.Address(strings.Trim(rest, "<> ")).Same(d.Asker):
		d.refuse(d.no("You can only offer yourself, with the address that you write from. Admins make others leaders: \"leader %s ADDRESS\".", l.Name))
	case d.c.Name == "volunteer":
		d.act(lists.Action{Verb: lists.DoVolunteer, List: l.ID, Subject: d.Asker})
	default:
		d.appoint(map[string]lists.Verb{"handover": lists.DoHandover, "deputy": lists.DoDeputy}[d.c.Name], l, rest)
	}
}
