package command

import (
	"slices"

	"plenary/lists"
)

// mostCommanding puts first, of the addresses a mail went to, the one whose
// mail says the most: a list's request address, then the site's, then help,
// then those whose address alone is the command.
func mostCommanding(in In) In {
	rank := func(t lists.Target) int {
		switch t.Kind {
		case lists.TargetRequest:
			return 0
		case lists.TargetSite:
			return 1
		case lists.TargetHelp:
			return 2
		}
		return 3
	}
	all := append([]lists.Target{in.Target}, in.Also...)
	slices.SortStableFunc(all, func(a, b lists.Target) int { return rank(a) - rank(b) })
	in.Target, in.Also = all[0], all[1:]
	return in
}

// also decides what the further addresses of a mail ask for. Each that is a
// command by itself is carried out; the text's commands are read once, and
// the answer says so.
func also(in In, f Facts) (all []Decision) {
	for _, t := range in.Also {
		c := Command{To: string(f.Site.At(t.List.Name))}
		switch t.Kind {
		case lists.TargetJoin:
			c.Name, c.To = "join", string(lists.RoleAddress(t.List, "join", "", f.Site.Domain))
		case lists.TargetLeave:
			c.Name, c.To = "leave", string(lists.RoleAddress(t.List, "leave", "", f.Site.Domain))
		case lists.TargetHelp:
			if in.Target.Kind == lists.TargetHelp {
				continue
			}
			c.Name, c.To = "help", string(lists.RoleAddress(t.List, "help", "", f.Site.Domain))
		default:
			to := Facts{Site: f.Site, Here: t.List}.commandAddress()
			all = append(all, Decision{Command: Command{To: string(to)},
				Notes: []string{f.say("Your mail went to %s too. Its commands were read once, as written to %s; to have others carried out there, send another mail.", to, f.commandAddress())}})
			continue
		}
		there := f
		there.Here = t.List
		all = append(all, Decide(there, []Command{c})...)
	}
	return all
}
