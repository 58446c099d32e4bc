// Package collect takes mail in from an IMAP mailbox (RFC 3501, RFC 9051),
// where no MX can point to us.
//
// It promises: each message is entered once. Its queue id is made of the
// account, the folder, UIDVALIDITY and UID, and Inbox takes an id once; only
// when Inbox has the message is it moved or flagged, so that a crash between
// the two repeats what does nothing. What is for no address of ours, too
// large or unfit is left where it is, said once, and looked at again by the
// next process. A server that falls silent is left, and tried again with
// growing pauses. What a message means is judged by others: no client's
// address is known, so only its own signatures speak for it.
//
// Where the server can tell (IDLE, RFC 2177) mail comes at once, else by
// polling. MOVE (6851), UIDPLUS (4315), STARTTLS and AUTH=PLAIN are used
// where offered.
package collect
