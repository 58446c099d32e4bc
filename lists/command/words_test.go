package command

import (
	"strings"
	"testing"
)

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		text    string
		leaving bool
		want    Said
	}{
		{"", false, Empty}, {"\n \n", false, Empty}, {"***", false, Empty},
		{"yes", false, Yes}, {"Yes!", false, Yes}, {"YES please, and thank you.", false, Yes}, {"y", false, Yes}, {"Ok.", false, Yes},
		{"I confirm", false, Yes}, {"Confirmed, thanks", false, Yes}, {"join", false, Yes}, {"Subscribe me", false, Yes}, {"\n\n  yes\n\nJane", false, Yes}, {"*Yes*", false, Yes}, {"“Yes”", false, Yes},
		{"Oui, je confirme", false, Yes}, {"d’accord", false, Yes}, {"Sí", false, Yes}, {"si, claro", false, Yes}, {"Ja, gerne", false, Yes}, {"bestätigt", false, Yes},
		{"Sim", false, Yes}, {"sì", false, Yes}, {"va bene", false, Yes}, {"akkoord", false, Yes}, {"Да, согласна", false, Yes}, {"подтверждаю", false, Yes},
		{"نعم", false, Yes}, {"أؤكد ذلك", false, Yes}, {"是的，谢谢", false, Yes}, {"好", false, Yes}, {"确认", false, Yes}, {"はい、お願いします", false, Yes}, {"承認します", false, Yes}, {"👍", false, Yes}, {"👍🏽 great", false, Yes}, {"✅", false, Yes},
		{"no", false, No}, {"No, thanks", false, No}, {"Cancel", false, No}, {"stop", false, No}, {"STOP!", false, No}, {"quit", false, No}, {"not me", false, No}, {"This wasn't me", false, No}, {"don’t", false, No},
		{"unsubscribe", false, No}, {"remove me", false, No}, {"Leave", false, No}, {"abmelden", false, No}, {"désinscrire", false, No}, {"退订", false, No},
		{"non merci", false, No}, {"Nein", false, No}, {"nee", false, No}, {"não", false, No}, {"annulla", false, No}, {"нет", false, No}, {"отмена", false, No}, {"لا", false, No}, {"إلغاء", false, No}, {"不是我", false, No}, {"取消", false, No}, {"いいえ", false, No}, {"キャンセル", false, No}, {"❌", false, No},
		{"unsubscribe", true, Yes}, {"Remove me please", true, Yes}, {"退订", true, Yes}, {"no", true, No}, {"stop", true, No}, {"cancel", true, No}, {"yes", true, Yes},
		{"What is this?", false, Unclear}, {"Hello, who are you?", false, Unclear}, {"yesterday I asked", false, Unclear}, {"notes follow", false, Unclear}, {"nobody", false, Unclear}, {"Januar", false, Unclear},
		{"yes or no?", false, Unclear}, {"Yes/No", false, Unclear}, {"Si vous voulez savoir", false, Unclear}, {"是否需要", false, Unclear}, {"好像不对", false, Unclear}, {"No idea what this is", false, Unclear}, {"Not sure", false, Unclear}, {"日本語", false, Unclear},
		{"okra", false, Unclear}, {"joint", false, Unclear}, {"surely", false, Unclear}, {"I am away until Monday.", false, Unclear},
	} {
		if got := Answer(c.text, c.leaving); got != c.want {
			t.Errorf("Answer(%q, %v) = %d, want %d", c.text, c.leaving, got, c.want)
		}
	}
}

func TestAnswerWordsSayOneThing(t *testing.T) {
	seen := map[string]string{}
	for list, words := range map[string][]string{"yes": yesWords[:], "no": noWords[:], "leave": leaveWords[:], "ask": askWords[:]} {
		for _, w := range words {
			if other := seen[w]; other != "" {
				t.Errorf("%q is a word for %s and for %s", w, other, list)
			}
			seen[w] = list
			if w != strings.ToLower(w) || w != start(w) && list != "yes" {
				t.Errorf("%q (%s) can't be met: answers are folded to %q", w, list, start(w))
			}
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"yes", "Yes, please\n> no", "\xff\x00", "d’accord", "取消", "👍", "yes/no"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, leaving bool) {
		switch said := Answer(text, leaving); said {
		case Yes, No, Unclear, Empty:
			if again := Answer("  \n"+text, leaving); again != said {
				t.Fatalf("%q: %d, and %d after a blank line", text, said, again)
			}
		default:
			t.Fatalf("%q: %d", text, said)
		}
	})
}

