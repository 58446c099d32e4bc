package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"plenary/lists"
)

// sessionLife is how long a sign-in lasts.
const sessionLife = time.Hour

// cookie is the session cookie's name. Over https the prefix makes browsers
// refuse it from anywhere but this host.
func (p *pages) cookie() string {
	if p.secure() {
		return "__Host-plenary"
	}
	return "plenary"
}

func (p *pages) secure() bool { return strings.HasPrefix(p.Site.BaseURL, "https://") }

func (p *pages) setCookie(w http.ResponseWriter, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: p.cookie(), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: p.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// signInPage shows the one button behind a sign-in link. Whether the link
// still serves is told when it is pressed: programs that look at links in
// mails must not spend them.
func (p *pages) signInPage(w http.ResponseWriter, r *http.Request) error {
	spoken := p.ofSite(r.Context())
	return p.show(w, r, spoken, http.StatusOK, "sign-in.html", spoken.W.Say("web-sign-in"), map[string]any{"W": spoken.W, "Token": r.PathValue("token")})
}

// signIn spends the link and begins a session.
func (p *pages) signIn(w http.ResponseWriter, r *http.Request) error {
	var a lists.Address
	err := p.guarded(w, r, func() (err error) {
		a, err = p.Sessions.SpendSignIn(r.Context(), r.PathValue("token"))
		return err
	})
	if isNotFound(err) {
		return failed(http.StatusGone, "web-spent", "web-sign-in-spent", "address", p.Site.At(lists.SiteName))
	}
	if err != nil {
		return err
	}
	session, err := p.Sessions.NewSession(r.Context(), a, sessionLife)
	if err != nil {
		return err
	}
	p.setCookie(w, session, int(sessionLife/time.Second))
	http.Redirect(w, r, "/settings", http.StatusSeeOther)
	return nil
}

// signOut ends the session.
func (p *pages) signOut(w http.ResponseWriter, r *http.Request) error {
	spoken := p.ofReader(r)
	if c, err := r.Cookie(p.cookie()); err == nil {
		if err := p.Sessions.EndSession(r.Context(), c.Value); err != nil {
			return err
		}
	}
	p.setCookie(w, "", -1)
	r.Header.Del("Cookie")
	return p.message(w, r, spoken, spoken.W.Say("web-signed-out"), spoken.W.Say("web-are-signed-out"))
}

// signedIn is who reads, or the page that says how to sign in.
func (p *pages) signedIn(r *http.Request) (lists.Address, error) {
	out := failed(http.StatusUnauthorized, "web-please-sign-in", "web-not-signed-in", "address", p.Site.At(lists.SiteName))
	c, err := r.Cookie(p.cookie())
	if err != nil {
		return "", out
	}
	a, err := p.Sessions.Session(r.Context(), c.Value)
	if isNotFound(err) {
		return "", out
	}
	return a, err
}

// ofReader speaks to who is signed in, else as the site does.
func (p *pages) ofReader(r *http.Request) worded {
	if a, err := p.signedIn(r); err == nil {
		if people, err := p.Reader.PeopleFor(r.Context(), a); err == nil {
			if dir, err := p.Reader.Directory(r.Context()); err == nil {
				return p.spoken(dir.LanguageFor(people, lists.List{}))
			}
		}
	}
	return p.ofSite(r.Context())
}

// reads tells whether the reader may read a list's archive.
func (p *pages) reads(ctx context.Context, r *http.Request, l lists.List) error {
	switch l.Archive {
	case lists.ArchivePublic:
		return nil
	case lists.ArchiveNone:
		return failed(http.StatusNotFound, "web-no-archive", "web-keeps-none")
	}
	a, err := p.signedIn(r)
	if err != nil {
		return err
	}
	people, err := p.Reader.PeopleFor(ctx, a)
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.In(l.ID) {
			return nil
		}
	}
	return failed(http.StatusForbidden, "web-for-members", "web-members-only")
}

func isNotFound(err error) bool { return errors.Is(err, lists.ErrNotFound) }

// digest names something by a token without giving it away in logs.
func digest(token string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(token)))
	return hex.EncodeToString(sum[:12])
}

// request names one request.
func request() string {
	var raw [12]byte
	rand.Read(raw[:])
	return "page/" + hex.EncodeToString(raw[:])
}
