package archive

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Bucket keeps objects under keys for good. Keys are slash-separated parts
// of [a-z0-9._-]; nothing is ever changed in place.
type Bucket interface {
	// Put stores the object durably if there is none under the key, else it
	// returns an error that is ErrExists; what stands there is durable then.
	Put(ctx context.Context, key string, data []byte) error
	// Get returns the object, or an error that is ErrNoObject.
	Get(ctx context.Context, key string) ([]byte, error)
	// List calls fn with each key under the folder prefix ("" all, else
	// ending in a slash), in ascending order, until fn returns an error.
	List(ctx context.Context, prefix string, fn func(key string) error) error
	// Delete removes the object; a missing one is no error.
	Delete(ctx context.Context, key string) error
	// String names the bucket without secrets.
	String() string
}

// The errors of a Bucket that callers tell apart.
var (
	ErrExists   = errors.New("the object exists")
	ErrNoObject = errors.New("no such object")
)

// Keys sign requests to S3; they come from the environment, never from the
// bucket's address, which stands in logs.
type Keys struct {
	Access, Secret, Session string
}

// KeysFrom reads the names that S3 tools share: AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
func KeysFrom(getenv func(string) string) Keys {
	return Keys{
		Access: getenv("AWS_ACCESS_KEY_ID"), Secret: getenv("AWS_SECRET_ACCESS_KEY"),
		Session: getenv("AWS_SESSION_TOKEN"),
	}
}

// CheckAddress looks at the address of a bucket in S3 without asking for it;
// there is no more to see in that of a folder than its form.
func CheckAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" {
		return nil
	}
	if u.User != nil {
		return fmt.Errorf("%q: keys don't belong in the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", u.Redacted())
	}
	if _, err := s3Form(u); err != nil {
		return fmt.Errorf("%q: %w", u, err)
	}
	return nil
}

// OpenBucket opens the bucket at an address:
//
//	file:///var/lib/plenary/archive
//	s3://BUCKET/PREFIX?endpoint=HOST:PORT&region=REGION&insecure=true
//
// A folder is made where it is missing. For S3, PREFIX may be empty, endpoint
// is s3.amazonaws.com unless given, insecure=true speaks plain HTTP. The keys
// need the rights to get, put, list and delete.
func OpenBucket(ctx context.Context, address string, keys Keys) (Bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("archive bucket %q: %w", address, err)
	}
	if u.User != nil {
		return nil, fmt.Errorf("archive bucket %q: keys don't belong in the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", u.Redacted())
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || !strings.HasPrefix(u.Path, "/") || u.RawQuery != "" {
			return nil, fmt.Errorf("archive bucket %q: write file:/// and the whole path of a folder", address)
		}
		return openFolder(u.Path)
	case "s3":
		return openS3(ctx, u, keys)
	}
	return nil, fmt.Errorf("archive bucket %q: it must begin with file:/// or s3://", address)
}

// checkKey refuses what a folder store must not open.
func checkKey(key string) error {
	for _, part := range strings.Split(key, "/") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" ||
			strings.HasPrefix(part, ".") {
			return fmt.Errorf("%q is no object key", key)
		}
	}
	return nil
}

// checkPrefix is checkKey for List.
func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	if !strings.HasSuffix(prefix, "/") {
		return fmt.Errorf("%q is no folder of object keys", prefix)
	}
	return checkKey(strings.TrimSuffix(prefix, "/"))
}
