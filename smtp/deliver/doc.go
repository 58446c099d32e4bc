// Package deliver sends what the queue leases to it: letters first, then
// posts to their members, over its own pipelined SMTP client, to a relay or
// straight to each domain's mail exchangers.
//
// What it promises. A recipient is recorded as served only after the far
// side answered the end of the message with 2xx on a connection whose count
// of replies was right. What is uncertain (the connection was lost after the
// final dot and before the reply, or replies came that nobody asked for)
// counts as not sent and is sent again. So after a crash, or a pause longer
// than a lease, at most Config.Window recipients get a second copy; without
// one nobody does.
//
// It leaves to others what a failure means (Failed), who the members are
// (Roster), the fields that are a member's own (Personal), and signatures (Seal).
package deliver
