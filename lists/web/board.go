package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"plenary/digest/words"
	"plenary/lists"
)

// Boards is what the board and its feeds show of a family. They may be some
// seconds old.
type Boards interface {
	Board(ctx context.Context, main lists.List) (lists.Board, error)
	Digests(ctx context.Context, main lists.List, limit int) ([]lists.BoardDigest, error)
	// Sent tells whether the post of this code is a digest that went out from here.
	Sent(ctx context.Context, main lists.List, code string) (bool, error)
}

// boardOf is the board of the family that a path names, for who may read it:
// it tells what the digests tell, so it is read as the main list's archive
// is; where there is no archive, by members.
func (p *pages) boardOf(r *http.Request) (main lists.List, b lists.Board, err error) {
	_, main, err = p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return main, b, err
	}
	if err := p.readsDigests(r, main); err != nil {
		return main, b, err
	}
	b, err = p.Boards.Board(r.Context(), main)
	return main, p.Site.PublicBoard(b), err
}

func (p *pages) readsDigests(r *http.Request, main lists.List) error {
	if main.Archive == lists.ArchiveNone {
		main.Archive = lists.ArchiveMembers
	}
	return p.reads(r.Context(), r, main)
}

// board shows each group's card on one page.
func (p *pages) board(w http.ResponseWriter, r *http.Request) error {
	main, b, err := p.boardOf(r)
	if err != nil {
		return err
	}
	if b.Main != strings.ToLower(r.PathValue("list")) && main.ID != strings.ToLower(r.PathValue("list")) {
		http.Redirect(w, r, "/"+main.ID+"/board", http.StatusFound) // a group's board is its body's
		return nil
	}
	spoken := p.worded(main)
	cards := make([]boardCard, len(b.Groups))
	for i, g := range b.Groups {
		cards[i] = boardCard{BoardGroup: g, Plot: plotOf(g.Weeks), W: spoken.W}
	}
	return p.show(w, r, spoken, http.StatusOK, "board.html", spoken.W.Say("web-board", "body", b.Title),
		boardPage{worded: spoken, Board: b, Main: main, Cards: cards, Feeds: main.Archive == lists.ArchivePublic})
}

// boardPage is what the board's page shows.
type boardPage struct {
	worded
	Board lists.Board
	Main  lists.List
	Cards []boardCard
	Feeds bool
}

// Whole says what the main list did, and how many members it has.
func (b boardPage) Whole() string {
	return b.W.Say("whole-posts", "posts", b.posts(b.Board.Posts, b.Board.People), "members", b.W.Say("members", "n", b.Board.Members))
}

// Activity says a group's posts and membership.
func (b boardPage) Activity(g lists.BoardGroup) string {
	posts, members := b.posts(g.Posts, g.People), b.W.Say("members", "n", g.Members)
	var change []string
	if g.Joined > 0 {
		change = append(change, b.W.Say("joined", "n", g.Joined))
	}
	if g.Left > 0 {
		change = append(change, b.W.Say("left", "n", g.Left))
	}
	if len(change) == 0 {
		return b.W.Say("week-line", "posts", posts, "members", members)
	}
	return b.W.Say("week-line-change", "posts", posts, "members", members, "change", b.W.Series(change))
}

func (b boardPage) posts(n, people int) string {
	if n == 0 {
		return b.W.Say("no-posts")
	}
	return b.W.Say("posts-by", "posts", b.W.Say("posts", "n", n), "people", b.W.Say("people", "n", max(people, 1)))
}

// Said joins what people said with the words around it.
func (b boardPage) Said(all []lists.BoardWord) map[string]any {
	return map[string]any{"Page": b, "Said": all}
}

// boardCard is a group's card with the picture of its weeks.
type boardCard struct {
	lists.BoardGroup
	Plot plot
	W    *words.Words
}

// Open tells whether anybody may ask to join.
func (c boardCard) Open() bool { return c.Policy != lists.JoinInvited }

// Soon tells whether the step is overdue or due in two weeks.
func (c boardCard) Soon() bool {
	return c.By != "" && (c.When == "overdue" || c.Days <= 14) && (c.State == lists.Active || c.State == lists.Forming)
}

// Due says the step's date, overdue plainly; "" without one.
func (c boardCard) Due() string {
	day, dated := c.By.Time()
	if !dated {
		return ""
	}
	key := map[string]string{"overdue": "when-overdue", "past": "when-was", "today": "when-today", "tomorrow": "when-tomorrow", "this week": "when-week"}[c.When]
	if key == "" {
		key = "when-later"
	}
	return c.W.Say(key, "n", c.Days, "date", c.W.Date(day))
}

// Series is the posts of each week, as the picture shows them.
func (c boardCard) Series() string {
	posts := make([]string, len(c.Weeks))
	for i, w := range c.Weeks {
		posts[i] = strconv.Itoa(w.Posts)
	}
	return c.W.Series(posts)
}

// boardJSON is the same for programs.
func (p *pages) boardJSON(w http.ResponseWriter, r *http.Request) error {
	_, b, err := p.boardOf(r)
	if err != nil {
		return err
	}
	text, err := encoded(b)
	if err != nil {
		return fmt.Errorf("write the board of %s as JSON: %w", b.Main, err)
	}
	b.At = time.Time{} // that it was made again is no news
	seed, err := encoded(b)
	if err != nil {
		return fmt.Errorf("write the board of %s as JSON: %w", b.Main, err)
	}
	p.feed(w, r, "application/json", text, "W/"+entityTag(seed))
	return nil
}

// encoded is JSON as the command line prints it.
func encoded(b lists.Board) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(b)
	return text.Bytes(), err
}

func (p *pages) zone() *time.Location {
	if p.Site.Location == nil {
		return time.UTC
	}
	return p.Site.Location
}

// plot is the bars of a group's weeks, in the picture's own units.
type plot struct {
	Bars []bar
	Most int
}

type bar struct{ X, Y, W, H, Week, Posts, People int }

// The picture's measures, as its viewBox in board.html has them.
const (
	plotWide = 288
	plotHigh = 64
)

// plotOf draws a bar a week, the oldest first; no bars where nobody wrote.
func plotOf(weeks []lists.BoardWeek) plot {
	var p plot
	for _, w := range weeks {
		p.Most = max(p.Most, w.Posts)
	}
	if p.Most == 0 {
		return plot{}
	}
	step := plotWide / len(weeks)
	for i, w := range weeks {
		high := w.Posts * (plotHigh - 2) / p.Most
		if w.Posts > 0 {
			high = max(high, 3) // one post is seen beside a thousand
		}
		p.Bars = append(p.Bars, bar{X: i*step + 3, Y: plotHigh - 2 - high, W: step - 6, H: high, Week: len(weeks) - 1 - i, Posts: w.Posts, People: w.People})
	}
	return p
}
