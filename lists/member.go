package lists

import (
	"hash/fnv"
	"time"
)

// Number is a person's number in a family: given once, from 1, never reused.
type Number uint32

// Stranger is the number by which the writer of a post counts who is no
// member: above all that are given, and the same for the same address.
func Stranger(a Address) Number {
	h := fnv.New32a()
	h.Write([]byte(a.Key()))
	return 1<<31 | Number(h.Sum32())
}

// Delivery is how a member takes a list's posts.
type Delivery string

// The delivery choices.
const (
	Each   Delivery = "each"   // every post as it comes
	Daily  Delivery = "daily"  // one digest a day
	Weekly Delivery = "weekly" // one digest a week
	NoMail Delivery = "none"   // nothing; reads the archive
)

// Role is what a member may do in a list beyond reading and writing.
type Role string

// The roles. A leader leads one list, and a deputy in the leader's place; an
// admin of a main list runs its family.
const (
	RoleMember Role = "member"
	RoleLeader Role = "leader"
	RoleDeputy Role = "deputy"
	RoleAdmin  Role = "admin"
)

// Subscription is one person's place in one list.
type Subscription struct {
	List     string   // list ID
	Delivery Delivery // Each unless chosen otherwise
	Leader   bool     // may do what leaders do
	Deputy   bool     // stands in for the leader; counts only with Leader
	Admin    bool
	Joined   time.Time // UTC, to the day at least
	Plain    bool      // digests come as one text (RFC 1153), not as MIME
	Turns    []Turn    // earlier choices of delivery, by post, ascending
}

// Person is somebody known to a family by one address.
type Person struct {
	Family   string
	Number   Number
	Address  Address
	Name     string // display name, "" unknown; never with control characters
	Language string // BCP 47, "" the list's
	HideOwn  bool   // own posts are not sent back
	Conceal  bool   // not shown by who
	Vacation Date   // no mail up to and including this day; "" none
	Bouncing bool   // paused: mail to the address fails
	Subs     []Subscription
}

// Sub is p's subscription to the list, if any.
func (p Person) Sub(list string) (Subscription, bool) {
	for _, s := range p.Subs {
		if s.List == list {
			return s, true
		}
	}
	return Subscription{}, false
}

// In tells whether p is a member of the list.
func (p Person) In(list string) bool { _, ok := p.Sub(list); return ok }

// Leads tells whether p leads the list, and not as a deputy.
func (p Person) Leads(list string) bool {
	s, _ := p.Sub(list)
	return s.Leader && !s.Deputy
}

// Deputy tells whether p stands in for the list's leader.
func (p Person) Deputy(list string) bool {
	s, _ := p.Sub(list)
	return s.Leader && s.Deputy
}

// Leading parts those who may do what a list's leaders do into its leaders
// and their deputies.
func Leading(officers []Person, list string) (leaders, deputies []Person) {
	for _, p := range officers {
		if p.Deputy(list) {
			deputies = append(deputies, p)
		} else {
			leaders = append(leaders, p)
		}
	}
	return leaders, deputies
}

// Away tells whether p takes no mail on the day today.
func (p Person) Away(today Date) bool {
	return p.Bouncing || p.Vacation != "" && today <= p.Vacation
}

// MemberState is what member ls shows: active, vacation or paused.
func (p Person) MemberState(today Date) string {
	switch {
	case p.Bouncing:
		return "paused"
	case p.Away(today):
		return "vacation"
	}
	return "active"
}

// Roles are the words of a subscription's roles, "member" always first.
func (s Subscription) Roles() []Role {
	r := []Role{RoleMember}
	switch {
	case s.Leader && s.Deputy:
		r = append(r, RoleDeputy)
	case s.Leader:
		r = append(r, RoleLeader)
	}
	if s.Admin {
		r = append(r, RoleAdmin)
	}
	return r
}
