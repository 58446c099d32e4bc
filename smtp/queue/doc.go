// Package queue is the durable queue in Redis: what came in and waits to be
// routed, the letters that Plenary writes, and the fan-out of posts to
// members. What a method has taken is on Redis's disk when it returns, and
// every step may be repeated: repeated, it does nothing.
//
// Work is leased, never taken: whoever reads an entry of a stream holds it
// by a lease that is renewed while it works, and what a dead process held is
// claimed by another as soon as its lease has run out. A holder that was
// paused past its lease is told so (Valid is false) and its writes are
// refused by their epoch. An entry whose answer was lost on the way here waits
// for its lease too, since nobody knows that they hold it.
//
// The keys, their types and their lives are in KEYS.md. Everything one
// method changes lies under one hash tag, so that a Redis Cluster will do.
// The client handed in should have ContextTimeoutEnabled set, so that a
// stalled Redis makes a call fail in time rather than hang.
package queue
