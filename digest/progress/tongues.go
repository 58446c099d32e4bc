package progress

import (
	"regexp"
	"strings"
)

// What the lines of an answer may begin with, by what they say. The question
// names those of its language; who writes another's is understood too.
var keyWords = map[string][]string{
	"progress": {"progress", "what happened", "avancement", "avancées", "avances", "fortschritt", "что сделано", "прогресс", "进展", "本周进展", "التقدم", "التقدّم", "progresso", "progressi", "voortgang", "進捗", "postępy"},
	"next": {"next", "next step", "next steps", "étape", "étape suivante", "prochaine étape", "prochaines étapes", "próximo paso", "siguiente paso", "próximos pasos", "paso siguiente", "nächster schritt", "nächste schritte",
		"следующий шаг", "следующие шаги", "下一步", "下一步计划", "الخطوة التالية", "الخطوة القادمة", "الخطوة المقبلة", "próximo passo", "próximos passos", "prossimo passo", "prossimi passi", "volgende stap", "次のステップ", "次の一歩", "następny krok", "kolejny krok", "sonraki adım", "hatua inayofuata"},
	"done":    {"done", "fait", "hecho", "erledigt", "готово", "сделано", "выполнено", "已完成", "完成", "أنجز", "أُنجز", "تم", "feito", "fatto", "gedaan", "完了", "zrobione", "yapıldı"},
	"dropped": {"dropped", "abandonné", "abandonada", "abandonado", "aufgegeben", "отменено", "已放弃", "放弃", "ألغي", "أُلغي", "abbandonato"},
	"state":   {"state", "état", "estado", "zustand", "состояние", "状态", "الحالة", "stato", "staat", "状態", "stan", "durum"},
	"help": {"help", "help wanted", "help needed", "aide", "aide demandée", "besoin d'aide", "besoin d’aide", "ayuda", "se necesita ayuda", "hilfe", "hilfe gesucht", "помощь", "нужна помощь", "需要帮助", "帮助", "求助",
		"مطلوب عون", "مطلوب مساعدة", "مساعدة", "المساعدة", "المساعدة المطلوبة", "ajuda", "aiuto", "hulp", "支援", "助け", "pomoc", "yardım", "msaada"},
	"dissent": {"dissent", "avis différent", "avis divergent", "désaccord", "opinión distinta", "opinión diferente", "disenso", "desacuerdo", "abweichende meinung", "особое мнение", "несогласие", "不同意见", "异议", "رأي مخالف", "رأي آخر", "dissenso", "dissidência", "afwijkende mening", "異論", "zdanie odrębne"},
}

// stateAsides name the state too, where a state follows: else such a line is
// progress ("Status: two chapters are done").
var stateAsides = []string{"status", "statut", "estatus", "situación", "stand", "статус", "الوضع"}

// blank is what stands around a colon: French sets a space that does not break.
const blank = `[\s\x{00a0}\x{202f}]*`

// keyed is a line that begins with a key word: in bold, or as a point of a
// list, as programs and people make it.
var keyed, sections = keyLines()

func keyLines() (line *regexp.Regexp, sections map[string]string) {
	sections = map[string]string{}
	var words []string
	add := func(word, section string) {
		sections[word] = section
		words = append(words, regexp.QuoteMeta(word))
	}
	for section, all := range keyWords {
		for _, w := range all {
			add(w, section)
		}
	}
	for _, w := range stateAsides {
		add(w, stateAside)
	}
	return regexp.MustCompile(`(?i)^\s*(?:[*_•·–—+-]{0,3}|\d{1,2}[.)]|[\p{So}\x{fe0f}\x{200d}]{1,4})` + blank + `[*_]{0,2}(` + strings.Join(words, "|") + `)[*_]{0,2}` + blank + `[:：]` + blank + `[*_]{0,2}` + blank + `(.*)$`), sections
}

// stateAside is the section of stateAsides.
const stateAside = "state, maybe"

// sectionOf is what a line begins to say, and what it says of it; "" it
// begins nothing.
func sectionOf(line string) (section, rest string) {
	m := keyed.FindStringSubmatch(line)
	if m == nil {
		return "", line
	}
	section, rest = sections[strings.ToLower(m[1])], m[2]
	if section == stateAside {
		if stateOf(rest) == "" {
			return "", line
		}
		section = "state"
	}
	return section, rest
}

// hiddenMarks are marks that programs set around words, and that nobody sees: those
// that turn the direction of writing, and blanks without width.
var hiddenMarks = strings.NewReplacer("\u200b", "", "\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u2060", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\ufeff", "")
