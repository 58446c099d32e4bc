package personal

import (
	"fmt"
	"slices"
	"strings"

	"plenary/lists"
)

// Copy is one mail of an issue: one content, and who gets it.
type Copy struct {
	Plain bool          `json:"plain,omitempty"`
	Posts []uint64      `json:"posts"` // their numbers, ascending
	To    lists.Numbers `json:"to"`
}

// contents is what an issue's shares are worked out from.
type contents struct {
	list    lists.List
	cadence lists.Delivery
	posts   []lists.DigestPost
	others  []lists.List                 // the family's other lists
	also    map[string]map[string]uint64 // identity → ID of another list → the post's number there
}

// copies shares an issue out: one copy for each distinct content, the fullest
// first. It is the same for the same people, in whatever order.
func (c contents) copies(people []lists.Person) []Copy {
	byContent := map[string]*Copy{}
	for _, p := range people {
		posts := c.share(p)
		if len(posts) == 0 {
			continue
		}
		sub, _ := p.Sub(c.list.ID)
		key := fmt.Sprint(sub.Plain, posts)
		if byContent[key] == nil {
			byContent[key] = &Copy{Plain: sub.Plain, Posts: posts}
		}
		byContent[key].To = byContent[key].To.With(p.Number)
	}
	keys := make([]string, 0, len(byContent))
	for key := range byContent {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if n := len(byContent[b].Posts) - len(byContent[a].Posts); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	all := make([]Copy, len(keys))
	for i, key := range keys {
		all[i] = *byContent[key]
	}
	return all
}

// share are the numbers of the posts that a person gets by this issue.
func (c contents) share(p lists.Person) (posts []uint64) {
	sub, in := p.Sub(c.list.ID)
	if !in || sub.Delivery == lists.NoMail {
		return nil
	}
	for _, post := range c.posts {
		if sub.DeliveryOf(post.Number) == c.cadence && !c.elsewhere(p, post) {
			posts = append(posts, post.Number)
		}
	}
	return posts
}

// elsewhere tells whether a person gets a post by another list that it was
// sent to as well: singly, or by the digest of one that goes before this.
func (c contents) elsewhere(p lists.Person, post lists.DigestPost) bool {
	also := c.also[post.Identity]
	if len(also) == 0 {
		return false
	}
	for _, other := range c.others {
		number, there := also[other.ID]
		sub, in := p.Sub(other.ID)
		if !there || !in || sub.Delivery == lists.NoMail {
			continue
		}
		switch sub.DeliveryOf(number) {
		case lists.Each:
			return true
		case lists.Daily, lists.Weekly:
			if before(other, c.list) {
				return true
			}
		}
	}
	return false
}

// before orders lists as PickTarget does: sub-lists before the main list.
func before(a, b lists.List) bool {
	if a.Main() != b.Main() {
		return b.Main()
	}
	return a.Serial < b.Serial
}
