package lists

import "strings"

// TargetKind is what an address of ours is for.
type TargetKind string

// The kinds of target. Those of one list have List and Main set; the site's
// have neither.
const (
	TargetPost     TargetKind = "post"
	TargetJoin     TargetKind = "join"
	TargetLeave    TargetKind = "leave" // Token: act at once
	TargetRequest  TargetKind = "request"
	TargetOwner    TargetKind = "owner"
	TargetConfirm  TargetKind = "confirm"  // Token: the question
	TargetProgress TargetKind = "progress" // Token: the week's question
	TargetBounces  TargetKind = "bounces"  // Token: the member
	TargetHelp     TargetKind = "help"     // as request with the one command help

	TargetSite         TargetKind = "site" // plenary@: commands for the whole site
	TargetSiteConfirm  TargetKind = "site-confirm"
	TargetSiteProgress TargetKind = "site-progress"
	TargetSiteBounces  TargetKind = "site-bounces"
	TargetPostmaster   TargetKind = "postmaster" // also plenary-owner@, mailer-daemon@
	TargetAbuse        TargetKind = "abuse"
)

// Target is one of our addresses, read.
type Target struct {
	Kind  TargetKind
	List  List   // the zero List for the site's addresses
	Main  List   // the main list of List's family
	Token string // lower case, "" none
}

// Resolve reads the local part of an address of ours; ok is false where
// there is no such address. Case does not matter, and + serves as - before a
// role word: dc-leave+TOKEN and dc+leave+TOKEN are one.
func (d *Directory) Resolve(local string) (t Target, ok bool) {
	if len(local) > 64 || !ascii(local) {
		return Target{}, false
	}
	base, rest, plus := strings.Cut(strings.ToLower(local), "+")
	if plus && rest == "" {
		return Target{}, false
	}
	stem, role, hasRole := cutRole(base)
	token := rest
	if !hasRole {
		stem = base
		if plus {
			var tokenGiven bool
			role, token, tokenGiven = strings.Cut(rest, "+")
			if !isRole(role) || tokenGiven && token == "" {
				return Target{}, false
			}
		}
	}
	if token != "" && !(wellFormed(token) && len(token) <= MaxToken) {
		return Target{}, false
	}
	if i, found := d.byLabel[stem]; found {
		return d.listTarget(d.Lists[i], role, token)
	}
	return d.siteTarget(stem, role, token)
}

// listTarget is the target of LIST, or LIST-role[+token].
func (d *Directory) listTarget(l List, role, token string) (Target, bool) {
	t := Target{List: l, Main: d.MainOf(l), Token: token}
	takesToken := false
	switch role {
	case "":
		t.Kind = TargetPost
	case "join", "subscribe":
		t.Kind = TargetJoin
	case "leave", "unsubscribe":
		t.Kind, takesToken = TargetLeave, true
	case "confirm", "progress", "bounces":
		t.Kind, takesToken = TargetKind(role), true
	default:
		t.Kind = TargetKind(role)
	}
	if token != "" && !takesToken {
		return Target{}, false
	}
	return t, true
}

// siteTarget is the target of an address of the site. Role words that mean
// one list (plenary-join) are read as commands to the site, as a newcomer
// would expect an answer there too.
func (d *Directory) siteTarget(stem, role, token string) (Target, bool) {
	commands := stem != "postmaster" && stem != "mailer-daemon" && stem != "abuse"
	switch {
	case !isSite(stem):
		return Target{}, false
	case commands && (role == "confirm" || role == "progress" || role == "bounces"):
		return Target{Kind: "site-" + TargetKind(role), Token: token}, true
	case commands && (role == "leave" || role == "unsubscribe") && token != "":
		return d.longLeave(token)
	case token != "", !commands && role != "":
		return Target{}, false
	case stem == "abuse":
		return Target{Kind: TargetAbuse}, true
	case !commands || role == "owner":
		return Target{Kind: TargetPostmaster}, true
	}
	return Target{Kind: TargetSite}, true
}

// longLeave reads plenary-leave+TOKEN, RoleAddress's form for a list whose
// name is long: the token tells the list.
func (d *Directory) longLeave(token string) (Target, bool) {
	serial, isToken := tokenSerial(token)
	l, found := d.BySerial(serial)
	if !isToken || !found {
		return Target{}, false
	}
	return Target{Kind: TargetLeave, List: l, Main: d.MainOf(l), Token: token}, true
}

// ascii guards the folding of case: beyond ASCII, letters exist that fold
// into it (the Kelvin sign becomes k).
func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
