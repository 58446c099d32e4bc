package command

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// Joining: one question, a yes, and the welcome is the answer.
func TestJoinByMail(t *testing.T) {
	for _, c := range []struct{ name, to, subject, text, want string }{
		{"join address with any content", "dc-join@lists.example.org", "whatever", "Buy my pills!", "dc"},
		{"subscribe address", "dc-subscribe@lists.example.org", "", "", "dc"},
		{"plus form", "dc+join@lists.example.org", "", "", "dc"},
		{"a group's join address", "dc-maps-join@lists.example.org", "", "", "dc dc-maps"},
		{"both by the join address", "dc-join@lists.example.org", "", "Hello,\njoin maps\nthank you", "dc dc-maps"},
		{"request address", "dc-request@lists.example.org", "subscribe", "", "dc"},
		{"site", "plenary@lists.example.org", "join data-protection", "join dc\njoin maps", "dc dc-maps"},
		{"majordomo", "majordomo@lists.example.org", "", "subscribe dc\nend", "dc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			r.says("New Comer <new@example.net>", c.to, c.subject, c.text)
			var question smtp.Letter
			for _, l := range r.letters {
				if strings.HasPrefix(l.Key, "question/") {
					question = l
				}
			}
			if c.name != "site" {
				r.takes(1)
			} else {
				r.takes(2) // "data-protection" is no list here: that is said
			}
			if strings.Contains(question.Text+question.Subject, "pills") || strings.Contains(question.Text, "New Comer") {
				t.Errorf("the asker's words stand in the question:\n%s", question.Text)
			}
			r.says("new@example.net", question.ReplyTo, "Re: "+question.Subject, "yes\n\nOn Monday, Plenary wrote:\n> Hello")
			r.wants("welcome")
			for _, list := range strings.Fields(c.want) {
				if !r.in(list, "new@example.net") {
					t.Errorf("not in %s", list)
				}
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	r := newRoom(t)
	ask := func() smtp.Letter {
		t.Helper()
		r.says("new@example.net", "dc-join@lists.example.org", "", "")
		return r.takes(1)[0]
	}
	q := ask()
	r.gets("new@example.net", q.ReplyTo, "Subject: Re: x\nAuto-Submitted: auto-replied\n\nyes")
	r.gets("new@example.net", q.ReplyTo, "Subject: Automatic reply: x\n\nI am away.")
	r.envelope(smtp.Envelope{ID: "null", To: []string{q.ReplyTo}}, "From: new@example.net\n\nyes")
	r.takes(0)

	r.says("new@example.net", q.ReplyTo, "Re: x", "What is this?")
	again := r.wants(`"yes" or "no"`)
	if again.ReplyTo != q.ReplyTo || again.To[0] != "new@example.net" || !again.AutoReplied {
		t.Errorf("asked again from %s to %v", again.ReplyTo, again.To)
	}
	r.says("new@example.net", q.ReplyTo, "Re: x", "I said, what is this?")
	r.takes(0) // once for each question
	if r.in("dc", "new@example.net") {
		t.Fatal("joined without a yes")
	}

	r.says("new@example.net", q.ReplyTo, "Re: x", "no, thanks")
	r.isAnswer(r.takes(1)[0], "new@example.net", "dc-request@lists.example.org")
	r.says("new@example.net", q.ReplyTo, "Re: x", "yes")
	r.isAnswer(r.takes(1)[0], "new@example.net", "dc-request@lists.example.org")
	r.says("new@example.net", q.ReplyTo, "Re: x", "Hm?")
	r.wants("answered before")
	if r.in("dc", "new@example.net") {
		t.Fatal("a no was not kept")
	}

	q = ask()
	r.says("new@example.net", q.ReplyTo, "no", "")
	r.takes(1)
	q = ask()
	r.says("new@example.net", q.ReplyTo, "Re: no", "> quoted\n-- \nJane")
	r.wants("welcome")
	if !r.in("dc", "new@example.net") {
		t.Fatal("an answer without own text is a yes")
	}

	r.says("new@example.net", "dc-confirm+aaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example.org", "Re: x", "yes")
	r.isAnswer(r.wants("not known here"), "new@example.net", "dc-request@lists.example.org")
	r.time = r.time.Add(100 * time.Hour)
	r.says("new@example.net", q.ReplyTo, "Re: x", "yes")
	r.wants("not known here")
}

// DESIGN counts "unsubscribe" among the words for no, and leaving must never
// be blocked: in answer to a question about leaving it means yes.
func TestAnswerToLeave(t *testing.T) {
	r := newRoom(t)
	r.says("max@example.org", "dc-leave@lists.example.org", "", "no more, please")
	q := r.takes(1)[0]
	r.says("max@example.org", q.ReplyTo, "Re: x", "unsubscribe me")
	r.takes(1)
	if r.in("dc", "max@example.org") {
		t.Error("still a member")
	}
}

func TestConfirmByCommand(t *testing.T) {
	r := newRoom(t)
	r.says("new@example.net", "plenary@lists.example.org", "join dc", "")
	q := r.takes(1)[0]
	_, token, _ := strings.Cut(strings.TrimSuffix(q.ReplyTo, "@"+testDomain), "+")
	r.says("new@example.net", "dc-confirm@lists.example.org", "", "confirm "+strings.ToUpper(token))
	r.wants("welcome")
	r.says("new@example.net", "plenary@lists.example.org", "confirm "+token, "")
	r.isAnswer(r.takes(1)[0], "new@example.net", "plenary@lists.example.org")
	r.says("new@example.net", "plenary@lists.example.org", "confirm aaaaaaaaaaaaaaaaaaaaaaaaaa", "")
	r.isAnswer(r.wants("not known here"), "new@example.net", "plenary@lists.example.org")
}

func TestNobodyToAnswer(t *testing.T) {
	r := newRoom(t)
	for name, head := range map[string]string{
		"bulk": "Precedence: bulk\n", "list": "List-Id: <x.example.net>\n", "empty list id": "List-Id:\n", "machine": "Auto-Submitted: auto-generated\n", "loop": "X-Loop: x@y.example\n", "vacation": "X-Autoreply: yes\n",
		"another responder": "X-Auto-Reply-From: new@example.net\n", "a third": "X-Autoresponse: 1\n", "its precedence": "Precedence: auto-reply\n",
		"report": "Content-Type: multipart/report; boundary=x\n",
	} {
		r.mails++
		r.gets("new@example.net", "dc-request@lists.example.org", head+"Subject: help\n\njoin dc")
		if len(r.letters) > 0 {
			t.Fatalf("%s: answered", name)
		}
	}
	r.envelope(smtp.Envelope{ID: "null", To: []string{"dc-request@lists.example.org"}}, "From: new@example.net\nSubject: help\n\n")
	r.envelope(smtp.Envelope{ID: "two", From: "a@b.org", To: []string{"dc-request@lists.example.org"}}, "From: a@b.org, c@d.org\nSubject: help\n\n")
	r.envelope(smtp.Envelope{ID: "none", From: "a@b.org", To: []string{"dc-request@lists.example.org"}}, "Subject: help\n\n")
	r.envelope(smtp.Envelope{ID: "bad", From: "a@b.org", To: []string{"dc-request@lists.example.org"}}, "From: nobody\nSubject: help\n\n")
	for _, own := range []string{"dc@lists.example.org", "plenary@lists.example.org", "dc-maps-bounces+x@lists.example.org", "mailer-daemon@lists.example.org"} {
		r.gets(own, "dc-request@lists.example.org", "Subject: help\n\n")
	}
	r.takes(0)
	r.gets("new@example.net", "dc-request@lists.example.org", "Auto-Submitted: no\nSubject: help\n\n")
	r.takes(1)

	// A tap on "Unsubscribe" in Apple Mail is a person's, whatever the mail says.
	tap := "Auto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\nSubject: unsubscribe\n\nApple Mail sent this email to unsubscribe"
	r.gets("new@example.net", "dc-request@lists.example.org", tap)
	r.takes(0)
	r.mails++
	r.gets("new@example.net", "dc-leave@lists.example.org", tap)
	r.takes(1)
}

// Nothing that the asker wrote stands in an answer: the asker is not
// believed, so the address may be anybody's.
func TestAnswerSaysNothingOfTheAskers(t *testing.T) {
	r := newRoom(t)
	for _, text := range []string{
		"spamword", "join spamword", "subscribe dc spamword@example.net", "help spamword", "info spamword", "confirm spamword", "set spamword on", "create spamword \"spamword\"", "announce spamword",
		"spamword.example.com is good\nspamword\nspamword again", "leave spamword", "approve spamword", "who spamword", "progress spamword spamword", "rename maps spamword_", "next maps spamword by 2026-99-99",
	} {
		for _, from := range []string{"spam@example.net", "ann@example.org", "lea@example.org"} {
			r.says(`"spamword spamword" <`+from+`>`, "dc-request@lists.example.org", "spamword offers", text)
			r.time = r.time.Add(time.Hour)
			for _, l := range r.letters {
				if strings.Contains(strings.ToLower(l.Subject+l.Text+l.FromName), "spamword") {
					t.Errorf("%s says back:\n%s\n%s", text, l.Subject, l.Text)
				}
			}
			r.letters = nil
		}
	}
}

func TestHandleOneAnswer(t *testing.T) {
	r := newRoom(t)
	r.says("new@example.net", "dc-request@lists.example.org", "hello", "join dc\nhelp\nsubscrbe maps\nwho")
	l := r.takes(2)
	if !strings.HasPrefix(l[0].Key, "question/") {
		t.Errorf("first came %s", l[0].Key)
	}
	r.isAnswer(l[1], "new@example.net", "dc-request@lists.example.org")
	for _, w := range []string{"join (line 1)", "Asked you to confirm", "help (line 2)", "who (line 4)", "is for members", `Did you mean "subscribe"?`, "Line 3 is no command"} {
		if !strings.Contains(l[1].Text, w) {
			t.Errorf("the answer lacks %q:\n%s", w, l[1].Text)
		}
	}
	// Handed in again, as after a crash, nothing more is sent.
	r.mails--
	r.says("new@example.net", "dc-request@lists.example.org", "hello", "join dc\nhelp\nsubscrbe maps\nwho")
	r.takes(0)
}

func TestHandleNothingFound(t *testing.T) {
	r := newRoom(t)
	r.says("new@example.net", "plenary@lists.example.org", "Question", "I would like to know more about your work. Is there a site?")
	r.isAnswer(r.wants("found no command", "help", "Send it to plenary@lists.example.org"), "new@example.net", "plenary@lists.example.org")
	r.says("new@example.net", "dc-request@lists.example.org", "unsubscrib", "")
	r.isAnswer(r.wants("The subject: Did you mean \"unsubscribe\"?", "dc-owner@lists.example.org"), "new@example.net", "dc-request@lists.example.org")
	r.says("new@example.net", "dc-request@lists.example.org", "", "")
	r.wants("no text that I can read")
}

func TestHandleLimits(t *testing.T) {
	r := newRoom(t)
	for range answersStranger.hourly + 10 {
		r.says("new@example.net", "plenary@lists.example.org", "help", "")
	}
	if n := len(r.letters); n < answersStranger.hourly || n > answersStranger.hourly+2 {
		t.Errorf("%d answers at once to a stranger", n)
	}
	r.letters = nil
	// A member isn't held to a stranger's bound.
	for range 40 {
		r.says("max@example.org", "plenary@lists.example.org", "which", "")
	}
	r.takes(40)
	// A program that answers each answer, and says nothing of being one, is
	// answered some times; commands still are.
	for range 3 * puzzles {
		r.says("max@example.org", "plenary@lists.example.org", "Re: What came of your mail", "On the beach till Monday.")
	}
	r.takes(puzzles)
	r.says("max@example.org", "plenary@lists.example.org", "which", "")
	r.takes(1)
}

func TestHandleTooManyCommands(t *testing.T) {
	r := newRoom(t)
	r.says("new@example.net", "plenary@lists.example.org", "", strings.Repeat("which\n", MaxCommands+1))
	r.wants("One mail may hold 25 commands; from line 26 on")
}

func TestQueries(t *testing.T) {
	r := newRoom(t)
	for _, c := range []struct {
		from, to, text string
		want, lacks    []string
	}{
		{"new@example.net", "dc-help@lists.example.org", "", []string{"For everybody", "leave [LIST…|all]", "dc-request@lists.example.org", "For the admins"}, nil},
		{"new@example.net", "plenary@lists.example.org", "help create", []string{`create NAME "Title"`, "post: family, members", "For: admins"}, nil},
		{"new@example.net", "plenary@lists.example.org", "lists", []string{"Data Coalition", "dc@lists.example.org: main list, active, 5 members.", "Data protection map", "a group of dc, active, 1 member.", "Next step: Publish the outline, by 2026-12-01", "dc-maps-join@lists.example.org"}, nil},
		{"new@example.net", "dc-request@lists.example.org", "info maps", []string{"Draws a map of laws.", "Led by Lea Leader.", "Members of dc may post.", "Anybody may join.", "archive is public", "dc-maps-leave@lists.example.org", "https://lists.example.org/dc-maps"}, []string{"lea@example.org"}},
		{"new@example.net", "dc-request@lists.example.org", "info", []string{"Its groups are dc-maps."}, nil},
		{"max@example.org", "dc-request@lists.example.org", "who", []string{"Data Coalition (dc): 5 members", "Max Member", "1 member gave no name.", "1 member chose not to be shown."}, []string{"max@", "Zoe", "lea@", "nameless"}},
		{"ann@example.org", "dc-request@lists.example.org", "who", []string{"Ann Admin <ann@example.org> (admin)", "Zoe Zen <zoe@example.org> (concealed)", "<nameless@example.org>"}, nil},
		{"lea@example.org", "plenary@lists.example.org", "who maps", []string{"Lea Leader <lea@example.org> (leader)"}, nil},
		{"max@example.org", "plenary@lists.example.org", "settings", []string{"Data Coalition (dc), address max@example.org", "own-posts on", "vacation off", "delivery each: dc"}, nil},
		{"lea@example.org", "plenary@lists.example.org", "which", []string{"dc@lists.example.org, delivery each", "dc-maps@lists.example.org: leader, delivery each"}, nil},
		{"ann@example.org", "plenary@lists.example.org", "digest preview", []string{"Digest of week 48"}, nil},
		{"lea@example.org", "dc-maps-request@lists.example.org", "moderate", []string{"nothing waits"}, nil},
		{"ann@example.org", "plenary@lists.example.org", "moderate", []string{"Nothing waits for a decision"}, nil},
	} {
		r.says(c.from, c.to, "", c.text)
		l := r.wants(c.want...)
		r.isAnswer(l, c.from, strings.Replace(c.to, "help@", "request@", 1))
		for _, w := range c.lacks {
			if strings.Contains(l.Text, w) {
				t.Errorf("%s: the answer holds %q:\n%s", c.text, w, l.Text)
			}
		}
	}
}

func TestModerate(t *testing.T) {
	r := newRoom(t)
	_, err := r.store.Hold(r.ctx, lists.HeldPost{List: "dc-maps", Author: "out@example.net", Name: "Otto Out", Subject: "Hello\r\nworld", Reason: "its author is no member", Queue: "x", Size: 4096, At: r.time}, []byte("From: out@example.net\r\n\r\nHi\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"dc-maps-request@lists.example.org", "plenary@lists.example.org", "dc-request@lists.example.org"} {
		r.says("lea@example.org", to, "moderate", "")
		r.isAnswer(r.wants("1. Hello world", "from Otto Out <out@example.net>", "2026-11-23 10:00, 5 kB", "its author is no member", "approve 1"), "lea@example.org", to)
	}
	r.says("max@example.org", "dc-maps-request@lists.example.org", "moderate", "")
	r.wants("Only the leaders of dc-maps")
}

// A believed sender's change is carried out at once, and may be quoted.
func TestBelieved(t *testing.T) {
	r := newRoom(t)
	r.mails++
	env := smtp.Envelope{ID: fmt.Sprintf("q%d", r.mails), From: "lea@example.org", To: []string{"dc-maps-request@lists.example.org"}, Verdict: smtp.Verdict{Believed: true}}
	r.envelope(env, fmt.Sprintf("From: lea@example.org\nSubject: our state\nMessage-ID: <m%d@example.org>\nReferences: <a@b> <bad id>\n\nstate paused\nstate gibberish", r.mails))
	l := r.wants(`"gibberish" is no state`)
	r.isAnswer(l, "lea@example.org", "dc-maps-request@lists.example.org")
	if l.Subject != "Re: our state" {
		t.Errorf("subject %q", l.Subject)
	}
	dir, err := r.store.Directory(r.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if maps, _ := dir.ByID("dc-maps"); maps.State != lists.Paused {
		t.Errorf("state %s", maps.State)
	}
}

// The admin's mail, the question, the yes, the group.
func TestCreateByMail(t *testing.T) {
	r := newRoom(t)
	r.says("ann@example.org", "plenary@lists.example.org", `create laws "Laws of all"`, "purpose: Collect them\nleader: max@example.org\nnext: Outline by 2026-12-01\njoin: open\n-- \nAnn")
	q := r.takes(1)[0]
	r.says("ann@example.org", q.ReplyTo, "Re: "+q.Subject, "Yes")
	dir, err := r.store.Directory(r.ctx)
	if err != nil {
		t.Fatal(err)
	}
	laws, ok := dir.ByID("dc-laws")
	if !ok || laws.Title != "Laws of all" || laws.Purpose != "Collect them" || laws.Next != "Outline" || laws.NextBy != "2026-12-01" {
		t.Fatalf("made %+v", laws)
	}
	if len(r.posts) != 1 || !strings.HasPrefix(r.posts[0], "dc\n") {
		t.Errorf("%d announcements", len(r.posts))
	}
}
