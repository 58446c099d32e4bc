package store

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"plenary/lists"
)

// Every key is made by one function here and described in KEYS.md.

// siteTag is the hash tag of what belongs to no family.
const siteTag = "{plenary}"

func schemaKey() string         { return siteTag + ":schema" }
func secretKey() string         { return siteTag + ":secret" }
func listsKey() string          { return siteTag + ":lists" }
func removedKey() string        { return siteTag + ":removed" }
func versionKey() string        { return siteTag + ":version" }
func serialKey() string         { return siteTag + ":serial" }
func familyTag(f string) string { return "{f:" + f + "}" }

// registryKey holds serial → ID of the lists whose people the family keeps.
func registryKey(f string) string { return familyTag(f) + ":lists" }

// nextKey counts the numbers given in the family.
func nextKey(f string) string { return familyTag(f) + ":next" }

// officersKey holds SERIAL/NUMBER → roles of leaders and admins.
func officersKey(f string) string { return familyTag(f) + ":officers" }

// bucketSize is how many numbers share a hash, few enough for Redis to keep
// the hash as one packed list (hash-max-listpack-entries, 512).
const bucketSize = 256

// bucketKey and field hold the person with number n.
func bucketKey(f string, n lists.Number) string {
	return familyTag(f) + ":p:" + strconv.FormatUint(uint64(n/bucketSize), 10)
}

func bucketField(n lists.Number) string { return strconv.FormatUint(uint64(n%bucketSize), 10) }

// indexBuckets is how many hashes the address index is spread over: some 244
// addresses each at a million people.
const indexBuckets = 4096

// indexKey holds address key → number, for a share of the addresses.
func indexKey(f, addressKey string) string {
	h := fnv.New32a()
	h.Write([]byte(addressKey))
	return fmt.Sprintf("%s:a:%03x", familyTag(f), h.Sum32()%indexBuckets)
}

// membersKey is the bitmap of a list's members: bit n for number n.
func membersKey(f string, serial uint32) string { return listKey(f, "m", serial) }

// activityKey is the sorted set of what happened in a list, by time.
func activityKey(f string, serial uint32) string { return listKey(f, "act", serial) }

func listKey(f, kind string, serial uint32) string {
	return familyTag(f) + ":" + kind + ":" + strconv.FormatUint(uint64(serial), 10)
}

// digest stands for s in a key: of fixed length, and not readable.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// token writes 16 bytes as 26 characters that survive any change of case.
func token(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:16]))
}

// listKeys are the keys that a list has to itself, and that go with it.
func listKeys(f string, serial uint32) []string {
	return []string{
		membersKey(f, serial), activityKey(f, serial),
		heldKey(f, serial), heldBodyKey(f, serial), heldNextKey(f, serial),
		recordKey(f, serial), recordNextKey(f, serial), recordSourceKey(f, serial),
		bookKey(f, serial), postNumbersKey(f, serial), postRecordsKey(f, serial), postBodiesKey(f, serial), readersKey(f, serial),
	}
}

// heldKey holds the posts that wait for a list's owners, number → JSON.
func heldKey(f string, serial uint32) string { return listKey(f, "held", serial) }

// heldBodyKey holds their raw messages, number → bytes.
func heldBodyKey(f string, serial uint32) string { return listKey(f, "heldraw", serial) }

// heldNextKey counts the numbers given to held posts.
func heldNextKey(f string, serial uint32) string { return listKey(f, "heldnext", serial) }

// heldByKey remembers the number that a queue id's post was given.
func heldByKey(f string, serial uint32, queueID string) string {
	return listKey(f, "heldby", serial) + ":" + digest(queueID)
}

// recordKey is the sorted set of a group's record, by time.
func recordKey(f string, serial uint32) string { return listKey(f, "record", serial) }

// recordNextKey counts the entries.
func recordNextKey(f string, serial uint32) string { return listKey(f, "recordnext", serial) }

// recordSourceKey holds which entry a message made, digest of kind and
// source → entry ID.
func recordSourceKey(f string, serial uint32) string { return listKey(f, "recordsrc", serial) }

// bookKey holds the numbering of a list's posts and where its digests stand.
func bookKey(f string, serial uint32) string { return listKey(f, "book", serial) }

// bookNoted is its field that tells that all who take digests are noted.
const bookNoted = "noted"

// postNumbersKey is the sorted set of a list's posts, by number.
func postNumbersKey(f string, serial uint32) string { return listKey(f, "posts", serial) }

// postRecordsKey holds them, identity → octets so far and the post as JSON.
func postRecordsKey(f string, serial uint32) string { return listKey(f, "post", serial) }

// postBodiesKey holds the raw posts that no archive has.
func postBodiesKey(f string, serial uint32) string { return listKey(f, "postraw", serial) }

// readersKey is the bitmap of those who take a list's digests.
func readersKey(f string, serial uint32) string { return listKey(f, "readers", serial) }

// questionKey holds the question that a token stands for.
func questionKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return siteTag + ":q:" + hex.EncodeToString(sum[:])
}

// openKey holds the ID of the open question that asks this of an address.
func openKey(canonical string) string { return siteTag + ":ask:" + digest(canonical) }

// limitKey counts towards a limit.
func limitKey(key string) string { return siteTag + ":limit:" + digest(key) }

// onceKey holds bytes that are set once, of a family or ("") of the site.
func onceKey(family, key string) string {
	tag := siteTag
	if family != "" {
		tag = familyTag(family)
	}
	if len(key) > 120 || strings.Contains(key, "@") { // no address stands in a key, to be left there
		key = digest(key)
	}
	return tag + ":once:" + key
}

// passwordsKey holds an address's app passwords, label → hash.
func passwordsKey(a lists.Address) string { return siteTag + ":password:" + digest(a.Key()) }

// tokenKey holds whom a sign-in or session token stands for.
func tokenKey(kind, token string) string { return siteTag + ":" + kind + ":" + digest(token) }
