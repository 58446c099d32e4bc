package deliver

import (
	"testing"
	"time"
)

// Which refusals show that a server does not do what it offers.
func TestLapseOf(t *testing.T) {
	all := asked{params: true, utf8: true, dsn: true}
	for _, c := range []struct {
		at        stage
		code      int
		enhanced  [3]int
		text      string
		asked     asked
		pipelined bool
		chunk     bool
		want      lapse
		none      bool
	}{
		{at: stageDot, code: 502, chunk: true, pipelined: true, want: lapseChunking},
		{at: stageDot, code: 500, enhanced: [3]int{5, 5, 1}, chunk: true, pipelined: true, want: lapseChunking},
		{at: stageDot, code: 555, chunk: true, pipelined: true, want: lapseChunking},
		{at: stageDot, code: 502, pipelined: true, none: true}, // of DATA
		{at: stageDot, code: 554, enhanced: [3]int{5, 7, 1}, chunk: true, pipelined: true, none: true},
		{at: stageDot, code: 552, chunk: true, none: true},
		{at: stageMail, code: 555, asked: all, want: lapseDSN},
		{at: stageMail, code: 501, enhanced: [3]int{5, 5, 4}, asked: asked{params: true, utf8: true}, want: lapseParams},
		{at: stageMail, code: 555, asked: asked{utf8: true}, want: lapseUTF8},
		{at: stageMail, code: 555, none: true}, // nothing was asked for
		{at: stageMail, code: 501, enhanced: [3]int{5, 1, 7}, asked: all, none: true},
		{at: stageMail, code: 552, enhanced: [3]int{5, 3, 4}, asked: all, none: true},
		{at: stageMail, code: 451, asked: all, pipelined: true, none: true},
		{at: stageMail, code: 503, pipelined: true, want: lapsePipelining},
		{at: stageMail, code: 503, none: true},
		{at: stageRcpt, code: 555, enhanced: [3]int{5, 5, 4}, asked: all, want: lapseDSN},
		{at: stageRcpt, code: 501, enhanced: [3]int{5, 1, 3}, asked: all, none: true},
		{at: stageRcpt, code: 550, asked: all, pipelined: true, none: true},
		{at: stageRcpt, code: 503, enhanced: [3]int{5, 5, 1}, pipelined: true, want: lapsePipelining},
		{at: stageData, code: 503, pipelined: true, want: lapsePipelining},
		{at: stageData, code: 554, text: "SMTP synchronization error", pipelined: true, want: lapsePipelining},
		{at: stageData, code: 554, text: "no", pipelined: true, none: true},
	} {
		got, ok := lapseOf(c.at, reply{c.code, c.enhanced, c.text}, c.asked, c.pipelined, c.chunk)
		if ok == c.none || ok && got != c.want {
			t.Errorf("%d %v %q at %s: %v, %v; want %v, %v", c.code, c.enhanced, c.text, c.at, got, ok, c.want, !c.none)
		}
	}
}

// What was learnt is forgotten after a while.
func TestLessonsEnd(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	l := &lessons{now: func() time.Time { return now }}
	l.learn(lapseChunking)
	if !l.has(lapseChunking) || l.has(lapsePipelining) || l.rcpts() != mostRcpts {
		t.Error("one lapse is not one lapse")
	}
	if l.cutBatch(1) {
		t.Error("one recipient is no batch")
	}
	for _, want := range []int{25, 6, 1} {
		if !l.cutBatch(l.rcpts()) || l.rcpts() != want {
			t.Errorf("%d recipients, not %d", l.rcpts(), want)
		}
	}
	l.overFull(40)
	if l.rcpts() != 40 {
		t.Errorf("%d recipients, not 40", l.rcpts())
	}
	now = now.Add(lapsedFor)
	if l.has(lapseChunking) || l.rcpts() != mostRcpts {
		t.Error("it is remembered for ever")
	}
}

func TestTooMany(t *testing.T) {
	for _, c := range []struct {
		code     int
		enhanced [3]int
		want     bool
	}{
		{452, [3]int{4, 5, 3}, true}, {452, [3]int{}, true}, {552, [3]int{}, true}, {552, [3]int{5, 5, 3}, true}, {451, [3]int{4, 5, 3}, true},
		{452, [3]int{4, 2, 2}, false}, {452, [3]int{4, 3, 1}, false}, {552, [3]int{5, 2, 2}, false}, {450, [3]int{}, false}, {550, [3]int{}, false},
	} {
		if got := tooMany(reply{code: c.code, enhanced: c.enhanced}); got != c.want {
			t.Errorf("%d %v: %v", c.code, c.enhanced, got)
		}
	}
}

func TestXtext(t *testing.T) {
	for in, want := range map[string]string{"ann@example.org": "ann@example.org", "a+b=c@x": "a+2Bb+3Dc@x", "a b\x7f": "a+20b+7F"} {
		if got := string(appendXtext(nil, in)); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
