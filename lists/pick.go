package lists

// PickTarget tells by which of a post's target lists a person gets their one
// copy: the first, sub-lists before the main list, for which they take every
// post as it comes. It is false for those who take none: away, bouncing,
// reading digests, or the author who wants no own posts back. It is asked
// for every member of every post and allocates nothing.
func PickTarget(p Person, targets []List, author Address, today Date) (listID string, ok bool) {
	if p.Away(today) || p.HideOwn && author != "" && p.Address.Same(author) {
		return "", false
	}
	for _, main := range []bool{false, true} {
		for i := range targets {
			if targets[i].Main() != main {
				continue
			}
			if s, in := p.Sub(targets[i].ID); in && (s.Delivery == Each || s.Delivery == "") {
				return targets[i].ID, true
			}
		}
	}
	return "", false
}
