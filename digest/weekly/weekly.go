// Package weekly sends each main list its digest once an ISO week, on time,
// however many servers run and wherever one is killed: the mail is first
// frozen (bytes and Message-ID under a key that is set only if absent), then
// posted, then recorded, and each step may be repeated (invariant 3).
package weekly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"plenary/digest"
	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp"
)

// digestKind marks, in the main list's record, that a week's digest went out.
const digestKind = "digest"

// skippedText is the Text of such a mark where nothing had happened and
// nothing was sent; else it is the week.
const skippedText = "skipped"

// frozenFor is how long a week's frozen mail is kept: longer than any outage
// after which it might be sent again.
const frozenFor = 60 * 24 * time.Hour

// Ledger is where it is kept which digest was made and which went out.
type Ledger interface {
	Record(ctx context.Context, e lists.ProgressEntry) (lists.ProgressEntry, error)
	Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error)
}

// Poster posts a mail of the site's own to a list; repeated with the same
// bytes it does nothing.
type Poster interface {
	Post(ctx context.Context, listID, queueID string, raw []byte) error
}

// Code is what the archive will know a post by, out of its Message-ID (without
// brackets) and its octets.
type Code func(messageID string, raw []byte) string

// Render writes a report out.
type Render func(digest.Report) (digest.Page, error)

// Sender makes and sends digests.
type Sender struct {
	Site     lists.Site
	Schedule digest.Schedule
	Now      func() time.Time
	Reader   Reader
	Threads  Threads
	Ledger   Ledger
	Poster   Poster
	Render   Render
	Code     Code
	Skip     bool // a week in which nothing happened sends nothing
	Log      *slog.Logger
}

