package lists

import "time"

// ArchivedPost is what the archive's index knows of one post. It holds no
// address: Author stands for one, the same in every post of the list.
type ArchivedPost struct {
	UID       uint32    // within the list, ascending, never reused
	Code      string    // 26 characters that its public link ends in
	At        time.Time // when it came, UTC, to the second
	Size      int64     // octets, as stored
	Subject   string    // decoded, one line, "" none
	From      string    // the author's display name, "" none; never an address
	Author    string    // the same for the same author
	MessageID string    // without brackets, "" none
	InReplyTo string    // without brackets, "" none
	Thread    uint32    // UID of the post that stands for its thread, its own for the first
}

// ArchivedThread is a thread as far as it moved in some span of time.
type ArchivedThread struct {
	UID     uint32    // of the post that stands for it
	Code    string    // of that post
	Subject string    // without Re: and the like
	Posts   int       // in the span
	Last    time.Time // of the latest post in the span
}

// ArchiveRow is the little that an IMAP folder keeps of each post.
type ArchiveRow struct {
	UID  uint32
	Size uint32
	Unix int64 // when it came
}

// ArchiveState is a list's archive at one moment. Generation changes only when
// its index is rebuilt: rows read before are void then.
type ArchiveState struct {
	Validity   uint32 // IMAP's UIDVALIDITY, fixed for the list
	Next       uint32 // every later post gets this UID or a higher one
	Count      int
	Bytes      int64
	Generation int64
}
