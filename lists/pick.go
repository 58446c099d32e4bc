package lists

import "math/bits"

// PickTarget tells by which of a post's copies a person gets their one: the
// first, sub-lists before the main list, of a list whose posts they took each
// as it came when this one was accepted. It is false for those who take none:
// away, bouncing, reading digests, or the author who wants no own posts back.
// A copy that is for some numbers Only goes to them as members, unless they
// take no mail of the list any more. It is asked for every member of every
// post and allocates nothing.
func PickTarget(p Person, copies []Copy, author Address, today Date) (listID string, ok bool) {
	if p.Away(today) || p.HideOwn && author != "" && p.Address.Same(author) {
		return "", false
	}
	for _, main := range []bool{false, true} {
		for i := range copies {
			c := &copies[i]
			if c.List.Main() != main {
				continue
			}
			if s, in := p.Sub(c.List.ID); in && c.reaches(p.Number, &s) {
				return c.List.ID, true
			}
		}
	}
	return "", false
}

// reaches tells whether the copy goes to the member of its list.
func (c *Copy) reaches(n Number, s *Subscription) bool {
	if c.Only != nil {
		return c.Only.Has(n) && s.Delivery != NoMail
	}
	return s.DeliveryOf(c.Post) == Each
}

// Numbers is a set of member numbers: number n is the bit n%8 of byte n/8,
// the highest bit first, as Redis's SETBIT counts.
type Numbers []byte

// Has tells whether n is in the set.
func (s Numbers) Has(n Number) bool {
	return int(n>>3) < len(s) && s[n>>3]&(0x80>>(n&7)) != 0
}

// With is the set and n; s itself may be changed.
func (s Numbers) With(n Number) Numbers {
	for int(n>>3) >= len(s) {
		s = append(s, make([]byte, max(16, len(s)))...)
	}
	s[n>>3] |= 0x80 >> (n & 7)
	return s
}

// Count is how many numbers are in the set.
func (s Numbers) Count() (n int) {
	for _, b := range s {
		n += bits.OnesCount8(b)
	}
	return n
}
