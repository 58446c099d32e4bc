package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"plenary/digest/annual"
	"plenary/lists"
)

type annualCmd struct {
	Main string `arg:"" help:"The main list."`
	Year string `placeholder:"2026" help:"The year; without it this one, as far as it has gone."`
	HTML bool   `help:"A page instead of Markdown."`
}

// Run prints the yearly report.
func (c annualCmd) Run(a *app) error {
	year, err := asYear(c.Year)
	if err != nil {
		return err
	}
	s, l, err := a.mainList(c.Main)
	if err != nil {
		return err
	}
	this := a.now().In(s.site.Location).Year()
	if year == 0 {
		year = this
	}
	first := l.Created.In(s.site.Location).Year()
	wrong := misused("--year %d: %s has been here since %d, and it is %d now", year, l.Name, first, this)
	if year > this {
		return wrong
	}
	facts, err := s.yearOf(a.ctx, l, year)
	if err != nil {
		return fmt.Errorf("gather the year %d of %s: %w", year, l.Name, err)
	}
	if year < first && !wrote(facts) {
		return wrong
	}
	write := annual.Markdown
	if c.HTML {
		write = annual.HTML
	}
	text, err := write(annual.Gather(facts))
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.out, text)
	return err
}

// asYear reads a year of four digits; "" is 0, this one.
func asYear(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	year, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 || year < 1000 {
		return 0, misused("--year %q is no year: write its four digits, as 2026", s)
	}
	return year, nil
}

// wrote tells whether the archives have posts of the year: an imported one is
// older than its list is here.
func wrote(f annual.Facts) bool {
	return f.Body.Posts() > 0 || slices.ContainsFunc(f.Groups, func(g annual.GroupFacts) bool { return g.Posts() > 0 })
}

// yearOf reads a year of a family: the record, the membership, the archive.
func (s *service) yearOf(ctx context.Context, main lists.List, year int) (annual.Facts, error) {
	f := annual.Facts{Site: s.site, Main: main, Year: year, Until: s.now().In(s.site.Location)}
	d, err := s.store.Directory(ctx)
	if err != nil {
		return f, err
	}
	digests, err := s.digestCodes(ctx, main)
	if err != nil {
		return f, err
	}
	if f.Body, err = s.accountOf(ctx, main, year, digests); err != nil {
		return f, err
	}
	for _, l := range d.Family(main.ID) {
		if l.Main() {
			continue
		}
		g := annual.GroupFacts{List: l}
		if g.Account, err = s.accountOf(ctx, l, year, nil); err != nil {
			return f, err
		}
		leaders, _, err := s.store.Officers(ctx, l.ID)
		if err != nil {
			return f, err
		}
		leaders, _ = lists.Leading(leaders, l.ID) // without those who stand in for them
		for _, p := range leaders {               // by name, never by address
			if p.Name != "" {
				g.Leaders = append(g.Leaders, p.Name)
			}
		}
		if g.Entries, err = s.store.Progress(ctx, l.ID, time.Time{}, time.Time{}); err != nil {
			return f, err
		}
		f.Groups = append(f.Groups, g)
	}
	return f, nil
}

// digestCodes are what the archive knows a body's digests by.
func (s *service) digestCodes(ctx context.Context, main lists.List) (map[string]bool, error) {
	sheets, err := s.weekly.Sheets(ctx, main, math.MaxInt)
	codes := map[string]bool{}
	for _, sheet := range sheets {
		codes[sheet.Code] = true
	}
	return codes, err
}

// accountOf counts a list's members, and the year's posts in its archive:
// those that people wrote, without the digests, as the digests count them.
func (s *service) accountOf(ctx context.Context, l lists.List, year int, digests map[string]bool) (annual.Account, error) {
	a := annual.Account{Archived: l.Archive != lists.ArchiveNone}
	err := s.store.Members(ctx, l.ID, func(_ lists.Person, sub lists.Subscription) error {
		a.Members++
		if sub.Joined.UTC().Year() == year { // a day without an hour
			a.Joined++
		}
		return nil
	})
	if err != nil || !a.Archived {
		return a, err
	}
	wrote, inMonth := map[string]bool{}, [12]map[string]bool{}
	loc := s.site.Location
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, loc)
	err = s.archive.Each(ctx, l.ID, begin, begin.AddDate(1, 0, 0), func(p lists.ArchivedPost) error {
		if digests[p.Code] {
			return nil
		}
		m := p.At.In(loc).Month() - 1
		if inMonth[m] == nil {
			inMonth[m] = map[string]bool{}
		}
		inMonth[m][p.Author], wrote[p.Author] = true, true
		a.Months[m].Posts++
		return nil
	})
	for m := range a.Months {
		a.Months[m].People = len(inMonth[m])
	}
	a.People = len(wrote)
	return a, err
}
