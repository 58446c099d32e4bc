package command

import (
	"strings"
	"testing"
)

// The subject of a forwarded create makes no group: the lines under it are
// not read, and the announcement would go out without them.
func TestCreateInTheSubjectOfAnEarlierMail(t *testing.T) {
	w := world()
	f := w.facts("ann@example.org")
	f.Here = w.list("dc")
	for _, text := range []string{"", "---------- Forwarded message ---------\nFrom: X <x@x.example>\nSubject: create laws\n\ncreate laws \"Laws\"\npurpose: All", "Thanks!"} {
		if got := decided(f, "FW: create laws \"Laws\"", text); !strings.Contains(got, "no: The subject is that of an earlier mail") || strings.Contains(got, "do ") {
			t.Errorf("%q: %s", text, got)
		}
	}
	for _, text := range []string{"purpose: All", "create laws \"Laws\"\npurpose: All"} {
		if got := decided(f, "Re: create laws \"Laws\"", text); !strings.Contains(got, `do create dc/dc-laws "Laws" purpose="All"`) {
			t.Errorf("%q: %s", text, got)
		}
	}
}

// Who answers an answer with words does not ask again for what its subject
// repeats; who sends it back empty does.
func TestReplyToAnAnswer(t *testing.T) {
	r := newRoom(t)
	answer := "Subject: Re: leave dc\nIn-Reply-To: <01abc@lists.example.org>\n\n"
	r.gets("max@example.org", "dc-request@lists.example.org", answer+"Why did you do that?\n\n> leave dc")
	r.wants("no command")
	r.gets("max@example.org", "dc-request@lists.example.org", answer+"settings\n\n> leave dc")
	r.wants("own-posts")
	r.gets("max@example.org", "dc-request@lists.example.org", answer+"> leave dc")
	r.wants("confirm")
	r.gets("max@example.org", "dc-request@lists.example.org", strings.ReplaceAll(answer, "lists.example.org", "example.org")+"settings")
	r.takes(2) // not an answer of ours: the subject counts
}

// What a setting is called is no command, and which one is meant is plain.
func TestSettingWithoutSet(t *testing.T) {
	r := newRoom(t)
	r.says("max@example.org", "dc-request@lists.example.org", "", "vacation until 1 May")
	r.wants("set vacation until DATE")
}

// A leader's "yes" to the notice of a post that waits decides nothing, and
// the answer says what does.
func TestYesToANotice(t *testing.T) {
	r := newRoom(t)
	r.says("lea@example.org", "dc-maps-request@lists.example.org", "Re: Post 1 waits for you", "yes")
	r.wants(`"approve", "reject"`)
}