func TestCommandOnly(t *testing.T) {
	for _, c := range []struct{ subject, text, want string }{
		{"unsubscribe", "", "leave"}, {"", "unsubscribe", "leave"}, {"Unsubscribe", "unsubscribe\n-- \nJane", "leave"}, {"Re: [dc] Meeting", "Unsubscribe.\n\n> We meet on Friday", "leave"},
		{"please unsubscribe me", "\n\n", "leave"}, {"", "Hello,\n\nplease unsubscribe me from this list\n\nThanks,\nJane", "leave"}, {"hi", "remove me", "leave"}, {"", "signoff", "leave"}, {"", "leave", "leave"},
		{"subscribe", "", "join"}, {"join", "", "join"}, {"", "subscribe me please", "join"}, {"help", "", "help"}, {"help", "help", "help"}, {"", "help", "help"}, {"", "lists", "lists"},
		{"Unsubscribe me please", "Thanks,\nJane", "leave"}, {"", "signoff dc", "leave"}, {"unsubscribe maps", "", "leave"}, {"", "subscribe dc-maps@lists.example.org", "join"},
		{"Well done", "Thanks", ""}, {"", "Thanks", ""}, {"subscribe to the journal", "", ""}, {"", "unsubscribe those who left", ""},
		{"", "set nomail", "set"}, {"confirm 7kq2m5wz3xv4n6bq7kq2m5wz3x", "", "confirm"},
		{"help", "We need a designer.", ""}, {"Help", "Does anybody know a designer?", ""}, {"", "help me with the map, please", ""}, {"", "Join us on Friday!", ""}, {"join us", "", ""}, {"", "Leave or stay?", ""}, {"", "leave the draft", ""},
		{"Re: shall we meet?", "yes", ""}, {"Re: shall we meet?", "ok", ""}, {"Re: help", "", ""}, {"Re: who?", "who", ""}, {"status", "", ""}, {"next", "", ""}, {"Meeting", "help", ""}, {"unsubscribe", "Why do people write this to the list?", ""},
		{"", "approve 3", "approve"}, {"Re: Post 3 waits", "Approve maps 3\n\nThanks\nLea", "approve"}, {"", "reject #4", "reject"}, {"new people", "add jane@example.net joe@example.net", "add"}, {"invite maps jane@example.net", "", "invite"},
		{"", "Hello,\n\ncreate maps \"Map of laws\"\npurpose: All laws\nleader: jane@example.net\n\nThanks\nAnn", "create"}, {"create maps “Map of laws”", "purpose: All laws", "create"}, {"create maps \"Map of laws\"", "", "create"},
		{"", "create maps of laws", ""}, {"create maps \"Map of laws\"", "What do you think of such a group?", ""}, {"", "approve of the plan", ""}, {"", "add me", ""}, {"", "Add to that what jane@example.net said.", ""}, {"Approve 3 items", "Please.", ""},
		{"Minutes", "We met.\nunsubscribe", ""}, {"", "", ""}, {"set the table", "", ""}, {"remove", "the old chapter, please", ""},
	} {
		if got := CommandOnly(c.subject, c.text); got != c.want {
			t.Errorf("CommandOnly(%q, %q) = %q, want %q", c.subject, c.text, got, c.want)
		}
	}
}

func TestAutomatic(t *testing.T) {
	for _, c := range []struct {
		name  string
		marks Marks
		want  bool
	}{
		{"a person", Marks{Subject: "join dc", ContentType: "text/plain"}, false},
		{"says no", Marks{AutoSubmitted: "No"}, false},
		{"first-class", Marks{Precedence: "first-class"}, false},
		{"null sender", Marks{NullSender: true}, true},
		{"replied", Marks{AutoSubmitted: "auto-replied (vacation)"}, true},
		{"generated", Marks{AutoSubmitted: "Auto-Generated; x=y"}, true},
		{"bulk", Marks{Precedence: "Bulk"}, true},
		{"list", Marks{Precedence: "list"}, true},
		{"junk", Marks{Precedence: "junk"}, true},
		{"list id", Marks{ListID: "dc.lists.example.org"}, true},
		{"loop", Marks{XLoop: "dc@lists.example.org"}, true},
		{"responder", Marks{AutoReply: "X-Autoreply"}, true},
		{"report", Marks{ContentType: `multipart/report; report-type=delivery-status`}, true},
		{"vacation by subject", Marks{Subject: "Automatic reply: Please confirm"}, true},
		{"vacation in German", Marks{Subject: "Abwesenheitsnotiz: Re: x"}, true},
		{"vacation in Chinese", Marks{Subject: "自动回复: x"}, true},
	} {
		if got := c.marks.Automatic(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
