package command

import (
	"fmt"
	"strings"
	"testing"

	"plenary/lists"
)

// decided is what becomes of a mail, in short: one action, query, token or
// refusal a line.
func decided(f Facts, subject, text string) string {
	var b strings.Builder
	for _, d := range Decide(f, Parse(subject, text).Commands) {
		for _, a := range d.Actions {
			fmt.Fprintf(&b, "do %s", a.Verb)
			if a.Asker != f.Asker {
				b.WriteString(" NOT THE ASKER'S")
			}
			if a.List != "" {
				fmt.Fprintf(&b, " %s", a.List)
			}
			if a.Subject != "" && a.Subject != f.Asker {
				fmt.Fprintf(&b, " <%s>", a.Subject)
			}
			for _, s := range []string{a.Name, a.Value, a.Text} {
				if s != "" {
					fmt.Fprintf(&b, " %q", s)
				}
			}
			if a.By != "" {
				fmt.Fprintf(&b, " by %s", a.By)
			}
			if a.Number != 0 {
				fmt.Fprintf(&b, " #%d", a.Number)
			}
			if n := a.New; n != nil {
				fmt.Fprintf(&b, " %s/%s %q purpose=%q leader=%s next=%q by=%s %s %s %s", n.Parent, n.Name, n.Title, n.Purpose, n.Leader, n.Next, n.NextBy, n.Join, n.Post, n.Archive)
			}
			b.WriteString("\n")
		}
		if q := d.Query; q != nil {
			fmt.Fprintf(&b, "show %s", q.Name)
			if q.Word != "" {
				fmt.Fprintf(&b, " %s", q.Word)
			}
			fmt.Fprintf(&b, " %s\n", strings.Join(Facts{}.listed(q.Lists), " "))
		}
		if d.Token != "" {
			fmt.Fprintf(&b, "token %s %v\n", d.Token, d.Agree)
		}
		for _, no := range d.Refused {
			fmt.Fprintf(&b, "no: %s\n", no)
		}
	}
	s := strings.TrimSpace(b.String())
	return strings.ReplaceAll(s, " \n", "\n")
}

const token = "7kq2m5wz3xv4n6bq7kq2m5wz3x"

