package lists

import "time"

// Copy is what the members of one list are sent of a post: a header that all
// of them share and a body, both with CRLF line ends. A member's own fields
// are written before Head. The empty line between header and body may stand
// at Head's end; where it does not, it is put there.
type Copy struct {
	List List
	Post uint64  // the post's number in its list, 0 none: it decides for who turned to digests or back
	Only Numbers // whom it goes to, whatever their delivery; nil: to those who take each post
	Head []byte
	Body []byte
}

// Fanout is a post on its way to the members of its target lists, all of one
// family. Who gets which copy is PickTarget's to say.
type Fanout struct {
	ID        string // names the post in its family for ever: derive it from Message-ID and body
	Family    string
	MessageID string  // without brackets, for people and logs
	Author    Address // may want no own posts back
	Targets   []Copy
}

// Deferral is what one destination put off: members to be tried again.
type Deferral struct {
	Destination string
	Numbers     []Number
	Reply       string        // what the far side said, or what was wrong
	Paced       bool          // not tried at all: it counts as no attempt
	After       time.Duration // where paced: when the destination may have a turn for them, 0 soon
}
