package progress

import (
	"regexp"
	"strings"
	"testing"

	"plenary/digest/words"
	"plenary/lists"
)

// A leader answers in the words of their own language, dates too.
func TestAnswersInOtherLanguages(t *testing.T) {
	want := Answer{Progress: "…", Next: "x y", By: "2026-12-15", State: lists.Paused, Help: "a", Dissent: "b", Done: "c", Dropped: "d"}
	for name, in := range map[string]string{
		"French":  "…\nProchaine étape\u00a0: x y, d’ici le 15 décembre 2026\nétat\u202f: en pause\nAide : a\navis différent : b\nfait : c\nabandonné : d",
		"Spanish": "…\nPróximo paso: x y para el martes 15 de diciembre de 2026.\nEstado: en pausa\nayuda: a\nOpinión distinta: b\nhecho: c\nabandonado: d",
		"German":  "…\n**Nächster Schritt:** x y bis zum 15.12.2026\nZustand: pausiert\nHilfe: a\nAbweichende Meinung: b\nErledigt: c\naufgegeben: d",
		"Russian": "…\nСледующий шаг: x y до 15 декабря 2026 г.\nсостояние: приостановлена\nпомощь: a\nОсобое мнение: b\nГотово: c\nотменено: d",
		"Chinese": "…\n下一步：x y，2026年12月15日前\n状态：暂停\n需要帮助：a\n不同意见：b\n已完成：c\n已放弃：d",
		"Arabic":  "…\n\u200f\u2067الخطوة التالية\u2069: x y قبل ١٥ ديسمبر ٢٠٢٦\nالحالة: متوقفة\nمطلوب عون: a\nرأي مخالف: b\nأُنجز: c\nأُلغي: d",
		"English": "…\nnext: x y by 15 December\nstate: paused\nhelp: a\ndissent: b\ndone: c\ndropped: d",
	} {
		if got := ReadAnswer(in, "2026-11-23"); got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

func TestSplitStep(t *testing.T) {
	for in, want := range map[string][2]string{
		"publier la carte pour le 1er décembre":   {"publier la carte", "2026-12-01"},
		"publier la carte avant le 3/12/2026":     {"publier la carte", "2026-12-03"},
		"publier la carte d'ici au 2026-12-03":    {"publier la carte", "2026-12-03"},
		"écrire pour le conseil":                  {"écrire pour le conseil", ""},
		"llegar a un acuerdo para el 3 de enero":  {"llegar a un acuerdo", "2027-01-03"},
		"bis zum Ende lesen":                      {"bis zum Ende lesen", ""},
		"karte drucken bis Freitag, 4. dezember":  {"karte drucken", "2026-12-04"},
		"挑选工具，12月4日之前":                            {"挑选工具", "2026-12-04"},
		"نشر الخريطة بحلول 2026-12-04":            {"نشر الخريطة", "2026-12-04"},
		"publish the map by 4 December":           {"publish the map", "2026-12-04"},
		"publier la carte":                        {"publier la carte", ""},
		"hold the hearing on 14 December":         {"hold the hearing", "2026-12-14"},
		"presentar el informe el 17 de diciembre": {"presentar el informe", "2026-12-17"},
		"resultaten bespreken op 14 december":     {"resultaten bespreken", "2026-12-14"},
		"user test (Dec 15)":                      {"user test", "2026-12-15"},
		"answer the letter (3 Nov)":               {"answer the letter (3 Nov)", ""},
		"invite the members, 40 people":           {"invite the members, 40 people", ""},
		"meet on Tuesday":                         {"meet on Tuesday", ""},
		"decide what to do Friday":                {"decide what to do Friday", ""},
		"wydrukować mapę do 4 grudnia":            {"wydrukować mapę", "2026-12-04"},
		"整理案例库，12月20日前完成":                         {"整理案例库", "2026-12-20"},
		"本調査の開始（12月14日）":                          {"本調査の開始", "2026-12-14"},
	} {
		step, by, err := SplitStep(in, "2026-11-23")
		if step != want[0] || string(by) != want[1] || err != nil {
			t.Errorf("%q: %q by %q, %v", in, step, by, err)
		}
	}
	if _, _, err := SplitStep("publier la carte pour le 31 novembre", "2026-11-23"); err == nil {
		t.Error("a day that is none was taken")
	}
}

// What the question and its follow-up tell a leader to write, in each
// language of the catalogues, is understood.
func TestWhatTheQuestionTellsIsUnderstood(t *testing.T) {
	for _, lang := range []string{"en", "fr", "es", "ar"} {
		w := words.For(lang)
		lines := w.Say("ask-lines", "example", "2026-12-07")
		a := ReadAnswer(strings.SplitN(lines, "\n\n", 2)[1], "2026-11-23")
		if a.Next == "" || a.Done == "" || a.Help == "" || a.Dissent == "" || a.Progress != "" || !a.BadState {
			t.Errorf("%s: %+v", lang, a)
		}
		for line := range strings.SplitSeq(lines, "\n") {
			if ReadAnswer(line, "2026-11-23").BadState {
				offersStates(t, lang, line)
			}
		}
		for i, line := range strings.Split(strings.SplitN(w.Say("silent-ask"), "\n\n", 3)[1], "\n") {
			if a := ReadStill(line, "2026-11-23"); i < 3 && a.State == "" || i == 3 && a.HandTo == "" {
				t.Errorf("%s: %q: %+v", lang, line, a)
			}
		}
	}
}

// offersStates wants each state that a line of the question names to be read.
func offersStates(t *testing.T, lang, line string) {
	t.Helper()
	key, choices, _ := strings.Cut(line, ":")
	seen := map[lists.State]bool{}
	for _, c := range regexp.MustCompile(`, | or | ou | o | أو `).Split(strings.TrimSpace(choices), -1) {
		seen[ReadAnswer(key+": "+c, "2026-11-23").State] = true
	}
	if seen[""] || len(seen) != 4 {
		t.Errorf("%s: %q gives %v", lang, line, seen)
	}
}
