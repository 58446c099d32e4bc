// Package rspamd asks an rspamd, by its HTTP protocol (POST /checkv2), what it
// thinks of a message. What is done about the answer is for its caller.
package rspamd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"plenary/smtp"
)

// Filter is one rspamd.
type Filter struct {
	URL      string // of its worker: "http://127.0.0.1:11333"
	Password string // "" none
	Client   *http.Client
	Timeout  time.Duration // 0 means 15 s
}

// Actions that stand for more than a note in the header.
const (
	Reject     = "reject"
	SoftReject = "soft reject"
	Greylist   = "greylist"
	AddHeader  = "add header"
	Rewrite    = "rewrite subject"
)

// Answer is what rspamd says of a message.
type Answer struct {
	Action   string
	Score    float64
	Required float64  // from which on it is spam
	Symbols  []string // the rules that matched, sorted; maxSymbols of them
	Text     string   // for the client, "" none; one line of printable ASCII
}

const (
	maxAnswer  = 1 << 20
	maxSymbols = 40
	maxText    = 200
)

// Check asks about a message.
func (f Filter) Check(ctx context.Context, env smtp.Envelope, raw []byte) (Answer, error) {
	limit := f.Timeout
	if limit == 0 {
		limit = 15 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := f.request(ctx, env, raw)
	if err != nil {
		return Answer{}, fmt.Errorf("ask rspamd: %w", err)
	}
	client := f.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask rspamd: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("read rspamd's answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return Answer{}, fmt.Errorf("rspamd answers %s", res.Status)
	}
	return ReadAnswer(body)
}

func (f Filter) request(ctx context.Context, env smtp.Envelope, raw []byte) (*http.Request, error) {
	address, err := url.JoinPath(f.URL, "checkv2")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Queue-Id": env.ID, "IP": env.Remote, "Helo": env.Helo, "From": env.From, "User": env.Account, "Password": f.Password,
	} {
		if value = smtp.Printable(value, 1000); value != "" {
			req.Header.Set(name, value)
		}
	}
	for _, to := range env.To {
		req.Header.Add("Rcpt", smtp.Printable(to, 1000))
	}
	return req, nil
}

// ReadAnswer reads the answer's JSON.
func ReadAnswer(body []byte) (Answer, error) {
	var told struct {
		Action   string                     `json:"action"`
		Score    float64                    `json:"score"`
		Required float64                    `json:"required_score"`
		Symbols  map[string]json.RawMessage `json:"symbols"`
		Messages struct {
			SMTP string `json:"smtp_message"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return Answer{}, fmt.Errorf("read rspamd's answer: %w", err)
	}
	if told.Action == "" {
		return Answer{}, fmt.Errorf("rspamd's answer names no action")
	}
	a := Answer{Action: smtp.Printable(told.Action, 40), Score: told.Score, Required: told.Required, Text: smtp.Printable(told.Messages.SMTP, maxText)}
	for _, name := range slices.Sorted(maps.Keys(told.Symbols)) {
		if name = word(name); name != "" && len(a.Symbols) < maxSymbols {
			a.Symbols = append(a.Symbols, name)
		}
	}
	return a, nil
}

// Fields are the answer as header fields, each with CR LF, no line longer than
// 998 octets.
func (a Answer) Fields() string {
	is, flag := "No", ""
	if a.Action == AddHeader || a.Action == Rewrite {
		is, flag = "Yes", "X-Spam-Flag: YES\r\n"
	}
	fields := fmt.Sprintf("X-Spam-Status: %s, score=%.2f required=%.2f action=%s\r\n", is, a.Score, a.Required, a.Action) + flag
	if len(a.Symbols) > 0 {
		fields += "X-Spam-Symbols: " + strings.Join(a.Symbols, ",\r\n\t") + "\r\n"
	}
	return fields
}

// word is a rule's name: letters, digits and underscores.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), 60)]
}
