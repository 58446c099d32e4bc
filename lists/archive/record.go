package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"

	"plenary/lists"
	"plenary/lists/parts"
)

// record is a post in the index. Its names are short, there is one a post;
// the thread comes last, see encode.
type record struct {
	At        string `json:"t"`
	Code      string `json:"c"`
	Size      int64  `json:"n"`
	Subject   string `json:"s,omitempty"`
	From      string `json:"f,omitempty"`
	Author    string `json:"a,omitempty"`
	MessageID string `json:"m,omitempty"`
	InReplyTo string `json:"r,omitempty"`
	Thread    uint32 `json:"h"`
}

// The caps on what the index keeps of a header.
const (
	maxSubject   = 250
	maxName      = 100
	maxMessageID = 250
	maxHeard     = 3 // Message-IDs that a post refers to
)

// described is what a message says of itself.
type described struct {
	record
	heard []string // Message-IDs it answers, the nearest first
}

// describe reads a post's header. It takes everything from the message, so
// that an index rebuilt from the bucket is the index that was.
func describe(raw []byte) described {
	head, _ := parts.Split(raw)
	h := parts.Fields(head)
	var d described
	d.Size = int64(len(raw))
	d.Subject = parts.Line(parts.DecodeWords(h.Get("Subject")), maxSubject)
	d.From, d.Author = author(h.Get("From"))
	if ids := messageIDs(h.Get("Message-Id")); len(ids) > 0 {
		d.MessageID = ids[0]
	}
	answered, references := messageIDs(h.Get("In-Reply-To")), messageIDs(h.Get("References"))
	if len(answered) > 0 {
		d.InReplyTo = answered[0]
	} else if n := len(references); n > 0 {
		d.InReplyTo = references[n-1]
	}
	d.heard = nearest(d, references)
	return d
}

// nearest are the posts that d's thread is looked up by: the one answered,
// the last and the first of References.
func nearest(d described, references []string) []string {
	candidates := []string{d.InReplyTo}
	if n := len(references); n > 0 {
		candidates = append(candidates, references[n-1], references[0])
	}
	var heard []string
	for _, id := range candidates {
		if id != "" && id != d.MessageID && !slices.Contains(heard, id) && len(heard) < maxHeard {
			heard = append(heard, id)
		}
	}
	return heard
}

// author gives the display name of a From field, and a word that is the same
// for the same address. The address itself is not kept.
func author(from string) (name, word string) {
	name, address := readAuthor(from)
	name = strings.Trim(parts.Line(name, maxName), `"' `)
	if strings.Contains(name, "@") {
		name = "" // an address in the place of a name
	}
	if address = strings.ToLower(strings.TrimSpace(address)); address == "" {
		return name, ""
	}
	sum := sha256.Sum256([]byte(address))
	return name, hex.EncodeToString(sum[:6])
}

// obscured is an author as Mailman's public archives write one: ana at
// example.org (Ana Perez).
var obscured = regexp.MustCompile(`^([^\s@<>()]+) at ([^\s@<>()]+\.[^\s@<>()]+)(?:\s+\((.*)\))?$`)

// readAuthor takes a From field apart, as well as that can be done.
func readAuthor(from string) (name, address string) {
	if list, err := mail.ParseAddressList(from); err == nil && len(list) > 0 {
		return list[0].Name, list[0].Address
	}
	if o := obscured.FindStringSubmatch(strings.TrimSpace(from)); o != nil {
		return parts.DecodeWords(o[3]), o[1] + "@" + o[2]
	}
	if before, rest, ok := strings.Cut(from, "<"); ok {
		address, _, _ := strings.Cut(rest, ">")
		return parts.DecodeWords(before), address
	}
	return parts.DecodeWords(from), from
}

// authorAddress is the address in a From field, "" where it holds none.
func authorAddress(from string) lists.Address {
	_, address := readAuthor(from)
	a, _ := lists.ParseAddress(strings.TrimSpace(address))
	return a
}

