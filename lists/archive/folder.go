package archive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// folder is a Bucket in the file system. An object is written to a temporary
// file, synced, linked to its name (which fails where the name is taken) and
// then the folder is synced: after a power cut it is there whole or not at
// all. The keys that this package makes put at most some thousand objects
// into one folder.
type folder struct {
	root    string
	ops     fileOps
	durable sync.Map // folders under root whose names are known to be on disk
}

// fileOps are the steps that can fail; tests make each fail in turn.
type fileOps struct {
	write func(name string, data []byte) error // creates name, writes and syncs
	link  func(from, to string) error
	sync  func(dir string) error
}

// tempFolder holds files on their way; a leading dot keeps it out of keys.
const tempFolder = ".tmp"

func openFolder(root string) (*folder, error) {
	f := &folder{root: filepath.Clean(root), ops: fileOps{write: writeSynced, link: link, sync: (&syncs{sync: syncDir}).do}}
	if err := f.makeDir(filepath.Join(f.root, tempFolder)); err != nil {
		return nil, fmt.Errorf("archive folder %s: %w", f.root, err)
	}
	if err := f.sweep(time.Now().Add(-24 * time.Hour)); err != nil {
		return nil, fmt.Errorf("archive folder %s: %w", f.root, err)
	}
	return f, nil
}

func (f *folder) String() string { return "file://" + f.root }

func (f *folder) path(key string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	return filepath.Join(f.root, filepath.FromSlash(key)), nil
}

func (f *folder) Put(ctx context.Context, key string, data []byte) error {
	path, err := f.path(key)
	if err != nil {
		return err
	}
	if err := f.put(path, data); err != nil {
		return fmt.Errorf("archive object %s: %w", key, err)
	}
	return ctx.Err()
}

func (f *folder) put(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := f.makeDir(dir); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return f.stands(dir)
	}
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	temp := filepath.Join(f.root, tempFolder, hex.EncodeToString(random[:]))
	defer os.Remove(temp)
	if err := f.ops.write(temp, data); err != nil {
		return err
	}
	switch err := f.ops.link(temp, path); {
	case errors.Is(err, fs.ErrExist):
		return f.stands(dir)
	case err != nil:
		return err
	}
	return f.ops.sync(dir)
}

// Replace puts an object in the place of another by renaming: whoever reads
// gets one of the two, whole, and so it is after a crash.
func (f *folder) Replace(ctx context.Context, key string, data []byte) error {
	path, err := f.path(key)
	if err == nil {
		err = f.replace(path, data)
	}
	if err != nil {
		return fmt.Errorf("archive object %s: %w", key, err)
	}
	return ctx.Err()
}

func (f *folder) replace(path string, data []byte) error {
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails
	temp := filepath.Join(f.root, tempFolder, hex.EncodeToString(random[:]))
	defer os.Remove(temp)
	if err := f.ops.write(temp, data); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return f.ops.sync(filepath.Dir(path))
}

// stands answers for an object that another writer linked a moment ago: its
// name may not be on disk yet, and our caller will rely on it.
func (f *folder) stands(dir string) error {
	if err := f.ops.sync(dir); err != nil {
		return err
	}
	return ErrExists
}

// makeDir makes dir and its parents, each durable before the next. One that is
// there may have been made by another process a moment ago, whose name is not
// on disk yet: under root the first look at each syncs it.
func (f *folder) makeDir(dir string) error {
	info, err := os.Stat(dir)
	_, known := f.durable.Load(dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	case err == nil && (known || !strings.HasPrefix(dir, f.root+string(filepath.Separator))):
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := f.makeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.ops.sync(parent); err != nil {
		return err
	}
	f.durable.Store(dir, true)
	return nil
}

func (f *folder) Get(ctx context.Context, key string) ([]byte, error) {
	path, err := f.path(key)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoObject
	}
	if err != nil {
		return nil, fmt.Errorf("archive object %s: %w", key, err)
	}
	return data, ctx.Err()
}

func (f *folder) List(ctx context.Context, prefix string, fn func(string) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	top := filepath.Join(f.root, filepath.FromSlash(prefix))
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a folder that isn't there holds nothing
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") && path != top {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(f.root, path)
		if err != nil {
			return err
		}
		return fn(filepath.ToSlash(rel))
	})
	if err != nil {
		return fmt.Errorf("list archive folder %s: %w", top, err)
	}
	return nil
}

func (f *folder) Delete(ctx context.Context, key string) error {
	path, err := f.path(key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete archive object %s: %w", key, err)
	}
	return ctx.Err()
}

// sweep removes temporary files of writers that died before the time given.
func (f *folder) sweep(before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(f.root, tempFolder))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(f.root, tempFolder, e.Name())) // the next start tries again
		}
	}
	return nil
}

func writeSynced(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// link gives a file its name if the name is free. Some file systems have no
// hard links: there a rename does, whose race is only between two writers of
// the same post.
func link(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) {
		if _, err := os.Lstat(to); err == nil {
			return fs.ErrExist
		}
		return os.Rename(from, to)
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
