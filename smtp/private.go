package smtp

import "regexp"

var mailAddress = regexp.MustCompile(`[^\s<>"'(),;:]*@[^\s<>"'(),;:]*`)

// WithoutAddresses takes mail addresses out of what is logged: replies, of
// ours and of others, often name a member's.
func WithoutAddresses(s string) string { return mailAddress.ReplaceAllString(s, "…") }