// Mail is a digest as it is, or would be, sent.
type Mail struct {
	Week    string    `json:"week"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	Raw     []byte    `json:"raw"`               // the whole message
	Skipped bool      `json:"skipped,omitempty"` // nothing happened, and nothing is sent

	plots []digest.Plot
}

// Next is the week whose digest is due next, sent early already or not.
func (s *Sender) Next() digest.Week { return s.Schedule.Next(s.Now()) }

// Sent tells whether the week's digest went out.
func (s *Sender) Sent(ctx context.Context, main lists.List, week digest.Week) (bool, error) {
	h, err := s.history(ctx, main)
	return h.sent[week.String()], err
}

// Preview is the digest of the week as it would be sent now. It sends and
// keeps nothing.
func (s *Sender) Preview(ctx context.Context, main lists.List, week digest.Week) (Mail, error) {
	history, err := s.history(ctx, main)
	if err != nil {
		return Mail{}, err
	}
	return s.compose(ctx, main, week, history)
}

// Send sends the week's digest, unless it went out before: then already is
// true. One that was frozen and not sent, by us or by a server that died, is
// sent as it was frozen.
func (s *Sender) Send(ctx context.Context, main lists.List, week digest.Week) (already bool, err error) {
	history, err := s.history(ctx, main)
	if err != nil {
		return false, err
	}
	if history.sent[week.String()] {
		return true, nil
	}
	mail, err := s.frozen(ctx, main, week, history)
	if err != nil {
		return false, err
	}
	queueID := "digest-" + main.ID + "-" + week.String()
	if !mail.Skipped {
		if err := s.Poster.Post(ctx, main.ID, queueID, mail.Raw); err != nil {
			return false, fmt.Errorf("post the digest %s to %s: %w", week, main.Name, err)
		}
	}
	text, code := week.String(), ""
	if mail.Skipped {
		text = skippedText
	} else if s.Code != nil {
		code = s.Code(s.messageID(main, week.String()), mail.Raw)
	}
	_, err = s.Ledger.Record(ctx, lists.ProgressEntry{List: main.ID, Kind: digestKind, Text: text,
		Week: week.String(), Source: queueID, Post: code, At: mail.Until})
	if err != nil {
		return false, fmt.Errorf("record that the digest %s of %s went out: %w", week, main.Name, err)
	}
	s.Log.Info("digest sent", "list", main.Name, "week", week.String(), "queue", queueID, "skipped", mail.Skipped)
	return false, nil
}

// frozen makes the mail and freezes it; what another froze first stands.
func (s *Sender) frozen(ctx context.Context, main lists.List, week digest.Week, h history) (Mail, error) {
	mail, err := s.compose(ctx, main, week, h)
	if err != nil {
		return Mail{}, err
	}
	value, err := json.Marshal(mail)
	if err != nil {
		return Mail{}, err
	}
	// Under its serial: a list made anew may have the ID of one that was removed.
	stands, first, err := s.Ledger.Freeze(ctx, main.ID, fmt.Sprintf("digest/%d/%s", main.Serial, week), value, frozenFor)
	if err != nil {
		return Mail{}, fmt.Errorf("freeze the digest %s of %s: %w", week, main.Name, err)
	}
	if first {
		return mail, nil
	}
	var other Mail
	if err := json.Unmarshal(stands, &other); err != nil {
		return Mail{}, fmt.Errorf("read the frozen digest %s of %s: %w", week, main.Name, err)
	}
	return other, nil
}

// compose makes the mail: the same for a preview and for sending. It covers
// all that was said before it was asked for.
func (s *Sender) compose(ctx context.Context, main lists.List, week digest.Week, h history) (Mail, error) {
	until, err := s.secondOver(ctx)
	if err != nil {
		return Mail{}, err
	}
	mail, err := s.write(ctx, main, week, h, until)
	if err != nil {
		return Mail{}, err
	}
	mail.Raw, err = smtp.Letter{
		Key: key(main, week.String()), To: []string{string(main.Address(s.Site.Domain))},
		From: string(s.Site.At(lists.SiteName)), FromName: main.Title,
		ReplyTo: string(lists.RoleAddress(main, "owner", "", s.Site.Domain)),
		Subject: mail.Subject, Text: mail.Text, HTML: mail.HTML, Inline: inline(mail.plots), Date: s.local(mail.Until),
		Headers: [][2]string{{"Content-Language", words.For(main.Language).Lang}},
	}.Bytes(s.Site.Domain)
	if err != nil {
		return Mail{}, fmt.Errorf("write the digest %s of %s as mail: %w", week, main.Name, err)
	}
	return mail, nil
}

// local is a time in the site's time zone.
func (s *Sender) local(t time.Time) time.Time {
	if s.Site.Location == nil {
		return t
	}
	return t.In(s.Site.Location)
}

// write makes the digest's words.
func (s *Sender) write(ctx context.Context, main lists.List, week digest.Week, h history, until time.Time) (Mail, error) {
	facts, err := s.facts(ctx, main, week, h, until)
	if err != nil {
		return Mail{}, fmt.Errorf("gather the digest %s of %s: %w", week, main.Name, err)
	}
	report := digest.Gather(facts)
	page, err := s.Render(report)
	if err != nil {
		return Mail{}, err
	}
	return Mail{Week: week.String(), Since: facts.Since, Until: until, Skipped: s.Skip && report.Empty(), Subject: page.Subject, Text: page.Text, HTML: page.HTML, plots: page.Plots}, nil
}

func inline(plots []digest.Plot) []smtp.Inline {
	var parts []smtp.Inline
	for _, p := range plots {
		parts = append(parts, smtp.Inline{ID: p.ID, Type: "image/png", Data: p.PNG})
	}
	return parts
}

// missed is how many digests before week's were due by now and never went
// out, back to the last that did. Without one, the list's first was due at the
// first schedule time after its making.
func (s *Sender) missed(main lists.List, week digest.Week, h history) (n int) {
	w := s.Schedule.Last(s.Now())
	if !w.Before(week) {
		w = before(week, s.Schedule.Location)
	}
	for s.Schedule.Due(w).After(main.Created) && s.Schedule.Due(w).After(h.last) && !h.sent[w.String()] {
		n++
		w = before(w, s.Schedule.Location)
	}
	return n
}

func before(w digest.Week, loc *time.Location) digest.Week {
	return digest.WeekOf(w.Monday(loc).AddDate(0, 0, -7))
}

// history is which weeks' digests went out, and until when the last reached.
type history struct {
	sent    map[string]bool
	skipped map[string]bool // of those: nothing had happened, and nothing was sent
	last    time.Time       // the list's creation where none went out
	posted  []time.Time     // until when those reached that were posted
	codes   []string        // by which the archive knows those
}

// Skipped tells whether the week's digest was passed over.
func (s *Sender) Skipped(ctx context.Context, main lists.List, week digest.Week) (bool, error) {
	h, err := s.history(ctx, main)
	return h.skipped[week.String()], err
}

func (s *Sender) history(ctx context.Context, main lists.List) (history, error) {
	h := history{sent: map[string]bool{}, skipped: map[string]bool{}, last: wholeSecond(main.Created)}
	entries, err := s.Reader.Progress(ctx, main.ID, main.Created.Add(-time.Second), s.Now().Add(time.Minute))
	if err != nil {
		return h, fmt.Errorf("which digests of %s went out: %w", main.Name, err)
	}
	for _, e := range entries {
		if e.Kind != digestKind {
			continue
		}
		h.sent[e.Week], h.skipped[e.Week] = true, e.Text == skippedText
		if e.Text != skippedText {
			h.posted, h.codes = append(h.posted, wholeSecond(e.At)), append(h.codes, e.Post)
		}
		if at := wholeSecond(e.At); at.After(h.last) {
			h.last = at
		}
	}
	return h, nil
}

// overdue is the latest week whose digest should have gone out by now and did
// not. One digest catches up however many were missed.
func (s *Sender) overdue(main lists.List, h history, now time.Time) (digest.Week, bool) {
	week := s.Schedule.Last(now)
	if !s.Schedule.Due(week).After(main.Created) || h.sent[week.String()] {
		return week, false
	}
	return week, true
}

// Tick sends every digest that is due now.
func (s *Sender) Tick(ctx context.Context) error {
	dir, err := s.Reader.Directory(ctx)
	if err != nil {
		return fmt.Errorf("which digests are due: %w", err)
	}
	var failed []error
	for _, main := range dir.MainLists() {
		if main.State == lists.Closed {
			continue
		}
		h, err := s.history(ctx, main)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if week, due := s.overdue(main, h, s.Now()); due {
			if _, err := s.Send(ctx, main, week); err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// SendNow sends the digest due next, ahead of its time, and says what came
// of it in a language, "" English. What follows until the scheduled time is in the next one.
func (s *Sender) SendNow(ctx context.Context, mainID, lang string) (string, error) {
	dir, err := s.Reader.Directory(ctx)
	if err != nil {
		return "", err
	}
	main, ok := dir.ByID(mainID)
	if !ok || !main.Main() {
		return "", fmt.Errorf("send the digest of %s: %w", mainID, lists.ErrNotFound)
	}
	week := s.Next()
	already, err := s.Send(ctx, main, week)
	if err != nil {
		return "", err
	}
	said := func(key string) string {
		return words.For(lang).Say(key, "week", week.Number, "address", main.Address(s.Site.Domain))
	}
	if already {
		return said("now-before"), nil
	}
	if skipped, err := s.Skipped(ctx, main, week); err != nil || skipped {
		return said("now-none"), err
	}
	return said("now-sent"), nil
}
