package weekly

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

var errKilled = errors.New("killed here")

// mortal is a server's hands: it dies at its nth step, before the step or
// after it took effect.
type mortal struct {
	Ledger
	Poster
	left  int // steps until it dies; negative never
	after bool
}

func (m *mortal) step(do func() error) error {
	dies := m.left == 0
	m.left--
	if dies && !m.after {
		return errKilled
	}
	err := do()
	if dies {
		return errKilled
	}
	return err
}

func (m *mortal) Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error) {
	err = m.step(func() (err error) { stands, first, err = m.Ledger.Freeze(ctx, tag, key, value, ttl); return err })
	return stands, first, err
}

func (m *mortal) Record(ctx context.Context, e lists.ProgressEntry) (made lists.ProgressEntry, err error) {
	err = m.step(func() (err error) { made, err = m.Ledger.Record(ctx, e); return err })
	return made, err
}

func (m *mortal) Post(ctx context.Context, listID, queueID string, raw []byte) error {
	return m.step(func() error { return m.Poster.Post(ctx, listID, queueID, raw) })
}

// Invariant 3: whichever step of sending a server dies at, before or after it
// took effect, one digest goes out, and it is the one that was frozen first.
func TestOneDigestThoughKilledAtEachStep(t *testing.T) {
	for step := range 3 { // freeze, post, record
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("step %d, after %v", step, after), func(t *testing.T) {
				w := newWorld(t)
				w.clock.set("2026-11-23T09:00:00+01:00")
				first := w.sender(t)
				m := &mortal{Ledger: w.store, Poster: w.posted, left: step, after: after}
				first.Ledger, first.Poster = m, m
				if err := first.Tick(t.Context()); !errors.Is(err, errKilled) {
					t.Fatalf("not killed: %v", err)
				}
				// What comes in meanwhile must not make another mail of it.
				w.clock.set("2026-11-23T09:05:00+01:00")
				if _, err := w.store.Record(t.Context(), lists.ProgressEntry{List: "dc-maps", Kind: "progress", Text: "Too late for this one.", At: w.clock.now()}); err != nil {
					t.Fatal(err)
				}
				w.tick(t, w.sender(t), "2026-11-23T09:06:00+01:00", 1)
				w.tick(t, w.sender(t), "2026-11-23T09:07:00+01:00", 1)
				frozen := step > 0 || after
				for raw := range w.posted.raws {
					if strings.Contains(raw, "Too late") == frozen {
						t.Errorf("frozen %v, and the mail is:\n%s", frozen, raw)
					}
				}
				w.tick(t, w.sender(t), "2026-11-30T09:00:00+01:00", 2)
				told := 0
				for raw := range w.posted.raws {
					told += strings.Count(strings.Split(raw, "text/html")[0], "Too late")
				}
				if told != 1 {
					t.Errorf("what came in meanwhile was told %d times", told)
				}
			})
		}
	}
}

