package progress

import (
	"regexp"
	"slices"
	"strings"

	"plenary/lists"
)

// Answer is what a reply to the week's question says.
type Answer struct {
	Progress string // what happened, "" nothing was said of it
	Next     string // the next step, "" unchanged
	By       lists.Date
	State    lists.State // "" unchanged
	Help     string
	Dissent  string
	Unsaid   Unsaid
	Done     string        // the step that was done, in its words; theStep, the one that stands
	Dropped  string        // the step that was given up
	BadStep  error         // why the next step that was said can't be taken
	BadState bool          // the state that was said is none
	Going    bool          // asked whether the group goes on, they said how it is
	HandTo   lists.Address // who shall lead it
}

// Unsaid is what a line says that there is none of ("help: none"): what was
// said of it before is taken back.
type Unsaid struct{ Help, Dissent bool }

// Empty tells whether nothing was said at all.
func (a Answer) Empty() bool {
	return a == Answer{}
}

// A sentence that says of itself that it is the next step.
var (
	lastSentence = regexp.MustCompile(`(?is)(?:^|[.!?]\s+|\n)(?:` + strings.Join([]string{
		`(?:our |the )?next step(?: is| will be|:)\s+(?:to )?`,
		`(?:la |notre )?prochaine étape(?: est| sera|\s*:)\s+(?:de |d['’])?`,
		`(?:el |nuestro )?próximo paso(?: es| será|:)\s+`,
		`(?:o |nosso )?próximo passo(?: é| será|:)\s+`,
		`(?:il |nostro )?prossimo passo(?: è| sarà|:)\s+(?:di )?`,
		`(?:der |unser )?nächste[rn]? schritt(?: ist| wird sein|:)\s+`,
		`(?:наш )?следующий шаг(?:\s*[—–-]|:| будет)\s+`,
		`(?:الخطوة التالية)(?: هي|:)\s+`,
		`(?:de |onze )?volgende stap(?: is| wordt|:)\s+(?:om )?`,
		`(?:naszym )?następn(?:ym krokiem|y krok)(?: jest| będzie|:| to)\s+`,
		`(?:bir )?sonraki adım(?:ımız)?(?::|\s*[—–-])\s+`,
		`hatua inayofuata(?: ni|:)\s+`,
	}, "|") + `)((?:[^.!?\n]|\d\.)+)[.!?]?\s*$|(?:^|[。！？\n])\s*下一步(?:是|：|:|，我们将|将)\s*([^。！？\n]+)[。！？]?\s*$`)
)

// ReadAnswer reads the reply's own text, quotes and signature already cut.
// Lines that begin with next:, done:, dropped:, state:, help: or dissent:, or
// with those words in a language of keyWords, are taken as such,
// with the lines that follow them up to an empty one; the rest is progress.
// A last sentence that says "the next step is …" is the next step too.
func ReadAnswer(own string, today lists.Date) Answer { return readAnswer(own, today, nil) }

// readAnswer is ReadAnswer where lines of some sections are text like any other.
func readAnswer(own string, today lists.Date, asText []string) Answer {
	var a Answer
	var progress []string
	section := ""
	texts := map[string][]string{}
	for _, line := range strings.Split(strings.ReplaceAll(own, "\r\n", "\n"), "\n") {
		seen := strings.TrimRight(hiddenMarks.Replace(line), " \t\u00a0")
		if strings.EqualFold(strings.TrimSpace(seen), "end") {
			break
		}
		if begun, rest := sectionOf(seen); slices.Contains(asText, begun) {
			section = ""
		} else if begun != "" {
			section, line = begun, rest
		} else if seen == "" {
			section, line = "", ""
		}
		line = tidy(line)
		if section == "" || section == "progress" {
			progress = append(progress, line)
			continue
		}
		texts[section] = append(texts[section], line)
	}
	a.Progress = strings.TrimSpace(strings.Join(progress, "\n"))
	a.Help, a.Unsaid.Help = said(texts["help"])
	a.Dissent, a.Unsaid.Dissent = said(texts["dissent"])
	a.Done, a.Dropped = ended(texts["done"]), ended(texts["dropped"])
	if !slices.Contains(asText, "next") {
		a.step(one(texts["next"]), today)
	}
	a.state(one(texts["state"]))
	return a
}

