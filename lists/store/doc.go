// Package store keeps lists and people, and what is remembered about them, in
// Redis: the directory of lists, families of people, questions that wait for
// an answer, held posts, each group's record, limits, app passwords and
// sign-in tokens. KEYS.md documents every key.
//
// It promises that a change is whole or not at all, also with several servers
// on one Redis: what belongs together shares a hash tag and is changed by one
// script, which first checks that nothing it rests on has changed since it
// was read. A step from one tag to another writes its target first and may be
// repeated. Rules that are kept in these transactions: joining a sub-list
// joins its main list, leaving a main list leaves its sub-lists, a person's
// number in a family never changes and is never given again.
//
// It leaves to others who may do what, and every word that people read save
// that of a *lists.Refusal.
package store
