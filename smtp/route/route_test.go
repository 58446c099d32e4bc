package route

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

type world struct {
	*Router
	store   *store.Store
	letters []smtp.Letter
	handled []string // kind list token id
	planned []string // family identity lists…
	held    []lists.HeldPost
	sent    []Entry
	kept    int
	said    []string // progress
	failing error
	unsent  error // Send fails so
}

func (w *world) Send(_ context.Context, l smtp.Letter) error {
	if w.unsent != nil {
		return w.unsent
	}
	for _, old := range w.letters {
		if old.Key == l.Key {
			return nil
		}
	}
	w.letters = append(w.letters, l)
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	site := lists.Site{Domain: "lists.example.org", Admins: []lists.Address{"admin@site.example"}}
	st, err := store.Open(t.Context(), redistest.New(t), site, now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: st}
	handler := func(ctx context.Context, m Mail, to lists.Target) error {
		words := []string{string(to.Kind), to.List.Name, to.Token, m.Envelope.ID}
		for _, t := range m.Also {
			words = append(words, "also", t.List.Name)
		}
		w.handled = append(w.handled, strings.Join(words, " "))
		return nil
	}
	w.Router = &Router{Site: site, Now: now, Directory: st, People: st, Outbox: w, Limiter: st, Once: st, Log: slog.New(slog.DiscardHandler),
		Handlers: Handlers{Command: handler, OneClick: handler, Confirm: handler, Progress: handler, Bounce: handler},
		Posts: Posts{
			Identity: func(id string, body []byte) string { return fmt.Sprintf("%s/%x", id, body[:2]) },
			Keep:     func(context.Context, Entry) (string, error) { w.kept++; return "", w.failing },
			Compose: func(_ context.Context, e Entry, _ string) lists.Copy {
				w.sent = append(w.sent, e)
				return lists.Copy{List: e.List, Body: e.Raw}
			},
			Enter: func(_ context.Context, entries []Entry) ([]uint64, error) { return make([]uint64, len(entries)), nil },
			Plan: func(_ context.Context, f lists.Fanout) error {
				var names []string
				for _, c := range f.Targets {
					names = append(names, c.List.Name)
				}
				w.planned = append(w.planned, f.Family+": "+strings.Join(names, " "))
				return nil
			},
			Hold: func(_ context.Context, h lists.HeldPost, _ []byte) error { w.held = append(w.held, h); return nil },
			Progress: func(_ context.Context, _ Mail, l lists.List, a Author, text string) error {
				w.said = append(w.said, l.Name+" "+a.Name+" "+text)
				return nil
			},
			CommandOnly: func(subject, text string) string {
				if strings.TrimSpace(text) == "unsubscribe" {
					return "unsubscribe"
				}
				return ""
			},
		}}
	ctx := t.Context()
	create := func(n lists.NewList) lists.List {
		l, err := st.CreateList(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	dc := create(lists.NewList{Name: "dc", Title: "DC"})
	maps := create(lists.NewList{Name: "maps", Title: "Maps", Parent: dc.ID})
	create(lists.NewList{Name: "news", Title: "News", Parent: dc.ID, Post: lists.PostAnnounce})
	create(lists.NewList{Name: "other", Title: "Other"})
	for a, l := range map[lists.Address]lists.List{"ana@m.example": maps, "bo@m.example": dc} {
		if _, _, err := st.Subscribe(ctx, l.ID, lists.NewMember{Address: a, Name: a.Local(), Leader: a == "ana@m.example"}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func mail(from, subject, body string, more ...string) []byte {
	fields := append([]string{"From: " + from, "Subject: " + subject, "Message-ID: <m1@m.example>"}, more...)
	return []byte(strings.Join(fields, "\r\n") + "\r\n\r\n" + body + "\r\n")
}

func (w *world) handle(t *testing.T, raw []byte, to ...string) error {
	t.Helper()
	return w.Handle(t.Context(), smtp.Envelope{ID: "q1", From: "ana@m.example", To: to, Received: w.Now()}, raw)
}

func TestEveryAddressHasItsRoom(t *testing.T) {
	for to, want := range map[string]string{
		"dc-join@":              "join dc  q1",
		"DC-Subscribe@":         "join dc  q1",
		"dc-maps-leave@":        "leave dc-maps  q1",
		"dc-maps+unsubscribe@":  "leave dc-maps  q1",
		"dc-leave+abcdef@":      "leave dc abcdef q1",
		"dc-request@":           "request dc  q1",
		"dc-help@":              "help dc  q1",
		"plenary@":              "site   q1",
		"majordomo@":            "site   q1",
		"dc-confirm+tok@":       "confirm dc tok q1",
		"plenary-confirm+tok@":  "site-confirm  tok q1",
		"dc-maps-progress+tok@": "progress dc-maps tok q1",
		"plenary-progress+tok@": "site-progress  tok q1",
		"dc-bounces+tok@":       "bounces dc tok q1",
		"plenary-bounces+tok@":  "site-bounces  tok q1",
	} {
		w := newWorld(t)
		if err := w.handle(t, mail("Ana <ana@m.example>", "x", "y"), to+"lists.example.org"); err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		if !slices.Equal(w.handled, []string{want}) {
			t.Errorf("%s: handled %q, want %q", to, w.handled, want)
		}
	}
}

func TestOneMailToSeveralAddresses(t *testing.T) {
	w := newWorld(t)
	err := w.handle(t, mail("Ana <ana@m.example>", "x", "y"), "dc@lists.example.org", "DC-maps@lists.example.org", "dc-maps@lists.example.org",
		"dc-join@lists.example.org", "other-join@lists.example.org", "gone@lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"join dc  q1 also other"}; !slices.Equal(w.handled, want) {
		t.Errorf("handled %q, want %q: one mail has one answer", w.handled, want)
	}
	if want := []string{"dc: dc dc-maps"}; !slices.Equal(w.planned, want) {
		t.Errorf("planned %q, want one plan %q", w.planned, want)
	}
}

func TestPostsAreJudged(t *testing.T) {
	for name, row := range map[string]struct {
		raw     []byte
		to      string
		planned int
		held    int
		letters int
		code    int // of the refusal at DATA
	}{
		"member":        {mail("Bo <bo@m.example>", "x", "y"), "dc-maps", 1, 0, 0, 0},
		"stranger":      {mail("eve@x.example", "x", "y"), "dc", 0, 1, 0, 0},
		"announce":      {mail("Bo <bo@m.example>", "x", "y"), "dc-news", 0, 0, 1, 550},
		"its admin":     {mail("admin@site.example", "x", "y"), "dc-news", 1, 0, 0, 0},
		"command alone": {mail("Bo <bo@m.example>", "", "unsubscribe"), "dc", 0, 0, 1, 0},
		"two authors":   {mail("bo@m.example, ana@m.example", "x", "y"), "dc", 0, 0, 0, 550},
		"no author":     {mail("nobody", "x", "y"), "dc", 0, 0, 0, 550},
		"own list-id":   {mail("bo@m.example", "x", "y", "List-Id: <dc.lists.example.org>"), "dc", 0, 0, 0, 0},
		"vacation":      {mail("bo@m.example", "x", "y", "Auto-Submitted: auto-replied"), "dc", 0, 0, 0, 0},
		"old responder": {mail("bo@m.example", "x", "y", "X-Autoreply: yes"), "dc", 0, 0, 0, 0},
		"qmail's":       {mail("bo@m.example", "x", "y", "Precedence: auto_reply"), "dc", 0, 0, 0, 0},
		"suppressor":    {mail("bo@m.example", "x", "y", "X-Auto-Response-Suppress: All", "X-Autoreply: no"), "dc", 1, 0, 0, 0},
		"away, owners":  {mail("bo@m.example", "x", "y", "X-Autorespond: away"), "dc-owner", 0, 0, 0, 0},
		"bulk":          {mail("bo@m.example", "x", "y", "Precedence: bulk"), "dc", 0, 0, 0, 550},
	} {
		w := newWorld(t)
		to := row.to + "@lists.example.org"
		code := 0
		if reply := w.Screen(t.Context(), smtp.Envelope{ID: "q1", From: "bo@m.example", To: []string{to}}, row.raw); reply != nil {
			code = reply.Code
		}
		if err := w.handle(t, row.raw, to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(w.planned) != row.planned || len(w.held) != row.held || len(w.letters) != row.letters || code != row.code {
			t.Errorf("%s: planned %d held %d letters %d code %d, want %d %d %d %d", name, len(w.planned), len(w.held), len(w.letters), code,
				row.planned, row.held, row.letters, row.code)
		}
		for _, l := range w.letters {
			if l.EnvelopeFrom != "" || !l.AutoReplied || strings.Contains(l.Text+l.Subject, "unsubscribe\n") {
				t.Errorf("%s: letter %+v", name, l)
			}
		}
	}
}

// What only some targets refuse is taken, and answered for.
func TestRefusedByOneOfTwo(t *testing.T) {
	w := newWorld(t)
	raw, to := mail("Bo <bo@m.example>", "x", "y"), []string{"dc@lists.example.org", "dc-news@lists.example.org"}
	if reply := w.Screen(t.Context(), smtp.Envelope{From: "bo@m.example", To: to}, raw); reply != nil {
		t.Fatalf("refused at DATA: %v", reply)
	}
	for range 2 { // the second run is what a crash before the acknowledgement causes
		if err := w.handle(t, raw, to...); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.letters) != 1 || !strings.Contains(w.letters[0].Text, "dc-news") || w.letters[0].To[0] != "bo@m.example" {
		t.Errorf("letters %+v", w.letters)
	}
}

func TestOwnersGetTheWholeMail(t *testing.T) {
	for to, want := range map[string][]string{"dc-maps-owner@": {"ana@m.example"}, "dc-owner@": {"admin@site.example"},
		"postmaster@": {"admin@site.example"}, "abuse@": {"admin@site.example"}} {
		w := newWorld(t)
		raw := mail("Eve <eve@x.example>", "Hello", "May I?")
		if err := w.handle(t, raw, to+"lists.example.org"); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range w.letters {
			got = append(got, l.To...)
			if !strings.HasSuffix(string(l.Raw), string(raw)) || !strings.HasPrefix(string(l.Raw), "X-Loop: "+to) || l.EnvelopeFrom != "" {
				t.Errorf("%s: passed on as %q", to, l.Raw)
			}
			again := newWorld(t)
			if err := again.handle(t, l.Raw, to+"lists.example.org"); err != nil || len(again.letters) > 0 {
				t.Errorf("%s: it goes round: %v %v", to, again.letters, err)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: reached %v, want %v", to, got, want)
		}
	}
}

// What every owner's server refuses goes to the site's admins, and what theirs
// refuse too back to its writer, if that is proven; told again, nothing more.
func TestOwnerMailThatIsRefused(t *testing.T) {
	for _, believed := range []bool{true, false} {
		w := newWorld(t)
		if _, _, err := w.store.Subscribe(t.Context(), "dc-maps", lists.NewMember{Address: "Bea@m.example", Leader: true}); err != nil {
			t.Fatal(err)
		}
		w.Site.Admins = []lists.Address{"admin@site.example", "bea@m.example"}
		env := smtp.Envelope{ID: "q1", From: "eve@x.example", To: []string{"dc-maps-owner@lists.example.org"}, Received: w.Now(), Verdict: smtp.Verdict{Believed: believed}}
		if err := w.Handle(t.Context(), env, mail("Eve <eve@x.example>", "Hello", "May I?")); err != nil || len(w.letters) != 2 {
			t.Fatalf("passed on as %+v, %v", w.letters, err)
		}
		refused := func(from, to int, want int) {
			t.Helper()
			for _, l := range w.letters[from:to] {
				for range 2 {
					if err := w.Refused(t.Context(), l.Key, l.To[0], l.Raw); err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(w.letters) != want {
				t.Fatalf("believed %v: letters %+v, want %d", believed, w.letters, want)
			}
		}
		refused(0, 1, 2) // the other may have it
		refused(1, 2, 3)
		if l := w.letters[2]; l.To[0] != "admin@site.example" || string(l.Raw) != string(w.letters[0].Raw) {
			t.Errorf("to the admins: %+v", l)
		}
		if !believed {
			refused(2, 3, 3)
			continue
		}
		refused(2, 3, 4)
		if l := w.letters[3]; l.To[0] != "eve@x.example" || !strings.Contains(l.Text, "reached nobody") || strings.Contains(l.Text, "May I?") {
			t.Errorf("to the writer: %+v", l)
		}
		refused(3, 4, 4)
		if err := w.Refused(t.Context(), "welcome/a/b/c/x@m.example", "x@m.example", nil); err != nil || len(w.letters) != 4 {
			t.Errorf("another letter: %+v, %v", w.letters, err)
		}
	}
}

// Without admins nobody is behind those addresses: the writer hears of it,
// once a mail, in fixed words; a report is answered by none.
func TestMailThatNobodyLooksAfterGoesBack(t *testing.T) {
	for _, to := range []string{"dc-owner@", "postmaster@", "abuse@"} {
		for from, answers := range map[string]int{"eve@x.example": 1, "": 0} {
			w := newWorld(t)
			w.Site.Admins = nil
			env := smtp.Envelope{ID: "q1", From: from, To: []string{to + "lists.example.org"}, Received: w.Now()}
			if err := w.Handle(t.Context(), env, mail("Eve <eve@x.example>", "Hello", "May I?")); err != nil {
				t.Fatal(err)
			}
			if len(w.letters) != answers {
				t.Fatalf("%s from %q: %+v", to, from, w.letters)
			}
			for _, l := range w.letters {
				if l.To[0] != from || !strings.Contains(l.Text, "reached nobody") || strings.Contains(l.Text, "May I?") {
					t.Errorf("%s: %+v", to, l)
				}
			}
		}
	}
}

func TestProgressPosts(t *testing.T) {
	w := newWorld(t)
	for _, from := range []string{"Ana <ana@m.example>", "Bo <bo@m.example>"} { // Bo is not in the group
		if err := w.handle(t, mail(from, "Re: [Progress] maps", "We met.\r\n> quoted"), "dc-maps@lists.example.org"); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"dc-maps Ana We met."}; !slices.Equal(w.said, want) {
		t.Errorf("said %q, want %q", w.said, want)
	}
}

// Nothing is planned that the archive does not have, and the error asks for
// the message again.
func TestArchiveFirst(t *testing.T) {
	w := newWorld(t)
	w.failing = errors.New("disk full")
	if err := w.handle(t, mail("Ana <ana@m.example>", "x", "y"), "dc@lists.example.org"); err == nil || len(w.planned) != 0 {
		t.Errorf("error %v, planned %v", err, w.planned)
	}
}

func TestPostOfTheSitesOwn(t *testing.T) {
	w := newWorld(t)
	raw := mail("plenary@lists.example.org", "Announcement", "x", "Auto-Submitted: auto-generated")
	if err := w.Post(t.Context(), "dc", "announce-1", raw); err != nil || len(w.planned) != 1 {
		t.Errorf("error %v, planned %v", err, w.planned)
	}
	if err := w.Post(t.Context(), "nowhere", "announce-1", raw); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("posted to a list that is not there: %v", err)
	}
}

// Mail for a list that was removed after its RCPT is answered for, once.
func TestGoneSinceAccepted(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		if err := w.handle(t, mail("eve@x.example", "x", "y"), "gone@lists.example.org"); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.letters) != 1 || w.letters[0].To[0] != "ana@m.example" {
		t.Errorf("letters %+v", w.letters)
	}
}

// Answers to one address are bounded, and it is not shut out for long.
func TestAnswersToOneAddressAreBounded(t *testing.T) {
	w := newWorld(t)
	for i := range 40 {
		env := smtp.Envelope{ID: fmt.Sprint("q", i), From: "bo@m.example", To: []string{"dc@lists.example.org"}, Received: w.Now()}
		if err := w.Handle(t.Context(), env, mail("Bo <bo@m.example>", "", "unsubscribe")); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.letters) != 31 {
		t.Errorf("%d letters, want 30 and one for this minute", len(w.letters))
	}
}
