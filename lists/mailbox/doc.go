// Package mailbox shows the archive over IMAP (RFC 3501): one folder a list,
// to be read and never changed. It promises the stored octets of each post,
// exactly; folders only to those who may read them; limits on connections, on
// failed sign-ins, on the memory that posts take and on the time of a search;
// and that no client, however odd, takes another's connection down. Who is a
// member, which passwords count and what is kept are for its callers to say.
//
// go-imap's server speaks the protocol to those who are signed in. Three
// things stand before it, for what it leaves open:
//
//   - the door (door.go) speaks with a client until it has signed in, on its
//     own: TLS, failed passwords, unknown commands and idle clients end here;
//   - the guard (guard.go) hands it one command at a time, whole, so that what
//     belongs to one command is never run as another;
//   - the session takes sections, structures and search results from the
//     octets themselves (lists/parts), within caps.
package mailbox
