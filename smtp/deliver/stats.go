package deliver

import "sync/atomic"

// stats counts what became of recipients.
type stats struct {
	sent, deferred, failed, letters, saves atomic.Int64
}

// Stats is what a sender has done since it was made.
type Stats struct {
	Sent        int64 // recipients of posts served
	Deferred    int64 // recipients put off, each time
	Failed      int64 // recipients failed for good, of posts and letters
	Letters     int64 // recipients of letters served
	Saves       int64 // ledger writes
	Connections int   // sessions open now
	Idle        int   // those of them that wait for work
	Down        int   // destinations that were not there when last tried
}

// Stats gives the counts so far.
func (s *Sender) Stats() Stats {
	idle, down := s.to.resting()
	return Stats{
		Sent: s.stats.sent.Load(), Deferred: s.stats.deferred.Load(), Failed: s.stats.failed.Load(),
		Letters: s.stats.letters.Load(), Saves: s.stats.saves.Load(), Connections: s.to.connections(),
		Idle: idle, Down: down,
	}
}
