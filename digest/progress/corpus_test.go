package progress

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"plenary/smtp/message"
)

// form is a reply of testdata/replies.jsonl. They are made, by somebody who
// had not seen how replies are read: mail programs from Gmail to Lotus Notes
// in 27 languages, regards, notices, words that look like quotes and are none,
// key lines and dates, charsets.
type form struct {
	Name    string
	From    string // "" an address without a name
	Text    string
	HTML    string
	Charset string
	Flowed  bool
	Want    struct {
		Progress                                      []string // any of these, but for blanks
		Next, By, State, Help, Dissent, Done, Dropped any
	}
}

// theQuestion is what the replies quote.
const theQuestion = `What happened in Interactive map of data protection, and what is the
next step?

A plain reply to this mail is enough. It will stand in the digest of
Digital Coalition on Monday 7 December at 09:00.

The next step as it stands: publish the map of the first forty
countries, by Friday 18 December 2026.

In the last seven days: 7 posts by 5 people.

If you like, add lines that begin with:

next: the next step by a date, such as 2026-12-14
done: the step that was done (or dropped: the step that was given up)
state: forming, active, paused or done
help: what the group needs from others
dissent: a view that differs

If you reply again, the last reply counts.`

// fill puts the question in the place of {asked} and its kin.
func fill(s string) string {
	marked := func(mark string) string { return mark + strings.ReplaceAll(theQuestion, "\n", "\n"+mark) }
	around := func(open, end string) string {
		var b strings.Builder
		for p := range strings.SplitSeq(theQuestion, "\n\n") {
			b.WriteString(open + html.EscapeString(strings.ReplaceAll(p, "\n", " ")) + end)
		}
		return b.String()
	}
	return strings.NewReplacer(
		"{asked>}", marked("> "), "{asked>>}", marked(">"), "{asked.html}", strings.ReplaceAll(html.EscapeString(theQuestion), "\n", "<br>\n"),
		"{asked.divs}", around("<div>", "</div><div><br></div>"), "{asked.paragraphs}", around(`<p class="MsoNormal">`, "</p>"),
		"{asked.pre}", html.EscapeString(theQuestion), "{asked}", theQuestion, "{asked.short}", "Que s'est-il passé ?\n\nÉtape : la prochaine.",
		"{at}", "dc-data-protection-progress+aaaaaaqaaaadb4pffyx4lezp4e@lists.example.org").Replace(s)
}

// raw is the mail.
func (f form) raw(t *testing.T) []byte {
	t.Helper()
	kind, body := "text/plain", f.Text
	if f.HTML != "" {
		kind, body = "text/html", f.HTML
	}
	body = strings.ReplaceAll(fill(body), "\n", "\r\n")
	charset := "utf-8"
	if f.Charset != "" {
		charset = f.Charset
		e, err := htmlindex.Get(charset)
		if err == nil {
			body, err = e.NewEncoder().String(body)
		}
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	if f.Flowed {
		charset += "; format=flowed"
	}
	from := "lea@m.example"
	if f.From != "" {
		from = f.From
	}
	return []byte("From: " + from + "\r\nSubject: Re: Maps\r\nMIME-Version: 1.0\r\nContent-Type: " + kind + "; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body)
}

// wrong names what an answer says otherwise than wanted.
func (f form) wrong(a Answer) (wrong []string) {
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, part := range []struct {
		name string
		want any
		got  string
	}{
		{"progress", f.Want.Progress, a.Progress}, {"next", f.Want.Next, a.Next}, {"by", f.Want.By, string(a.By)}, {"state", f.Want.State, string(a.State)},
		{"help", f.Want.Help, a.Help}, {"dissent", f.Want.Dissent, a.Dissent}, {"done", f.Want.Done, a.Done}, {"dropped", f.Want.Dropped, a.Dropped},
	} {
		var wants []string
		switch want := part.want.(type) {
		case string:
			wants = append(wants, plain(want))
		case []string:
			for _, w := range want {
				wants = append(wants, plain(w))
			}
		case []any:
			for _, w := range want {
				wants = append(wants, plain(w.(string)))
			}
		}
		if len(wants) == 0 {
			wants = []string{""}
		}
		if !slices.Contains(wants, plain(part.got)) {
			wrong = append(wrong, part.name+": "+plain(part.got)+"\n\twant "+strings.Join(wants, " | "))
		}
	}
	return wrong
}

// Of the replies that were made apart from the reading, 99 in 100 are read
// right.
func TestRepliesMadeApart(t *testing.T) {
	right, all := readRight(t, "testdata/replies.jsonl", func(m *message.Message) string { return message.OwnText(m.Text(32 << 10)) })
	if all < 700 || right*100 < 99*all {
		t.Errorf("%d of %d read right, want 99 %%", right, all)
	}
}

// So are replies that begin and end as letters, of people whom From names:
// greetings, and names with and without titles under them. They are made too,
// by somebody who had not seen how they are read.
func TestLettersMadeApart(t *testing.T) {
	right, all := readRight(t, "testdata/letters.jsonl", func(m *message.Message) string { return m.OwnLetter(32 << 10) })
	if all < 250 || right*100 < 99*all {
		t.Errorf("%d of %d read right, want 99 %%", right, all)
	}
}

// So are replies of many mail programs that were made in sets, each before it
// was known how the last one was read, with lists, tables, own quotations,
// postscripts and cards under the name.
func TestRepliesOfManyProgramsMadeApart(t *testing.T) {
	right, all := readRight(t, "testdata/programs.jsonl", func(m *message.Message) string { return m.OwnLetter(32 << 10) })
	if all < 340 || right*100 < 99*all {
		t.Errorf("%d of %d read right, want 99 %%", right, all)
	}
}

// readRight counts the replies in a file, and those that are read as wanted.
func readRight(t *testing.T, name string, own func(*message.Message) string) (right, all int) {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(file) {
		var f form
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		m, err := message.Parse(f.raw(t))
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		all++
		wrong := f.wrong(ReadAnswer(own(m), "2026-12-05"))
		if len(wrong) == 0 {
			right++
			continue
		}
		t.Logf("%s: %s", f.Name, strings.Join(wrong, "\n\t"))
	}
	t.Logf("%d of %d replies in %s are read right (%.1f %%)", right, all, name, 100*float64(right)/float64(all))
	return right, all
}
