package command

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is read of one mail at most; commands never come near it.
const (
	maxRead  = 256 << 10 // octets of the text
	maxLines = 4000
)

// line is one line of a mail. The subject is number 0.
type line struct {
	no   int
	text string // without line end, trailing space and invisible characters
}

func (l line) blank() bool { return l.text == "" }

// ownLines are the lines that the author wrote, as ownOf (message.OwnText,
// message.OwnAbove) gives them, without quoting and up to the signature or an
// end word, with their numbers in the whole text. Blank lines stay, they part
// paragraphs.
func ownLines(text string, ownOf func(string) string) []line {
	if len(text) > maxRead {
		text = text[:maxRead]
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	raw := strings.Split(text, "\n")
	if len(raw) > maxLines {
		raw = raw[:maxLines]
		text = strings.Join(raw, "\n")
	}
	own := strings.Split(ownOf(text), "\n")
	var lines []line
	for i, s := range raw {
		for len(own) > 0 && strings.TrimSpace(own[0]) == "" {
			own = own[1:]
		}
		switch {
		case len(own) == 0:
			return lines
		case strings.TrimSpace(s) == "":
			lines = append(lines, line{i + 1, ""})
		case strings.TrimSpace(s) == strings.TrimSpace(own[0]):
			if own = own[1:]; endWord(visible(s)) {
				return lines
			}
			lines = append(lines, line{i + 1, visible(s)})
		}
	}
	return lines
}

// visible drops what nobody sees (zero-width and direction marks, other
// control characters) and trailing space. Leading space stays: it tells
// continued lines.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d':
			return -1
		}
		return r
	}, s)
	return strings.TrimRightFunc(s, unicode.IsSpace)
}

// endWord tells whether s is a word after which no commands are read.
func endWord(s string) bool {
	switch strings.ToLower(strings.TrimRight(strings.TrimSpace(s), ".!:;")) {
	case "end", "stop", "quit", "--":
		return true
	}
	return false
}

var (
	replyMark = regexp.MustCompile(`(?i)^(?:re|aw|antw|antwort|sv|vs|ref|res|rif|r|fw|fwd|wg|tr|rv|enc|i|odp|ynt|vb|bls|vl|doorst|vá|továbbítás|πρ|απ|σχετ|отв|ha|на|rép|转发|转寄|轉寄|答复|回复|回覆|返信|رد|إعادة توجيه)(?:\s?[\[(]\d{1,3}[\])]|\^\d{1,3})?\s?[:：]\s*`)
	listTag   = regexp.MustCompile(`^\[[^\[\]]{1,60}\]\s*`)
)

// cleanSubject takes the marks of answering and forwarding, and list tags,
// from a subject. marked tells whether there was a mark: then the subject is
// somebody else's.
func cleanSubject(s string) (subject string, marked bool) {
	if len(s) > 2000 {
		s = s[:2000]
	}
	s = oneLine(strings.ToValidUTF8(s, "\uFFFD"))
	for range 20 {
		rest := listTag.ReplaceAllString(s, "")
		if cut := replyMark.ReplaceAllString(rest, ""); cut != rest {
			rest, marked = cut, true
		}
		if rest == s {
			break
		}
		s = rest
	}
	return s, marked
}

// plainQuotes turns the quotation marks that mail programs make into ".
func plainQuotes(s string) string {
	return strings.NewReplacer(
		"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`, "＂", `"`,
		"「", `"`, "」", `"`, "『", `"`, "』", `"`, "‹", `"`, "›", `"`, "``", `"`, "''", `"`,
		"‘", "'", "’", "'", "‚", "'",
	).Replace(s)
}

// decoration is what people and programs put before a command: bullets, and
// the marks that HTML mail leaves when it is turned into text.
const decoration = "*-•·‣–`\"'“”„«»‘’() \t\u00a0"

// greeting and closing words, in lower case. A line of five words at most
// that begins with one is courtesy and no attempt at a command.
var (
	greetings = []string{"hi", "hello", "hey", "dear", "good morning", "good day", "good afternoon", "good evening", "greetings",
		"bonjour", "salut", "bonsoir", "hallo", "guten tag", "guten morgen", "liebe", "lieber", "sehr geehrte", "moin", "hola", "buenos", "buenas", "estimad",
		"ciao", "buongiorno", "salve", "olá", "ola", "bom dia", "boa tarde", "caro", "cara", "beste", "goedemorgen", "goedendag", "здравствуйте", "привет", "добрый",
		"مرحبا", "السلام", "你好", "您好", "こんにちは"}
	closings = []string{"thank", "thanks", "thx", "many thanks", "cheers", "best", "all the best", "regards", "kind regards", "warm regards", "sincerely", "yours", "bye",
		"merci", "cordialement", "bien à vous", "danke", "vielen dank", "viele grüße", "mit freundlichen", "mfg", "lg", "gruß", "grüße", "beste grüße", "liebe grüße", "freundliche grüße",
		"gracias", "saludos", "un saludo", "grazie", "saluti", "cordiali saluti", "obrigad", "atenciosamente", "abraço", "bedankt", "dank", "groet", "met vriendelijke", "mvg",
		"спасибо", "с уважением", "شكرا", "谢谢", "此致", "ありがとう", "よろしく"}
)

func begins(s string, with []string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(strings.Fields(s)) > 5 {
		return false
	}
	for _, w := range with {
		if rest, ok := strings.CutPrefix(s, w); ok {
			r, _ := utf8.DecodeRuneInString(rest)
			if len(w) >= 5 || !unicode.IsLetter(r) {
				return true
			}
		}
	}
	return false
}
