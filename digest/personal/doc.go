// Package personal makes members' own digests: the posts of a list, of a day
// or of a week, in one mail to those who asked for that (set delivery
// daily|weekly). It promises that a member gets each post exactly once, singly
// or in one digest, however they turn between the ways of delivery; that each
// issue goes out once, however many servers run and wherever one is killed;
// and that a mail is made once for all who get the same.
//
// # Which post goes to whom
//
// Each list numbers its posts as they are accepted, before any copy is
// planned. A change of delivery is written with the number of the list's
// latest post, and only while that still is the latest: a turn cuts between
// two posts. So for a member and a post there is one way of delivery in
// force (lists.Subscription.DeliveryOf), whenever it is asked for: by the
// chunk of a post that is sent a day late, or by an issue. A post of
// which "each" is in force is sent singly; one of which "daily" is, by the
// daily issue that it falls into; likewise "weekly". Who turns away from
// digests in mid-week gets what came until then with the next issue, as its
// last part; who turns to them gets what comes from then on.
//
//   - Who joins takes part from the next post on.
//   - Delivery "none" ends mail at once: what had gathered is not sent.
//   - As with Mailman, who is away (vacation, failing mail) when an issue goes
//     out does not get that issue, and who is back by then gets it whole.
//   - A post to several lists that one person is in comes once: not in a
//     digest where another of its lists sends it singly; and in one digest,
//     sub-lists first. Only a post that is sent on to another list after its
//     digest has gone out comes again by that list.
//   - Own posts are in one's digests.
//
// # An issue
//
// A list has a shelf for its daily and one for its weekly digests
// (lists.Shelf): up to which post every one is in an issue, and the last time
// of the schedule that was kept. An issue is due at that time, or when the
// posts that wait reach the cap in number or octets, which also cuts what an
// outage has gathered into several. Nothing gathered: no issue. Steps, each of
// which may be repeated by any server:
//
//  1. close: the shelf's Open says which posts the issue has. Compare and set.
//  2. freeze: everybody who takes digests is read; who gets which of its posts
//     in which form (MIME or plain) makes one copy for each distinct content,
//     with the set of its members. That edition, with volume and number, is
//     kept under a key that is set only if absent.
//  3. plan: each copy is composed, which its edition determines, and planned
//     as a fan-out of its own for that set of numbers (lists.Copy.Only), under
//     an id made of the issue. The queue takes the bytes of the first who
//     plans it. From here on it is sent as any post is: chunks, ledger,
//     one-click, DKIM, bounces of the member.
//  4. shelve: the shelf says Upto, and Open is gone. Compare and set. Then
//     posts that no digest needs any more are forgotten.
//
// Volumes are the years in which a list had issues with readers, issues are
// numbered within one, and daily and weekly ones apart. An issue that nobody
// takes has no number.
//
// # The mail
//
// multipart/mixed of a text/plain contents page and a multipart/digest (RFC
// 2046 5.1.5) of the posts as message/rfc822, in the order of threads; each
// is as its author sent it, signed and encrypted parts intact, but for
// trace fields. Or one text (RFC 1153), for those with "plain". Digests are
// not archived: their posts are. A post of a list that keeps no archive is
// kept in Redis until the issues that it belongs to are shelved, and only if
// the list has readers of digests.
package personal
