// Package receive takes mail in over SMTP (RFC 5321) and LMTP (RFC 2033) and
// hands it to the queue.
//
// It promises: a 250 after the content means that Inbox has the message; what
// the client cut short is never accepted; nothing that follows a false end of
// data is ever run as a command; mail for other domains is refused; nobody
// waits for ever, and nobody keeps others waiting. Limits end with their
// connection. It leaves to others what a message means: Screen says at DATA
// whether to take it, Directory which addresses are ours.
//
// The commands are go-smtp's. Between it and the socket stands wire, which
// gives it one command line at a time, so that it always knows what the next
// octets are: a command, a chunk, or content. That is where the library's
// gaps are closed: ends and errors inside content, line ends, STARTTLS
// (RFC 3207), limits of time and number, and one flush for a group of
// pipelined commands (RFC 2920).
//
// Extensions: PIPELINING (2920), 8BITMIME (6152), SMTPUTF8 (6531), SIZE
// (1870), ENHANCEDSTATUSCODES (2034, 3463), CHUNKING (3030), DSN (3461; no
// report of success is sent), LIMITS (9422), STARTTLS (3207); trace fields say
// how a message came (3848). PROXY headers, versions 1 and 2, are read from the
// addresses named.
//
// Members submit posts (RFC 6409) on listeners of their own: they sign in by
// AUTH (RFC 4954) with SCRAM-SHA-256 (7677) or PLAIN (4616), under TLS, and
// send as themselves only, to our addresses only.
package receive
