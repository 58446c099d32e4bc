package command

// Who may give a command. Each also may what those before it may.
type Who int

// The circles of people, from the widest.
const (
	Anyone Who = iota
	Members
	Leaders
	Admins
)

func (w Who) String() string {
	return [...]string{"anyone", "members", "leaders", "admins"}[w]
}

// Needs says which list a command is about, and how that is told.
type Needs int

// The ways in which a command comes to its list.
const (
	NoList    Needs = iota // about the asker or the site
	AnyLists               // names any number of lists; else the address tells
	OneList                // may name a list first; else the address tells
	NamedList              // names a list first, save at a group's own address
	MainList               // acts in a main list; else the address, or the only one
)

// Entry is one command of the language. Parsing, help and the reference in
// README all read this table and nothing else.
type Entry struct {
	Name     string
	Synonyms []string
	Forms    []string // as they are written, without synonyms
	Who      Who
	Needs    Needs
	Takes    bool   // takes the following lines too
	Help     string // one line
	More     string // what help says beyond it when asked for this command alone, may be ""
	Example  string
}

// Language is the whole command language, in the order in which help shows
// it (DESIGN section 1, "Email commands").
func Language() []Entry { return append([]Entry(nil), language[:]...) }

var language = [...]Entry{
	{Name: "help", Synonyms: []string{"?", "commands"}, Forms: []string{"help [COMMAND]"}, Who: Anyone,
		Help: "Sends this text, or what there is to say about one command.", Example: "help set"},
	{Name: "lists", Synonyms: []string{"groups", "index"}, Forms: []string{"lists"}, Who: Anyone,
		Help: "Shows the lists and groups: what each is doing next and how to join it.", Example: "lists"},
	{Name: "info", Synonyms: []string{"about", "intro"}, Forms: []string{"info [LIST]"}, Who: Anyone, Needs: OneList,
		Help: "Tells what a list is for, who leads it, its next step and its addresses.", Example: "info data-protection"},
	{Name: "join", Synonyms: []string{"subscribe", "sub"}, Forms: []string{"join [LIST…]"}, Who: Anyone, Needs: AnyLists,
		Help: "Subscribes you. Joining a group joins its main list too.", Example: "join data-protection"},
	{Name: "leave", Synonyms: []string{"unsubscribe", "unsub", "signoff", "remove"}, Forms: []string{"leave [LIST…|all]"}, Who: Anyone, Needs: AnyLists,
		Help: "Unsubscribes you. Leaving a main list leaves its groups too; all means every list.", Example: "leave data-protection"},
	{Name: "confirm", Synonyms: []string{"ok", "yes", "auth"}, Forms: []string{"confirm TOKEN"}, Who: Anyone,
		Help: "Says yes to the question that holds the token. Answering the question's mail does the same.", Example: "confirm 7kq2m5wz3xv4n6bq7kq2m5wz3x"},

	{Name: "who", Synonyms: []string{"review"}, Forms: []string{"who [LIST]"}, Who: Members, Needs: OneList,
		Help: "Names the members of a list, save those who don't want to be shown.", Example: "who data-protection"},
	{Name: "set", Forms: []string{"set delivery each|daily|weekly|none", "set vacation until DATE|off", "set own-posts on|off", "set conceal on|off", "set language CODE"}, Who: Members, Needs: OneList,
		Help:    "Changes how mail reaches you.",
		More:    "\"set mail\", \"set digest\" and \"set nomail\" mean \"set delivery each\", daily and none; \"set delivery weekly plain\" gives a digest as one plain text. At the address of a list, set delivery changes that list; elsewhere all of yours, or the one named after set: \"set data-protection delivery weekly\".",
		Example: "set delivery daily"},
	{Name: "settings", Synonyms: []string{"status", "query"}, Forms: []string{"settings"}, Who: Members,
		Help: "Shows your settings.", Example: "settings"},
	{Name: "which", Forms: []string{"which"}, Who: Members,
		Help: "Shows the lists you are in.", Example: "which"},
	{Name: "progress", Forms: []string{"progress LIST TEXT…"}, Who: Members, Needs: NamedList, Takes: true,
		Help:    "Reports what your group has done, for the digest.",
		More:    "The text goes on over the following lines, up to a line \"end\" or your signature. Lines that begin with next: done: dropped: state: help: or dissent: say the next step, the step that was done or given up, the state, what help is wanted and who sees it otherwise. At the group's own address its name is left out.",
		Example: "progress data-protection We met and agreed on the outline."},
	{Name: "volunteer", Forms: []string{"volunteer LIST"}, Who: Members, Needs: NamedList,
		Help: "Offers that you lead a group. Its leaders and the admins decide.", Example: "volunteer data-protection"},
	{Name: "address", Forms: []string{"address NEW@…"}, Who: Members,
		Help: "Moves your subscriptions to another address.", Example: "address jane@example.net"},
	{Name: "password", Forms: []string{"password"}, Who: Members,
		Help: "Sends a sign-in link that works once, and a password for reading the archive by IMAP.", Example: "password"},

	{Name: "next", Forms: []string{"next LIST STEP [by DATE]"}, Who: Leaders, Needs: NamedList,
		Help: "Says what the group does next, and by when.", Example: "next data-protection Publish the outline by 2026-12-01"},
	{Name: "state", Forms: []string{"state LIST forming|active|paused|done"}, Who: Leaders, Needs: NamedList,
		Help: "Says how the group is.", Example: "state data-protection active"},
	{Name: "handover", Forms: []string{"handover LIST ADDRESS"}, Who: Leaders, Needs: NamedList,
		Help: "Hands a group over to somebody, who is asked first.", More: "Once they say yes they lead the group in your place, and you stay a member. Where an admin who doesn't lead the group hands it over, they lead it in place of all who did.", Example: "handover data-protection jane@example.net"},
	{Name: "deputy", Forms: []string{"deputy LIST ADDRESS"}, Who: Leaders, Needs: NamedList,
		Help: "Makes somebody your deputy, who is asked first.", More: "A deputy may do all that a leader may, and gets the week's question too.", Example: "deputy data-protection jane@example.net"},
	{Name: "add", Forms: []string{"add [LIST] ADDRESS…"}, Who: Leaders, Needs: OneList,
		Help: "Adds people of the main list to a group at once. Others are asked first.", Example: "add data-protection jane@example.net"},
	{Name: "drop", Forms: []string{"drop [LIST] ADDRESS…"}, Who: Leaders, Needs: OneList,
		Help: "Unsubscribes people.", Example: "drop data-protection jane@example.net"},
	{Name: "invite", Forms: []string{"invite [LIST] ADDRESS…"}, Who: Leaders, Needs: OneList,
		Help: "Asks people whether they want to join.", Example: "invite data-protection jane@example.net"},
	{Name: "moderate", Forms: []string{"moderate [LIST]"}, Who: Leaders, Needs: OneList,
		Help: "Shows the posts that wait for a decision, with their numbers.", Example: "moderate data-protection"},
	{Name: "approve", Forms: []string{"approve [LIST] N"}, Who: Leaders, Needs: OneList,
		Help: "Sends the waiting post number N to the list.", Example: "approve data-protection 3"},
	{Name: "reject", Forms: []string{"reject [LIST] N [REASON]"}, Who: Leaders, Needs: OneList, Takes: true,
		Help:    "Sends the waiting post number N back to its author, with the reason.",
		More:    "The reason goes on over the following lines, up to a line \"end\" or your signature.",
		Example: "reject data-protection 3 This belongs on the main list."},
	{Name: "discard", Forms: []string{"discard [LIST] N"}, Who: Leaders, Needs: OneList,
		Help: "Drops the waiting post number N and tells nobody.", Example: "discard data-protection 3"},

	{Name: "create", Forms: []string{`create NAME "Title"`}, Who: Admins, Needs: MainList,
		Help: "Makes a group and announces it on the main list.",
		More: `Lines under it say more; all may be left out:

purpose: what the group intends to do
leader: an address (you, if left out)
next: the next step, by a date
join: open, approved or invited
post: family, members, anyone, moderated or announce
archive: public, members or none
in: the main list, where there are several

A purpose and a next step may go on over the following lines.`,
		Example: `create data-protection "Data protection map"`},
	{Name: "close", Forms: []string{"close LIST"}, Who: Admins, Needs: NamedList,
		Help: "Closes a group: its members and archive stay, and nobody can post.", Example: "close data-protection"},
	{Name: "reopen", Forms: []string{"reopen LIST"}, Who: Admins, Needs: NamedList,
		Help: "Opens a closed group again.", Example: "reopen data-protection"},
	{Name: "rename", Forms: []string{"rename LIST NEW"}, Who: Admins, Needs: NamedList,
		Help: "Gives a group another name. The old address goes on working.", Example: "rename data-protection privacy"},
	{Name: "leader", Forms: []string{"leader LIST ADDRESS"}, Who: Admins, Needs: NamedList,
		Help: "Makes somebody a leader of a group.", Example: "leader data-protection jane@example.net"},
	{Name: "admin", Forms: []string{"admin ADDRESS"}, Who: Admins, Needs: MainList,
		Help: "Makes somebody an admin of the main list and its groups.", Example: "admin jane@example.net"},
	{Name: "announce", Forms: []string{"announce TEXT…"}, Who: Admins, Needs: MainList, Takes: true,
		Help:    "Posts a text to the main list, in the name of the site.",
		More:    "The text goes on over the following lines, up to a line \"end\" or your signature.",
		Example: "announce We meet on Friday at nine."},
	{Name: "digest", Forms: []string{"digest now|preview"}, Who: Admins, Needs: MainList,
		Help: "Sends the digest that is due next at once, or shows it to you alone.", Example: "digest preview"},
}

// lookup finds the entry that a word, in lower case, names.
func lookup(word string) (Entry, bool) {
	for _, e := range language {
		if e.Name == word {
			return e, true
		}
		for _, s := range e.Synonyms {
			if s == word {
				return e, true
			}
		}
	}
	return Entry{}, false
}
