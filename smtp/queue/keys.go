package queue

import (
	"crypto/sha256"
	"encoding/hex"
)

// Every key of the queue has one function here; KEYS.md says what is in it.

// The one consumer group of every stream.
const groupName = "plenary"

// inbound keys: all of one shard under one hash tag.
type inboundKeys string

func (s inboundKeys) stream() string         { return "{in:" + string(s) + "}" }
func (s inboundKeys) guard(id string) string { return "{in:" + string(s) + "}:id:" + id }
func (s inboundKeys) later() string          { return "{in:" + string(s) + "}:later" }
func (s inboundKeys) errors() string         { return "{in:" + string(s) + "}:errors" }
func (s inboundKeys) dead() string           { return "{in:" + string(s) + "}:dead" }

func (q *Queue) inbound() inboundKeys { return inboundKeys(q.opt.Shard) }

// The letters' keys.
const (
	lettersPrompt = "{letters}:prompt"
	lettersNotice = "{letters}:notice"
	lettersLater  = "{letters}:later"
	lettersAll    = "{letters}:all"
)

func letterOnceKey(id string) string { return "{letters}:once:" + id }
func letterKey(id string) string     { return "{letters}:mail:" + id }

// familiesKey holds the families that ever had a post planned.
const familiesKey = "{plans}:families"

// familyKeys are the keys of one family's fan-outs. They share the hash tag
// of the family's people.
type familyKeys string

func (f familyKeys) at(rest string) string { return "{f:" + string(f) + "}:q:" + rest }

func (f familyKeys) chunks() string          { return f.at("chunks") }
func (f familyKeys) retries() string         { return f.at("retries") }
func (f familyKeys) due() string             { return f.at("due") }
func (f familyKeys) posts() string           { return f.at("posts") }
func (f familyKeys) post(id string) string   { return f.at("post:" + id) }
func (f familyKeys) parts(id string) string  { return f.at("parts:" + id) }
func (f familyKeys) plan(id string) string   { return f.at("plan:" + id) }
func (f familyKeys) bodies(id string) string { return f.at("bodies:" + id) }
func (f familyKeys) late(id string) string   { return f.at("late:" + id) }

// hashID makes a short safe id of any text.
func hashID(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