func TestDecide(t *testing.T) {
	w := world()
	for _, c := range []struct{ name, at, asker, mail, want string }{
		{"join where the address tells", "dc", "new", "join", "do join dc"},
		{"join a group by its short name", "dc", "new", "join maps", "do join dc-maps"},
		{"join several", "", "new", "join maps, edu and dc", "do join dc-maps\ndo join dc-edu\ndo join dc"},
		{"join by address", "", "new", "join dc-maps@lists.example.org", "do join dc-maps"},
		{"join by the join address", "", "new", "join dc-maps-join@lists.example.org", "do join dc-maps"},
		{"join as LISTSERV had it", "", "new", "subscribe dc Jane Doe", `do join dc "Jane Doe"`},
		{"join with one's own address", "", "new", "subscribe dc new@example.org", "do join dc"},
		{"join politely", "dc-maps", "new", "please subscribe me to this list, thanks", "do join dc-maps"},
		{"join by the title", "", "new", "join Data protection map.", "do join dc-maps"},
		{"leave where the address tells", "dc-edu", "max", "leave", "do leave dc-edu"},
		{"leave several", "", "max", "leave edu dc", "do leave dc-edu\ndo leave dc"},
		{"leave all", "dc", "max", "unsubscribe ALL", "do leave-all"},
		{"leave the only list", "", "ann", "leave", "do leave dc"},
		{"unsubscribe politely", "dc", "max", "unsubscribe me please", "do leave dc"},
		{"confirm", "", "new", "confirm " + token, "token " + token + " true"},
		{"confirm with brackets and no", "", "new", "ok <" + strings.ToUpper(token) + "> no", "token " + token + " false"},
		{"confirm by address", "", "new", "auth dc-confirm+" + token + "@lists.example.org", "token " + token + " true"},
		{"help", "", "new", "help", "show help"},
		{"help on one", "", "new", "help subscribe", "show help join"},
		{"help on one misspelt", "", "new", "help crate", "show help create"},
		{"lists of a family", "dc", "new", "lists", "show lists dc dc-edu dc-maps dc-tools"},
		{"lists of the site", "", "new", "groups", "show lists ac ac-tools dc dc-edu dc-maps dc-tools"},
		{"info at a list", "dc-maps", "new", "info", "show info dc-maps"},
		{"info by name", "", "new", "about maps", "show info dc-maps"},
		{"info at the site", "", "new", "info", "show lists ac ac-tools dc dc-edu dc-maps dc-tools"},
		{"a short name that the family settles", "dc", "new", "info tools", "show info dc-tools"},
		{"who", "dc", "max", "who maps", "show who dc-maps"},
		{"set delivery here", "dc-edu", "max", "set delivery weekly", `do delivery dc-edu "weekly"`},
		{"set delivery everywhere", "", "max", "set delivery none", `do delivery "none"`},
		{"set delivery of one", "", "max", "set edu delivery daily", `do delivery dc-edu "daily"`},
		{"set delivery of one, named last", "", "max", "set delivery daily edu", `do delivery dc-edu "daily"`},
		{"set nomail", "dc", "max", "set nomail", `do delivery dc "none"`},
		{"set mail", "dc", "max", "SET MAIL", `do delivery dc "each"`},
		{"set digest", "dc", "max", "set digest", `do delivery dc "daily"`},
		{"set digest weekly", "dc", "max", "set digest: weekly", `do delivery dc "weekly"`},
		{"set digest as plain text", "dc", "max", "set delivery weekly plain", `do delivery dc "weekly plain"`},
		{"set digest as plain text, of one", "", "max", "set delivery daily plain edu", `do delivery dc-edu "daily plain"`},
		{"set digest as plain text, one named first", "", "max", "set edu delivery daily plain", `do delivery dc-edu "daily plain"`},
		{"set digest plain", "dc", "max", "set digest plain", `do delivery dc "daily plain"`},
		{"set digest mime", "dc", "max", "set digest weekly MIME", `do delivery dc "weekly"`},
		{"set vacation", "dc", "max", "set vacation until 2026-12-24", "do vacation dc by 2026-12-24"},
		{"set vacation in words", "", "max", "set vacation until 1 December", "do vacation by 2026-12-01"},
		{"set vacation off", "", "max", "set vacation off", "do vacation"},
		{"set own posts", "", "max", "set own-posts off", `do own-posts "off"`},
		{"set own posts in two words", "", "max", "set own posts on", `do own-posts "on"`},
		{"set conceal", "", "max", "set conceal yes", `do conceal "on"`},
		{"set language", "", "max", "set language pt-BR", `do language "pt-br"`},
		{"settings", "", "max", "status", "show settings"},
		{"which", "", "max", "which", "show which"},
		{"progress by name", "dc", "lea", "progress maps We met.\nAll agreed.", `do progress dc-maps "We met.\nAll agreed."`},
		{"progress with a colon", "", "lea", "progress: dc-maps: We met.", `do progress dc-maps "We met."`},
		{"progress at the group", "dc-maps", "lea", "progress We met.", `do progress dc-maps "We met."`},
		{"progress at the group that names it", "dc-maps", "lea", "progress maps We met.", `do progress dc-maps "We met."`},
		{"progress at a group, a word that is another's short name", "dc-maps", "lea", "progress tools were built", `do progress dc-maps "tools were built"`},
		{"progress with done and dropped", "", "lea", "progress maps We met.\ndone: the colours\ndropped: the poster",
			"do progress dc-maps \"We met.\"\ndo progress dc-maps \"done\" \"the colours\"\ndo progress dc-maps \"dropped\" \"the poster\""},
		{"progress with keys", "", "lea", "progress maps We met.\nnext: Publish by 2026-12-01\nstate: active\nhelp: a designer\ndissent: Ann would wait",
			"do progress dc-maps \"We met.\"\ndo next dc-maps \"Publish\" by 2026-12-01\ndo state dc-maps \"active\"\ndo progress dc-maps \"help\" \"a designer\"\ndo progress dc-maps \"dissent\" \"Ann would wait\""},
		{"address", "", "max", "address max@example.net", `do address "max@example.net"`},
		{"password", "", "max", "password", "do password"},
		{"next", "", "lea", "next maps Publish the outline by 2026-12-01", `do next dc-maps "Publish the outline" by 2026-12-01`},
		{"next of letters that take two octets", "", "lea", "next maps " + strings.Repeat("خ", 1000), `do next dc-maps "` + strings.Repeat("خ", 1000) + `"`},
		{"next without a date", "dc-maps", "lea", "next: Publish", `do next dc-maps "Publish"`},
		{"state", "dc", "ann", "state edu paused", `do state dc-edu "paused"`},
		{"add", "dc-maps", "lea", "add a@example.net b@example.net, A@example.net", "do add dc-maps <a@example.net>\ndo add dc-maps <b@example.net>"},
		{"add with names", "", "lea", `add maps Jane Doe <jane@example.net>, "Doe, John" <john@example.net>`, "do add dc-maps <jane@example.net> \"Jane Doe\"\ndo add dc-maps <john@example.net> \"Doe, John\""},
		{"drop", "", "ann", "drop edu max@example.org", "do drop dc-edu <max@example.org>"},
		{"invite", "dc-maps", "lea", "invite jane@example.net", "do invite dc-maps <jane@example.net>"},
		{"moderate here", "dc-maps", "lea", "moderate", "show moderate dc-maps"},
		{"moderate all one leads", "", "lea", "moderate", "show moderate dc-maps"},
		{"approve", "dc-maps", "lea", "approve #3", "do approve dc-maps #3"},
		{"approve several", "", "lea", "approve maps 3, 4", "do approve dc-maps #3\ndo approve dc-maps #4"},
		{"reject", "dc-maps", "lea", "reject 3 This is off topic.\nSorry.", `do reject dc-maps "This is off topic.\nSorry." #3`},
		{"discard", "", "ann", "discard maps 3", "do discard dc-maps #3"},
		{"create at the main list", "dc", "ann", "create laws \"Laws\"\npurpose: All of them\nleader: Lea <lea@example.org>\nnext: Outline by 2026-12-01\njoin: Approved\npost: anyone\narchive: none",
			`do create dc/dc-laws "Laws" purpose="All of them" leader=lea@example.org next="Outline" by=2026-12-01 approved anyone none`},
		{"create with the whole name", "dc-maps", "ann", "create dc-laws “Laws”", `do create dc/dc-laws "Laws" purpose="" leader=ann@example.org next="" by=`},
		{"create with quotation marks in a title", "dc", "ann", "create laws The \"good\" laws", `do create dc/dc-laws "The \"good\" laws" purpose="" leader=ann@example.org next="" by=`},
		{"create with blanks before colons", "dc", "ann", "create laws \"Laws\"\nPurpose : All\nArchive : none\nleader : me", `do create dc/dc-laws "Laws" purpose="All" leader=ann@example.org next="" by=   none`},
		{"create in", "", "ann", "create laws: Laws of all\nin: dc", `do create dc/dc-laws "Laws of all" purpose="" leader=ann@example.org next="" by=`},
		{"create with the name in quotation marks", "dc", "ann", "create \"laws\" \"Laws\"", `do create dc/dc-laws "Laws" purpose="" leader=ann@example.org next="" by=`},
		{"create with quotation marks in quotation marks", "dc", "ann", "create laws \"The \"good\" laws\"", `do create dc/dc-laws "The \"good\" laws" purpose="" leader=ann@example.org next="" by=`},
		{"create politely", "dc", "ann", "create laws \"Laws\", please.", `do create dc/dc-laws "Laws" purpose="" leader=ann@example.org next="" by=`},
		{"create with a linked leader", "dc", "ann", "create laws \"Laws\"\nnext step: Outline by 2026-12-01\nleader: lea@example.org<mailto:lea@example.org>", `do create dc/dc-laws "Laws" purpose="" leader=lea@example.org next="Outline" by=2026-12-01`},
		{"create with a command below", "dc", "ann", "create laws \"Laws\"\nleader maps max@example.org", `do create dc/dc-laws "Laws" purpose="" leader=ann@example.org next="" by=` + "  \ndo leader dc-maps <max@example.org>"},
		{"create by the site's admin", "ac", "root", "create laws 'Laws'", `do create ac/ac-laws "Laws" purpose="" leader=root@example.org next="" by=`},
		{"close", "", "ann", "close maps", "do close dc-maps"},
		{"close at the group", "dc-maps", "ann", "close", "do close dc-maps"},
		{"reopen", "", "ann", "reopen dc-maps", "do reopen dc-maps"},
		{"rename to an address", "", "ann", "rename maps atlas@lists.example.org", `do rename dc-maps "dc-atlas"`},
		{"rename to", "", "ann", "rename maps to \"atlas\", please", `do rename dc-maps "dc-atlas"`},
		{"rename", "", "ann", "rename maps atlas", `do rename dc-maps "dc-atlas"`},
		{"progress with the name under it", "", "lea", "progress maps We met, said Lea.\n\nLea Leader", `do progress dc-maps "We met, said Lea."`},
		{"a need with the name under it", "", "lea", "progress maps We met.\nhelp: a designer\n\nLea", "do progress dc-maps \"We met.\"\ndo progress dc-maps \"help\" \"a designer\""},
		{"join and set", "", "new", "join maps\nset delivery daily maps\nset conceal on\npassword", "do join dc-maps\ndo delivery dc-maps \"daily\"\ndo conceal \"on\"\ndo password"},
		{"set in a sentence", "dc", "max", "set my delivery to weekly, please", `do delivery dc "weekly"`},
		{"next step", "", "lea", "next step maps: Print", `do next dc-maps "Print"`},
		{"add with the list last", "", "lea", "add new@example.org and max@example.org to maps", "do add dc-maps <new@example.org>\ndo add dc-maps <max@example.org>"},
		{"add a name with the list last", "", "lea", "add New Comer <new@example.org> to maps", `do add dc-maps <new@example.org> "New Comer"`},
		{"add a link with the list last", "", "lea", "add new@example.org<mailto:new@example.org> to maps", "do add dc-maps <new@example.org>"},
		{"drop with the list's address last", "", "lea", "drop max@example.org from dc-maps@lists.example.org", "do drop dc-maps <max@example.org>"},
		{"add as Outlook writes it", "dc-maps", "lea", "add max@example.org<mailto:max@example.org> Eva <new@example.org<mailto:new@example.org>>", "do add dc-maps <max@example.org>\ndo add dc-maps <new@example.org> \"Eva\""},
		{"add as Markdown has it", "dc-maps", "lea", "add [max@example.org](mailto:max@example.org), [Eva](mailto:new@example.org?subject=x)", "do add dc-maps <max@example.org>\ndo add dc-maps <new@example.org> \"Eva\""},
		{"add in typographic quotation marks", "dc-maps", "lea", "add “max@example.org”", "do add dc-maps <max@example.org>"},
		{"volunteer", "", "max", "volunteer maps", "do volunteer dc-maps"},
		{"volunteer at the group's address", "dc-maps", "max", "volunteer", "do volunteer dc-maps"},
		{"leader with the list last", "", "ann", "leader max@example.org of maps", "do leader dc-maps <max@example.org>"},
		{"deputy with the list last", "", "lea", "deputy max@example.org maps", "do deputy dc-maps <max@example.org>"},
		{"hand over to", "dc-maps", "lea", "handover to max@example.org", "do handover dc-maps <max@example.org>"},
		{"hand over", "", "lea", "handover maps max@example.org", "do handover dc-maps <max@example.org>"},
		{"hand over at the group's address", "dc-maps", "lea", "handover: Max <max@example.org>", `do handover dc-maps <max@example.org> "Max"`},
		{"deputy", "", "lea", "deputy maps max@example.org", "do deputy dc-maps <max@example.org>"},
		{"leader", "", "ann", "leader maps max@example.org", "do leader dc-maps <max@example.org>"},
		{"admin", "dc", "ann", "admin max@example.org", "do admin dc <max@example.org>"},
		{"announce", "dc", "ann", "announce DC meets.\nAll come.", `do announce dc "DC meets.\nAll come."`},
		{"announce from the site", "", "ann", "announce dc We meet.", `do announce dc "We meet."`},
		{"digest now", "dc", "ann", "digest now", "do digest-now dc"},
		{"digest preview", "", "ann", "digest dc preview", "show digest dc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := w.facts(lists.Address(c.asker + "@example.org"))
			f.Here = w.list(c.at)
			if got := decided(f, "", c.mail); got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// Each mistake is named. Nothing that the asker wrote is said back while they
// are not believed: the word "gibberish" stands in many of these mails.
func TestDecideRefuses(t *testing.T) {
	w := world()
	for _, c := range []struct{ name, at, asker, mail, want string }{
		{"unknown list", "dc", "new", "join gibberish", "no list of the name that stands in line 1. The lists are dc, dc-edu"},
		{"misspelt list", "dc", "new", "join mapps", "Did you mean maps?"},
		{"ambiguous short name", "", "new", "join tools", "Several lists have that short name: ac-tools and dc-tools."},
		{"several main lists", "", "new", "join", "There are several lists, so say which you mean"},
		{"join another", "dc", "new", "join dc gibberish@example.net", "You can only join with the address that you write from"},
		{"leave, in several", "", "max", "leave", "You are in several lists: dc and dc-edu."},
		{"leave, in none", "", "new", "leave", "This address is in no list here"},
		{"join too many", "dc", "new", "join" + strings.Repeat(" gibberish", 60), "One command can name 50 lists at most."},
		{"a line without end", "dc-maps", "lea", "add " + strings.Repeat("gibberish@example.net ", 2000), "too long"},
		{"confirm without token", "", "new", "yes", "answer the mail that asked it"},
		{"a stranger's who", "dc", "new", "who", "This address is in no list here, and \"who\" is for members."},
		{"who of another family", "", "max", "who ac", "Only members of ac can do that"},
		{"set nothing", "dc", "max", "set", "What to set is missing"},
		{"set an unknown thing", "dc", "max", "set gibberish on", "The settings are delivery, vacation"},
		{"set one unknown word", "dc", "max", "set gibberish", "What stands in line 1 is no setting"},
		{"set an unknown delivery", "dc", "max", "set delivery gibberish", "no way of delivery"},
		{"set each as plain text", "dc", "max", "set delivery each plain", "Only digests come as plain text"},
		{"set delivery where one is not", "dc-maps", "max", "set delivery daily", "You are not in dc-maps"},
		{"set a bad date", "dc", "max", "set vacation until gibberish", "is no date that I can read"},
		{"set an ambiguous date", "dc", "max", "set vacation until 12/1", "two ways. Write 2027-01-12 or 2026-12-01."},
		{"set a past date", "dc", "max", "set vacation until 2026-01-01", "2026-01-01, is past"},
		{"set no date", "dc", "max", "set vacation", "The last day of the vacation is missing"},
		{"set a bad switch", "dc", "max", "set conceal gibberish", `Write "set conceal on" or "set conceal off".`},
		{"set a bad language", "dc", "max", "set language gibberish!", "A language is a code"},
		{"progress without a group", "dc", "lea", "progress", "Say which group"},
		{"progress of no group", "dc", "lea", "progress gibberish here", "The name of the group comes first here"},
		{"progress without text", "dc-maps", "lea", "progress", "What the group has done is missing"},
		{"progress of another group", "", "max", "progress maps We met.", "Only members of dc-maps"},
		{"progress too long", "dc-maps", "lea", "progress " + strings.Repeat("gibberish ", 3000), "20000 is the most"},
		{"address missing", "", "max", "address", "The new address is missing"},
		{"address malformed", "", "max", "address gibberish", "The new address in line 1 is no mail address"},
		{"address as before", "", "max", "address MAX@example.org", "known by already"},
		{"address of a list", "", "max", "address dc-maps@lists.example.org", "an address of the lists themselves"},
		{"next by a member", "", "max", "next edu Publish", "Only the leaders of dc-edu"},
		{"next of letters that take two octets", "", "lea", "next maps " + strings.Repeat("خ", 1001), "A next step has 1000 characters at most"},
		{"next with a bad date", "", "lea", "next maps Publish gibberish by 2026-13-45", "There is no day like that in line 1 in the calendar"},
		{"next with a past date", "", "lea", "next maps Publish by 2025-01-01", "is past"},
		{"next without a step", "dc-maps", "lea", "next", "The next step is missing"},
		{"state unknown", "dc-maps", "lea", "state gibberish", "is no state: write forming, active, paused or done"},
		{"state closed", "dc-maps", "lea", "state closed", `an admin writes "close LIST"`},
		{"add without address", "dc-maps", "lea", "add", "The address is missing"},
		{"add malformed", "dc-maps", "lea", "add gibberish@@example", "Address 1 in line 1 is no mail address"},
		{"add by a member", "dc-edu", "max", "add a@example.net", "Only the leaders of dc-edu"},
		{"approve nothing", "dc-maps", "lea", "approve", "The number of the post is missing"},
		{"approve no number", "dc-maps", "lea", "approve gibberish", "is no number of a waiting post"},
		{"approve by a member", "dc-edu", "max", "approve 1", "Only the leaders of dc-edu"},
		{"create by a member", "dc", "max", "create laws \"Laws\"", "Only the admins of dc can do that"},
		{"create by a stranger", "dc", "new", "create laws \"Laws\"", "Only the admins of dc can do that"},
		{"create without in", "", "ann", "create laws \"Laws\"", "There are several main lists: ac and dc. Say which one you mean. Add a line under create, for example: in: ac"},
		{"create in an unknown list", "", "ann", "create laws \"Laws\"\nin: gibberish", "The main lists are ac and dc."},
		{"create in a group", "", "ann", "create laws \"Laws\"\nin: dc-maps", "dc-maps is a group under dc"},
		{"create in another's family", "", "ann", "create laws \"Laws\"\nin: ac", "Only the admins of ac"},
		{"create a name taken", "dc", "ann", "create maps \"Laws\"", "There is already a list dc-maps (Data protection map)."},
		{"create a role word", "dc", "ann", "create join \"Laws\"", `"join" can't be a list's name`},
		{"create a name that ends in a role word", "dc", "ann", "create gibberish-owner \"Laws\"", `"owner" can't be a list's name, nor the end of one`},
		{"create a malformed name", "dc", "ann", "create gibberish_ü \"Laws\"", "The name in line 1 can't be used: a name has only the letters"},
		{"create a name in two words", "dc", "ann", "create gibberish laws \"Laws\"", "The name in line 1 can't be used: a name has only the letters"},
		{"create too long a name", "dc", "ann", "create gibberish-" + strings.Repeat("x", 40) + " \"Laws\"", "too long: under dc a name has 37 characters at most"},
		{"create without title", "dc", "ann", "create gibberish", "The title is missing"},
		{"create without name", "dc", "ann", "create \"Gibberish\"", "The name is missing"},
		{"create with a malformed leader", "dc", "ann", "create laws \"Laws\"\nleader: gibberish", "The leader's address in line 2 is no mail address"},
		{"create with two leaders", "dc", "ann", "create laws \"Laws\"\nleader: a@b.org, c@d.org", "names several people"},
		{"create with an empty leader", "dc", "ann", "create laws \"Laws\"\nleader:", "leader: in line 2 is empty"},
		{"create with commas for a leader", "dc", "ann", "create laws \"Laws\"\nleader: ,", "The leader's address is missing"},
		{"create with a bad policy", "dc", "ann", "create laws \"Laws\"\njoin: gibberish", "What stands in line 2 can't follow \"join:\". Write open, approved or invited."},
		{"create with a bad post policy", "dc", "ann", "create laws \"Laws\"\npost: gibberish", "family, members, anyone, moderated or announce"},
		{"create with a bad archive", "dc", "ann", "create laws \"Laws\"\narchive: gibberish", "public, members or none"},
		{"create with a bad date", "dc", "ann", "create laws \"Laws\"\nnext: gibberish by 2026-02-30", "There is no day like that in line 2"},
		{"create with a key misspelt", "dc", "ann", "create laws \"Laws\"\npurpse: gibberish", "The word before the colon in line 2 is not known. Did you mean \"purpose:\"?"},
		{"create with a word that is none, and a mistake after it", "dc", "ann", "create laws \"Laws\"\ncolour: red\nleader: gibberish", "The leader's address in line 3 is no mail address"},
		{"create with a key misspelt under a purpose", "dc", "ann", "create laws \"Laws\"\npurpose: All\nleaders: gibberish@x.example\njoin: open", "in line 3 is not known. Did you mean \"leader:\"?"},
		{"create with a property on its line", "dc", "ann", "create laws \"Laws\" purpose: gibberish", "More stands behind the title in line 1."},
		{"create with a property on its line, unquoted", "dc", "ann", "create laws Laws; purpose: gibberish", "More stands behind the title in line 1."},
		{"create with two titles", "dc", "ann", "create laws \"Laws\"\ntitle: gibberish", "The title stands there twice, again in line 2."},
		{"create with a purpose without its colon", "dc", "ann", "create laws \"Laws\"\npurpose gibberish", `A colon is missing behind "purpose" in line 2. Write it as "purpose: …".`},
		{"create with a leader without its colon", "dc", "ann", "create laws \"Laws\"\npurpose: All\nLeader gibberish@x.example", `A colon is missing behind "leader" in line 3.`},
		{"create with an equals sign", "dc", "ann", "create laws \"Laws\"\nleader = gibberish@x.example", `A colon is missing behind "leader" in line 2.`},
		{"create with a next step without its colon", "dc", "ann", "create laws \"Laws\"\nnext gibberish by 2026-12-01", `A colon is missing behind "next" in line 2.`},
		{"approve without the group", "dc", "lea", "approve 1", `You lead dc-maps, and not dc. Name the group first: "approve dc-maps …".`},
		{"create with a key twice", "dc", "ann", "create laws \"Laws\"\njoin: open\njoin: open", "join: stands there twice, again in line 3"},
		{"close by a leader", "", "lea", "close maps", "Only the admins of dc"},
		{"close nothing", "dc", "ann", "close", "Say which group"},
		{"close an unknown list", "dc", "ann", "close gibberish", "The name of the group comes first here"},
		{"rename to two words", "", "ann", "rename maps gibberish project", `A name is one word, and 2 stand in line 1 as the new one. Write "rename LIST NEW".`},
		{"rename to a name taken", "", "ann", "rename maps edu", "There is already a list dc-edu"},
		{"rename to nothing", "", "ann", "rename maps", "The new name is missing"},
		{"rename to a role word", "", "ann", "rename maps gibberish-join", `"join" can't be`},
		{"volunteer for nothing", "", "max", "volunteer", "Say which group"},
		{"volunteer for a main list", "", "max", "volunteer dc", "dc is a main list"},
		{"volunteer as a stranger", "", "new", "volunteer maps", "This address is in no list here"},
		{"volunteer somebody else", "", "max", "volunteer maps jane@example.net", "You can only offer yourself"},
		{"hand over what one doesn't lead", "", "max", "handover maps jane@example.net", "Only the leaders of dc-maps"},
		{"hand over to nobody", "", "lea", "handover maps", "The address is missing"},
		{"deputy malformed", "", "lea", "deputy maps gibberish", "The address in line 1 is no mail address"},
		{"leader malformed", "", "ann", "leader maps gibberish", "The address in line 1 is no mail address"},
		{"leader missing", "", "ann", "leader maps", "The address is missing"},
		{"admin by a member", "dc", "max", "admin max@example.org", "Only the admins of dc"},
		{"announce nothing", "dc", "ann", "announce", "The text is missing"},
		{"announce where several are", "", "ann", "announce gibberish", "There are several main lists"},
		{"digest of what", "dc", "ann", "digest gibberish", `Write "digest now" or "digest preview"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := w.facts(lists.Address(c.asker + "@example.org"))
			f.Here = w.list(c.at)
			got := decided(f, "", c.mail)
			if !strings.Contains(got, "no: ") || !strings.Contains(got, c.want) {
				t.Errorf("got:\n%s\nwant a refusal with:\n%s", got, c.want)
			}
			if strings.Contains(strings.ToLower(got), "gibberish") {
				t.Errorf("the asker is not believed, and their words are said back:\n%s", got)
			}
			if !strings.HasPrefix(c.name, "join another") && strings.Contains("\n"+got, "\ndo ") {
				t.Errorf("refused, and yet carried out:\n%s", got)
			}
		})
	}
}

func TestDecideInPart(t *testing.T) {
	f := world().facts("lea@example.org")
	f.Here = world().list("dc-maps")
	got := decided(f, "", "add a@example.net bad@@x c@example.net")
	want := "do add dc-maps <a@example.net>\ndo add dc-maps <c@example.net>\nno: Address 2 in line 1 is no mail address. Write it as name@example.org."
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestDecideSaysBackToTheBelieved(t *testing.T) {
	f := world().facts("ann@example.org")
	f.Here, f.Believed = world().list("dc"), true
	for mail, want := range map[string]string{
		"join gibberish":                               `no list "gibberish"`,
		"create gibberish-owner \"T\"":                 "gibberish-owner",
		"create laws \"T\"\nleader: gibberish":         "gibberish",
		"next maps x by 2026-02-30":                    `no day "2026-02-30"`,
		"state maps gibberish":                         `"gibberish" is no state`,
		"approve " + strings.Repeat("gibberish", 1000): "gibberish",
	} {
		if got := decided(f, "", mail); !strings.Contains(got, want) || len(got) > 500 {
			t.Errorf("%.60q: %s", mail, got)
		}
	}
}

func TestDecideBoundsActions(t *testing.T) {
	f := world().facts("ann@example.org")
	f.Here = world().list("dc")
	many := func(n int) string {
		s := "add"
		for i := range n {
			s += fmt.Sprintf(" p%d@example.net", i)
		}
		return s
	}
	for _, mail := range []string{many(maxActions + 5), many(60) + "\n" + strings.ReplaceAll(many(60), "add", "invite")} {
		total := 0
		for _, d := range Decide(f, Parse("", mail).Commands) {
			total += len(d.Actions)
		}
		if total > maxActions || total == 0 {
			t.Errorf("%d actions from one mail", total)
		}
	}
}

func TestDecideWithoutLists(t *testing.T) {
	f := Facts{Asker: "ann@example.org", Site: lists.Site{Domain: testDomain, Admins: []lists.Address{"ann@example.org"}}, Dir: lists.NewDirectory(testDomain, nil), Today: "2026-11-23"}
	for _, e := range Language() {
		for _, form := range []string{e.Name, e.Example} {
			decided(f, "", form)
		}
	}
	if got := decided(f, "", "create maps \"Map\""); !strings.Contains(got, "There is no main list here yet") {
		t.Error(got)
	}
}
