package progress

import (
	"fmt"
	"regexp"
	"strings"

	"plenary/lists"
)

// What the lines of an answer may begin with, by what they say. The question
// names those of its language; who writes another's is understood too.
var keyWords = map[string][]string{
	"progress": {"progress", "avancement", "avances", "fortschritt", "что сделано", "进展", "التقدم", "التقدّم"},
	"next":     {"next", "next step", "prochaine étape", "próximo paso", "siguiente paso", "nächster schritt", "следующий шаг", "下一步", "الخطوة التالية"},
	"done":     {"done", "fait", "hecho", "erledigt", "готово", "сделано", "已完成", "أنجز", "أُنجز"},
	"dropped":  {"dropped", "abandonné", "abandonado", "aufgegeben", "отменено", "已放弃", "ألغي", "أُلغي"},
	"state":    {"state", "état", "estado", "zustand", "состояние", "状态", "الحالة"},
	"help":     {"help", "aide", "ayuda", "hilfe", "помощь", "需要帮助", "مطلوب عون", "مساعدة"},
	"dissent":  {"dissent", "avis différent", "opinión distinta", "abweichende meinung", "особое мнение", "不同意见", "رأي مخالف"},
}

// blank is what stands around a colon: French sets a space that does not break.
const blank = `[\s\x{00a0}\x{202f}]*`

// keyed is a line that begins with a key word: in bold, or as a point of a
// list, as programs and people make it.
var keyed, sections = keyLines()

func keyLines() (line *regexp.Regexp, sections map[string]string) {
	sections = map[string]string{}
	var words []string
	for section, all := range keyWords {
		for _, w := range all {
			sections[w] = section
			words = append(words, regexp.QuoteMeta(w))
		}
	}
	return regexp.MustCompile(`(?i)^\s*[*_•-]{0,3}` + blank + `(` + strings.Join(words, "|") + `)[*_]{0,2}` + blank + `[:：]` + blank + `[*_]{0,2}` + blank + `(.*)$`), sections
}

// directionMarks are what programs set around words that run the other way;
// nobody sees them.
var directionMarks = strings.NewReplacer("\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\ufeff", "")

// dated is a step that ends in a date as one language says it: its word for
// "by", and its months from January.
type dated struct {
	by     *regexp.Regexp // the step, and the date
	months []string
}

var datedSteps = []dated{
	{by: byDate(`d['’]ici(?: au| le| à)?|avant le|pour le|au plus tard le`), months: strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")},
	{by: byDate(`para el|antes del|a más tardar el`), months: strings.Fields("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")},
	{by: byDate(`bis zum|bis`), months: strings.Fields("januar februar märz april mai juni juli august september oktober november dezember")},
	{by: byDate(`не позднее|до|к`), months: strings.Fields("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")},
	{by: byDate(`قبل|بحلول`), months: strings.Fields("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر")},
	{by: regexp.MustCompile(`^(.*?)[，,\s]*(?:在|于)?((?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2})(?:之前|以前|前)$`)},
}

func byDate(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)^(.*\S)[\s,،]+(?:` + words + `)\s+(\S.*)$`)
}

var (
	dayFirst = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?$`)
	inHan    = regexp.MustCompile(`^(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日$`)
	digits   = strings.NewReplacer("٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9")
)

var english = strings.Fields("January February March April May June July August September October November December")

// splitStep is lists.SplitStep for those who write in another language: a
// step, and the date at its end, as it is said there.
func splitStep(text string, today lists.Date) (step string, by lists.Date, err error) {
	if step, by, err = lists.SplitStep(text, today); by != "" || err != nil {
		return step, by, err
	}
	for _, d := range datedSteps {
		m := d.by.FindStringSubmatch(digits.Replace(strings.TrimRight(strings.TrimSpace(text), ".。")))
		if m == nil {
			continue
		}
		before := strings.TrimRight(m[1], " \t,;:-،，")
		if _, by, err := lists.SplitStep("x by "+d.inEnglish(m[2]), today); by != "" || err != nil {
			return before, by, err
		}
	}
	return step, "", nil
}

// inEnglish is a date as lists.SplitStep reads it.
func (d dated) inEnglish(date string) string {
	date = strings.ToLower(strings.TrimSpace(date))
	name := func(month, day, year string) string {
		n := 0
		if _, err := fmt.Sscan(month, &n); err != nil || n < 1 || n > 12 {
			return date
		}
		return strings.TrimSpace(day + " " + english[n-1] + " " + year)
	}
	if m := dayFirst.FindStringSubmatch(date); m != nil {
		return name(m[2], m[1], m[3])
	}
	if m := inHan.FindStringSubmatch(date); m != nil {
		return name(m[2], m[3], m[1])
	}
	var words []string
	for _, w := range strings.Fields(date) {
		w = strings.TrimRight(w, ".,،")
		switch {
		case w == "de" || w == "del" || w == "г" || w == "года" || w == "le" || w == "el":
			continue
		case w == "1er":
			w = "1"
		}
		for m, month := range d.months {
			if w == month {
				w = english[m]
			}
		}
		words = append(words, w)
	}
	// A weekday before the day decides nothing.
	for len(words) > 1 && (words[0][0] < '0' || words[0][0] > '9') {
		words = words[1:]
	}
	return strings.Join(words, " ")
}
