// Package web shows the lists on pages: what there is and how to join, one
// list, its archive, the button behind a question's link, leaving by one
// click (RFC 8058), and a member's own settings after a sign-in link.
//
// It promises: what a page does is what the same wish by mail does, through
// the same desk; a GET changes nothing; no page shows an address of anybody
// but its reader; everything works without scripts, at 320 pixels, by
// keyboard, and meets WCAG 2.2 AA.
//
// It leaves authority and words of outcomes to the desk, and serving (the
// listener, TLS) to its caller.
package web
