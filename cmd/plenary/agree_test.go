package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"plenary/cmd/plenary/config"
	"plenary/digest"
	"plenary/digest/weekly"
	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/message"
	"plenary/smtp/route"
)

// The digest's numbers are the archive's: posts and the people who wrote them
// are counted in both for three digests of a week each, over 5,000 posts at
// random times, some on the very second of a digest, some handled twice.
func TestNumbersAgreeWithTheArchive(t *testing.T) {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	s := agreeing(t, func() time.Time { return now })
	ctx := t.Context()
	dc, err := s.store.CreateList(ctx, lists.NewList{Name: "dc", Title: "Coalition"})
	if err != nil {
		t.Fatal(err)
	}
	all := []lists.List{dc}
	for n := range 5 {
		l, err := s.store.CreateList(ctx, lists.NewList{Name: fmt.Sprintf("g%d", n), Parent: dc.ID, Title: fmt.Sprintf("Group %d", n)})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	fill(t, s, all, now, 5000)
	// A digest is posted once the second that it covers is over.
	s.weekly.Poster = tardy{s.weekly.Poster, func() { now = now.Add(time.Second) }}
	from, total := now, 0
	for week := range 3 {
		now = now.AddDate(0, 0, 7).Add(time.Duration(week) * 333 * time.Millisecond) // never a whole second but the first
		main, err := s.store.Directory(ctx)
		if err != nil {
			t.Fatal(err)
		}
		dc, _ = main.ByID("dc")
		mail, err := s.weekly.Preview(ctx, dc, s.weekly.Next())
		if err != nil {
			t.Fatal(err)
		}
		facts, err := s.weekly.Facts(ctx, dc)
		if err != nil {
			t.Fatal(err)
		}
		total += agree(t, s, dc, mail.Since, mail.Until, facts.Posts, facts.People, facts.Threads)
		for _, g := range facts.Groups {
			total += agree(t, s, g.List, mail.Since, mail.Until, g.Posts, g.People, g.Threads)
		}
		if !mail.Since.Equal(from) {
			t.Errorf("week %d begins at %s, and the last one ended at %s", week, mail.Since, from)
		}
		from = mail.Until
		at := now
		if already, err := s.weekly.Send(ctx, dc, s.weekly.Next()); already || err != nil {
			t.Fatalf("sent before: %v, %v", already, err)
		}
		now = at
	}
	if total != 5000 {
		t.Errorf("%d posts were told of, of 5000", total)
	}
	// The year's report counts the same, without the digests that were posted.
	year, err := s.yearOf(ctx, dc, 2026)
	if err != nil {
		t.Fatal(err)
	}
	told := year.Body.Posts()
	for _, g := range year.Groups {
		told += g.Posts()
	}
	if told != 5000 {
		t.Errorf("the year's report tells of %d posts, of 5000", told)
	}
}

// tardy posts after some time.
type tardy struct {
	weekly.Poster
	pass func()
}

func (p tardy) Post(ctx context.Context, listID, queueID string, raw []byte) error {
	p.pass()
	return p.Poster.Post(ctx, listID, queueID, raw)
}

// agree compares one list's figures, and gives its posts. A digest that went
// to the list is in its archive, and no news for the next one.
func agree(t *testing.T, s *service, l lists.List, since, until time.Time, posts, people int, threads []digest.Thread) int {
	t.Helper()
	authors, moved, kept := map[string]bool{}, map[uint32]int{}, 0
	err := s.archive.Each(t.Context(), l.ID, since, until, func(p lists.ArchivedPost) error {
		if p.From == l.Title {
			return nil
		}
		kept++
		authors[p.Author], moved[p.Thread] = true, moved[p.Thread]+1
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if kept != posts || len(authors) != people {
		t.Errorf("%s: the digest counts %d posts by %d people, the archive %d by %d", l.Name, posts, people, kept, len(authors))
	}
	most := 0
	for _, n := range moved {
		most = max(most, n)
	}
	if len(threads) != min(3, len(moved)) || len(threads) > 0 && threads[0].Posts != most {
		t.Errorf("%s: the digest shows %v; in the archive %d threads moved, the most by %d", l.Name, threads, len(moved), most)
	}
	return kept
}

// fill has so many posts kept and counted, in the three weeks from start on.
func fill(t *testing.T, s *service, all []lists.List, start time.Time, count int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	posts := s.posts()
	var work errgroup.Group
	work.SetLimit(16)
	for n := range count {
		at := start.Add(time.Duration(random.Int64N(int64(21 * 24 * time.Hour))))
		if n%10 == 0 {
			at = start.AddDate(0, 0, 7*random.IntN(3)).Add(time.Duration(random.IntN(3)*333) * time.Millisecond)
		}
		who, l, root := random.IntN(40), all[random.IntN(len(all))], random.IntN(25)
		address := lists.Address(fmt.Sprintf("p%d@m.example", who))
		id := fmt.Sprintf("%d@m.example", n)
		e := route.Entry{List: l, Identity: fmt.Sprintf("%064x", n+1), MessageID: id, Message: &message.Message{}, At: at, Arrived: at, Author: route.Author{Address: address},
			Raw: []byte(fmt.Sprintf("From: P%d <%s>\r\nTo: %s\r\nSubject: Thread %d\r\nMessage-ID: <%s>\r\nReferences: <root%d.%s@m.example>\r\n\r\nHello.\r\n", who, address, l.Name, root, id, root, l.Name))}
		if who < 30 { // the others are no members
			e.Author.Person = &lists.Person{Number: lists.Number(who + 1), Address: address}
		}
		times := 1 + n%2*(n%7/6) // some are handled again, later
		work.Go(func() error {
			for i := range times {
				e.At = at.Add(time.Duration(i) * time.Hour)
				if _, err := posts.Keep(context.Background(), e); err != nil {
					return err
				}
				if _, err := posts.Enter(context.Background(), []route.Entry{e}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
}

// agreeing is a service that is joined and doesn't run.
func agreeing(t *testing.T, now func() time.Time) *service {
	t.Helper()
	folder := t.TempDir()
	cfg := config.Default()
	cfg.Domain, cfg.Admins, cfg.DataDir = "lists.example.org", []string{"admin@example.org"}, folder
	cfg.Archive.Bucket = (&url.URL{Scheme: "file", Path: filepath.Join(folder, "archive")}).String()
	cfg.SMTP.Listen, cfg.Delivery.Relay = "127.0.0.1:0", "127.0.0.1:1"
	s, err := newService(t.Context(), cfg, serviceOptions{Redis: redistest.New(t), Now: now, Log: slog.New(slog.DiscardHandler), DNS: noDNS{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.unbind)
	return s
}
