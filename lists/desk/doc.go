// Package desk carries out what people ask of the lists: an Action comes in
// from a mail, a page or a click, and is done, refused in words, or asked
// about first. It writes the letters that follow: questions, welcomes,
// farewells, notes to leaders and owners, and the posts that the site makes
// itself.
//
// It promises: whether an asker may do a thing is judged again when it is
// done; nothing an unproven asker wrote is ever mailed to anybody; and
// everything may be repeated under the same queue id without happening twice.
// For the last, each action is first judged, the judgement is frozen under
// the queue id, and what follows (changes that may be repeated, letters with
// keys of their own) goes by the frozen judgement.
//
// It leaves to others: reading commands (lists/command), answering the mail
// that brought them, keeping (lists/store), sending (smtp/queue) and posting
// (smtp/route).
package desk
