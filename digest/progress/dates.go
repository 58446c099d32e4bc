package progress

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"plenary/lists"
)

// Words for "by", in the languages that people answer in. What follows one
// must be a date to its end, or the words belong to the step.
var byWords = []string{
	`by`, `before`, `until`, `till`, `no later than`, `not later than`, `due(?: by| on)?`, `deadline:?`,
	`d['’]ici(?: au| le| à| la)?`, `avant(?: le| la)?`, `pour(?: le| la)?`, `au plus tard(?: le)?`, `jusqu['’]au`,
	`para(?: el| la)?`, `antes de[l]?(?: la)?`, `a más tardar(?: el)?`, `hasta(?: el)?`,
	`bis(?: zum| spätestens| ende)?`, `vor dem`, `spätestens(?: am| bis)?`,
	`не позднее`, `до`, `к`,
	`قبل`, `بحلول`, `في موعد أقصاه`, `حتى`,
	`até(?: o| a| ao)?`, `antes d[eo]`, `entro(?: il| la| l['’])?`, `prima del`, `uiterlijk(?: op)?`, `vóór`, `voor`, `tegen`, `do`, `najpóźniej(?: do)?`,
}

var (
	byDate = regexp.MustCompile(`(?is)^(.*\S)[\s,،–—-]+(` + strings.Join(byWords, "|") + `)[\s:]+(\S.*)$`)
	// "（12月4日前）", "截止12月4日" and "（12月4日）" behind a step, "12月4日前" in front of it.
	hanDay   = `((?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|\d{1,2}号|底)|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:本|下|这)?(?:周|星期)[一二三四五六日天]|明天|后天)`
	hanAfter = []*regexp.Regexp{
		regexp.MustCompile(`^(.*?)[，,。；\s（(]*(?:在|于|最晚|最迟)?` + hanDay + `(?:之前|以前|前|截止|まで(?:に)?)(?:完成|提交|发布|公布|定稿|结束|交付|公開|提出|完了)?[)）]?$`),
		regexp.MustCompile(`^(.*?)[，,。；\s（(]*(?:截止日期|截止时间|截止到|截止|截至|期限|締め切り|締切)(?:是|为)?[:：\s]*` + hanDay + `[)）]?$`),
		regexp.MustCompile(`^(.+?)\s*[（(]` + hanDay + `[)）]$`),
	}
	untilTurkish = regexp.MustCompile(`(?is)^(.*?\s|)(\d{1,2} \pL+(?: \d{4})?)['’]?\pL{0,3} kadar(?:$|\s+(.*)$)`)
	// "on 4 December", ", 4 December" and "(4 Dec)": a day of a month to the end.
	onDate    = regexp.MustCompile(`(?is)^(.*\S)(?:\s+(?:on|le|el|am|op|em|il|no dia|el día|den|på|w dniu|في|يوم)\s+|\s*[,،(–—]\s*|\s+-\s+)((?:\pL+[.,]? )?\d{1,2}(?:st|nd|rd|th|er|º|\.)? ?(?:de |d['’]|of )?\pL{3,}\.?(?:,? (?:de )?\d{4})?|\pL{3,}\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})\)?$`)
	hanBefore = regexp.MustCompile(`^(?:在|于|最晚|最迟)?` + hanDay + `(?:之前|以前|前|までに|截止)[，,、]?\s*(.+)$`)
	inHan     = regexp.MustCompile(`^(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})[日号]|底)$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?\.?$`)
	inParens  = regexp.MustCompile(`(?s)^(.*\S)\s*[(（]([^()（）]+)[)）]$`)
	digits    = strings.NewReplacer("٠", "0", "١", "1", "٢", "2", "٣", "3", "٤", "4", "٥", "5", "٦", "6", "٧", "7", "٨", "8", "٩", "9",
		"۰", "0", "۱", "1", "۲", "2", "۳", "3", "۴", "4", "۵", "5", "۶", "6", "۷", "7", "۸", "8", "۹", "9",
		"كانون الثاني", "يناير", "كانون الأول", "ديسمبر", "تشرين الأول", "أكتوبر", "تشرين الثاني", "نوفمبر")
)

