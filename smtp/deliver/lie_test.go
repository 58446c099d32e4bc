package deliver_test

import (
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// Sinks that lie: nobody is missed, whatever they do, and only whose copy was
// in doubt may get a second.
func TestSinksThatLie(t *testing.T) {
	some := func(at sink.Stage, lie sink.Lie) func(sink.Stage, int) *sink.Lie {
		return func(stage sink.Stage, n int) *sink.Lie {
			if stage == at && n%37 == 5 {
				return &lie
			}
			return nil
		}
	}
	for _, c := range []struct {
		name   string
		lie    func(sink.Stage, int) *sink.Lie
		double bool // an uncertain copy may come twice
		stage  bool // DATA only
	}{
		{"too_few_replies_to_mail", some(sink.MailFrom, sink.Lie{}), true, false},
		{"too_few_replies_to_rcpt", some(sink.RcptTo, sink.Lie{}), true, false},
		{"too_few_replies_to_the_message", some(sink.Dot, sink.Lie{}), true, false},
		{"too_many_replies_to_mail", some(sink.MailFrom, sink.Lie{Reply: "250 ok\r\n250 ok\r\n"}), true, false},
		{"too_many_replies_to_rcpt", some(sink.RcptTo, sink.Lie{Reply: "250 ok\r\n250 ok\r\n"}), true, false},
		{"too_many_replies_to_the_message", some(sink.Dot, sink.Lie{Reply: "250 ok\r\n250 ok\r\n"}), true, false},
		{"250_before_the_dot", some(sink.Data, sink.Lie{Reply: "354 go\r\n250 taken\r\n"}), true, true},
		{"250_to_data", some(sink.Data, sink.Lie{Reply: "250 taken\r\n"}), true, true},
		{"354_to_the_message_lost", some(sink.Dot, sink.Lie{Reply: "354 go\r\n", Lost: true}), true, false},
		{"in_octets", some(sink.Dot, sink.Lie{Reply: "250 2.0.0 taken\r\n", Drip: time.Microsecond}), false, false},
		{"close_after_the_message_without_reply", some(sink.Dot, sink.Lie{Close: true}), true, false},
		{"close_after_the_message_and_lose_it", some(sink.Dot, sink.Lie{Close: true, Lost: true}), false, false},
		{"421_in_the_middle", some(sink.RcptTo, sink.Lie{Reply: "421 4.3.2 going down\r\n", Close: true}), true, false},
		{"421_to_the_message", some(sink.Dot, sink.Lie{Reply: "421 4.3.2 going down\r\n", Close: true, Lost: true}), false, false},
		{"nonsense", some(sink.MailFrom, sink.Lie{Reply: "HTTP/1.1 400 Bad Request\r\n"}), true, false},
		{"reply_without_end", some(sink.MailFrom, sink.Lie{Reply: strings.Repeat("250-go on\r\n", 20_000)}), true, false},
		{"two_codes_in_one_reply", some(sink.RcptTo, sink.Lie{Reply: "250-ok\r\n550 no\r\n"}), true, false},
		{"an_octet_at_a_time", some(sink.RcptTo, sink.Lie{Reply: "250 " + strings.Repeat("x", 500) + "\r\n", Drip: 20 * time.Millisecond}), true, false},
		{"nothing_to_anything", some(sink.MailFrom, sink.Lie{Close: true}), true, false},
		{"long_reply", some(sink.MailFrom, sink.Lie{Reply: "250-" + strings.Repeat("x", 100<<10) + "\r\n250 ok\r\n"}), true, false},
	} {
		for _, without := range []string{"CHUNKING", "NOTHING", "PIPELINING"} { // by DATA, by BDAT, and one command at a time
			if c.stage && without == "NOTHING" {
				continue
			}
			t.Run(c.name+"/without_"+without, func(t *testing.T) {
				t.Parallel()
				rdb, f := redistest.Mini(t), family{n: 100}
				s := newSink(t, sink.Options{Keep: true, Without: []string{without}, Lie: c.lie})
				start(t, rdb, f, func(o *options) {
					relay(s)(o)
					o.deliver.Workers, o.queue.Sweep = 2, 20*time.Millisecond
					o.queue.Retry.First, o.queue.Retry.Most = 1, 1
					if strings.HasPrefix(c.name, "too_few") || strings.HasPrefix(c.name, "an_octet") { // it falls silent; others must not be given up on a busy machine
						o.deliver.Timeouts = deliver.Timeouts{Command: time.Second, Data: time.Second, Dot: time.Second}
					}
				})
				plan(t, rdb, f, "p1")
				settled(t, rdb)
				more := 0
				switch {
				case c.double && without == "NOTHING":
					more = 60 // some four lies, each in a burst of eight
				case c.double:
					more = 12 // two in doubt by each
				}
				everyone(t, f, copies(s, "p1"), more)
			})
		}
	}
}

// A banner without end, or one that comes an octet a second, is given up; it
// holds nobody for long and costs no memory.
func TestBannersWithoutEnd(t *testing.T) {
	for name, lie := range map[string]sink.Lie{
		"a_megabyte":         {Reply: "220-" + strings.Repeat(strings.Repeat("x", 70)+"\r\n220-", 15_000) + "\r\n220 ok\r\n"},
		"an_octet_at_a_time": {Reply: "220 " + strings.Repeat("x", 1000) + "\r\n", Drip: 20 * time.Millisecond},
		"no_end":             {Reply: strings.Repeat("220-go on\r\n", 20_000)},
		"no_service":         {Reply: "554 5.3.2 no service here\r\n", Close: true},
		"silence":            {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rdb, f := redistest.Mini(t), family{n: 10}
			s := newSink(t, sink.Options{Keep: true, Lie: func(at sink.Stage, n int) *sink.Lie {
				if at == sink.Banner && n <= 2 {
					return &lie
				}
				return nil
			}})
			start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Workers = 1
				o.deliver.Timeouts.Banner = 300 * time.Millisecond
			})
			plan(t, rdb, f, "p1")
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
		})
	}
}

