// Package archive keeps every accepted post, octet for octet, in a bucket (a
// folder or S3), and an index of them in Redis that can be rebuilt from the
// bucket alone. It promises that a post which Put has answered for is durable
// in the bucket, that a post is kept once however often it is put, and that
// UIDs rise in the order in which readers see posts and are never reused.
// Who may read is for its callers to decide; the policy "none" it keeps
// itself: nothing of such a list is stored.
//
// # The bucket
//
//	bucket-id                                         26 characters, made once; stands in Redis too
//	LIST/validity                                     IMAP's UIDVALIDITY of the list, decimal, made once
//	LIST/BLOCK/UID-TIME-CODE.eml                      a post as it came; 1,024 UIDs a block
//
// LIST is the list's ID, UID has ten digits, TIME is 20261130t090000z, CODE
// is what the post's public link ends in. A code may stand there twice, when
// a server died between two steps: the higher UID is the one that counts.
//
// # Redis, schema 1
//
//	{plenary}:archive   string  the bucket's id
//	{a:LIST}:meta       hash    last (UID given last), seen (UID made visible last), bytes, gen
//	{a:LIST}:codes      hash    code → "UID", or "pUID 20261130T090000Z" while the post is on its way
//	{a:LIST}:mids       hash    12 octets for a Message-ID → "UID THREAD", UID 0 for one only heard of;
//	                            13 octets for a subject in a week → its latest THREAD
//	{a:LIST}:rows       string  16 octets a visible post, in order: UID, size, Unix time
//	{a:LIST}:e:BLOCK    hash    UID → the post's record, JSON; 128 UIDs a block
//
// None of them expires. A list's keys share a hash tag, so that each step is
// one script.
package archive
