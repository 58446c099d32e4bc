package command

import (
	"regexp"
	"strings"

	"plenary/smtp/message"
)

// fillers are words that may stand beside "unsubscribe" in a mail that is
// nothing but a command.
var fillers = []string{"me", "my", "please", "pls", "from", "to", "off", "of", "this", "the", "list", "lists", "mailing", "mailinglist", "group", "email", "e-mail", "mail",
	"address", "mails", "emails", "all", "now", "thanks", "thank", "you", "i", "want", "would", "like", "wish"}

// CommandOnly tells whether a post is nothing but a command that went to
// everybody by mistake: it returns the command's name, else "". A post is
// spared wherever it may be meant: a sentence that begins with "help" or
// "join" is a sentence.
func CommandOnly(subject, text string) string {
	title, answers := cleanSubject(subject)
	fromSubject := loneCommand(title)
	if answers {
		title, fromSubject = "", "" // somebody else's words
	}
	if fromSubject == "" && beginsAsPost(text) {
		return ""
	}
	return onlyCommand(title, answers, fromSubject, text)
}

// onlyCommand is CommandOnly by reading all of a text.
func onlyCommand(title string, answers bool, fromSubject, text string) string {
	var body []string
	closed := false
	for _, l := range ownLines(text, message.OwnText) {
		switch {
		case l.blank(), len(body) == 0 && begins(l.text, greetings):
		case closed || (len(body) > 0 || fromSubject != "") && begins(l.text, closings):
			closed = true // and a name
		default:
			body = append(body, l.text)
		}
	}
	switch {
	case fromSubject == "create" && wholeCreate(title, body), len(body) > 0 && loneCommand(body[0]) == "create" && wholeCreate("", body):
		return "create"
	case len(body) == 0:
		return fromSubject
	case len(body) > 1:
		return ""
	}
	switch name := loneCommand(body[0]); {
	case name == "":
		return ""
	case name == "join" || name == "leave" || telling(name):
		return name
	case title == "" && !answers || fromSubject == name:
		return name
	}
	return ""
}

// beginsAsPost tells, by its first lines, what nearly all posts are: more
// than a command.
func beginsAsPost(text string) bool {
	if strings.ContainsRune(text, '\r') { // other line ends than ours
		return false
	}
	for _, s := range strings.Split(message.OwnStart(text, 2), "\n") {
		if s = visible(s); s != "" && !begins(s, greetings) {
			return loneCommand(s) == ""
		}
	}
	return false
}

// loneCommand is the name of the command that s is and nothing else, or "".
// Words that people also say to each other (ok, yes, who, next, status …)
// are none.
func loneCommand(s string) string {
	s = strings.TrimSpace(strings.TrimLeft(s, decoration))
	if len(s) > 100 {
		return ""
	}
	words := strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", ".", " ", "!", " ", ":", " ", ";", " ").Replace(s)))
	i := 0
	for len(words) > 1 && i < len(words) && isFiller(words[i]) {
		i++
	}
	if i == len(words) {
		return ""
	}
	word, rest := words[i], words[i+1:]
	entry, ok := lookup(word)
	if !ok {
		return ""
	}
	switch entry.Name {
	case "leave":
		if fill(words[:i]) && (fill(rest) || oldForm(word, s)) && (word != "leave" && word != "remove" || len(words) == 1 || word == "remove" && len(rest) > 0 && rest[0] == "me") {
			return entry.Name
		}
	case "join":
		if fill(words[:i]) && (fill(rest) || oldForm(word, s)) && (word != "join" || len(words) == 1) {
			return entry.Name
		}
	case "help", "lists", "info", "which", "settings", "password":
		if len(words) == 1 && word == entry.Name && !strings.ContainsAny(s, "!") {
			return entry.Name
		}
	case "confirm":
		if i == 0 && word == "confirm" && len(rest) == 1 && tokenShaped(rest[0]) {
			return entry.Name
		}
	case "approve", "reject", "discard":
		if i == 0 && decision(s) {
			return entry.Name
		}
	case "add", "drop", "invite":
		if i == 0 && onlyAddresses(s) {
			return entry.Name
		}
	case "create":
		if i == 0 && quotedTitle.MatchString(plainQuotes(s)) {
			return entry.Name
		}
	case "set":
		if i == 0 && len(rest) <= 2 && len(rest) > 0 && setWord(rest[0]) {
			return entry.Name
		}
	}
	return ""
}

// quotedTitle is a create line as nobody writes it to people.
var quotedTitle = regexp.MustCompile(`(?i)^create:?\s+"?[a-z0-9-]+"?\s+"[^"]+"$`)

// telling are the commands that no subject beside them makes a post of: they
// hold a number, addresses or a title.
func telling(name string) bool {
	switch name {
	case "approve", "reject", "discard", "add", "drop", "invite", "create":
		return true
	}
	return false
}

// wholeCreate tells whether a mail is a create and the lines under it.
func wholeCreate(subject string, body []string) bool {
	p := Parse(subject, strings.Join(body, "\n"))
	return len(p.Commands) == 1 && p.Commands[0].Name == "create" && len(p.Unknown) == 0
}

// onlyAddresses tells whether a line is add, drop or invite with a list's
// name, where it has one, and addresses.
func onlyAddresses(s string) bool {
	words := strings.Fields(s)[1:]
	if len(words) > 1 && !strings.Contains(words[0], "@") {
		words = words[1:]
	}
	return len(words) > 0 && moreAddresses(strings.Join(words, " "))
}

// oldForm tells whether s is a word of list servers' own, which nobody
// says to people, and the one name or address behind it: "signoff maps".
func oldForm(word, s string) bool {
	words := strings.Fields(s)
	return len(words) == 2 && strings.EqualFold(strings.TrimRight(words[0], ",:"), word) && (word == "unsubscribe" || word == "unsub" || word == "signoff" || word == "subscribe")
}

func fill(words []string) bool {
	for _, w := range words {
		if !isFiller(w) {
			return false
		}
	}
	return len(words) <= 8
}

func isFiller(word string) bool {
	for _, f := range fillers {
		if f == word {
			return true
		}
	}
	return false
}

// setWord tells whether word is one that follows set and nothing else.
func setWord(word string) bool {
	switch word {
	case "nomail", "mail", "digest", "nodigest", "delivery", "vacation", "own-posts", "conceal":
		return true
	}
	return false
}
