package personal

import (
	"fmt"
	"slices"
	"testing"

	"plenary/lists"
)

func TestThreads(t *testing.T) {
	post := func(n uint64, subject, id string, answers ...string) lists.DigestPost {
		return lists.DigestPost{Number: n, Subject: subject, MessageID: id, Answers: answers}
	}
	tests := []struct {
		what  string
		posts []lists.DigestPost
		want  string
	}{
		{"none", nil, "[] 0"},
		{"apart", []lists.DigestPost{post(1, "a", "1"), post(2, "b", "2")}, "[1 2] 2"},
		{"an answer goes to its thread", []lists.DigestPost{post(1, "a", "1"), post(2, "b", "2"), post(3, "Re: a", "3", "1")}, "[1 3 2] 2"},
		{"depth first", []lists.DigestPost{post(1, "a", "1"), post(2, "", "2", "1"), post(3, "", "3", "1"), post(4, "", "4", "2", "1")}, "[1 2 4 3] 1"},
		{"answers to a post before the issue", []lists.DigestPost{post(1, "x", "1", "0"), post(2, "b", "2"), post(3, "y", "3", "0")}, "[1 3 2] 2"},
		{"by the subject alone", []lists.DigestPost{post(1, "A Plan", "1"), post(2, "b", "2"), post(3, "AW: Re[2]: a  plan", "3")}, "[1 3 2] 2"},
		{"the same subject without an answer's mark", []lists.DigestPost{post(1, "minutes", "1"), post(2, "minutes", "2")}, "[1 2] 2"},
		{"it answers itself", []lists.DigestPost{post(1, "a", "1", "1")}, "[1] 1"},
		{"two answer each other", []lists.DigestPost{post(1, "a", "1", "2"), post(2, "b", "2", "1")}, "[1 2] 1"},
		{"one Message-ID twice", []lists.DigestPost{post(1, "a", "1"), post(2, "b", "1"), post(3, "", "3", "1")}, "[1 2 3] 2"},
		{"no subject", []lists.DigestPost{post(1, "", "1"), post(2, "Re:", "2")}, "[1 2] 2"},
	}
	for _, tt := range tests {
		ordered, count := threads(tt.posts)
		var got []uint64
		for _, p := range ordered {
			got = append(got, p.Number)
		}
		if s := fmt.Sprint(got, count); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, s, tt.want)
		}
	}
}

// However posts refer to each other, each comes once.
func FuzzThreads(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0, 0})
	f.Add([]byte{9, 8, 7, 200, 200, 1, 1, 1})
	f.Fuzz(func(t *testing.T, refs []byte) {
		var posts []lists.DigestPost
		for i, r := range refs {
			posts = append(posts, lists.DigestPost{Number: uint64(i), MessageID: fmt.Sprint(i % 50), Subject: []string{"a", "re: a", "Re: b", ""}[r%4],
				Answers: []string{fmt.Sprint(r), fmt.Sprint(int(r) / 3)}})
		}
		ordered, count := threads(posts)
		var got []uint64
		for _, p := range ordered {
			got = append(got, p.Number)
		}
		slices.Sort(got)
		if len(got) != len(posts) || len(slices.Compact(got)) != len(posts) || count > len(posts) || count == 0 && len(posts) > 0 {
			t.Fatalf("%d posts, %d threads: %v", len(posts), count, got)
		}
	})
}
