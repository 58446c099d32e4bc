package archive

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/smtp/message"
)

// replacer is a bucket that can put an object over another, in one step that
// survives a crash: the old one stands, or the new one. Folders and S3 can.
type replacer interface {
	Replace(ctx context.Context, key string, data []byte) error
}

// PostsBy calls fn with each post of the list that the address wrote, in order.
func (a *Archive) PostsBy(ctx context.Context, listID string, address lists.Address, fn func(lists.ArchivedPost) error) error {
	_, word := author("<" + string(address) + ">")
	state, err := a.State(ctx, listID)
	if err != nil {
		return err
	}
	for next := uint32(1); next < state.Next; {
		posts, err := a.Entries(ctx, listID, next, recordsPerKey)
		if err != nil {
			return err
		}
		if len(posts) == 0 {
			return nil
		}
		for _, p := range posts {
			next = p.UID + 1
			if p.Author != word {
				continue
			}
			if err := fn(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReplaceAuthor writes every post of the address again, in the list's archive
// and its index, so that name stands where its author stood and nothing of
// the header tells who it was; the text stays, without the address. UIDs,
// links, threads and, wherever there is room for it, sizes stay: so at no
// moment do the bucket and the index disagree. It tells how many posts it
// wrote; done again it finds none.
func (a *Archive) ReplaceAuthor(ctx context.Context, listID string, address lists.Address, name string) (n int, err error) {
	bucket, ok := a.bucket.(replacer)
	if !ok {
		return 0, fmt.Errorf("archive of %s: the bucket %s can't change what it holds", listID, a.bucket)
	}
	stand := newStandIn(name)
	err = a.PostsBy(ctx, listID, address, func(p lists.ArchivedPost) error {
		n++
		return a.rewrite(ctx, bucket, listID, p, address, stand)
	})
	if err == nil && n > 0 { // readers read what they hold anew
		err = a.rdb.HIncrBy(ctx, metaKey(listID), "gen", 1).Err()
	}
	if err != nil {
		return n, fmt.Errorf("archive of %s: replace an author: %w", listID, err)
	}
	return n, nil
}

func (a *Archive) rewrite(ctx context.Context, bucket replacer, listID string, p lists.ArchivedPost, address lists.Address, stand standIn) error {
	s := slot{list: listID, uid: p.UID, at: p.At, code: p.Code}
	raw, err := a.bucket.Get(ctx, s.key())
	if err != nil {
		return err
	}
	next := stand.write(raw, string(address))
	if err := bucket.Replace(ctx, s.key(), next); err != nil {
		return err
	}
	return a.redescribe(ctx, s, p, next)
}

// redescribe puts a post's record, and its size, in the place of those there.
func (a *Archive) redescribe(ctx context.Context, s slot, was lists.ArchivedPost, raw []byte) error {
	r := describe(raw).record
	r.At, r.Code, r.Thread = s.stamp(), s.code, was.Thread
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return a.watch(ctx, rowsKey(s.list), func(tx *redis.Tx) (func(redis.Pipeliner), error) {
		have, err := tx.Get(ctx, rowsKey(s.list)).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
		return func(p redis.Pipeliner) {
			p.HSet(ctx, recordsKey(s.list, s.uid), uidField(s.uid), data)
			for i, one := range decodeRows(have) {
				if one.UID == s.uid && int64(one.Size) != r.Size {
					p.SetRange(ctx, rowsKey(s.list), int64(i)*rowSize, string(row(s, r.Size)))
					p.HIncrBy(ctx, metaKey(s.list), "bytes", r.Size-int64(one.Size))
				}
			}
		}, nil
	})
}

// WithoutAuthor is a mail that no archive has, written again as ReplaceAuthor
// does. It is not ok where somebody else wrote it.
func WithoutAuthor(raw []byte, address lists.Address, name string) (next []byte, ok bool) {
	m, err := message.Parse(raw)
	if err != nil || len(m.From) != 1 {
		return nil, false
	}
	if a, err := lists.ParseAddress(m.From[0].Addr); err != nil || !a.Same(address) {
		return nil, false
	}
	return newStandIn(name).write(raw, string(address)), true
}

// standIn is who stands where an author stood.
type standIn struct{ name, address string }

func newStandIn(name string) standIn {
	var id [5]byte
	rand.Read(id[:]) // never fails (crypto/rand)
	return standIn{name: name, address: "former-" + hex.EncodeToString(id[:]) + "@erased.invalid"}
}

// kept are the fields that tell nothing of where a mail came from and by what
// it was written; Content-… and List-… are kept too.
var kept = map[string]bool{
	"to": true, "cc": true, "date": true, "subject": true, "message-id": true, "in-reply-to": true, "references": true,
	"mime-version": true, "precedence": true, "x-loop": true, "auto-submitted": true, "archived-at": true,
}

// write is a mail with another author, of the same length where there is
// room. Where the address stands elsewhere it is struck out.
func (n standIn) write(raw []byte, address string) []byte {
	fields, body, _ := message.ReadFields(raw) // what is past the caps is struck out like the text
	eol := "\r\n"
	if !bytes.Contains(raw[:len(raw)-len(body)], []byte("\r\n")) {
		eol = "\n"
	}
	var head bytes.Buffer
	head.WriteString("From: " + n.name + " <" + n.address + ">" + eol)
	for _, f := range fields {
		name := strings.ToLower(f.Name)
		if kept[name] || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "list-") {
			head.Write(struckOut(f.Raw, address))
		}
	}
	pad(&head, len(raw)-len(body)-head.Len()-len(eol), eol)
	head.WriteString(eol)
	return append(head.Bytes(), struckOut(body, address)...)
}

// pad adds fields that fill n octets.
func pad(head *bytes.Buffer, n int, eol string) {
	const begin, most = "X-Erased: ", 900
	least := len(begin) + 1 + len(eol)
	for n >= least {
		line := min(n, most)
		if rest := n - line; rest > 0 && rest < least {
			line -= least
		}
		head.WriteString(begin + strings.Repeat("-", line-len(begin)-len(eol)) + eol)
		n -= line
	}
}

// struckOut writes x for every letter and digit of the address where it stands
// in text, however it is capitalised; the length stays.
func struckOut(text []byte, address string) []byte {
	lower, needle := lowerInPlace(text), lowerInPlace([]byte(address))
	out := bytes.Clone(text)
	for at := 0; ; {
		i := bytes.Index(lower[at:], needle)
		if i < 0 || len(needle) == 0 {
			return out
		}
		for j := at + i; j < at+i+len(needle); j++ {
			if c := out[j]; c != '@' && c != '.' && c != '-' {
				out[j] = 'x'
			}
		}
		at += i + len(needle)
	}
}

// lowerInPlace is text in lower case, but for what would have another length
// then: every octet stays at its place, also in text that is no UTF-8.
func lowerInPlace(text []byte) []byte {
	out := bytes.Clone(text)
	for at := 0; at < len(out); {
		r, size := utf8.DecodeRune(out[at:])
		if low := unicode.ToLower(r); low != r && utf8.RuneLen(low) == size {
			utf8.EncodeRune(out[at:], low)
		}
		at += size
	}
	return out
}