// After an outage one digest catches up, and says so with its dates.
func TestCatchUpSaysSo(t *testing.T) {
	w := newWorld(t)
	w.tick(t, w.sender(t), "2026-12-16T12:00:00+01:00", 1)
	for raw := range w.posted.raws {
		text, _ := parts(t, raw)
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{"week 51 of 2026", "From Wednesday 18 November to Wednesday 16 December 2026.",
			"This digest was due on Monday 14 December. It is sent late, on Wednesday 16 December.",
			"The digests of the 3 weeks before were not sent. This one makes up for them."} {
			if !strings.Contains(flat, want) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
	}
	w.tick(t, w.sender(t), "2026-12-21T09:00:00+01:00", 2)
	for raw := range w.posted.raws {
		if text, _ := parts(t, raw); strings.Contains(text, "week 52") && (strings.Contains(text, "late") || strings.Contains(text, "not sent")) {
			t.Errorf("on time, and it says:\n%s", text)
		}
	}
}

// The weeks in which summer time begins and ends have one digest each, at the
// clock's nine.
func TestDaylightSavingWeeks(t *testing.T) {
	w := newWorld(t)
	w.tick(t, w.sender(t), "2027-03-22T09:00:00+01:00", 1)
	w.tick(t, w.sender(t), "2027-03-29T06:59:00Z", 1)
	w.tick(t, w.sender(t), "2027-03-29T07:00:00Z", 2) // nine in summer time
	w.tick(t, w.sender(t), "2027-03-29T08:00:00Z", 2)
	w.tick(t, w.sender(t), "2027-10-25T07:00:00Z", 3)
	w.tick(t, w.sender(t), "2027-11-01T07:59:00Z", 3)
	w.tick(t, w.sender(t), "2027-11-01T08:00:00Z", 4) // nine in winter time
}

// The figures count each post once, in its week, across the change of clocks.
func TestFiguresAcrossDaylightSaving(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	until, err := time.Parse(time.RFC3339, "2027-04-12T09:00:00+02:00")
	if err != nil {
		t.Fatal(err)
	}
	local := until.In(w.site.Location)
	for i := range 12 { // each week's first instant and its last
		for _, at := range []time.Time{local.AddDate(0, 0, -7*(i+1)), local.AddDate(0, 0, -7*i).Add(-time.Millisecond)} {
			if err := w.store.CountPost(ctx, "dc-maps", 1, at, at.String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.clock.set("2027-04-12T09:00:00+02:00")
	dir, err := w.store.Directory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := dir.ByID("dc-maps")
	weeks, last, err := w.sender(t).figures(ctx, l, until)
	if err != nil || len(weeks) != 12 || !last.Equal(until.Add(-time.Millisecond)) {
		t.Fatalf("%v, last %s, %v", weeks, last, err)
	}
	for i, f := range weeks {
		if f.Posts != 2 || f.People != 1 {
			t.Errorf("week %d: %+v", i, f)
		}
	}
}

// The mail is alternatives of one content, the HTML with its pictures beside
// it; what preview shows is what is sent.
func TestPreviewIsWhatIsSent(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for i := range 3 {
		if err := w.store.CountPost(ctx, "dc-maps", lists.Number(i), w.clock.now(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.set("2026-11-23T09:00:00+01:00")
	s := w.sender(t)
	preview, err := s.Preview(ctx, w.main, s.Schedule.Last(w.clock.now()))
	if err != nil {
		t.Fatal(err)
	}
	w.tick(t, s, "2026-11-23T09:00:00+01:00", 1)
	for raw := range w.posted.raws {
		if raw != string(preview.Raw) { // its Message-ID too: it is the week's
			t.Errorf("sent:\n%s\nshown:\n%s", raw, preview.Raw)
		}
		if m, err := mail.ReadMessage(strings.NewReader(raw)); err != nil || m.Header.Get("Content-Language") != "en" || !strings.HasPrefix(m.Header.Get("Date"), "Mon, 23 Nov 2026 09:00:0") || !strings.HasSuffix(m.Header.Get("Date"), " +0100") {
			t.Errorf("its language and date: %v, %v", m.Header, err)
		}
		if text, html := parts(t, raw); text != preview.Text || html != preview.HTML {
			t.Errorf("the parts are not those that are shown:\n%s", text)
		}
	}
	if !strings.Contains(preview.Text, "3 posts by 3 people") || !strings.Contains(preview.HTML, "cid:weeks-dc-maps") {
		t.Errorf("figures are missing:\n%s", preview.Text)
	}
}

// parts are a mail's text and HTML; each picture that the HTML names is there.
func parts(t *testing.T, raw string) (text, html string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var walk func(kind string, header func(string) string, body io.Reader)
	walk = func(kind string, header func(string) string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			r := multipart.NewReader(body, params["boundary"]) // decodes quoted-printable
			for {
				p, err := r.NextPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get, p)
			}
		}
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		content := string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
		switch media {
		case "text/plain":
			text = content
		case "text/html":
			html = content
		case "image/png":
			ids[strings.Trim(header("Content-Id"), "<>")] = true
		}
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get, m.Body)
	for _, found := range strings.Split(html, `src="cid:`)[1:] {
		if id, _, _ := strings.Cut(found, `"`); !ids[id] {
			t.Errorf("the HTML shows %s, which is not in the mail", id)
		}
	}
	return text, html
}