// SplitStep is lists.SplitStep for those who write in another language, or
// with other words than "by": a step, and the date at its end.
func SplitStep(text string, today lists.Date) (step string, by lists.Date, err error) {
	if step, by, err = lists.SplitStep(text, today); by != "" || err != nil {
		return step, by, err
	}
	plain := digits.Replace(strings.TrimRight(strings.TrimSpace(text), ".。"))
	forms := []string{plain}
	if m := inParens.FindStringSubmatch(plain); m != nil {
		forms = append(forms, m[1]+" "+m[2])
	}
	for _, form := range forms {
		before, date := cutDate(form)
		if date == "" {
			continue
		}
		if _, by, err := lists.SplitStep("x by "+inEnglish(date, today), today); by != "" || err != nil {
			return before, by, err
		}
	}
	if m := untilTurkish.FindStringSubmatch(plain); m != nil {
		if _, by, _ := lists.SplitStep("x by "+inEnglish(m[2], today), today); by != "" {
			return strings.TrimSpace(m[1] + m[3]), by, nil
		}
	}
	if m := onDate.FindStringSubmatch(plain); m != nil {
		_, by, err := lists.SplitStep("x by "+inEnglish(m[2], today), today)
		if err == nil && near(by, today) {
			return strings.TrimRight(m[1], " \t,;:-–—،，(（"), by, nil
		}
	}
	return step, "", nil
}

// near tells whether a day said in passing is one to be held to: "answer the
// letter (3 Dec)" does not mean that day in a year.
func near(by, today lists.Date) bool {
	day, ok := by.Time()
	now, known := today.Time()
	return ok && known && !day.Before(now) && day.Sub(now) <= 300*24*time.Hour
}

// cutDate parts a step from what may be its date, "" there is none.
func cutDate(text string) (step, date string) {
	cut := func(step, date string) (string, string) {
		return strings.TrimRight(step, " \t,;:-–—،，(（"), strings.Trim(date, " ()")
	}
	if m := byDate.FindStringSubmatch(text); m != nil && !(strings.EqualFold(m[2], "do") && inEnglishWords(m[3])) {
		return cut(m[1], m[3])
	}
	for _, form := range hanAfter {
		if m := form.FindStringSubmatch(text); m != nil && m[1] != "" {
			return cut(m[1], m[2])
		}
	}
	if m := hanBefore.FindStringSubmatch(text); m != nil {
		return cut(m[2], m[1])
	}
	return "", ""
}

// inEnglishWords tells whether a date is said in English: then the Polish "do"
// before it is the verb ("decide what to do on Friday").
func inEnglishWords(date string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(date)), func(w string) bool {
		w = strings.Trim(w, ".,")
		return w == "on" || w == "today" || w == "tomorrow" || slices.Contains(strings.Fields(monthNames[0]+" "+weekdayNames[0]), w)
	})
}

// The months from January and the weekdays from Sunday, in one language a line.
var (
	monthNames = []string{
		"january february march april may june july august september october november december",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
		"جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
		"يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
		"ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
		"januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",
		"januari februari mars april maj juni juli augusti september oktober november december",
		"січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
		"_ شباط آذار نيسان أيار حزيران تموز آب أيلول _ _ _",
		"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"januari februari maart april mei juni juli augustus september oktober november december",
		"stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
	}
	weekdayNames = []string{
		"sunday monday tuesday wednesday thursday friday saturday",
		"dimanche lundi mardi mercredi jeudi vendredi samedi",
		"domingo lunes martes miércoles jueves viernes sábado",
		"sonntag montag dienstag mittwoch donnerstag freitag samstag",
		"воскресенья понедельника вторника среды четверга пятницы субботы",
		"воскресенью понедельнику вторнику среде четвергу пятнице субботе",
		"الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت",
		"domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
		"domenica lunedì martedì mercoledì giovedì venerdì sabato",
		"zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
		"周日 周一 周二 周三 周四 周五 周六",
		"星期日 星期一 星期二 星期三 星期四 星期五 星期六",
	}
	monthNumber, weekdayNumber = numbered(monthNames), numbered(weekdayNames)

	tomorrows = []string{"demain", "mañana", "morgen", "завтра", "завтрашнего", "غد", "غدًا", "الغد", "amanhã", "domani", "明天", "明日"}
	endWords  = []string{"end", "fin", "finales", "ende", "конца", "концу", "نهاية", "fine", "fim", "final", "eind", "końca"}
	fillers   = []string{"de", "del", "do", "of", "the", "le", "la", "el", "den", "dem", "zum", "г", "года", "год", "شهر", "عام", "يوم", "di", "o", "al", "em", "on", "am", "op"}
)

