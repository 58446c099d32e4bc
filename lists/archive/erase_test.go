package archive

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

const ada = lists.Address("Ada@example.org")

// TestReplaceAuthor: an author is replaced in object and index alike, whether
// or not there is room for the new name; a rebuilt index is the same, threads
// and links stay, others' posts too, and a second time there is nothing to do.
func TestReplaceAuthor(t *testing.T) {
	for name, bucket := range map[string]func(t *testing.T) Bucket{
		"folder": func(t *testing.T) Bucket { return newFolder(t) },
		"s3":     func(t *testing.T) Bucket { return openFakeS3(t, "archive/x") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, b := context.Background(), bucket(t)
			a := newArchive(t, b, redistest.New(t))
			long := "Received: from ada-laptop.example ([192.0.2.7])\r\n\tby mx for <ada@EXAMPLE.org>\r\nX-Mailer: Ada's\r\nSender: ada@example.org\r\n" +
				"DKIM-Signature: v=1; d=example.org; i=ada@example.org\r\nReferences: <first@x>\r\n"
			entries := []Entry{
				{Raw: []byte("From: =?utf-8?q?Ada_L=C3=B6velace?= <ada@example.org>\r\nMessage-ID: <first@x>\r\nSubject: First\r\n" + strings.Replace(long, "References", "X-Ref", 1) + "\r\nWrite to ada@example.org, ADA@example.org\r\n")},
				{Raw: []byte("From: bob@example.org\r\nMessage-ID: <second@x>\r\nIn-Reply-To: <first@x>\r\nSubject: Re: First\r\n\r\nAda <ada@example.org> wrote:\r\n")},
				{Raw: []byte("From: a@b\r\nFrom:ada@example.org\r\nMessage-ID: <third@x>\r\n\r\n")},
				{Raw: []byte("From:ada@example.org\r\n\r\n.")}, // no room
				{Raw: []byte("From: Ada <ADA@example.org>\r\nMessage-ID: <last@x>\r\nSubject: Re: First\r\nTo: dc@lists.example.org, ada@example.org\r\n" + long + "\r\nBye.\r\n")},
			}
			var sizes []int
			for i := range entries {
				entries[i].List, entries[i].Identity, entries[i].At = lists.List{ID: "dc", Archive: lists.ArchivePublic}, fmt.Sprint("identity", i), noon
				sizes = append(sizes, len(entries[i].Raw))
			}
			uids := put(t, a, entries...)
			before, _, _ := dumpPosts(t, a)

			n, err := a.ReplaceAuthor(ctx, "dc", ada, "Former member")
			if err != nil || n != 3 {
				t.Fatalf("%d posts were written again, %v", n, err)
			}
			state, rows, posts := dumpPosts(t, a)
			if state.Generation == before.Generation || state.Validity != before.Validity || state.Count != before.Count {
				t.Errorf("state %+v, was %+v", state, before)
			}
			for i, uid := range uids {
				raw, err := a.Get(ctx, "dc", uid)
				if err != nil {
					t.Fatal(err)
				}
				if i == 1 || i == 2 {
					if string(raw) != string(entries[i].Raw) {
						t.Errorf("post %d of another was changed:\n%s", i, raw)
					}
					continue
				}
				if text := strings.ToLower(string(raw)); strings.Contains(text, "ada") && i != 3 || strings.Contains(text, "ada@example.org") {
					t.Errorf("post %d still tells:\n%s", i, raw)
				}
				if len(raw) != sizes[i] && i != 3 {
					t.Errorf("post %d has %d octets, had %d", i, len(raw), sizes[i])
				}
				if posts[i].From != "Former member" || posts[i].Author == "" || int64(rows[i].Size) != int64(len(raw)) {
					t.Errorf("index of post %d: %+v, row %+v, %d octets", i, posts[i], rows[i], len(raw))
				}
			}
			if posts[4].Thread != posts[0].Thread || posts[1].Thread != posts[0].Thread || posts[0].Author != posts[4].Author {
				t.Errorf("threads or authors differ: %+v", posts)
			}
			if _, err := a.Rebuild(ctx, "dc"); err != nil {
				t.Fatal(err)
			}
			if _, _, again := dumpPosts(t, a); !reflect.DeepEqual(again, posts) {
				t.Errorf("rebuilt: %+v\nwas: %+v", again, posts)
			}
			if n, err := a.ReplaceAuthor(ctx, "dc", ada, "Former member"); n != 0 || err != nil {
				t.Errorf("the second time: %d, %v", n, err)
			}
		})
	}
}

func dumpPosts(t *testing.T, a *Archive) (lists.ArchiveState, []lists.ArchiveRow, []lists.ArchivedPost) {
	t.Helper()
	ctx := context.Background()
	state, err := a.State(ctx, "dc")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := a.Rows(ctx, "dc", 0)
	if err != nil {
		t.Fatal(err)
	}
	posts, err := a.Entries(ctx, "dc", 1, 10000)
	if err != nil {
		t.Fatal(err)
	}
	return state, rows, posts
}

// FuzzStandIn: whatever a post looks like, its author is gone from the header,
// and it has one From.
func FuzzStandIn(f *testing.F) {
	f.Add("From: Ada <ada@example.org>\r\nSubject: x\r\nReceived: for <ada@example.org>\r\n\r\nada@example.org")
	f.Add("From: ada@example.org\nSubject: x\n ada@example.org\n\nx")
	f.Add("")
	f.Add("\r\n\r\n")
	f.Add("no header at all ada@example.org")
	f.Fuzz(func(t *testing.T, raw string) {
		got := standIn{name: "Former member", address: "former-0@erased.invalid"}.write([]byte(raw), "ada@example.org")
		d := describe(got)
		if d.From != "Former member" {
			t.Fatalf("From is %q in %q", d.From, got)
		}
		if strings.Contains(string(got), "ada@example.org") {
			t.Fatalf("the address stands in %q", got)
		}
	})
}

// TestStruckOutBeyondASCII: an address is found however it is capitalised,
// whatever else stands in the text, and nothing but it is changed.
func TestStruckOutBeyondASCII(t *testing.T) {
	for text, want := range map[string]string{
		"Gr\xfc\xdfe, Ada@Example.ORG":                "Gr\xfc\xdfe, xxx@xxxxxxx.xxx",
		"\u0130stanbul ADA@example.org \u023a":        "\u0130stanbul xxx@xxxxxxx.xxx \u023a",
		"\u212a\u212a ada@example.org, ada@x.example": "\u212a\u212a xxx@xxxxxxx.xxx, ada@x.example",
		"": "",
	} {
		if got := string(struckOut([]byte(text), "ada@example.org")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := string(struckOut([]byte("x \u00c9va@example.org"), "\u00e9va@example.org")); strings.Contains(got, "example") {
		t.Errorf("an address beyond ASCII: %q", got)
	}
	if got := string(struckOut([]byte("all of it"), "")); got != "all of it" {
		t.Errorf("no address: %q", got)
	}
}
