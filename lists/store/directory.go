package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// snapshot is the directory as it stood at one version.
type snapshot struct {
	version string
	public  *lists.Directory // what people see
	all     *lists.Directory // also the lists that are being removed: their names are taken
	going   map[string]bool  // IDs of those
}

// entry is a list as Redis keeps it.
type entry struct {
	lists.List
	Removing bool `json:"removing,omitempty"`
}

// Directory is the site's lists as they stand now. It costs one round trip
// as long as no list changes.
func (s *Store) Directory(ctx context.Context) (*lists.Directory, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return snap.public, nil
}

// recentAge is how old an answer of Recent may be.
const recentAge = time.Second

// Recent is the site's lists as they stood within the last second: for a
// first look at what Directory decides later. It mostly costs no round trip.
func (s *Store) Recent(ctx context.Context) (*lists.Directory, error) {
	if snap := s.directory.Load(); snap != nil && time.Now().UnixNano()-s.checked.Load() < int64(recentAge) {
		return snap.public, nil
	}
	return s.Directory(ctx)
}

// look asks Redis whether the directory still stands, and reads it if not.
func (s *Store) look(ctx context.Context) (*snapshot, error) {
	asked := time.Now().UnixNano()
	version, err := s.rdb.Get(ctx, versionKey()).Result()
	if err != nil && !absent(err) {
		return nil, fmt.Errorf("read the directory's version: %w", err)
	}
	if snap := s.directory.Load(); snap != nil && snap.version == version {
		s.checked.Store(asked)
		return snap, nil
	}
	snap, err := s.readDirectory(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	s.directory.Store(snap)
	s.checked.Store(asked)
	return snap, nil
}

// readDirectory reads version and lists in one transaction.
func (s *Store) readDirectory(ctx context.Context) (*snapshot, error) {
	var version *redis.StringCmd
	var records *redis.MapStringStringCmd
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		version, records = p.Get(ctx, versionKey()), p.HGetAll(ctx, listsKey())
		return nil
	})
	if err != nil && !absent(err) {
		return nil, err
	}
	snap := &snapshot{version: version.Val(), going: map[string]bool{}}
	var public, all []lists.List
	for id, record := range records.Val() {
		var e entry
		if err := json.Unmarshal([]byte(record), &e); err != nil {
			return nil, fmt.Errorf("list %s (key %s): %w", id, listsKey(), err)
		}
		all = append(all, e.List)
		if e.Removing {
			snap.going[id] = true
		} else {
			public = append(public, e.List)
		}
	}
	snap.public = lists.NewDirectory(s.site.Domain, public)
	snap.all = lists.NewDirectory(s.site.Domain, all)
	return snap, nil
}

// list is the list with this ID, and its family's main list.
func (s *Store) list(ctx context.Context, id string) (l, main lists.List, err error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return lists.List{}, lists.List{}, err
	}
	l, ok := snap.public.ByID(id)
	if !ok {
		return lists.List{}, lists.List{}, notFound("list %q", id)
	}
	return l, snap.public.MainOf(l), nil
}

// recently is a list as it stood within the last second, for whoever was just
// told of it.
func (s *Store) recently(ctx context.Context, id string) (lists.List, error) {
	dir, err := s.Recent(ctx)
	if err != nil {
		return lists.List{}, err
	}
	if l, ok := dir.ByID(id); ok {
		return l, nil
	}
	l, _, err := s.list(ctx, id)
	return l, err
}

// writeList adds to a change that the directory, still at version, has this
// entry now.
func (c *change) writeList(version string, e entry) error {
	record, err := json.Marshal(e)
	if err != nil {
		return err
	}
	c.nextVersion(version)
	c.setField(listsKey(), e.ID, string(record))
	return nil
}

// nextVersion adds to a change that the directory is still at version, and
// moves on from it.
func (c *change) nextVersion(version string) {
	if version == "" {
		c.noKey(versionKey())
	} else {
		c.stringIs(versionKey(), version)
	}
	c.setString(versionKey(), increment(version), 0)
}
