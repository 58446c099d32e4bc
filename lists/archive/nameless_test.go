package archive

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
)

// Posts that came without a Message-ID, exported and imported again, are the
// same posts; another that says the same is not.
func TestImportKnowsPostsWithoutMessageID(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.New(t))
	say := func(from, rest string) []byte {
		return []byte("From: " + from + "\r\nSubject: Re: x\r\n" + rest + "\r\nFrom here on +1\r\n\r\n")
	}
	put(t, a,
		Entry{List: dc, Identity: Identity("q1@lists.example.org", say("ana@x", "")), At: noon, Raw: say("ana@x", "")},
		Entry{List: dc, Identity: Identity("q2@lists.example.org", say("bo@x", "")), At: noon, Raw: say("bo@x", "")},
		Entry{List: dc, Identity: Identity("q3@lists.example.org", say("bo@x", "")), At: noon.Add(time.Second), Raw: say("bo@x", "")},
		Entry{List: dc, Identity: Identity("q4@lists.example.org", say("cy@x", "")), At: noon.Add(time.Minute), Raw: say("cy@x", "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: no brackets\r\n")},
		Entry{List: dc, Identity: Identity("m@x", say("bo@x", "Message-ID: <m@x>\r\n")), At: noon, Raw: say("bo@x", "Message-ID: <m@x>\r\n")},
	)
	var out bytes.Buffer
	if _, err := a.Export(ctx, dc, &out, nil); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Import(ctx, dc, bytes.NewReader(out.Bytes()), nil, nil); err != nil || r.Added != 0 || r.Known != 5 || r.Left != 0 {
		t.Errorf("imported again: %+v, %v", r, err)
	}
	others := strings.ReplaceAll(out.String(), "ana@x", "dan@x")
	if r, err := a.Import(ctx, dc, strings.NewReader(others), nil, nil); err != nil || r.Added != 1 || r.Known != 4 {
		t.Errorf("one of somebody else: %+v, %v", r, err)
	}
	// Elsewhere they are new, and then known.
	b := newArchive(t, newFolder(t), redistest.New(t))
	for i, want := range []int{5, 0} {
		if r, err := b.Import(ctx, dc, bytes.NewReader(out.Bytes()), nil, nil); err != nil || r.Added != want || r.Known != 5-want {
			t.Errorf("elsewhere, time %d: %+v, %v", i+1, r, err)
		}
	}
}
