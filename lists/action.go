package lists

import "time"

// Verb names one change that can be asked for by mail, page or command line.
type Verb string

// The verbs. What each needs of an Action stands beside it.
const (
	DoJoin      Verb = "join"       // List, Subject, Name
	DoLeave     Verb = "leave"      // List, Subject; a main list takes its sub-lists along
	DoLeaveAll  Verb = "leave-all"  // Subject
	DoPauseMail Verb = "pause-mail" // List, Subject: one click on a main list by one who is in sub-lists
	DoDelivery  Verb = "delivery"   // List ("" every list of Subject), Subject, Value each|daily|weekly|none, "daily plain", "weekly plain"
	DoVacation  Verb = "vacation"   // List's family ("" every), Subject, By ("" back)
	DoOwnPosts  Verb = "own-posts"  // Subject, Value on|off
	DoConceal   Verb = "conceal"    // Subject, Value on|off
	DoLanguage  Verb = "language"   // Subject, Value
	DoAddress   Verb = "address"    // Subject, Value: the new address
	DoPassword  Verb = "password"   // Subject
	DoProgress  Verb = "progress"   // List, Subject, Text; Value "" or a further kind of entry: help|dissent|done|dropped
	DoNext      Verb = "next"       // List, Text, By
	DoState     Verb = "state"      // List, Value
	DoAdd       Verb = "add"        // List, Subject (one action an address)
	DoDrop      Verb = "drop"       // List, Subject
	DoInvite    Verb = "invite"     // List, Subject
	DoApprove   Verb = "approve"    // List, Number of the held post or request
	DoReject    Verb = "reject"     // List, Number, Text reason
	DoDiscard   Verb = "discard"    // List, Number
	DoCreate    Verb = "create"     // New
	DoClose     Verb = "close"      // List
	DoReopen    Verb = "reopen"     // List
	DoRename    Verb = "rename"     // List, Value: new name
	DoLeader    Verb = "leader"     // List, Subject: the leader to be
	DoHandover  Verb = "handover"   // List, Subject: who shall lead in place of the asker
	DoDeputy    Verb = "deputy"     // List, Subject: the deputy to be
	DoVolunteer Verb = "volunteer"  // List, Subject: who offers to lead
	DoAdmin     Verb = "admin"      // List: the main list, Subject: the admin to be
	DoAnnounce  Verb = "announce"   // List: the main list, Text
	DoDigestNow Verb = "digest-now" // List: the main list
)

// Action is one change, asked for by Asker and about Subject. It is a value
// that a pending question can hold for days: it names lists by ID, and what
// it may do is judged again when it is carried out.
type Action struct {
	Verb    Verb     `json:"verb"`
	List    string   `json:"list,omitempty"`    // list ID
	Asker   Address  `json:"asker,omitempty"`   // who asked
	Subject Address  `json:"subject,omitempty"` // whom it is about
	Name    string   `json:"name,omitempty"`    // display name, for join and add
	Value   string   `json:"value,omitempty"`
	Text    string   `json:"text,omitempty"`
	By      Date     `json:"by,omitempty"`
	Number  int      `json:"number,omitempty"`
	New     *NewList `json:"new,omitempty"`
	Source  string   `json:"source,omitempty"` // Message-ID it came from, for the record
}

// Outcome is what came of one Action, in words for the one who asked.
type Outcome struct {
	Result Result
	Text   string // one or more sentences, without markup; said to the asker
	Lang   string // what Text is said in, BCP 47; "" English
	Told   bool   // a letter of its own (a question, a welcome, a farewell) says it to the asker: an answer that would say only this need not be sent
}

// Result is how an Action ended.
type Result int

// The results. Already counts as done: the state asked for is there.
const (
	Did     Result = iota // carried out
	Already               // was so before
	Asked                 // waits for a confirmation, of whom the text says
	Waits                 // waits for the list's owners
	Refused               // not carried out; the text says why and what to do instead
)

// Refusal is an error whose text is meant for the person who asked: it names
// what is wrong and what to write instead.
//
// Form and Args are the same before they were filled in (as by fmt.Sprintf),
// for saying it in another language; Form may be "".
type Refusal struct {
	Text string
	Form string
	Args []any
}

func (r *Refusal) Error() string { return r.Text }

// Question is a pending confirmation: what will be done when Address says
// yes. Its token is 128 random bits, 26 characters of base32; the store keeps
// it so that it can't be read back from a stolen dump.
type Question struct {
	ID      string    `json:"id"` // 16 random bytes, hex; the token derives from it
	Kind    Kind      `json:"kind"`
	Address Address   `json:"address"` // who is asked
	Member  bool      `json:"member"`  // of any list when asked; caps differ
	Actions []Action  `json:"actions"`
	Via     string    `json:"via"` // list ID whose confirm address is used, "" plenary-confirm
	Asked   time.Time `json:"asked"`
	Expires time.Time `json:"expires"`           // three days on
	Settled string    `json:"settled,omitempty"` // "" open, "yes", "no"
	Said    string    `json:"said,omitempty"`    // what was answered when it was settled
}

// Kind is why a question was asked; it picks the words.
type Kind string

// The kinds of question.
const (
	KindConfirm Kind = "confirm" // you, or somebody in your name, asked for this
	KindInvite  Kind = "invite"  // a leader asks whether you want to join
	KindLead    Kind = "lead"    // somebody asks whether you will lead, or be a deputy
	KindOwners  Kind = "owners"  // a newcomer asks to join; you decide
	KindOffer   Kind = "offer"   // somebody offers to lead; you decide
)
