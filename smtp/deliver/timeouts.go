package deliver

import "time"

// Timeouts are how long the far side may take (RFC 5321 4.5.3.2). Each is
// for a whole reply, however slowly its octets come.
type Timeouts struct {
	Connect time.Duration // default 30 s
	Banner  time.Duration // also EHLO, STARTTLS and AUTH; default 5 min
	Command time.Duration // MAIL, RCPT; default 5 min
	Data    time.Duration // 354; default 2 min
	Block   time.Duration // writing 64 KiB; default 3 min
	Dot     time.Duration // after the message; default 10 min

	// Once sending is to stop: what is on the wire may take Stop, default 10 s,
	// and the answer to a message that was sent whole Last, default 45 s: whoever
	// does not wait for it sends the message twice. What stops a process
	// (TimeoutStopSec, stop_grace_period) allows 60 s.
	Stop, Last time.Duration
}

func (t Timeouts) orDefault() Timeouts {
	for _, d := range []struct {
		p *time.Duration
		v time.Duration
	}{
		{&t.Connect, 30 * time.Second}, {&t.Banner, 5 * time.Minute}, {&t.Command, 5 * time.Minute},
		{&t.Data, 2 * time.Minute}, {&t.Block, 3 * time.Minute}, {&t.Dot, 10 * time.Minute},
		{&t.Stop, 10 * time.Second}, {&t.Last, 45 * time.Second},
	} {
		if *d.p <= 0 {
			*d.p = d.v
		}
	}
	return t
}
