package progress

import (
	"regexp"
	"slices"
	"strings"

	"plenary/lists"
)

// handTo is a line that says who shall lead the group.
var handTo = regexp.MustCompile(`(?i)^(?:hand(?:ing|ed)?[ -]?(?:it |the group )?over(?: it)?(?: to)?|confier(?: le groupe)? à|entregar(?: el grupo)? a|übergeben an|передать|移交给|تسليمها إلى|تسليم إلى)[ :：]*\D*?<?([^\s<>@:：]+@[^\s<>@]+?)>?[.,;]?$`)

// goingOn are words that say that a group goes on, in the digest's languages.
// The question asks for the English ones; nobody who answers in their own is
// to be asked again.
var goingOn = []struct {
	state lists.State // "" it goes on as it is
	words []string
}{
	{"", []string{"yes", "still going", "still active", "oui", "sí", "si", "ja", "да", "是", "نعم"}},
	{lists.Active, []string{"active", "state active", "actif", "activo", "activa", "aktiv", "активна", "активно", "活跃", "نشطة", "نشط", "ativo", "ativa", "attivo", "attiva", "actief", "活動中", "aktywna", "aktif"}},
	{lists.Forming, []string{"forming", "state forming", "en formation", "en formación", "im aufbau", "формируется", "筹建中", "قيد التكوين"}},
	{lists.Paused, []string{"paused", "pause", "state paused", "on pause", "on hold", "en pause", "en pausa", "pausado", "pausiert", "pausierend", "приостановлена", "приостановлено", "на паузе", "пауза", "暂停", "متوقفة", "متوقف", "موقوفة", "in pausa", "gepauzeerd", "一時停止", "休止中", "wstrzymana", "duraklatıldı"}},
	{lists.Done, []string{"done", "state done", "finished", "terminé", "terminée", "fini", "terminado", "hecho", "fertig", "erledigt", "завершена", "завершено", "完成", "انتهت", "منتهية", "concluído", "concluída", "concluso", "conclusa", "klaar", "完了", "zakończona", "bitti"}},
}

// ReadStill reads the answer to whether a group is still going: its first
// line is active, paused, done, or hand over to an address; what stands under
// it, or all of another answer, is read as a report is.
func ReadStill(own string, today lists.Date) Answer {
	first, rest, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(own, "\r\n", "\n")), "\n")
	first = strings.TrimSpace(strings.Trim(strings.TrimSpace(first), `*"'“”«»`))
	if m := handTo.FindStringSubmatch(first); m != nil {
		if address, err := lists.ParseAddress(strings.TrimPrefix(m[1], "mailto:")); err == nil {
			a := ReadAnswer(rest, today)
			a.HandTo = address
			return a
		}
	}
	plain := plainWords(first)
	for _, g := range goingOn {
		if !slices.Contains(g.words, plain) {
			continue
		}
		a := ReadAnswer(rest, today)
		if a.Going = true; g.state != "" {
			a.State, a.BadState = g.state, false
		}
		return a
	}
	a := ReadAnswer(own, today)
	a.Going = a.State != ""
	return a
}

// plainWords are a line's words in lower case, without marks between them.
func plainWords(line string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t.,;:!：。！\u00a0\u202f", r) }), " "))
}
