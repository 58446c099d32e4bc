package command

import (
	"fmt"
	"strings"
	"testing"
)

// told is a parsed mail in short: one command a line, and what else there was.
func told(p Parsed) string {
	var b strings.Builder
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "%d %s", c.Line, c.Name)
		if c.Under {
			b.WriteString(" under")
		}
		switch {
		case c.Text != "":
			fmt.Fprintf(&b, " %q", c.Text)
		case c.Rest != "":
			b.WriteString(" " + c.Rest)
		}
		for _, f := range c.Fields {
			fmt.Fprintf(&b, " | %s=%s", f.Key, f.Value)
		}
		b.WriteString("\n")
	}
	for _, u := range p.Unknown {
		if !u.Idle {
			fmt.Fprintf(&b, "%d ? %s\n", u.Line, u.Near)
		}
	}
	if p.Stopped > 0 {
		fmt.Fprintf(&b, "stopped %d\n", p.Stopped)
	}
	if p.Over > 0 {
		fmt.Fprintf(&b, "over %d\n", p.Over)
	}
	return strings.TrimSpace(b.String())
}

func lines(s ...string) string { return strings.Join(s, "\n") }

func TestParse(t *testing.T) {
	long := strings.Repeat("help\n", MaxCommands+3)
	for _, c := range []struct{ name, subject, text, want string }{
		{"subject alone", "help", "", "0 help"},
		{"body alone", "", "help", "1 help"},
		{"a subject that is no command", "hello there", "join dc", "1 join dc"},
		{"subject and body", "join dc", "join edu", "0 join dc\n1 join edu"},
		{"subject that repeats the first line", "Join DC", "\njoin: dc\nwho", "2 join dc\n3 who"},
		{"subject that the first line goes on from", "progress maps", "progress maps We met.", `1 progress "maps We met."`},
		{"subject that says the command of the first line", "progress report", "progress maps We met.", `1 progress "maps We met."`},
		{"reply marks", "AW: Re[2]: [dc] Fwd: 回复：lists", "", "0 lists"},
		{"case and colon", "", "JOIN: dc\nLeave : edu\nHELP:", "1 join dc\n2 leave edu\n3 help"},
		{"synonyms", "", "?\ncommands\ngroups\nindex\nabout dc\nintro dc\nsub dc\nunsub dc\nsignoff dc\nremove dc",
			"1 help\n2 help\n3 lists\n4 lists\n5 info dc\n6 info dc\n7 join dc\n8 leave dc\n9 leave dc\n10 leave dc"},
		{"more synonyms", "", "review\nstatus\nquery\nwhich\nok abcdefghijklmnopqrstuvwxyz", "1 who\n2 settings\n3 settings\n4 which\n5 confirm abcdefghijklmnopqrstuvwxyz"},
		{"quoting is skipped", "", "> help\n>> join dc\nleave dc", "3 leave dc"},
		{"attribution is skipped", "", "lists\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@example.net> wrote:\n> help", "1 lists"},
		{"signature", "", "lists\n-- \nhelp\nJane", "1 lists"},
		{"signature without its blank", "", "lists\n--\nhelp", "1 lists"},
		{"a phone's signature", "", "state active\nSent from my iPhone\nleave dc", "1 state active"},
		{"a phone's signature, in French", "", "state active\n\nEnvoyé de mon iPhone\n\nleave dc", "1 state active"},
		{"a phone's signature under the subject", "join maps", "\nSent from my iPhone\nleave dc", "0 join maps"},
		{"a phone's line on top", "", "Sent from my iPhone\n\nleave dc", "3 leave dc"},
		{"a drawn line", "", "state active\n___\nleave dc", "1 state active"},
		{"a drawn line with blanks", "", "state active\n\n _____ \nleave dc", "1 state active"},
		{"a separator is none", "", "state active\n---\nhelp", "1 state active\n3 help"},
		{"end words", "", "lists\nEND\nhelp", "1 lists"},
		{"stop", "", "lists\nstop\nhelp", "1 lists"},
		{"quit", "", "lists\nquit.\nhelp", "1 lists"},
		{"a subject stop is no end", "stop", "help", "1 help"},
		{"three foreign lines end the reading", "", "who\nI would like\nto tell you\nsomething nice\nhelp", "1 who\n3 ? \n4 ? \nstopped 4"},
		{"blank lines do not count", "", "Dear all,\n\nI write to you.\n\nhelp", "5 help"},
		{"two foreign lines do not end it", "", "One.\nTwo.\nhelp\nOne.\nTwo.\nlists", "3 help\n6 lists"},
		{"nearest command", "", "subscrbe dc", "1 ? subscribe"},
		{"nearest by swap", "hlep", "", "0 ? help"},
		{"command within a sentence", "", "Could you please unsubscribe me?", "1 ? unsubscribe"},
		{"please", "", "Please unsubscribe dc", "1 leave dc"},
		{"courtesy is passed over", "", "Hello,\n\njoin dc\n\nBest regards,\nJane Doe", "3 join dc"},
		{"what looks like a try is told", "", "join dc\nfrobnicate dc", "1 join dc\n2 ?"},
		{"25 commands", "", long, strings.TrimSpace(func() string {
			s := ""
			for i := 1; i <= MaxCommands; i++ {
				s += fmt.Sprintf("%d help\n", i)
			}
			return s
		}()) + "\nover 26"},
		{"yes as prose", "", "Yes we can.\nhelp", "2 help"},
		{"bare yes", "", "yes", "1 confirm"},
		{"marks of HTML", "", "*join dc*\n• lists\n`help`", "1 join dc\n2 lists\n3 help"},
		{"invisible marks", "\ufeffhelp", "\u200bjoin\u00a0dc\u200e", "0 help\n1 join dc"},
		{"CR LF", "", "join dc\r\nhelp\r\n", "1 join dc\n2 help"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(Parse(c.subject, c.text)); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestParseTakesFollowingLines(t *testing.T) {
	for _, c := range []struct{ name, subject, text, want string }{
		{"up to the signature", "", "progress maps We met.\nAll agreed.\n\nNext week again.\n-- \nJane", `1 progress "maps We met.\nAll agreed.\n\nNext week again."`},
		{"up to a phone's signature", "", "progress maps We met.\n\nSent from my iPhone\nnext: nothing", `1 progress "maps We met."`},
		{"a sentence about sending is none", "", "progress maps We met.\nSent via e-mail to all.\nnext: Print", "1 progress \"maps We met.\"\n3 next under Print"},
		{"up to end", "", "announce Dear all,\nwe meet.\nend\nhelp", `1 announce "Dear all,\nwe meet."`},
		{"from the subject", "progress maps", "We met.\nAll agreed.", `0 progress "maps\nWe met.\nAll agreed."`},
		{"words that are commands stay text", "", "progress maps We met.\nhelp came from all.\njoin us.\nlists were made", `1 progress "maps We met.\nhelp came from all.\njoin us.\nlists were made"`},
		{"keys under progress", "", lines("progress maps We met.", "next: Publish by 2026-12-01", "state: active", "help: a designer", "who draws", "dissent: Ann would wait"),
			lines(`1 progress "maps We met."`, "2 next under Publish by 2026-12-01", "3 state under active", `4 help under "a designer\nwho draws"`, `6 dissent under "Ann would wait"`)},
		{"a key after announce ends it", "", "announce We meet.\nhelp: create", "1 announce \"We meet.\"\n2 help create"},
		{"quoting within is dropped", "", "progress maps We met.\n> What happened?\nAll agreed.", `1 progress "maps We met.\nAll agreed."`},
		{"reject with reason", "", "reject 3 Not here.\nPlease write to edu.", `1 reject "3 Not here.\nPlease write to edu."`},
		{"decisions in a row", "", "reject 3 Spam.\napprove 4\ndiscard maps 5", "1 reject \"3 Spam.\"\n2 approve 4\n3 discard maps 5"},
		{"two progress reports", "", "progress: maps We met.\nprogress: edu We too.", "1 progress \"maps We met.\"\n2 progress \"edu We too.\""},
		{"a wrapped next step", "", "next maps Publish the first version of the map of data protection laws by\n2026-12-01\nhelp",
			"1 next maps Publish the first version of the map of data protection laws by 2026-12-01\n3 help"},
		{"as answers say it", "", "next step: Publish by 2026-12-01\nprogress maps We met.\nNext steps : Print", "1 next Publish by 2026-12-01\n2 progress \"maps We met.\"\n3 next under Print"},
		{"addresses in a column", "", "add maps\na@b.example\n  c@d.example,\nEve <e@f.example>\nwho", "1 add maps\na@b.example\nc@d.example,\nEve <e@f.example>\n5 who"},
		{"addresses under a subject", "invite maps", "\na@b.example\n\nThanks", "0 invite maps\na@b.example"},
		{"a sentence with an address", "", "drop maps a@b.example\nWrite to c@d.example", "1 drop maps a@b.example"},
		{"a short next step does not go on", "", "next maps Publish\nhelp", "1 next maps Publish\n2 help"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(Parse(c.subject, c.text)); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestParseCreate(t *testing.T) {
	all := lines("purpose: Draw a map of laws,", "  so that all can see", "leader: jane@example.net", "next: Outline by 2026-12-01", "join: open", "post: members", "archive: public", "in: dc")
	want := " | purpose=Draw a map of laws, so that all can see | leader=jane@example.net | next=Outline by 2026-12-01 | join=open | post=members | archive=public | in=dc"
	for _, c := range []struct{ name, subject, text, want string }{
		{"all properties", "", "create maps \"Map\"\n" + all, `1 create maps "Map"` + want},
		{"from the subject", `create maps "Map"`, all, `0 create maps "Map"` + want},
		{"with a greeting between", `create maps "Map"`, "Dear Plenary,\n\n" + all, `0 create maps "Map"` + want},
		{"blank lines between", "", "create maps \"Map\"\n\n" + strings.ReplaceAll(all, "leader", "\nleader"), `1 create maps "Map"` + want},
		{"none", "", "create maps Map of laws", "1 create maps Map of laws"},
		{"a command after the block", "", "create maps \"Map\"\njoin: open\nwho dc", "1 create maps \"Map\" | join=open\n3 who dc"},
		{"two groups", "", "create maps \"Map\"\njoin: open\n\ncreate edu \"Education\"\njoin: invited", "1 create maps \"Map\" | join=open\n4 create edu \"Education\" | join=invited"},
		{"a purpose of plain lines", "", "create maps \"Map\"\npurpose: Draw maps\nfor everybody\nin the world\nleader: a@example.net",
			"1 create maps \"Map\" | purpose=Draw maps for everybody in the world | leader=a@example.net"},
		{"a wrapped purpose with a command word", "", "create maps \"Map\"\npurpose: We collect what there is to know about data protection, to\nhelp people understand it.\njoin: open",
			"1 create maps \"Map\" | purpose=We collect what there is to know about data protection, to help people understand it. | join=open"},
		{"a short purpose, then a command", "", "create maps \"Map\"\npurpose: Draw maps\nhelp", "1 create maps \"Map\" | purpose=Draw maps\n3 help"},
		{"a wrapped title", "", "create maps \"A map of all\nthe laws\"\njoin: open", "1 create maps \"A map of all the laws\" | join=open"},
		{"an open quote that never closes", "", "create maps \"A map\njoin: open", "1 create maps \"A map | join=open"},
		{"end within", "", "create maps \"Map\"\njoin: open\nend\npost: anyone", `1 create maps "Map" | join=open`},
		{"courtesy after the block", "", "create maps \"Map\"\npurpose: Draw maps\nThanks,\nAnn", `1 create maps "Map" | purpose=Draw maps`},
		{"bold keys", "", "create maps \"Map\"\n*purpose:* Draw maps", `1 create maps "Map" | purpose=Draw maps`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(Parse(c.subject, c.text)); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestParseIsBounded(t *testing.T) {
	p := Parse("help", strings.Repeat("x y z\n", 1<<20))
	if len(p.Unknown) > 1+maxForeign {
		t.Errorf("read on after three foreign lines: %d", len(p.Unknown))
	}
	p = Parse("", "progress maps "+strings.Repeat("a", 2*maxRead))
	if n := len(p.Commands[0].Text); n > maxRead {
		t.Errorf("took %d octets", n)
	}
}

func TestCleanSubject(t *testing.T) {
	for in, want := range map[string]string{
		"Re: help": "help", "RE : Fwd: join dc": "join dc", "Rép : aide": "aide", "SV: Vs: Antw: x": "x", "Re[3]: x": "x", "Re^2: x": "x",
		"[dc] Re: x": "x", "Отв: x": "x", "答复: x": "x", "轉寄：x": "x", "رد: x": "x", "Review": "Review", "  a \t b ": "a b", "": "", "Re:": "",
	} {
		if got, _ := cleanSubject(in); got != want {
			t.Errorf("cleanSubject(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("help", "join dc\n> quoted\nprogress maps We met.\nnext: x\nend\n")
	f.Add("create maps \"Map", "purpose: a\n b\nleader: x@y.z\n\ncreate b c\n-- \n")
	f.Add("Re: Re: [x] 回复：?", "reject 3 a\napprove 4\n\x00\xff\u202e\n")
	f.Add("", strings.Repeat("help\n", 30))
	f.Fuzz(func(t *testing.T, subject, text string) {
		p := Parse(subject, text)
		if len(p.Commands) > MaxCommands {
			t.Fatalf("%d commands", len(p.Commands))
		}
		for _, c := range p.Commands {
			if _, ok := lookup(c.Name); !ok && c.Name != "dissent" {
				t.Fatalf("command %q is not in the table", c.Name)
			}
			if c.Line < 0 || len(c.Text) > 2*maxRead {
				t.Fatalf("command %+v", c)
			}
		}
		for _, u := range p.Unknown {
			if _, ok := lookup(u.Near); u.Near != "" && !ok {
				t.Fatalf("near %q is no word of ours", u.Near)
			}
		}
		Decide(world().facts("ann@example.org"), p.Commands)
		title, answers := cleanSubject(subject)
		if quick, whole := CommandOnly(subject, text), onlyCommand(title, answers, loneCommand(title), text); loneCommand(title) == "" && quick != whole {
			t.Fatalf("nothing but %q by its first lines, %q by all of them", quick, whole)
		}
	})
}
