package rspamd

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"plenary/smtp"
)

func TestCheck(t *testing.T) {
	var head http.Header
	var body, path string
	answer, status := "", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		head, body, path = r.Header, string(raw), r.Method+" "+r.URL.Path
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	f := Filter{URL: server.URL + "/", Password: "secret"}
	env := smtp.Envelope{ID: "q1", From: "a@b.example", To: []string{"dc@x.example", "maps@x.example"}, Remote: "192.0.2.7", Helo: "client\r\nX: y"}

	answer = `{"action":"add header","score":7.5,"required_score":15,"symbols":{"B_RULE":{},"A-RULE\r\n":{"score":1}},"messages":{"smtp_message":"spam\r\n250 ok"}}`
	got, err := f.Check(context.Background(), env, []byte("Subject: x\r\n\r\n"))
	if err != nil || got.Action != AddHeader || got.Text != "spam250 ok" {
		t.Fatalf("%+v, %v", got, err)
	}
	if want := "X-Spam-Status: Yes, score=7.50 required=15.00 action=add header\r\nX-Spam-Flag: YES\r\nX-Spam-Symbols: ARULE,\r\n\tB_RULE\r\n"; got.Fields() != want {
		t.Errorf("fields %q, want %q", got.Fields(), want)
	}
	if path != "POST /checkv2" || body != "Subject: x\r\n\r\n" || head.Get("IP") != "192.0.2.7" || len(head["Rcpt"]) != 2 || head.Get("Password") != "secret" ||
		head.Get("Helo") != "clientX: y" || head.Get("User") != "" {
		t.Errorf("asked %s %q %v", path, body, head)
	}
	for _, answer = range []string{"", "no JSON", "{}", `{"action":5}`} {
		if got, err := f.Check(context.Background(), env, nil); err == nil {
			t.Errorf("%q: %+v", answer, got)
		}
	}
	answer, status = `{"action":"no action"}`, http.StatusForbidden
	if _, err := f.Check(context.Background(), env, nil); err == nil {
		t.Error("403 is no error")
	}
	server.Close()
	if _, err := f.Check(context.Background(), env, nil); err == nil {
		t.Error("nobody there is no error")
	}
}

func TestCheckWaitsNotForEver(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	if _, err := (Filter{URL: server.URL, Timeout: 10 * time.Millisecond}).Check(context.Background(), smtp.Envelope{}, nil); err == nil {
		t.Error("it answered")
	}
}

// FuzzReadAnswer: whatever comes, no line end of it gets into our header.
func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte(`{"action":"reject","score":1e308,"symbols":{"A\r\nB":1}}`))
	f.Add([]byte(`{"action":"\r\nX: y","messages":{"smtp_message":"\r\n"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ReadAnswer(raw)
		if err != nil {
			return
		}
		for _, line := range strings.Split(strings.TrimSuffix(a.Fields(), "\r\n"), "\r\n") {
			if !strings.HasPrefix(line, "X-Spam-") && !strings.HasPrefix(line, "\t") || len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("line %q of %q", line, raw)
			}
		}
	})
}
