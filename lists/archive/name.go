package archive

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"
	"time"

	"plenary/smtp/message"
)

// Identity is what makes two messages the same post of a list: the same
// Message-ID (without brackets) and the same body, whatever relays and mbox
// files did to its blanks and line ends. It is what compose.Identity makes of
// a post as it comes in, so that an imported post is known again.
func Identity(messageID string, raw []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s", len(messageID), messageID)
	h.Write(message.BodyHash(raw))
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:17]))[:26]
}

// Code is the name of a post in links: 26 characters of [a-z2-7] that follow
// from its identity alone, so that it is known before the post is kept.
func Code(identity string) string {
	sum := sha256.Sum256([]byte(identity))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

// Link is the public address of a post, for Archived-At. It is made of the
// list's ID, which a rename leaves as it is. base has no slash at its end.
func Link(base, listID, identity string) string {
	return base + "/" + listID + "/archive/" + Code(identity)
}

// slot is a place in a list's archive, reserved for one post.
type slot struct {
	list string // ID
	uid  uint32
	at   time.Time
	code string
}

const (
	stampLayout = "20060102T150405Z"
	blockSize   = 1024
)

func blockPrefix(list string, block uint32) string {
	return fmt.Sprintf("%s/%06d/", list, block)
}

// key is the object of the post.
func (s slot) key() string {
	return fmt.Sprintf("%s%010d-%s-%s.eml", blockPrefix(s.list, s.uid/blockSize), s.uid, strings.ToLower(s.stamp()), s.code)
}

func (s slot) stamp() string { return s.at.UTC().Format(stampLayout) }

// parseSlot reads an object's key back.
func parseSlot(key string) (slot, bool) {
	part := strings.Split(key, "/")
	if len(part) != 3 {
		return slot{}, false
	}
	field := strings.Split(strings.TrimSuffix(part[2], ".eml"), "-")
	if len(field) != 3 || len(field[2]) != 26 {
		return slot{}, false
	}
	uid, err := strconv.ParseUint(field[0], 10, 32)
	if err != nil || uid == 0 {
		return slot{}, false
	}
	at, err := time.Parse(stampLayout, strings.ToUpper(field[1]))
	if err != nil {
		return slot{}, false
	}
	s := slot{list: part[0], uid: uint32(uid), at: at, code: field[2]}
	return s, s.key() == key
}

// parsePlace reads "UID TIME", how Redis keeps a slot.
func parsePlace(list, code, place string) (slot, error) {
	number, stamp, _ := strings.Cut(place, " ")
	uid, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return slot{}, fmt.Errorf("archive index of %s: %q is no place", list, place)
	}
	at, err := time.Parse(stampLayout, stamp)
	if err != nil {
		return slot{}, fmt.Errorf("archive index of %s: %q is no place", list, place)
	}
	return slot{list: list, uid: uint32(uid), at: at, code: code}, nil
}

// stampTime rounds a time to what a name can hold. A time out of any mail's
// range, as a broken date makes it, becomes the one that is now.
func stampTime(t, now time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9999 {
		t = now
	}
	return t.UTC().Truncate(time.Second)
}
