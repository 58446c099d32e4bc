package lists

import "time"

// DigestPost is a post as members' own digests know it: its number in the
// list, and what their contents page and the order of threads are made of.
// Its octets are the archive's; those of a list that keeps no archive are
// kept with it until its digests have gone out.
type DigestPost struct {
	List      string    `json:"-"`           // list ID
	Identity  string    `json:"-"`           // as the archive names it; the same in every list
	Number    uint64    `json:"-"`           // from 1, in the order in which posts were accepted
	Sum       uint64    `json:"-"`           // octets of all posts up to this one
	Size      int64     `json:"z"`           // its own octets
	MessageID string    `json:"m,omitempty"` // without brackets
	Answers   []string  `json:"r,omitempty"` // Message-IDs it refers to, the nearest first
	Subject   string    `json:"s,omitempty"`
	From      string    `json:"f,omitempty"` // the author's name, or the local part of the address
	By        string    `json:"b,omitempty"` // set by the store: a digest of the author's address, by which erasing finds the post
	Address   Address   `json:"-"`           // the author's, "" nobody's
	Author    Number    `json:"-"`           // who wrote it, for the week's figures: 0 the site itself, Stranger who is no member
	At        time.Time `json:"t"`           // when it was accepted
	Raw       []byte    `json:"-"`           // to be kept for want of an archive; nil otherwise
}

// Shelf is where a list's daily, or weekly, digests stand.
type Shelf struct {
	Upto   uint64    `json:"upto"`   // every post up to this one is in an issue
	Sum    uint64    `json:"sum"`    // the octets of those
	Due    time.Time `json:"due"`    // the last time of the schedule that was kept
	Year   int       `json:"year"`   // of the last issue that had a reader, 0 none yet
	Volume int       `json:"volume"` // of that one: the years in which there were issues
	Number int       `json:"number"` // of that one, within its volume
	Open   *Issue    `json:"open,omitempty"`

	Stands string `json:"-"` // as it was read: what a change of it rests on
}

// Issue is one issue of a list's digest that is closed and on its way out:
// which posts it has can't change any more.
type Issue struct {
	From uint64    `json:"from"` // after this post
	To   uint64    `json:"to"`   // up to and with this one
	Sum  uint64    `json:"sum"`  // octets of all posts up to To
	At   time.Time `json:"at"`   // when it was closed
	Due  time.Time `json:"due"`  // what Shelf.Due is after it: unchanged where it was full before its time
}

// DigestBook is the numbering of a list's posts, and its digests.
type DigestBook struct {
	Posts  uint64 // number of the latest, 0 none
	Sum    uint64 // octets of all
	Daily  Shelf
	Weekly Shelf
}

// Shelf is that of the daily or the weekly digests.
func (b DigestBook) Shelf(d Delivery) Shelf {
	if d == Daily {
		return b.Daily
	}
	return b.Weekly
}
