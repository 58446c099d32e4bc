package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp/message"
	"plenary/smtp/route"
)

// demoTalk is what the groups wrote in the week before the story, a post a
// line, by the group's name: a subject and what it says. A subject that was
// there before is an answer.
var demoTalk = map[string][][2]string{
	"data-protection": {
		{"Which countries next?", "Thirty are on the map. Which ten shall be next? I propose those that changed their law this year."},
		{"Which countries next?", "Chile and Peru, please: both laws are new, and both are asked for often."},
		{"A colour for laws without an authority", "Seven countries have a law and nobody who enforces it. What colour says that, also to who sees no red?"},
		{"Which countries next?", "Agreed. Korea as well, where the amendment comes into force."},
		{"A colour for laws without an authority", "A pattern instead of a colour: stripes. They print well, too."},
		{"Which countries next?", "I take Peru and send its text by Friday."},
	},
	"education": {
		{"Lesson two in Porto", "Twenty-four pupils tried lesson two. They liked the game and asked for examples from their own lives."},
		{"Lesson two in Porto", "What did they ask about most?"},
		{"Lesson two in Porto", "Photographs of them that others put online. Let us begin with that."},
		{"Pictures for lesson three", "Who could draw four pictures for lesson three? They may be simple."},
		{"Lesson two in Porto", "Six examples are in the text now. Thank you, Porto!"},
	},
	"principles": {
		{"The second draft", "The second draft is on the table: nine principles. Comments are welcome until the end of the month."},
		{"The second draft", "Principle four says too little about appeals. I propose a sentence."},
		{"The second draft", "Good sentence. Taken over."},
	},
}

// seedPosts makes the posts of the weeks before the story. Those of the last
// week stand in the archive; older ones are figures alone.
func seedPosts(ctx context.Context, s *service, l lists.List, g demoGroup, people []lists.NewMember) error {
	for week, posts := range g.posts {
		begins := s.now().AddDate(0, 0, -7*(len(g.posts)-week))
		for n := range posts {
			at := begins.Add(time.Duration(n+1) * 11 * time.Hour)
			who := people[(n*3+week)%max(len(people)-2, 1)]
			known, err := s.store.PeopleFor(ctx, who.Address)
			if err != nil || len(known) == 0 {
				return fmt.Errorf("who writes in %s: %d people, %w", g.name, len(known), err)
			}
			if talk := demoTalk[g.name]; week == len(g.posts)-1 && n < len(talk) {
				err = keepPost(ctx, s, l, known[0], at, talk, n)
			} else {
				err = s.store.CountPost(ctx, l.ID, known[0].Number, at, fmt.Sprint("demo", week, n))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keepPost archives and counts one post.
func keepPost(ctx context.Context, s *service, l lists.List, who lists.Person, at time.Time, talk [][2]string, n int) error {
	var b strings.Builder
	id := func(i int) string { return fmt.Sprintf("%s-%d@example.org", l.Name, i) }
	subject, answers := talk[n][0], -1
	for i := range n {
		if talk[i][0] == subject {
			answers = i
		}
	}
	fmt.Fprintf(&b, "From: =?utf-8?q?%s?= <%s>\r\nTo: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n", quotedWord(who.Name), who.Address, l.Address(demoDomain), at.Format(time.RFC1123Z), id(n))
	if answers >= 0 {
		subject = "Re: " + subject
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\n", id(answers))
	}
	fmt.Fprintf(&b, "Subject: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", subject, talk[n][1])
	raw := []byte(b.String())
	m, err := message.Parse(raw)
	if err != nil {
		return err
	}
	posts := s.posts()
	e := route.Entry{List: l, Identity: posts.Identity(id(n), message.BodyHash(raw)), MessageID: id(n), At: at, Arrived: at, Raw: raw, Message: m,
		Author: route.Author{Address: who.Address, Name: who.Name, Person: &who}}
	if _, err := posts.Keep(ctx, e); err != nil {
		return err
	}
	return s.store.CountPost(ctx, l.ID, who.Number, at, e.Identity)
}
