package store

import (
	"strings"

	"plenary/lists"
)

// notOurs refuses an address of the site itself as a member's: mail to it
// would come back here, and could go in circles (DESIGN section 3, invariant 4).
func (s *Store) notOurs(a lists.Address) error {
	if strings.EqualFold(a.Domain(), s.site.Domain) {
		return refusal("An address of %s itself can't be a member of a list.", s.site.Domain)
	}
	return nil
}
