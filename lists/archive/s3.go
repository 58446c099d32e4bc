package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3 is a Bucket at Amazon S3 or what speaks like it.
type s3 struct {
	client *minio.Client
	bucket string
	prefix string // "" or ending in a slash
}

// s3Form looks at what an s3 address says.
func s3Form(u *url.URL) (insecure bool, err error) {
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" && name != "insecure" {
			return false, fmt.Errorf("%q is not known; an s3 address takes endpoint, region and insecure", name)
		}
	}
	if insecure, err = strconv.ParseBool(orElse(q.Get("insecure"), "false")); err != nil {
		return false, errors.New("insecure is true or false")
	}
	if u.Host == "" {
		return false, errors.New("the bucket's name comes after s3://")
	}
	return insecure, nil
}

func openS3(ctx context.Context, u *url.URL, keys Keys) (*s3, error) {
	insecure, err := s3Form(u)
	if err != nil {
		return nil, fmt.Errorf("archive bucket %q: %w", u, err)
	}
	q, s := u.Query(), &s3{bucket: u.Host, prefix: strings.Trim(u.Path, "/")}
	if s.prefix != "" {
		s.prefix += "/"
		if err := checkPrefix(s.prefix); err != nil {
			return nil, fmt.Errorf("archive bucket %q: %w", u, err)
		}
	}
	if keys.Access == "" || keys.Secret == "" {
		return nil, fmt.Errorf("archive bucket %q: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment", u)
	}
	s.client, err = minio.New(orElse(q.Get("endpoint"), "s3.amazonaws.com"), &minio.Options{
		Creds:      credentials.NewStaticV4(keys.Access, keys.Secret, keys.Session),
		Secure:     !insecure,
		Region:     q.Get("region"),
		MaxRetries: 3, // who calls has a queue behind it: better to fail soon and be called again
		Transport:  s3Transport(),
	})
	if err != nil {
		return nil, fmt.Errorf("archive bucket %q: %w", u, err)
	}
	found, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !found {
		err = errors.New("there is no such bucket; make it first")
	}
	if err != nil {
		return nil, fmt.Errorf("archive bucket %q: %w", u, err)
	}
	return s, nil
}

// s3Transport gives up on a server that is silent.
func s3Transport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
		DisableCompression:    true, // objects are served as they are
	}
}

func (s *s3) String() string {
	return "s3://" + s.bucket + "/" + s.prefix + " at " + s.client.EndpointURL().Host
}

func (s *s3) Put(ctx context.Context, key string, data []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	// Some servers don't know If-None-Match and would put a second object over
	// the first. Asking before leaves only the race between two writers.
	_, err := s.client.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err == nil {
		return fmt.Errorf("archive object %s: %w", key, ErrExists)
	}
	if minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return fmt.Errorf("archive object %s: %w", key, err)
	}
	err = s.put(ctx, key, data, true)
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotImplemented {
		err = s.put(ctx, key, data, false)
	}
	if minio.ToErrorResponse(err).StatusCode == http.StatusPreconditionFailed {
		err = ErrExists
	}
	if err != nil {
		return fmt.Errorf("archive object %s: %w", key, err)
	}
	return nil
}

// Replace puts an object over another. A bucket that keeps versions keeps the
// old one until its own rules remove it.
func (s *s3) Replace(ctx context.Context, key string, data []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := s.put(ctx, key, data, false); err != nil {
		return fmt.Errorf("archive object %s: %w", key, err)
	}
	return nil
}

func (s *s3) put(ctx context.Context, key string, data []byte, ifAbsent bool) error {
	// A multipart upload has no condition: every object goes up whole.
	options := minio.PutObjectOptions{ContentType: "message/rfc822", DisableMultipart: true}
	if ifAbsent {
		options.SetMatchETagExcept("*")
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, bytes.NewReader(data), int64(len(data)), options)
	return err
}

func (s *s3) Get(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	data, err := s.get(ctx, key)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		err = ErrNoObject
	}
	if err != nil {
		return nil, fmt.Errorf("archive object %s: %w", key, err)
	}
	return data, nil
}

func (s *s3) get(ctx context.Context, key string) ([]byte, error) {
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer object.Close()
	return io.ReadAll(object)
}

func (s *s3) List(ctx context.Context, prefix string, fn func(string) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ends the lister when fn does
	defer cancel()
	for object := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
		if object.Err != nil {
			return fmt.Errorf("list archive objects %s: %w", prefix, object.Err)
		}
		key := strings.TrimPrefix(object.Key, s.prefix)
		if checkKey(key) != nil {
			continue // put there by somebody else
		}
		if err := fn(key); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *s3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete archive object %s: %w", key, err)
	}
	return nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
