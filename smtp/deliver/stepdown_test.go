package deliver_test

import (
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// Servers that offer what they don't do are spoken to without it, and that is
// remembered: everybody is served once, and it costs a connection or two, not
// one a recipient.
func TestStepsDown(t *testing.T) {
	server, _ := certificate(t)
	handshakeFails := func(at sink.Stage, _ int) *sink.Lie {
		if at == sink.StartTLS {
			return &sink.Lie{Reply: "220 go\r\n", Close: true}
		}
		return nil
	}
	eight := strings.Replace(body, "quick", "qüick", 1)
	for _, c := range []struct {
		name   string
		sink   sink.Options
		conns  int // at most: one for each lapse, of each of two workers, and theirs
		double int
	}{
		{"BDAT", sink.Options{Pretend: []string{"CHUNKING"}}, 4, 0},
		{"pipelining", sink.Options{Pretend: []string{"PIPELINING"}, Without: []string{"CHUNKING"}}, 4, 0},
		{"parameters", sink.Options{Pretend: []string{"SIZE", "8BITMIME"}}, 6, 0},
		{"DSN", sink.Options{Pretend: []string{"DSN"}}, 4, 0},
		{"all of these", sink.Options{Pretend: []string{"SIZE", "8BITMIME", "DSN", "CHUNKING"}}, 8, 0},
		{"EHLO", sink.Options{Pretend: []string{"EHLO"}}, 4, 0},
		{"a size that is none", sink.Options{Size: -1}, 2, 0},
		{"TLS at all", sink.Options{TLS: server, Lie: func(at sink.Stage, _ int) *sink.Lie {
			if at == sink.StartTLS {
				return &sink.Lie{Reply: "220 go\r\nno TLS here\r\n"}
			}
			return nil
		}}, 4, 0},
		{"the handshake", sink.Options{TLS: server, Lie: handshakeFails}, 4, 0},
		{"503 to what is pipelined", sink.Options{Lie: func(at sink.Stage, n int) *sink.Lie {
			if at == sink.RcptTo && n == 2 {
				return &sink.Lie{Reply: "503 5.5.1 one at a time\r\n"}
			}
			return nil
		}}, 4, 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.sink.Keep = true
			rdb, s, f := redistest.Mini(t), newSink(t, c.sink), family{n: 120}
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Connections, o.deliver.Workers = 2, 2
				o.deliver.Timeouts = deliver.Timeouts{Command: 5 * time.Second, Data: 5 * time.Second}
			})
			if err := n.Plan(t.Context(), post("p1", eight, "dc")); err != nil {
				t.Fatal(err)
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), c.double)
			if got := s.Counts().Conns; got > c.conns {
				t.Errorf("%d connections", got)
			}
			for _, m := range s.Mails() {
				if !strings.Contains(string(m.Data), "qüick") {
					t.Fatal("the text was changed")
				}
			}
		})
	}
}

// TLS that is required is never stepped down from, whatever the server does.
func TestRequiredTLSIsNeverGivenUp(t *testing.T) {
	server, roots := certificate(t)
	for name, o := range map[string]sink.Options{
		"not offered":          {TLS: server, Without: []string{"STARTTLS"}},
		"refused":              {TLS: server, Lie: at(sink.StartTLS, sink.Lie{Reply: "454 4.7.0 not now\r\n"})},
		"closed at STARTTLS":   {TLS: server, Lie: at(sink.StartTLS, sink.Lie{Close: true})},
		"handshake broken off": {TLS: server, Lie: at(sink.StartTLS, sink.Lie{Reply: "220 go\r\n", Close: true})},
		"answers in clear":     {TLS: server, Lie: at(sink.StartTLS, sink.Lie{Reply: "220 go\r\n250 ok\r\n"})},
		"EHLO refused":         {TLS: server, Lie: at(sink.Ehlo, sink.Lie{Reply: "502 5.5.1 what?\r\n"})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, rdb, f := newSink(t, o), redistest.Mini(t), family{n: 3}
			start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.RelayTLS, o.deliver.TLS = deliver.TLSRequired, clientTLS(roots)
				o.deliver.RelayWait = time.Nanosecond
				o.queue.Retry.First, o.queue.Retry.Most = 1, 1
			})
			plan(t, rdb, f, "p1")
			soon(t, "it is tried a few times", func() bool { c := s.Counts(); return c.Conns >= 3 || c.Mails > 0 })
			if c := s.Counts(); c.Mails > 0 {
				t.Errorf("%d mails went in clear", c.Mails)
			}
		})
	}
}

// at tells a lie each time at one stage.
func at(stage sink.Stage, lie sink.Lie) func(sink.Stage, int) *sink.Lie {
	return func(now sink.Stage, _ int) *sink.Lie {
		if now == stage {
			return &lie
		}
		return nil
	}
}