func numbered(languages []string) map[string]int {
	n := map[string]int{}
	for _, names := range languages {
		for i, name := range strings.Fields(names) {
			n[name] = i
		}
	}
	return n
}

// monthOf is 1 to 12 for a month's name or its beginning of three letters or
// more that means one month only, else 0.
func monthOf(word string) int {
	if n, ok := monthNumber[word]; ok {
		return n + 1
	}
	found := 0
	for name, n := range monthNumber {
		if len([]rune(word)) < 3 || !strings.HasPrefix(name, word) {
			continue
		}
		if found != 0 && found != n+1 {
			return 0
		}
		found = n + 1
	}
	return found
}

// inEnglish is a date as lists.SplitStep reads it.
func inEnglish(date string, today lists.Date) string {
	date = strings.ToLower(strings.TrimSpace(date))
	if m := dayFirst.FindStringSubmatch(date); m != nil {
		return dayOfMonth(date, m[1], m[2], m[3])
	}
	if m := inHan.FindStringSubmatch(date); m != nil {
		if m[3] == "" {
			return monthEnd(number(m[2]), m[1], today)
		}
		return dayOfMonth(date, m[3], m[2], m[1])
	}
	date = strings.NewReplacer("本周", "周", "这周", "周", "本星期", "星期", "这星期", "星期", "星期天", "星期日", "周天", "周日").Replace(date)
	var words []string
	ends, year := false, ""
	for _, w := range strings.FieldsFunc(date, func(r rune) bool { return strings.ContainsRune(" \t\u00a0\u202f,،", r) }) {
		w = strings.Trim(w, ".")
		switch {
		case slices.Contains(fillers, w):
			continue
		case slices.Contains(endWords, w):
			ends = true
			continue
		case w == "1er" || w == "1º":
			w = "1"
		case slices.Contains(tomorrows, w):
			return "tomorrow"
		}
		if len(w) == 4 && number(w) > 0 {
			year = w
		}
		words = append(words, w)
	}
	return spellDate(words, ends, year, today)
}

// spellDate says a date's words in English: those that are no filling.
func spellDate(words []string, ends bool, year string, today lists.Date) string {
	month := 0
	for i, w := range words {
		if m := monthOf(w); m > 0 {
			month, words[i] = m, time.Month(m).String()
		}
	}
	if ends {
		if month == 0 {
			return ""
		}
		return monthEnd(month, year, today)
	}
	if len(words) == 1 {
		if day, ok := weekdayNumber[words[0]]; ok {
			return time.Weekday(day).String()
		}
	}
	// A weekday before the day decides nothing.
	for len(words) > 1 && month > 0 && (words[0][0] < '0' || words[0][0] > '9') && monthOf(strings.ToLower(words[0])) == 0 {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// dayOfMonth is a day told by numbers; what is none stays as it was said.
func dayOfMonth(said, day, month, year string) string {
	n := number(month)
	if n < 1 || n > 12 {
		return said
	}
	return strings.TrimSpace(day + " " + time.Month(n).String() + " " + year)
}

// monthEnd is the last day of a month, the coming one where no year is said.
func monthEnd(month int, year string, today lists.Date) string {
	now, ok := today.Time()
	if month < 1 || month > 12 || !ok {
		return ""
	}
	y := number(year)
	if y == 0 {
		if y = now.Year(); month < int(now.Month()) {
			y++
		}
	}
	return time.Date(y, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func number(s string) int {
	n := 0
	if _, err := fmt.Sscan(s, &n); err != nil {
		return 0
	}
	return n
}
