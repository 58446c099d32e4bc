package desk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// People is what the desk needs to know and change of lists and people.
type People interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	CreateList(ctx context.Context, n lists.NewList) (lists.List, error)
	UpdateList(ctx context.Context, id string, change func(*lists.List) error) (lists.List, error)
	RenameList(ctx context.Context, id, name string) (lists.List, error)
	Person(ctx context.Context, family string, a lists.Address) (lists.Person, error)
	PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error)
	PeopleFor(ctx context.Context, a lists.Address) ([]lists.Person, error)
	Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error)
	Subscribe(ctx context.Context, listID string, m lists.NewMember) (lists.Person, []string, error)
	Unsubscribe(ctx context.Context, family string, listIDs []string, a lists.Address) (lists.Person, []string, error)
	UpdatePerson(ctx context.Context, family string, a lists.Address, change func(*lists.Person) error) (lists.Person, error)
	ChangeAddress(ctx context.Context, family string, from, to lists.Address) error
}

// Questions is where pending questions wait.
type Questions interface {
	Ask(ctx context.Context, q lists.Question) (stored lists.Question, token string, again bool, err error)
	Question(ctx context.Context, token string) (lists.Question, error)
	// Settle records an answer. It is first for the cause that settles the
	// question, and for that cause again until Finish: its work may have been
	// cut short.
	Settle(ctx context.Context, token, answer, cause string) (q lists.Question, first bool, err error)
	Finish(ctx context.Context, token, said string) error
}

// Records is what else the store keeps for the desk.
type Records interface {
	Secret() []byte // the site's own, made once
	Hold(ctx context.Context, h lists.HeldPost, raw []byte) (lists.HeldPost, error)
	Held(ctx context.Context, listID string) ([]lists.HeldPost, error)
	HeldBody(ctx context.Context, listID string, n int) ([]byte, error)
	Release(ctx context.Context, listID string, n int) (lists.HeldPost, bool, error)
	Record(ctx context.Context, e lists.ProgressEntry) (lists.ProgressEntry, error)
	Allow(ctx context.Context, key string, limit int, per time.Duration) (bool, error)
	Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error)
	SetPassword(ctx context.Context, a lists.Address, label, secret string) error
	NewSignIn(ctx context.Context, a lists.Address, ttl time.Duration) (token string, err error)
}

// Store is all that the desk keeps anything in.
type Store interface {
	People
	Questions
	Records
}

// Outbox sends letters, each once for its key.
type Outbox interface {
	Send(ctx context.Context, l smtp.Letter) error
}

// Poster puts an accepted message on a list, once for its Message-ID.
type Poster interface {
	Post(ctx context.Context, listID, queueID string, raw []byte) error
	// PostHeld puts a post on its list that waited for its owners.
	PostHeld(ctx context.Context, h lists.HeldPost, raw []byte) error
}

// Digester sends a main list's digest at once and says in a language what was
// sent, or why nothing was.
type Digester interface {
	SendNow(ctx context.Context, mainID, lang string) (string, error)
}

// Config is what a desk is made of; all of it is needed.
type Config struct {
	Site     lists.Site
	Store    Store
	Outbox   Outbox
	Poster   Poster
	Digester Digester
	Now      func() time.Time
	Log      *slog.Logger
}

// Desk carries out changes. Any number of them, in any number of processes,
// may share one store.
type Desk struct {
	site     lists.Site
	store    Store
	outbox   Outbox
	poster   Poster
	digester Digester
	now      func() time.Time
	log      *slog.Logger
	texts    texts
}

// New makes a desk.
func New(c Config) (*Desk, error) {
	t, err := loadTexts(c.Site.Domain)
	if err != nil {
		return nil, fmt.Errorf("load the texts of letters: %w", err)
	}
	return &Desk{
		site: c.Site, store: c.Store, outbox: c.Outbox, poster: c.Poster, digester: c.Digester,
		now: c.Now, log: c.Log, texts: t,
	}, nil
}

// freezeFor is how long the desk remembers what it did under a queue id; an
// inbound entry is not tried again for longer.
const freezeFor = 14 * 24 * time.Hour

// freeze keeps value under key unless one stands there, and returns what
// stands.
func (d *Desk) freeze(ctx context.Context, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error) {
	stands, first, err = d.store.Freeze(ctx, "", key, value, ttl)
	if err != nil {
		return nil, false, fmt.Errorf("freeze %s: %w", key, err)
	}
	return stands, first, nil
}
