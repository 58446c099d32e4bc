package lists

import (
	"fmt"
	"strings"
)

// Verdict is what becomes of a post to one list.
type Verdict string

// The verdicts.
const (
	Accept  Verdict = "accept"  // goes to the list
	Hold    Verdict = "hold"    // waits for the list's owners
	Reject  Verdict = "reject"  // refused, at DATA where every target refuses, else by letter
	Return  Verdict = "return"  // a command sent to everybody: given back with the address to write to
	Discard Verdict = "discard" // taken and dropped: a loop, or mail that a machine wrote
)

// Judgement is a verdict with its words.
type Judgement struct {
	Verdict  Verdict
	Reason   string // why, for owners and logs; "" when accepted. No addresses
	Text     string // for the writer: one line of ASCII, fit for an SMTP reply; "" when accepted or discarded
	Form     string // Text before it was filled in with Args, where a letter may say it in other languages
	Args     []any
	Code     int    // SMTP code of a Reject, else 0
	Enhanced [3]int // its enhanced code (RFC 3463)
	Quiet    bool   // no letter may be written about it, to anybody (invariant 4)
}

// MaxReceived is how many Received fields a post may carry before it is
// taken for one that goes in circles.
const MaxReceived = 50

// Judge tells what becomes of p on the list l. The author is the person whom
// l's family knows by p's From, nil if nobody; isAdmin tells whether they are
// an admin of the family (the site's admins are found in site). A post that
// is answered with Quiet set, or discarded, must never cause a mail.
func Judge(p Post, l List, author *Person, isAdmin bool, site Site) Judgement {
	j := judge(p, l, author, isAdmin, site)
	if p.Failing == "quarantine" {
		j.Quiet = true // its author may be anybody's invention
		if j.Verdict == Accept {
			j.Verdict, j.Reason = Hold, whyCautious
		}
	}
	return j
}

func judge(p Post, l List, author *Person, isAdmin bool, site Site) Judgement {
	if j, stop := judgeMachine(p, l, site); stop {
		return j
	}
	if len(p.From) != 1 {
		return Judgement{
			Verdict: Reject, Reason: fmt.Sprintf("its From names %d authors", len(p.From)),
			Text: "A post needs exactly one author: one From field with one address. Please send it again from one address.",
			Code: 550, Enhanced: [3]int{5, 7, 1}, Quiet: true,
		}
	}
	if p.Failing == "reject" {
		return Unproven(p.From[0])
	}
	address := l.Address(site.Domain)
	switch {
	case l.State == Closed:
		return Judgement{Verdict: Reject, Reason: "the list is closed", Code: 550, Enhanced: [3]int{5, 2, 1}}.
			saying("The list %s is closed and takes no more posts.", address)
	case l.MaxBytes > 0 && p.Size > l.MaxBytes:
		return Judgement{
			Verdict: Reject, Reason: fmt.Sprintf("it has %s, the list takes %s", bytesInWords(p.Size), bytesInWords(l.MaxBytes)),
			Code: 552, Enhanced: [3]int{5, 3, 4},
		}.saying("Your mail has %s, and %s takes %s at most. Please send a link instead of the file.",
			bytesInWords(p.Size), address, bytesInWords(l.MaxBytes))
	case p.CommandOnly != "":
		return returned(p.CommandOnly, l, site.Domain)
	}
	officer := officer(l, author, isAdmin) || site.Admin(p.From[0])
	if officer && !p.Doubted {
		// A domain that publishes nothing leaves its people only their From.
		return Judgement{Verdict: Accept}
	}
	return judgePolicy(l, author, officer, site.Domain)
}

// Unproven refuses mail that fails DMARC where its domain asks for that.
func Unproven(from Address) Judgement {
	return Judgement{
		Verdict: Reject, Reason: "it fails DMARC, and its domain asks that such mail be refused",
		Text: fmt.Sprintf("Nothing proves that this mail is from %s, and that domain asks that such mail be refused (DMARC). "+
			"Please send it through the servers of %s.", from.Domain(), from.Domain()),
		Code: 550, Enhanced: [3]int{5, 7, 1}, Quiet: true,
	}
}

// judgeMachine stops what goes in circles and what no person wrote.
func judgeMachine(p Post, l List, site Site) (j Judgement, stop bool) {
	discard := func(why string) (Judgement, bool) {
		return Judgement{Verdict: Discard, Reason: why, Quiet: true}, true
	}
	reject := func(why, text string, enhanced [3]int) (Judgement, bool) {
		return Judgement{Verdict: Reject, Reason: why, Text: text, Code: 550, Enhanced: enhanced, Quiet: true}, true
	}
	own, sibling := loops(p, l, site.Domain)
	switch {
	case own:
		return discard("it has been through this list before")
	case p.Received > MaxReceived:
		return reject(fmt.Sprintf("it has %d Received fields", p.Received),
			"This mail has passed too many servers and seems to go in circles.", [3]int{5, 4, 6})
	case p.EnvelopeFrom == "" || p.EnvelopeFrom == "<>":
		return discard("its envelope has no sender, as only reports and automatic answers do")
	case strings.HasPrefix(p.AutoSubmitted, "auto-replied"):
		return discard("it is an automatic answer")
	case p.AutoSubmitted != "" && p.AutoSubmitted != "no":
		return reject("a program wrote it (Auto-Submitted)",
			"This list takes no mail that a program wrote (Auto-Submitted).", [3]int{5, 7, 1})
	case p.Precedence == "bulk" || p.Precedence == "junk" || p.Precedence == "list":
		return reject("it is bulk mail (Precedence: "+p.Precedence+")",
			"This list takes no bulk mail (Precedence: "+p.Precedence+").", [3]int{5, 7, 1})
	case sibling:
		return Judgement{
			Verdict: Hold, Reason: whyOtherList, Quiet: true,
			Text: "It came through another list of this site, so the list's owners look at it first.",
		}, true
	}
	return Judgement{}, false
}

