package deliver

import "regexp"

var address = regexp.MustCompile(`[^\s<>"'(),;:]*@[^\s<>"'(),;:]*`)

// withoutAddresses takes mail addresses out of what is logged: what the far
// side says of a member often names them.
func withoutAddresses(s string) string { return address.ReplaceAllString(s, "…") }