// messageIDs reads the well-formed ids of a field, without brackets.
func messageIDs(value string) []string {
	var ids []string
	for {
		_, rest, ok := strings.Cut(value, "<")
		if !ok {
			return ids
		}
		id, after, ok := strings.Cut(rest, ">")
		if !ok {
			return ids
		}
		if id != "" && len(id) <= maxMessageID && !strings.ContainsAny(id, " \t<") {
			ids = append(ids, strings.ToValidUTF8(id, ""))
		}
		value = after
	}
}

// idField names a Message-ID in the index.
func idField(messageID string) string {
	sum := sha256.Sum256([]byte(messageID))
	return string(sum[:12])
}

// subjectFields name a subject in the index, in the week of a time: by it an
// answer is found a thread whose mail program names no post. Of an answer, the
// week before is named too; what is longer ago is another conversation. Both
// are "" without a subject.
func subjectFields(subject string, at time.Time) (here, before string) {
	base, reply := lists.BaseSubject(subject)
	if base == "" {
		return "", ""
	}
	week := at.Unix() / (7 * 24 * 60 * 60)
	here = "s" + idField(fmt.Sprint(week, " ", base))
	if reply {
		before = "s" + idField(fmt.Sprint(week-1, " ", base))
	}
	return here, before
}

// encode writes the record up to its last value, the thread: which that is,
// only the script that makes the post visible can tell.
func (d described) encode(s slot) ([]byte, error) {
	r := d.record
	r.At, r.Code, r.Thread = s.stamp(), s.code, 0
	data, err := json.Marshal(r)
	return bytes.TrimSuffix(data, []byte("0}")), err
}

// decodeRecord reads what encode and a script wrote.
func decodeRecord(list string, uid uint32, data string) (lists.ArchivedPost, error) {
	var r record
	if err := json.Unmarshal([]byte(data), &r); err != nil {
		return lists.ArchivedPost{}, fmt.Errorf("archive index of %s, post %d: %w", list, uid, err)
	}
	at, err := time.Parse(stampLayout, r.At)
	if err != nil {
		return lists.ArchivedPost{}, fmt.Errorf("archive index of %s, post %d: %w", list, uid, err)
	}
	return lists.ArchivedPost{
		UID: uid, Code: r.Code, At: at, Size: r.Size, Subject: r.Subject, From: r.From, Author: r.Author,
		MessageID: r.MessageID, InReplyTo: r.InReplyTo, Thread: r.Thread,
	}, nil
}

// threadOf reads the thread alone, which comes last in a record: a week of
// posts is counted by it.
func threadOf(list string, uid uint32, data string) (uint32, error) {
	if _, last, ok := strings.Cut(data[max(0, len(data)-len(`"h":4294967295}`)):], `"h":`); ok {
		if n, err := strconv.ParseUint(strings.TrimSuffix(last, "}"), 10, 32); err == nil {
			return uint32(n), nil
		}
	}
	post, err := decodeRecord(list, uid, data)
	return post.Thread, err
}

// rowSize is the octets of a row.
const rowSize = 16

// row is how a visible post stands in the list's rows.
func row(s slot, size int64) []byte {
	b := make([]byte, 0, rowSize)
	b = binary.BigEndian.AppendUint32(b, s.uid)
	b = binary.BigEndian.AppendUint32(b, uint32(min(size, 1<<32-1)))
	return binary.BigEndian.AppendUint64(b, uint64(s.at.Unix()))
}

func decodeRows(b string) []lists.ArchiveRow {
	rows := make([]lists.ArchiveRow, 0, len(b)/rowSize)
	for ; len(b) >= rowSize; b = b[rowSize:] {
		r := []byte(b[:rowSize])
		rows = append(rows, lists.ArchiveRow{
			UID:  binary.BigEndian.Uint32(r),
			Size: binary.BigEndian.Uint32(r[4:]),
			Unix: int64(binary.BigEndian.Uint64(r[8:])),
		})
	}
	return rows
}
