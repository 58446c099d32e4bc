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
// Members whose copy and envelope sender are the same (lists.UnsubscribeShared)
// are served by the hundred in one transaction: each RCPT's reply is its
// member's, the reply to the message holds for all accepted ones, and the
// bound is Config.SharedWindow. Who is one too many for the far side goes by
// the next transaction; a connection lost over many gets fewer.
//
// What the far side offers is used step by step: BDAT in bursts, DATA with
// the next envelope behind the final dot, one command at a time; TLS unless it
// fails; HELO. What it offers and does not do is left out for an hour (lapse).
// Required TLS, a domain's MTA-STS policy (RFC 8461) and its TLSA records (RFC
// 7672) are never stepped down from. 8-bit text goes as it is to servers
// without 8BITMIME: recoding it would break its signatures.
//
// A destination has as many sessions as it bears (pace), at most a share of
// the workers, and its quota; who has no turn is put off until it may have one.
// A part that would take long by one session takes others that are free (spread).
//
// It leaves to others what a failure means (Failed), who the members are
// (Roster), the fields that are a member's own (Personal), and signatures (Seal).
package deliver