// One reply too many ends the session, however well it fits what would come
// next; what it left in doubt is sent again.
func TestOneReplyTooMany(t *testing.T) {
	for without, burst := range map[string]int{"NOTHING": 8, "CHUNKING": 1} {
		t.Run("without_"+without, func(t *testing.T) {
			rdb, f := redistest.Mini(t), family{n: 24}
			s := newSink(t, sink.Options{Keep: true, Without: []string{without}, Lie: func(at sink.Stage, n int) *sink.Lie {
				if at == sink.Dot && n == 8 {
					return &sink.Lie{Reply: "250 2.0.0 ok\r\n250 2.0.0 ok\r\n"}
				}
				return nil
			}})
			start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Workers, o.deliver.Connections = 1, 1
				o.queue.Retry.First, o.queue.Retry.Most = 1, 1
			})
			plan(t, rdb, f, "p1")
			settled(t, rdb)
			got := copies(s, "p1")
			everyone(t, f, got, burst+1)
			if c := s.Counts(); c.Conns < 2 || c.Rcpts == f.n {
				t.Errorf("it went on: %+v", c)
			}
		})
	}
}

// The same with members who share a copy, a hundred to a transaction: nobody
// is missed; who was in doubt when a connection went may have a second copy,
// and that is no more than what was on the wire.
func TestSinksThatLieToBatches(t *testing.T) {
	once := func(at sink.Stage, lie sink.Lie) func(sink.Stage, int) *sink.Lie {
		return func(stage sink.Stage, n int) *sink.Lie {
			if stage == at && n == 2 {
				return &lie
			}
			return nil
		}
	}
	for _, c := range []struct {
		name   string
		lie    func(sink.Stage, int) *sink.Lie
		double int
	}{
		{"too_few_replies_to_rcpt", once(sink.RcptTo, sink.Lie{}), 200},
		{"too_many_replies_to_rcpt", once(sink.RcptTo, sink.Lie{Reply: "250 ok\r\n250 ok\r\n"}), 200},
		{"too_many_replies_to_the_message", once(sink.Dot, sink.Lie{Reply: "250 ok\r\n250 ok\r\n"}), 200},
		{"close_after_the_message_and_lose_it", once(sink.Dot, sink.Lie{Close: true, Lost: true}), 100},
		{"close_after_the_message_without_reply", once(sink.Dot, sink.Lie{Close: true}), 200},
		{"421_in_the_middle", once(sink.RcptTo, sink.Lie{Reply: "421 4.3.2 going down\r\n", Close: true}), 100},
		{"a_message_for_nobody", func(at sink.Stage, n int) *sink.Lie {
			if at == sink.RcptTo && n <= 100 {
				return &sink.Lie{Reply: "450 4.2.0 later\r\n"} // though the sink takes it
			}
			return nil
		}, 200},
	} {
		for _, without := range []string{"CHUNKING", "NOTHING", "PIPELINING"} {
			t.Run(c.name+"/without_"+without, func(t *testing.T) {
				t.Parallel()
				rdb, f := redistest.Mini(t), family{n: 300}
				s := newSink(t, sink.Options{Keep: true, Without: []string{without}, Lie: c.lie})
				n := start(t, rdb, f, func(o *options) {
					relay(s)(o)
					o.deliver.Workers, o.deliver.Connections, o.queue.Chunk = 1, 1, 512
					o.queue.Retry.First, o.queue.Retry.Most = 1, 1
					if strings.HasPrefix(c.name, "too_few") {
						o.deliver.Timeouts = deliver.Timeouts{Command: 2 * time.Second, Data: 2 * time.Second, Dot: 2 * time.Second}
					}
				})
				if err := n.Plan(t.Context(), sharedPost("p1", "dc")); err != nil {
					t.Fatal(err)
				}
				settled(t, rdb)
				everyone(t, f, copies(s, "p1"), c.double)
			})
		}
	}
}
