package mailbox

import (
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-message/mail"

	"plenary/lists/parts"
)

// condition is a search key that was checked: all of it must hold.
type condition struct {
	spans            []span // message numbers, nil all
	limited          bool   // spans counts
	since, before    string // internal dates, YYYY-MM-DD, "" none
	sent, sentBefore string // Date fields
	larger, smaller  int64
	seen             answer // must be so; unknown: either
	never            bool   // asks for a flag that no message has
	headers          []imap.SearchCriteriaHeaderField
	texts            []string // in header or body, lower case
	bodies           []string
	not              []*condition
	or               [][2]*condition
}

type answer int

const (
	unknown answer = iota // the post itself must be read
	yes
	no
)

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}

// compile checks and copies criteria.
func (sel *selected) compile(criteria *imap.SearchCriteria, depth int, terms *int) (*condition, error) {
	*terms += 1 + len(criteria.SeqNum) + len(criteria.UID) + len(criteria.Header) + len(criteria.Body) + len(criteria.Text) +
		len(criteria.Flag) + len(criteria.NotFlag)
	if depth > maxSearchDepth || *terms > maxSearchTerms {
		return nil, errComplex
	}
	c := &condition{
		since: day(criteria.Since), before: day(criteria.Before), sent: day(criteria.SentSince), sentBefore: day(criteria.SentBefore),
		larger: criteria.Larger, smaller: criteria.Smaller, texts: lower(criteria.Text), bodies: lower(criteria.Body),
	}
	for _, h := range criteria.Header {
		c.headers = append(c.headers, imap.SearchCriteriaHeaderField{Key: h.Key, Value: strings.ToLower(h.Value)})
	}
	c.flags(criteria)
	if err := c.sets(sel, criteria); err != nil {
		return nil, err
	}
	return c, c.below(sel, criteria, depth, terms)
}

// below compiles what stands under NOT and OR.
func (c *condition) below(sel *selected, criteria *imap.SearchCriteria, depth int, terms *int) error {
	for i := range criteria.Not {
		not, err := sel.compile(&criteria.Not[i], depth+1, terms)
		if err != nil {
			return err
		}
		c.not = append(c.not, not)
	}
	for i := range criteria.Or {
		var or [2]*condition
		for j := range or {
			var err error
			if or[j], err = sel.compile(&criteria.Or[i][j], depth+1, terms); err != nil {
				return err
			}
		}
		c.or = append(c.or, or)
	}
	return nil
}

// flags: messages have \Seen or nothing.
func (c *condition) flags(criteria *imap.SearchCriteria) {
	for _, f := range criteria.Flag {
		if !strings.EqualFold(string(f), string(imap.FlagSeen)) || c.seen == no {
			c.never = true
			continue
		}
		c.seen = yes
	}
	for _, f := range criteria.NotFlag {
		if strings.EqualFold(string(f), string(imap.FlagSeen)) {
			c.never = c.never || c.seen == yes
			c.seen = no
		}
	}
}

// sets puts the numbers that all sets name into one.
func (c *condition) sets(sel *selected, criteria *imap.SearchCriteria) error {
	var sets []imap.NumSet
	for _, set := range criteria.SeqNum {
		sets = append(sets, set)
	}
	for _, set := range criteria.UID {
		sets = append(sets, set)
	}
	for _, set := range sets {
		spans, _, err := sel.named(set)
		if err != nil {
			return err
		}
		if c.limited {
			spans = intersect(c.spans, spans)
		}
		c.spans, c.limited = spans, true
	}
	return nil
}

func intersect(a, b []span) []span {
	var both []span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := span{max(a[i].first, b[j].first), min(a[i].last, b[j].last)}
		if s.first <= s.last {
			both = append(both, s)
		}
		if a[i].last < b[j].last {
			i++
		} else {
			j++
		}
	}
	return both
}