// step takes the next step from its own line, or from the last sentence.
func (a *Answer) step(next string, today lists.Date) {
	said := next != ""
	if !said {
		m := lastSentence.FindStringSubmatch(a.Progress)
		if m == nil {
			return
		}
		next = strings.TrimSpace(m[1] + m[2])
	}
	step, by, err := SplitStep(next, today)
	if err != nil {
		if said {
			a.BadStep = err
		}
		return
	}
	if !strings.HasSuffix(step, "..") {
		step = strings.TrimSuffix(step, ".")
	}
	a.Next, a.By = step, by
}

func (a *Answer) state(word string) {
	if word == "" {
		return
	}
	if a.State = stateOf(word); a.State == "" {
		a.BadState = true
	}
}

// stateOf is the state that is said, "" none is: a word alone, or before what
// parts it from more ("paused, we wait"), or before how long it lasts. Where
// one is said and another is ("forming, active, paused or done", as the
// question has it), none is.
func stateOf(said string) lists.State {
	first := said
	if at := strings.IndexAny(first, ",;(.!—–，。；（、،"); at > 0 {
		first = first[:at]
	}
	if at := howLong.FindStringIndex(first); at != nil && at[0] > 0 {
		first = first[:at[0]]
	}
	state := stateWord(plainWords(first))
	for _, w := range strings.FieldsFunc(said[len(first):], func(r rune) bool { return strings.ContainsRune(" ,.;()，、،", r) }) {
		if other := stateWord(plainWords(w)); other != "" && other != state {
			return ""
		}
	}
	return state
}

// stateWord is the state that a word means, "" none.
func stateWord(plain string) lists.State {
	for _, g := range goingOn {
		if g.state != "" && slices.Contains(g.words, plain) {
			return g.state
		}
	}
	return ""
}

// howLong begins how long a state lasts.
var howLong = regexp.MustCompile(`(?i)\s(?:until|till|for now|for the|again|jusqu|pour l|hasta|por ahora|de nuevo|bis|wieder|до|пока|снова|حتى|até|fino|tot)|到|直到|至`)

// theStep stands for the step that stands, in "done: yes" and "done:" alone.
const theStep = "(it)"

// ended is the step that done: or dropped: names; "" where there is no such
// line.
func ended(lines []string) string {
	switch text := one(lines); strings.ToLower(strings.Trim(text, " .!")) {
	case "", "yes", "it", "this", "that", "the step", "oui", "sí", "ja", "да", "是", "نعم":
		if len(lines) > 0 {
			return theStep
		}
		return ""
	default:
		return text
	}
}

// nothing are words by which people say that a line has nothing to say.
var nothing = []string{"-", "–", "—", "none", "nothing", "no", "n/a", "nil", "rien", "aucun", "aucune", "non", "nada", "ninguno", "ninguna", "nichts", "keine", "keins", "nessuno", "nessuna", "niente", "nenhum", "nenhuma", "geen", "niets", "brak", "nic", "yok", "hakuna", "なし", "特になし", "нет", "ничего", "无", "没有", "暂无", "لا شيء", "لا يوجد", "لا"}

// said is what a line says; none, where it says that there is nothing.
func said(lines []string) (text string, none bool) {
	text = one(lines)
	if slices.Contains(nothing, strings.ToLower(strings.TrimRight(text, " .!。"))) {
		return "", text != ""
	}
	return text, false
}

// tidy is a line of prose as it is printed: without blanks that have no width
// at its ends, and without the "- " that OpenPGP sets before a dash.
func tidy(line string) string {
	line = strings.Trim(line, "\u200b\u2060\ufeff")
	line = strings.TrimRight(line, " \t\u00a0\u200b\u2060\ufeff")
	if strings.HasPrefix(line, "- - ") {
		line = line[2:]
	}
	return line
}

func one(lines []string) string { return strings.Join(strings.Fields(strings.Join(lines, " ")), " ") }
