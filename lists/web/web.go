package web

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"plenary/lists"
)

// Desk carries out what pages are for.
type Desk interface {
	Do(ctx context.Context, asker lists.Address, believed bool, via, queueID string, actions []lists.Action) ([]lists.Outcome, error)
	Describe(ctx context.Context, token string) (lists.Asking, error)
	Answer(ctx context.Context, token string, yes bool, from lists.Address, queueID string) (lists.Outcome, error)
	OneClick(ctx context.Context, listSerial uint32, n lists.Number) (lists.Outcome, error)
	JoinByPage(ctx context.Context, listID string, a lists.Address, remote string) error
	LeaveByPage(ctx context.Context, listID string, a lists.Address, remote string) error
}

// Reader is what pages show of lists.
type Reader interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error)
	PeopleFor(ctx context.Context, a lists.Address) ([]lists.Person, error)
	PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error)
	// Progress is a list's record, in order of time; zero times leave it whole.
	Progress(ctx context.Context, listID string, since, until time.Time) ([]lists.ProgressEntry, error)
}

// Sessions turn a sign-in link into a session. Each answers
// lists.ErrNotFound for a token that serves no more.
type Sessions interface {
	SpendSignIn(ctx context.Context, token string) (lists.Address, error)
	NewSession(ctx context.Context, a lists.Address, ttl time.Duration) (token string, err error)
	Session(ctx context.Context, token string) (lists.Address, error)
	EndSession(ctx context.Context, token string) error
}

// Archive is where accepted posts are read.
type Archive interface {
	Latest(ctx context.Context, listID string, before uint32, limit int) ([]lists.ArchivedPost, error)
	ByCode(ctx context.Context, listID, code string) (lists.ArchivedPost, error)
	Get(ctx context.Context, listID string, uid uint32) ([]byte, error)
	// Entries are posts from a UID on, the oldest first.
	Entries(ctx context.Context, listID string, fromUID uint32, limit int) ([]lists.ArchivedPost, error)
	Thread(ctx context.Context, listID string, thread uint32, most int) ([]lists.ArchivedPost, error)
}

// Config is what the pages are made of; all but Proxies is needed.
type Config struct {
	Site     lists.Site
	Secret   []byte // of member tokens
	Desk     Desk
	Reader   Reader
	Sessions Sessions
	Guesses  Guesses
	Archive  Archive
	Boards   Boards
	Proxies  Proxies // may be empty
	Log      *slog.Logger
}

// The limits of one request.
const (
	maxBody = 16 << 10
	maxTime = 20 * time.Second
)

// pages are the handlers' shared parts.
type pages struct {
	Config
	views    views
	style    style
	searches chan struct{} // so many at once
}

// New makes the handler of all pages.
func New(c Config) (http.Handler, error) {
	v, err := loadViews()
	if err != nil {
		return nil, fmt.Errorf("load the pages: %w", err)
	}
	css, err := loadStyle()
	if err != nil {
		return nil, fmt.Errorf("load the style of pages: %w", err)
	}
	p := &pages{Config: c, views: v, style: css, searches: make(chan struct{}, maxSearches)}
	mux := http.NewServeMux()
	for prefix, routes := range p.routes() {
		room := http.NewServeMux()
		for pattern, do := range routes {
			room.Handle(pattern, p.handler(do))
		}
		for path, methods := range taken(slices.Collect(maps.Keys(routes))) {
			room.Handle(path, p.handler(otherMethod(methods)))
		}
		mux.Handle(prefix, room)
	}
	guard := http.NewCrossOriginProtection()
	// Mail providers post here for their users (RFC 8058); the token is the
	// proof, and no cookie plays a part. Other methods are told what it takes.
	guard.AddInsecureBypassPattern("/leave/{token}")
	if c.Site.BaseURL != "" {
		if err := guard.AddTrustedOrigin(origin(c.Site.BaseURL)); err != nil {
			return nil, fmt.Errorf("http.base_url: %w", err)
		}
	}
	guard.SetDenyHandler(p.handler(func(http.ResponseWriter, *http.Request) error {
		return failed(http.StatusForbidden, "web-not-from-here", "web-other-site")
	}))
	return p.around(guard.Handler(mux)), nil
}

// routes are the handlers by the first part of the path: a list's name may
// stand where a fixed word may, so the fixed words come first.
func (p *pages) routes() map[string]map[string]func(http.ResponseWriter, *http.Request) error {
	type routes = map[string]func(http.ResponseWriter, *http.Request) error
	return map[string]routes{
		"/style.css": {"GET /style.css": p.stylesheet, "/": p.nothing},
		"/leave/":    {"GET /leave/{token}": p.leavePage, "POST /leave/{token}": p.leave, "/": p.nothing},
		"/confirm/":  {"GET /confirm/{token}": p.question, "POST /confirm/{token}": p.answer, "/": p.nothing},
		"/sign-in/":  {"GET /sign-in/{token}": p.signInPage, "POST /sign-in/{token}": p.signIn, "/": p.nothing},
		"/sign-out":  {"GET /sign-out": toForm("/"), "POST /sign-out": p.signOut, "/": p.nothing},
		"/settings":  {"GET /settings": p.settings, "/": p.nothing},
		"/settings/": {
			"GET /settings/delivery": toForm("/settings"), "POST /settings/delivery": p.setDelivery,
			"GET /settings/leave": toForm("/settings"), "POST /settings/leave": p.leaveSigned,
			"/": p.nothing,
		},
		"/": {
			"GET /{$}":                   p.index,
			"GET /{list}":                p.list,
			"GET /{list}/{$}":            p.slashed,
			"GET /{list}/join":           p.toList,
			"POST /{list}/join":          p.join,
			"GET /{list}/leave":          p.toList,
			"POST /{list}/leave":         p.leaveByMail,
			"GET /{list}/board":          p.board,
			"GET /{list}/board.json":     p.boardJSON,
			"GET /{list}/digest.atom":    p.digestFeed,
			"GET /{list}/next.ics":       p.calendar,
			"GET /{list}/archive":        p.archive,
			"GET /{list}/archive/{code}": p.post,
			"GET /{list}/board/{$}":      p.unslashed("/board"),
			"GET /{list}/archive/{$}":    p.unslashed("/archive"),
			"/":                          p.nothing,
		},
	}
}

// toForm leads to the page that has a form, who asks for what the form is sent
// to: a browser that was closed meanwhile, or went back, does.
func toForm(page string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, page, http.StatusSeeOther)
		return nil
	}
}

// taken are the methods that each path takes, by the patterns of a room.
func taken(patterns []string) map[string][]string {
	methods := map[string][]string{}
	for _, pattern := range slices.Sorted(slices.Values(patterns)) {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			continue
		}
		if methods[path] = append(methods[path], method); method == http.MethodGet {
			methods[path] = append(methods[path], http.MethodHead)
		}
	}
	return methods
}

// otherMethod is a page's answer to a method that it does not take.
func otherMethod(methods []string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		return failed(http.StatusMethodNotAllowed, "web-not-this-way", "web-other-method")
	}
}

// origin is the scheme and host of an address.
func origin(base string) string {
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// around bounds each request and sets what every answer carries.
func (p *pages) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		// Links hold tokens, which must not leave in a Referer. With
		// no-referrer, forms would lose their Origin.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		ctx, cancel := context.WithTimeout(r.Context(), maxTime)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