func lower(all []string) []string {
	var low []string
	for _, s := range all {
		low = append(low, strings.ToLower(s))
	}
	return low
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// reads tells whether the condition can need a post itself.
func (c *condition) reads() bool {
	if c.sent != "" || c.sentBefore != "" || len(c.headers)+len(c.texts)+len(c.bodies) > 0 {
		return true
	}
	for _, not := range c.not {
		if not.reads() {
			return true
		}
	}
	for _, or := range c.or {
		if or[0].reads() || or[1].reads() {
			return true
		}
	}
	return false
}

// match tells whether message n fits. Without the post, p, it may be unknown.
func (c *condition) match(sel *selected, n int, p *post) answer {
	if !c.matchRow(sel, n) {
		return no
	}
	result := yes
	for _, not := range c.not {
		result = and(result, negate(not.match(sel, n, p)))
	}
	for _, or := range c.or {
		result = and(result, negate(and(negate(or[0].match(sel, n, p)), negate(or[1].match(sel, n, p)))))
	}
	switch {
	case result == no || c.sent == "" && c.sentBefore == "" && len(c.headers)+len(c.texts)+len(c.bodies) == 0:
		return result
	case p == nil:
		return unknown
	}
	return and(result, answerOf(c.matchPost(p)))
}

func and(a, b answer) answer {
	switch {
	case a == no || b == no:
		return no
	case a == yes && b == yes:
		return yes
	}
	return unknown
}

func negate(a answer) answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// matchRow tries what needs no post.
func (c *condition) matchRow(sel *selected, n int) bool {
	row := sel.rows[n-1]
	at, size := day(time.Unix(row.Unix, 0).UTC()), int64(row.Size)
	switch {
	case c.never, c.limited && !within(c.spans, n):
	case c.since != "" && at < c.since, c.before != "" && at >= c.before:
	case c.larger > 0 && size <= c.larger, c.smaller > 0 && size >= c.smaller:
	case c.seen != unknown && answerOf(sel.isSeen(n)) != c.seen:
	default:
		return true
	}
	return false
}

// matchPost tries what is in the message. Header fields come first: they are
// cheap.
func (c *condition) matchPost(p *post) bool {
	head := parts.Fields(p.top.Header)
	if c.sent != "" || c.sentBefore != "" {
		var date mail.Header
		date.Set("Date", head.Get("Date"))
		sent, err := date.Date()
		if at := day(sent); err != nil || at == "" || at < c.sent || c.sentBefore != "" && at >= c.sentBefore {
			return false
		}
	}
	for _, h := range c.headers {
		if !headerHas(head, h.Key, h.Value) {
			return false
		}
	}
	texts := textsOf(p)
	for _, want := range c.bodies {
		if !texts.has(want) {
			return false
		}
	}
	for _, want := range c.texts {
		if !headerHas(head, "", want) && !texts.has(want) {
			return false
		}
	}
	return true
}

// headerHas tells whether a field of that name ("" any) holds the words, in
// lower case, as it is read or as it stands.
func headerHas(head parts.Header, name, want string) bool {
	for _, f := range head {
		if name != "" && !strings.EqualFold(f.Name, name) {
			continue
		}
		value := f.Value()
		if name == "" {
			value = f.Name + ": " + value
		}
		if strings.Contains(strings.ToLower(parts.DecodeWords(value)), want) || strings.Contains(strings.ToLower(value), want) {
			return true
		}
	}
	return false
}

// texts are a post's text parts, decoded once for all conditions, when needed.
type texts struct {
	post *post
	all  []string // lower case
	done bool
}

func textsOf(p *post) *texts { return &texts{post: p} }

func (t *texts) has(want string) bool {
	if !t.done {
		t.done = true
		t.post.top.Walk(func(part *parts.Part) bool {
			if text := part.Text(maxSearchText); text != "" {
				t.all = append(t.all, strings.ToLower(text))
			}
			return true
		})
	}
	if want == "" {
		return true
	}
	for _, text := range t.all {
		if strings.Contains(text, want) {
			return true
		}
	}
	return false
}
