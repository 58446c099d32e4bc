package main

import (
	"io"
	"net/http"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scrapeVerb reads metrics, again and again until a line of them is like
// this, and prints them.
func scrapeVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: scrape URL REGEXP")
	}
	re, client := pattern(ts, args[1:]), http.Client{Timeout: patience}
	until(ts, "metrics like "+args[1], func() bool {
		res, err := client.Get(args[0])
		ts.Check(err)
		defer res.Body.Close()
		text, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
		ts.Check(err)
		if res.StatusCode != http.StatusOK {
			ts.Fatalf("%s: %s", args[0], res.Status)
		}
		if !re.Match(text) {
			time.Sleep(100 * time.Millisecond)
			return false
		}
		_, err = ts.Stdout().Write(text)
		ts.Check(err)
		return true
	})
}
