package progress

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// outbox keeps letters, each key once, as the queue does.
type outbox struct {
	mu      sync.Mutex
	letters []smtp.Letter
	keys    map[string]bool
}

func (o *outbox) Send(_ context.Context, l smtp.Letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys[l.Key] {
		return nil
	}
	o.keys[l.Key] = true
	o.letters = append(o.letters, l)
	return nil
}

// take gives the letters sent since the last take.
func (o *outbox) take() []smtp.Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.letters
	o.letters = nil
	return taken
}

// changes does what it is asked and remembers it.
type changes struct {
	store *store.Store
	now   func() time.Time
	done  []lists.Action
	mails map[string]bool
}

func (c *changes) Do(ctx context.Context, asker lists.Address, believed bool, _, queueID string, actions []lists.Action) ([]lists.Outcome, error) {
	var out []lists.Outcome
	again := c.mails[queueID]
	c.mails[queueID] = true
	for _, a := range actions {
		if !believed {
			return nil, lists.ErrNotFound
		}
		if !again {
			c.done = append(c.done, a)
		}
		entry := lists.ProgressEntry{List: a.List, Author: asker, Source: a.Source, At: c.now()}
		if a.Verb == lists.DoHandover {
			out = append(out, lists.Outcome{Result: lists.Asked, Text: string(a.Subject) + " was asked."})
			continue
		}
		_, err := c.store.UpdateList(ctx, a.List, func(l *lists.List) error {
			switch a.Verb {
			case lists.DoNext:
				l.Next, l.NextBy = a.Text, a.By
				entry.Kind, entry.Text, entry.By = "next", a.Text, a.By
			case lists.DoState:
				l.State = lists.State(a.Value)
				entry.Kind, entry.Text = "state", a.Value
			case lists.DoProgress:
				entry.Kind, entry.Text = a.Value, a.Text
				if lists.SameStep(l.Next, a.Text) {
					entry.By = l.NextBy
					l.Next, l.NextBy = "", ""
				}
			}
			return nil
		})
		if err == nil {
			_, err = c.store.Record(ctx, entry)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, lists.Outcome{Result: lists.Did, Text: "Done."})
	}
	return out, nil
}

// weeks tells which digests went out.
type weeks struct {
	schedule digest.Schedule
	now      func() time.Time
	sent     map[string]bool
}

func (w weeks) Next() digest.Week { return w.schedule.Next(w.now()) }
func (w weeks) Sent(_ context.Context, _ lists.List, week digest.Week) (bool, error) {
	return w.sent[week.String()], nil
}

type world struct {
	t      *testing.T
	at     time.Time
	store  *store.Store
	main   lists.List
	maps   lists.List
	outbox *outbox
	desk   *changes
	weeks  weeks
	site   lists.Site
}

func (w *world) now() time.Time { return w.at }

func (w *world) set(at string) {
	w.t.Helper()
	var err error
	if w.at, err = time.Parse(time.RFC3339, at); err != nil {
		w.t.Fatal(err)
	}
}

// newWorld is a body with a group led by Ana, on a Saturday morning two days
// before the digest of week 48 is due.
func newWorld(t *testing.T) *world {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, outbox: &outbox{keys: map[string]bool{}}, site: lists.Site{Domain: "lists.example.org", Location: loc}}
	w.set("2026-11-18T12:00:00+01:00")
	ctx := t.Context()
	if w.store, err = store.Open(ctx, redistest.New(t), w.site, w.now); err != nil {
		t.Fatal(err)
	}
	if w.main, err = w.store.CreateList(ctx, lists.NewList{Name: "dc", Title: "Dynamic Coalition"}); err != nil {
		t.Fatal(err)
	}
	w.maps, err = w.store.CreateList(ctx, lists.NewList{Name: "maps", Parent: w.main.ID, Title: "Maps", Next: "Publish the map", NextBy: "2026-12-01"})
	if err != nil {
		t.Fatal(err)
	}
	w.join("ana@m.example", "Ana", true)
	schedule, err := digest.ParseSchedule("Mon 09:00", loc)
	if err != nil {
		t.Fatal(err)
	}
	w.desk = &changes{store: w.store, now: w.now, mails: map[string]bool{}}
	w.weeks = weeks{schedule: schedule, now: w.now, sent: map[string]bool{}}
	w.set("2026-11-21T09:00:00+01:00")
	return w
}

func (w *world) join(address, name string, leader bool) {
	w.t.Helper()
	if _, _, err := w.store.Subscribe(w.t.Context(), w.maps.ID, lists.NewMember{Address: lists.Address(address), Name: name, Leader: leader}); err != nil {
		w.t.Fatal(err)
	}
}

// office is one server's.
func (w *world) office() *Office {
	return &Office{Site: w.site, Secret: w.store.Secret(), Schedule: w.weeks.schedule, Lead: 48 * time.Hour, Now: w.now, Reader: w.store,
		Recorder: w.store, Desk: w.desk, Outbox: w.outbox, Weeks: w.weeks, Log: slog.New(slog.DiscardHandler)}
}

func (w *world) tick() []smtp.Letter {
	w.t.Helper()
	if err := w.office().Tick(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return w.outbox.take()
}

// question asks and gives the token of the one question.
func (w *world) question() string {
	w.t.Helper()
	letters := w.tick()
	if len(letters) != 1 {
		w.t.Fatalf("%d questions, want 1", len(letters))
	}
	return token(w.t, letters[0])
}

func token(t *testing.T, l smtp.Letter) string {
	t.Helper()
	local, _, _ := strings.Cut(l.ReplyTo, "@")
	name, token, ok := strings.Cut(local, "+")
	if !ok || name != "dc-maps-progress" || len(token) != 26 || l.From != l.ReplyTo {
		t.Fatalf("From %s, Reply-To %s", l.From, l.ReplyTo)
	}
	return token
}

// hear hands a reply in and gives the one answer, "" none.
func (w *world) hear(r Reply) string {
	w.t.Helper()
	if err := w.office().Hear(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
	switch letters := w.outbox.take(); len(letters) {
	case 0:
		return ""
	case 1:
		if letters[0].FromName == "" || letters[0].FromName != w.main.Title {
			w.t.Errorf("the answer is from %q, and the question was from %q", letters[0].FromName, w.main.Title)
		}
		return letters[0].Text
	default:
		w.t.Fatalf("%d answers", len(letters))
		return ""
	}
}

// item is the group as the next digest would have it.
func (w *world) item() digest.Group {
	w.t.Helper()
	entries, err := w.store.Progress(w.t.Context(), w.maps.ID, time.Time{}, w.at.Add(time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	dir, err := w.store.Directory(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	l, _ := dir.ByID(w.maps.ID)
	r := digest.Gather(digest.Facts{Site: w.site, Main: w.main, Until: w.at, Groups: []digest.GroupFacts{{List: l, Entries: entries}}})
	for _, g := range append(r.News, r.Quiet...) {
		return g
	}
	w.t.Fatal("the group is not in the digest")
	return digest.Group{}
}

func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, s := range want {
		if !strings.Contains(flat, s) {
			t.Errorf("no %q in:\n%s", s, text)
		}
	}
}
