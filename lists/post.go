package lists

import "time"

// Post is what judging needs to know of a message sent to a list.
type Post struct {
	MessageID     string    // without brackets, "" none
	From          []Address // mailboxes of From; judged only if exactly one
	EnvelopeFrom  string    // "" null sender
	Subject       string
	Size          int64
	ListIDs       []string // List-Id values without brackets, lower case
	XLoop         []string // X-Loop values
	AutoSubmitted string   // first word, lower case; "" or "no": written by a person
	Precedence    string   // lower case
	Received      int      // count of Received fields
	CommandOnly   string   // the command word, when the text is nothing but a command
	Doubted       bool     // it proves nothing, though From's domain publishes how its mail does (or could not be asked)
	Failing       string   // "reject" or "quarantine": it fails DMARC, and From's domain asks for that; "" neither
}

// HeldJoin is the Kind of a request to join, which waits as posts do.
const HeldJoin = "join"

// HeldPost waits for a leader or admin.
type HeldPost struct {
	Kind    string    `json:"kind,omitempty"` // "" a post, or HeldJoin: Author asks to join
	Number  int       `json:"number"`         // within the list, from 1, never reused
	List    string    `json:"list"`
	Author  Address   `json:"author"`
	Name    string    `json:"name"`
	Subject string    `json:"subject"`
	Reason  string    `json:"reason"` // why, for the owners
	Queue   string    `json:"queue"`  // queue id it came in by
	MsgID   string    `json:"msgid"`
	Size    int64     `json:"size"`
	At      time.Time `json:"at"`
	Belief  string    `json:"belief,omitempty"` // what was found out about its sender at arrival, in the mail rooms' words; kept for them alone
}

// ProgressEntry is one line of a group's record. Entries are appended, never
// changed; a later one corrects an earlier one.
type ProgressEntry struct {
	ID     string    `json:"id"`   // set by the store, grows with time
	List   string    `json:"list"` // list ID
	Kind   string    `json:"kind"` // progress, next and so on: those of package digest, and marks of the site's own
	Author Address   `json:"author"`
	Name   string    `json:"name"` // author's display name
	Text   string    `json:"text"` // progress, step, state …
	By     Date      `json:"by,omitempty"`
	Source string    `json:"source,omitempty"` // Message-ID
	Week   string    `json:"week,omitempty"`   // the ISO week whose question it answers, "" none: the last answer counts
	Post   string    `json:"post,omitempty"`   // code in the archive of the post that it went out as: a digest's
	At     time.Time `json:"at"`
}
