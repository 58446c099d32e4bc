package route

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// Mail to owners was taken, so it is answered for: what is refused to each
// of them goes to the site's admins, and what is refused to those too goes
// back to its writer, where it is proven who that is.

// Once keeps what is said first under a key.
type Once interface {
	Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error)
}

// ownerLife is longer than letters are tried.
const ownerLife = 14 * 24 * time.Hour

// ownerMail names a mail to owners by its queue id, list ID and kind of address.
type ownerMail [3]string

func (o ownerMail) key(kind string) string { return kind + "/" + strings.Join(o[:], "/") }

// The kinds of letters that pass such a mail on.
const (
	toOwners = "owner"
	toAdmins = "owner-admin"
)

// passOn sends a mail to each of those, after it has kept how many they are,
// and who wrote it where that is proven.
func (r *Router) passOn(ctx context.Context, o ownerMail, kind, writer string, to []lists.Address, raw []byte) error {
	if _, _, err := r.Once.Freeze(ctx, "", o.key(kind), fmt.Appendf(nil, "%d %s", len(to), writer), ownerLife); err != nil {
		return err
	}
	for _, a := range to {
		err := r.Outbox.Send(ctx, smtp.Letter{Key: o.key(kind) + "/" + a.Key(), To: []string{string(a)}, Raw: raw, Priority: smtp.Notice, Date: r.Now()})
		if err != nil {
			return fmt.Errorf("pass on to the owners: %w", err)
		}
	}
	return nil
}

// Refused hears of a letter that can't be delivered to somebody, for good. It
// may hear of the same again.
func (r *Router) Refused(ctx context.Context, letter, to string, raw []byte) error {
	words := strings.SplitN(letter, "/", 5)
	if len(words) < 5 || words[0] != toOwners && words[0] != toAdmins {
		return nil
	}
	kind, o := words[0], ownerMail(words[1:4])
	kept, _, err := r.Once.Freeze(ctx, "", o.key(kind), nil, ownerLife)
	if err != nil {
		return err
	}
	count, writer, _ := strings.Cut(string(kept), " ")
	of, err := strconv.Atoi(count)
	if err != nil {
		return nil // sent by a version that kept no such thing
	}
	lost, all, err := r.countLost(ctx, o.key(kind+"-lost"), lists.Address(to).Key(), of)
	if err != nil || !all {
		return err
	}
	if kind == toOwners {
		admins := slices.DeleteFunc(slices.Clone(r.Site.Admins), func(a lists.Address) bool { return slices.Contains(lost, a.Key()) })
		if len(admins) > 0 {
			r.Log.Warn("mail to owners was refused to all of them, and goes to the site's admins", "queue", o[0], "list", o[1])
			return r.passOn(ctx, o, toAdmins, writer, admins, raw)
		}
	}
	r.Log.Error("mail to owners was refused to everybody who should have it", "queue", o[0], "list", o[1], "kind", o[2])
	if writer == "" {
		return nil
	}
	return r.returned(ctx, smtp.Envelope{ID: o[0], From: writer},
		"Your mail reached nobody: the mail servers of those who look after the address that you wrote to refuse it.", "refused/"+o[1]+"/"+o[2])
}

// countLost gives one of those who don't get a mail a place of their own, and
// tells who has one; all: every place is taken.
func (r *Router) countLost(ctx context.Context, key, who string, of int) (lost []string, all bool, err error) {
	placed := false
	for i := 1; i <= of && !placed; i++ {
		stands, _, err := r.Once.Freeze(ctx, "", fmt.Sprintf("%s/%d", key, i), []byte(who), ownerLife)
		if err != nil {
			return nil, false, err
		}
		lost = append(lost, string(stands))
		placed = string(stands) == who
	}
	return lost, len(lost) == of && placed, nil
}
