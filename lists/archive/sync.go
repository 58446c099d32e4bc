package archive

import "sync"

// syncs has writers into one folder share its syncs: one that begins after a
// name was linked has it on disk, whoever linked it.
type syncs struct {
	sync func(dir string) error

	mu   sync.Mutex
	dirs map[string]*dirSync
}

// dirSync is a folder's syncs: the one under way, and the one that begins
// when that has ended.
type dirSync struct {
	busy bool
	next *oneSync
}

type oneSync struct {
	done chan struct{}
	err  error
}

// do returns when a sync of dir has ended that began after the call.
func (s *syncs) do(dir string) error {
	s.mu.Lock()
	d := s.dirs[dir]
	if d == nil {
		if s.dirs == nil {
			s.dirs = map[string]*dirSync{}
		}
		d = &dirSync{}
		s.dirs[dir] = d
	}
	if !d.busy {
		d.busy = true
		s.mu.Unlock()
		defer s.ended(dir, d)
		return s.sync(dir)
	}
	if d.next == nil {
		d.next = &oneSync{done: make(chan struct{})}
	}
	n := d.next
	s.mu.Unlock()
	<-n.done
	return n.err
}

// ended begins the sync that others wait for, or forgets the folder.
func (s *syncs) ended(dir string, d *dirSync) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := d.next
	d.next = nil
	if n == nil {
		delete(s.dirs, dir)
		return
	}
	go func() {
		n.err = s.sync(dir)
		close(n.done)
		s.ended(dir, d)
	}()
}
