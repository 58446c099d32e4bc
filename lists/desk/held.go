package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp"
)

// Owners are told of the first held post at once. While more come, there is
// one summary for each hour of the clock in which some did, sent when the
// hour is over. What stands frozen for an hour of a list is the number of the
// post told at once, "later" where the hour before had posts too, or "none"
// where the hour went by without any.
const (
	toldLater = "later"
	toldNone  = "none"
	// summaryHours is how far back summaries reach: through an outage of a day.
	summaryHours = 24
	rememberHour = 3 * day
)

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

func hourKey(l lists.List, hour int64) string {
	return fmt.Sprintf("held/%d/%d", l.Serial, hour)
}

// NotifyHeld tells the owners of list that a post is held, or leaves that to
// the hour's summary. The author is not told: they are not believed.
func (d *Desk) NotifyHeld(ctx context.Context, list lists.List, held lists.HeldPost) error {
	hour := hourOf(held.At)
	before, none, err := d.freeze(ctx, hourKey(list, hour-1), []byte(toldNone), rememberHour)
	if err != nil {
		return err
	}
	mark := strconv.Itoa(held.Number)
	if !none && string(before) != toldNone {
		mark = toldLater
	}
	stands, _, err := d.freeze(ctx, hourKey(list, hour), []byte(mark), rememberHour)
	if err != nil || string(stands) != strconv.Itoa(held.Number) {
		return err
	}
	return d.tellOwners(ctx, list, []lists.HeldPost{held}, fmt.Sprintf("held/%d/%d", list.Serial, held.Number))
}

// Summaries tells owners what else was held in the hours that are over. A
// ticker calls it, on every server: each summary has a key of its own.
func (d *Desk) Summaries(ctx context.Context) error {
	dir, err := d.store.Directory(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, l := range dir.Lists {
		if err := d.summary(ctx, l); err != nil {
			failed = errors.Join(failed, fmt.Errorf("tell the owners of %s what is held: %w", l.ID, err))
		}
	}
	return failed
}

// summary tells a list's owners, for each hour that is over, what was held
// in it, save the post they were told of at once and what is decided.
func (d *Desk) summary(ctx context.Context, l lists.List) error {
	held, err := d.store.Held(ctx, l.ID)
	if err != nil {
		return ifThere(err)
	}
	now := hourOf(d.now())
	byHour := map[int64][]lists.HeldPost{}
	for _, h := range held {
		if hour := hourOf(h.At); h.Kind == "" && hour < now && hour >= now-summaryHours {
			byHour[hour] = append(byHour[hour], h)
		}
	}
	for hour, posts := range byHour {
		told, _, err := d.freeze(ctx, hourKey(l, hour), []byte(toldLater), rememberHour)
		if err != nil {
			return err
		}
		posts = slices.DeleteFunc(posts, func(h lists.HeldPost) bool { return strconv.Itoa(h.Number) == string(told) })
		if len(posts) == 0 {
			continue
		}
		if err := d.tellOwners(ctx, l, posts, fmt.Sprintf("held-summary/%d/%d", l.Serial, hour)); err != nil {
			return err
		}
	}
	return nil
}

// heldLine is a held post as owners see it.
type heldLine struct {
	lists.HeldPost
	From string
}

// heldLines are held posts as owners see them who are spoken to so.
func heldLines(posts []lists.HeldPost, speaker words.Speaker) (lines []heldLine) {
	for _, h := range posts {
		from := oneLine(string(h.Author))
		if name := oneLine(h.Name); name != "" {
			from = fmt.Sprintf("%s <%s>", name, from)
		}
		h.Subject, h.Reason = clip(oneLine(h.Subject), 200), speaker.Word(h.Reason)
		lines = append(lines, heldLine{h, from})
	}
	return lines
}

func (d *Desk) tellOwners(ctx context.Context, l lists.List, posts []lists.HeldPost, key string) error {
	owners, err := d.owners(ctx, l.ID)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		lang, err := d.languageOf(ctx, l, owner)
		if err != nil {
			return err
		}
		lines := heldLines(posts, d.texts.sentences.To(lang))
		err = d.sendIn(ctx, lang, "held.txt", map[string]any{
			"List": l, "Posts": lines, "First": lines[0], "Address": l.Address(d.site.Domain),
			"Request": lists.RoleAddress(l, "request", "", d.site.Domain),
		}, d.from(l, smtp.Letter{Key: key + "/" + owner.Key(), To: []string{string(owner)}, Priority: smtp.Notice}))
		if err != nil {
			return err
		}
	}
	return nil
}

// Hold keeps a post for its list's owners and sees to it that they hear of
// it. The same queue id is held once.
func (d *Desk) Hold(ctx context.Context, h lists.HeldPost, raw []byte) error {
	dir, err := d.store.Directory(ctx)
	if err != nil {
		return err
	}
	l, ok := dir.ByID(h.List)
	if !ok {
		return fmt.Errorf("hold a post for list %q: %w", h.List, lists.ErrNotFound)
	}
	h.At = d.now().UTC() // summaries go by when it was held, however late it came
	h, err = d.store.Hold(ctx, h, raw)
	if err != nil || h.At.IsZero() { // its owners have decided meanwhile
		return err
	}
	return d.NotifyHeld(ctx, l, h)
}
