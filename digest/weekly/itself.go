package weekly

import (
	"slices"
	"time"

	"plenary/digest"
)

// withoutItself takes the digests that went out since the last one's end out
// of what the main list wrote: they are posts to it, and would be its news
// week after week. A thread that people went on with stays.
func (h history) withoutItself(f *digest.Facts, since time.Time) {
	sent := 0
	for _, at := range h.posted {
		if !at.Before(since) {
			sent++
		}
	}
	if sent == 0 || f.Posts < sent {
		return
	}
	if f.Posts -= sent; f.Posts == 0 {
		f.People = 0
	} else if f.People > 1 {
		f.People--
	}
	f.Threads = slices.DeleteFunc(f.Threads, func(t digest.Thread) bool {
		return t.Posts == 1 && t.Code != "" && slices.Contains(h.codes, t.Code)
	})
}