// loops tells whether p bears the marks of l itself, or those of another
// list of the site. The second is no loop yet when somebody redirects a post
// to a better list, but it could become one.
func loops(p Post, l List, domain string) (own, sibling bool) {
	domain = strings.ToLower(domain)
	for _, id := range p.ListIDs {
		id = strings.ToLower(strings.Trim(strings.TrimSpace(id), "<>"))
		own = own || id == strings.ToLower(l.ListID)
		sibling = sibling || strings.HasSuffix(id, "."+domain)
	}
	for _, x := range p.XLoop {
		x = strings.ToLower(strings.Trim(strings.TrimSpace(x), "<>"))
		for _, label := range l.labels() {
			own = own || x == label+"@"+domain
		}
		own = own || x == strings.ToLower(l.ListID)
		sibling = sibling || strings.HasSuffix(x, "@"+domain)
	}
	return own, sibling
}

// officer tells whether the author leads l or is an admin of its family.
func officer(l List, author *Person, isAdmin bool) bool {
	if author == nil {
		return isAdmin
	}
	here, _ := author.Sub(l.ID)
	main, _ := author.Sub(l.Family)
	return isAdmin || here.Leader || here.Admin || main.Admin
}

// judgePolicy is what l's post policy says to anybody but an officer; to one
// whom a doubted From names, it says what it does to others, but asks the
// owners where it would refuse. An unknown policy holds: nothing is lost and
// nothing gets out.
func judgePolicy(l List, author *Person, officer bool, domain string) Judgement {
	inList := author != nil && author.In(l.ID)
	inFamily := inList || author != nil && author.In(l.Family)
	policy := l.Post
	if policy == "" {
		policy = DefaultPost(l.Main())
	}
	byOwners := policy != PostAnyone && policy != PostMembers && policy != PostFamily
	switch {
	case officer && (byOwners || policy == PostMembers && !inList || policy == PostFamily && !inFamily):
		return held(whyOfficer).saying("Your post to %s waits for the list's owners, because nothing proves that it comes from the leader or admin it names.", l.Address(domain))
	}
	switch policy {
	case PostAnyone:
		return Judgement{Verdict: Accept}
	case PostMembers:
		if inList {
			return Judgement{Verdict: Accept}
		}
		return held(whyNotMember).saying("Your post to %s waits for the list's owners, because you are not a member of the list under this address.", l.Address(domain))
	case PostFamily:
		if inFamily {
			return Judgement{Verdict: Accept}
		}
		return held(whyNotFamily).saying("Your post to %s waits for the list's owners, because you are not a member under this address.", l.Address(domain))
	case PostAnnounce:
		return Judgement{Verdict: Reject, Reason: "only leaders and admins write to this list", Code: 550, Enhanced: [3]int{5, 7, 1}}.
			saying("Only the leaders and admins of %s write to it. To reach them, write to %s.",
				l.Address(domain), RoleAddress(l, "owner", "", domain))
	}
	return held(whyModerated).saying("Your post to %s waits for the list's owners, because every post to this list does.", l.Address(domain))
}

func held(why string) Judgement { return Judgement{Verdict: Hold, Reason: why} }

// saying is the judgement with its words for the writer.
func (j Judgement) saying(form string, args ...any) Judgement {
	j.Text, j.Form, j.Args = fmt.Sprintf(form, args...), form, args
	return j
}

// DefaultPost is the post policy of a list that names none.
func DefaultPost(main bool) PostPolicy {
	if main {
		return PostMembers
	}
	return PostFamily
}

// returned gives a command back that was sent to everybody, with the address
// that its word belongs to.
func returned(word string, l List, domain string) Judgement {
	j, to := Judgement{Verdict: Return, Reason: "it is nothing but a command"}, l.Address(domain)
	switch strings.ToLower(word) {
	case "leave", "unsubscribe", "unsub", "signoff", "remove":
		return j.saying("Your mail was not sent on: it is nothing but a command, and %s goes to every member. To leave the list, write to %s.", to, RoleAddress(l, "leave", "", domain))
	case "join", "subscribe", "sub":
		return j.saying("Your mail was not sent on: it is nothing but a command, and %s goes to every member. To join the list, write to %s.", to, RoleAddress(l, "join", "", domain))
	}
	return j.saying("Your mail was not sent on: it is nothing but a command, and %s goes to every member. Please send commands to %s.", to, RoleAddress(l, "request", "", domain))
}

// bytesInWords is a size as people read it.
func bytesInWords(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}
