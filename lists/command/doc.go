// Package command is the language in which people run Plenary by mail: text
// becomes commands (Parse), commands and what is known of the asker become
// actions, queries or refusals in words (Decide), and one threaded answer
// says what was done, what was not and why, and what to write instead
// (Handler).
//
// Everything but Handler is pure. Handler carries nothing out itself: the
// Desk does, and asks where the asker is not believed. What the asker wrote
// is never repeated in an answer to an address that is not believed (DESIGN,
// "Who may do what"); such answers point to lines by their number.
package command
