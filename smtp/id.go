package smtp

import "strings"

// WellFormedID tells whether a Message-ID, without brackets, may be written
// into a header of ours, be it to somebody unproven: one @, printable ASCII
// without specials, under 200 octets. So it can't carry a message.
func WellFormedID(id string) bool {
	if len(id) == 0 || len(id) >= 200 || strings.Count(id, "@") != 1 || id[0] == '@' || id[len(id)-1] == '@' {
		return false
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`<>()[],;:"\`, c) >= 0 {
			return false
		}
	}
	return true
}
