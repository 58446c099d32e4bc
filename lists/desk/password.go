package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// signInLife is how long a sign-in link serves.
const signInLife = 15 * time.Minute

// signing sends the asker a password for IMAP, and a link that signs in to
// the pages once.
type signing struct{}

func (signing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	if !a.Subject.Same(s.asker) {
		return refused("You can only ask for a password of your own."), nil
	}
	member, err := s.d.member(ctx, a.Subject)
	if err != nil {
		return nil, err
	}
	if !member && len(s.joins) == 0 {
		return refused("%s is in no list here, so there is nothing to sign in to. If you joined with another address, write from that one.", a.Subject), nil
	}
	return &verdict{Result: lists.Did}, nil
}

func (signing) say(_ context.Context, s *sight, _ lists.Action, _ *verdict) (string, error) {
	text := s.say("send you a new password for reading the archive with a mail program; the one you may have had ends with it")
	if s.d.site.BaseURL != "" {
		text += ". " + s.say("The mail also has a link that signs you in to the web pages once")
	}
	return text, nil
}

func (signing) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	// A second run must set the password that the first one mailed, and it must
	// stand nowhere: so it follows from what caused it.
	password := appPassword(w.d.store.Secret(), w.key("password"))
	if err := w.d.store.SetPassword(ctx, a.Subject, "mail", password); err != nil {
		return lists.Outcome{}, err
	}
	link := ""
	if w.d.site.BaseURL != "" {
		token, err := w.d.store.NewSignIn(ctx, a.Subject, signInLife)
		if err != nil {
			return lists.Outcome{}, err
		}
		link = w.d.site.BaseURL + "/sign-in/" + token
	}
	err := w.d.sendIn(ctx, w.lang(), "password.txt", map[string]any{"Password": password, "Link": link, "Who": a.Subject, "Site": w.d.site.Domain}, smtp.Letter{
		Key: w.key("password"), To: []string{string(a.Subject)}, From: string(w.d.site.At(lists.SiteName)), FromName: w.d.site.Domain,
		AutoReplied: true, Priority: smtp.Prompt,
	})
	return lists.Outcome{Result: lists.Did, Told: true, Text: w.say("A new password is on its way to you in a mail of its own.")}, err
}

// appPassword is 100 bits of a MAC over its cause, in four groups of
// lower-case letters and digits, easy to type. Whoever lacks the site's
// secret can't tell it from chance.
func appPassword(secret []byte, cause string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("app-password/" + cause))
	code := strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))
	return fmt.Sprintf("%s-%s-%s-%s", code[:5], code[5:10], code[10:15], code[15:20])
}
