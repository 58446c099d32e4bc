package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// wish is what ada is asked to confirm.
func wish() lists.Question {
	return lists.Question{Kind: lists.KindConfirm, Address: "ada@example.org", Actions: []lists.Action{
		{Verb: lists.DoJoin, List: "dc", Asker: "ada@example.org", Subject: "ada@example.org", Name: "Ada", Source: "1@example.org"},
		{Verb: lists.DoJoin, List: "dc-maps", Asker: "ada@example.org", Subject: "ada@example.org", Source: "1@example.org"},
	}}
}

func TestAskingAgainIsTheSameQuestion(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s := open(t, rdb, c)
		q, token, again, err := s.Ask(ctx, wish())
		if err != nil || again || !regexp.MustCompile("^[a-z2-7]{26}$").MatchString(token) {
			t.Fatalf("token %q, again %v, %v", token, again, err)
		}
		if !q.Asked.Equal(c.now()) || q.Expires.Sub(q.Asked) != 72*time.Hour || len(q.ID) != 32 {
			t.Errorf("question %+v", q)
		}
		same := wish() // put otherwise, and asked of another server
		same.Address, same.Actions = "ADA@example.org", []lists.Action{same.Actions[1], same.Actions[0]}
		same.Actions[0].Source, same.Actions[1].Name, same.Actions[1].Subject = "2@example.org", "Somebody", "Ada@example.org"
		q2, token2, again, err := open(t, rdb, c).Ask(ctx, same)
		if err != nil || !again || token2 != token || q2.ID != q.ID || len(q2.Actions) != 2 || q2.Actions[0].Name != "Ada" {
			t.Errorf("asked again: %+v, again %v, %v", q2, again, err)
		}
		for name, change := range map[string]func(q *lists.Question){
			"address": func(q *lists.Question) { q.Address = "bob@example.org" },
			"kind":    func(q *lists.Question) { q.Kind = lists.KindInvite },
			"action":  func(q *lists.Question) { q.Actions = q.Actions[:1] },
			"value":   func(q *lists.Question) { q.Actions[0].Value = "x" },
		} {
			other := wish()
			change(&other)
			if _, token3, again, err := s.Ask(ctx, other); err != nil || again || token3 == token {
				t.Errorf("another %s gave the same question, %v", name, err)
			}
		}
		got := must(s.Question(ctx, strings.ToUpper(token)))(t)
		if got.ID != q.ID || got.Settled != "" {
			t.Errorf("by its token %+v", got)
		}
		for _, key := range keys(ctx, rdb) {
			if kind := rdb.Type(ctx, key).Val(); strings.Contains(key, token) || kind == "string" && strings.Contains(rdb.Get(ctx, key).Val(), token) {
				t.Errorf("the token stands in Redis, key %s", key)
			}
		}
	})
}

func TestQuestionsExpire(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s := open(t, rdb, c)
		_, token, _, _ := s.Ask(ctx, wish())
		if ttls := ttls(ctx, rdb, "{plenary}:q:", "{plenary}:ask:"); len(ttls) != 2 || ttls[0] != 72*time.Hour || ttls[1] != 72*time.Hour {
			t.Errorf("life times in Redis %v", ttls)
		}
		c.advance(72*time.Hour - time.Second)
		must(s.Question(ctx, token))(t)
		c.advance(time.Second)
		_, err := s.Question(ctx, token)
		missing(t, err)
		_, _, err = s.Settle(ctx, token, "yes", "q1")
		missing(t, err)
		if err := s.Finish(ctx, token, "done"); err != nil {
			t.Errorf("finishing an expired question: %v", err)
		}
		if _, token2, again, err := s.Ask(ctx, wish()); err != nil || again || token2 == token {
			t.Errorf("asked after expiry: the same, %v", err)
		}
		_, err = s.Question(ctx, "aaaaaaaaaaaaaaaaaaaaaaaaaa")
		missing(t, err)
	})
}

// ttls are the life times of the keys with these prefixes, to the minute.
func ttls(ctx context.Context, rdb redis.UniversalClient, prefixes ...string) (all []time.Duration) {
	for _, key := range keys(ctx, rdb) {
		for _, p := range prefixes {
			if strings.HasPrefix(key, p) {
				all = append(all, rdb.PTTL(ctx, key).Val().Round(time.Minute))
			}
		}
	}
	return all
}

func TestSettle(t *testing.T) {
	type answer struct {
		after  time.Duration
		answer string
		cause  string
		finish string // said, then Finish is called
		first  bool
		said   string
	}
	for name, answers := range map[string][]answer{
		"once": {
			{answer: "yes", cause: "q1", first: true, finish: "Welcome."},
			{answer: "yes", cause: "q2", said: "Welcome."},
			{answer: "yes", cause: "q1", said: "Welcome."},
			{answer: "no", cause: "q3", said: "Welcome."},
		},
		"repeated by its cause until it is finished": {
			{answer: "yes", cause: "q1", first: true},
			{answer: "yes", cause: "q2"},
			{answer: "yes", cause: "q1", first: true, finish: "Welcome."},
			{answer: "yes", cause: "q1", said: "Welcome."},
		},
		"taken over from one that died": {
			{answer: "yes", cause: "web1", first: true},
			{answer: "yes", cause: "q2", after: time.Minute},
			{answer: "no", cause: "q3", after: time.Hour},
			{answer: "yes", cause: "q4", first: true},
			{answer: "yes", cause: "q5"},
		},
		"no stays no": {
			{answer: "no", cause: "q1", first: true, finish: "Nothing was done."},
			{answer: "yes", cause: "q2", after: time.Hour, said: "Nothing was done."},
		},
		"no cause is never the same": {
			{answer: "yes", first: true},
			{answer: "yes"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, rdb redis.UniversalClient) {
				ctx, c := context.Background(), newClock()
				s := open(t, rdb, c)
				_, token, _, err := s.Ask(ctx, wish())
				if err != nil {
					t.Fatal(err)
				}
				for i, a := range answers {
					c.advance(a.after)
					q, first, err := s.Settle(ctx, strings.ToUpper(token), a.answer, a.cause)
					if err != nil || first != a.first || q.Settled != answers[0].answer || q.Said != a.said {
						t.Errorf("answer %d: first %v, settled %q, said %q, %v; want %+v", i, first, q.Settled, q.Said, err, a)
					}
					if a.finish != "" {
						if err := s.Finish(ctx, token, a.finish); err != nil {
							t.Error(err)
						}
					}
				}
				if _, token2, again, err := s.Ask(ctx, wish()); err != nil || again || token2 == token {
					t.Errorf("a settled question is still the open one, %v", err)
				}
				if _, err := s.Question(ctx, token); err != nil {
					t.Errorf("a settled question is gone: %v", err)
				}
			})
		})
	}
}

func TestSettleRefusesWhatIsNoAnswer(t *testing.T) {
	ctx, s := context.Background(), openNew(t)
	_, token, _, _ := s.Ask(ctx, wish())
	if _, _, err := s.Settle(ctx, token, "maybe", "q"); err == nil {
		t.Error("maybe settled a question")
	}
	if err := s.Finish(ctx, token, "done"); err == nil {
		t.Error("an open question was finished")
	}
	_, _, err := s.Settle(ctx, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "yes", "q")
	missing(t, err)
}
