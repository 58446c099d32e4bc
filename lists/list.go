package lists

import "time"

// State is what a group is doing.
type State string

// The states of a list, as the command line and JSON show them.
const (
	Forming State = "forming"
	Active  State = "active"
	Paused  State = "paused"
	Done    State = "done"
	Closed  State = "closed"
)

// PostPolicy says who may post.
type PostPolicy string

// The post policies (DESIGN section 1, "Lists and people").
const (
	PostFamily    PostPolicy = "family"    // any member of the main list
	PostMembers   PostPolicy = "members"   // members of this list
	PostAnyone    PostPolicy = "anyone"    // anybody
	PostModerated PostPolicy = "moderated" // every post waits for a leader
	PostAnnounce  PostPolicy = "announce"  // leaders and admins only
)

// JoinPolicy says who may subscribe.
type JoinPolicy string

// The join policies.
const (
	JoinOpen     JoinPolicy = "open"     // anybody who confirms
	JoinApproved JoinPolicy = "approved" // the list's owners say yes to each
	JoinInvited  JoinPolicy = "invited"  // only those whom owners add or invite
)

// ArchivePolicy says who may read the archive.
type ArchivePolicy string

// The archive policies.
const (
	ArchivePublic  ArchivePolicy = "public"
	ArchiveMembers ArchivePolicy = "members"
	ArchiveNone    ArchivePolicy = "none"
)

// UnsubscribeMode says how List-Unsubscribe is written (DESIGN section 4).
type UnsubscribeMode string

// The unsubscribe modes.
const (
	UnsubscribeOneClick UnsubscribeMode = "one-click"
	UnsubscribeShared   UnsubscribeMode = "shared"
)

// ReplyMode says where answers to a post go.
type ReplyMode string

// The reply modes.
const (
	ReplyAuthor ReplyMode = "author"
	ReplyList   ReplyMode = "list"
)

// FromMode says when the author's From is rewritten.
type FromMode string

// The From modes.
const (
	FromAuto   FromMode = "auto"
	FromAlways FromMode = "always"
	FromNever  FromMode = "never"
)

// List is a main list or a sub-list. ID, Family, Serial and ListID never
// change; Name is the local part of its address now.
type List struct {
	ID         string          `json:"id"`      // its name at creation, never given to another list
	Serial     uint32          `json:"serial"`  // unique in the site, never reused; stands in tokens
	Family     string          `json:"family"`  // ID of the main list, its own for a main list
	ListID     string          `json:"list_id"` // RFC 2919 identifier without brackets
	Name       string          `json:"name"`    // local part: dc, dc-data-protection
	Short      string          `json:"short"`   // data-protection under dc; a main list's own name
	Title      string          `json:"title"`   // words for people
	Purpose    string          `json:"purpose,omitempty"`
	Next       string          `json:"next,omitempty"` // the next step, without its date
	NextBy     Date            `json:"next_by,omitempty"`
	State      State           `json:"state"`
	Post       PostPolicy      `json:"post"`
	Join       JoinPolicy      `json:"join"`
	Archive    ArchivePolicy   `json:"archive"`
	Unsub      UnsubscribeMode `json:"unsubscribe"`
	Reply      ReplyMode       `json:"reply"`
	From       FromMode        `json:"from"`
	Footer     string          `json:"footer,omitempty"` // "" none
	SubjectTag string          `json:"subject_tag,omitempty"`
	Language   string          `json:"language"`            // BCP 47
	Aliases    []string        `json:"aliases,omitempty"`   // further local parts
	MaxBytes   int64           `json:"max_bytes,omitempty"` // a larger post is refused; 0: the site's limit
	Created    time.Time       `json:"created"`
}

// Main tells whether l is a main list.
func (l List) Main() bool { return l.Family == l.ID }

// Address is the posting address.
func (l List) Address(domain string) Address { return Address(l.Name + "@" + domain) }

// NewList is what create needs to know; empty policies take their defaults
// (DESIGN section 1). Parent is the main list's ID, or "" for a main list.
type NewList struct {
	Name    string        `json:"name"`
	Title   string        `json:"title"`
	Parent  string        `json:"parent,omitempty"`
	Purpose string        `json:"purpose,omitempty"`
	Leader  Address       `json:"leader,omitempty"`
	Next    string        `json:"next,omitempty"`
	NextBy  Date          `json:"next_by,omitempty"`
	Post    PostPolicy    `json:"post,omitempty"`
	Join    JoinPolicy    `json:"join,omitempty"`
	Archive ArchivePolicy `json:"archive,omitempty"`
}
