package words

import "testing"

// A word before a name is written as the name's first sound asks.
func TestWordsBeforeNames(t *testing.T) {
	fr, es := For("fr"), For("es")
	for _, row := range []struct{ got, want string }{
		{fr.Say("news-from", "names", fr.And([]string{"Accès", "Outils"})), "des nouvelles d’Accès et Outils"},
		{fr.Say("news-from", "names", "Cartes"), "des nouvelles de Cartes"},
		{fr.Say("news-more", "names", "École", "n", 1), "des nouvelles d’École et de 1 autre groupe"},
		{fr.Say("silent", "group", "« Outils »", "n", 4), "On est sans nouvelles d’« Outils » depuis 4 semaines."},
		{fr.Say("remind", "group", "Hautes terres"), "Rien n’a encore été dit de Hautes terres cette semaine. Ce rappel est le seul."},
		{fr.Say("heard", "body", "Œuvre", "date", "lundi"), "Merci. Voici ce qui figurera dans le bulletin d’Œuvre du lundi :"},
		{es.And([]string{"Mapas", "Inclusión"}), "Mapas e Inclusión"},
		{es.And([]string{"Mapas", "Ética"}), "Mapas y Ética"},
		{es.And([]string{"Agua", "Historia"}), "Agua e Historia"},
		{es.And([]string{"Agua", "Hielo"}), "Agua y Hielo"},
		{es.And([]string{"Ética", "IA"}), "Ética e IA"},
		{Speaker{words: es}.Or([]string{"siete", "ocho"}), "siete u ocho"},
		{Speaker{words: es}.Or([]string{"dos", "tres"}), "dos o tres"},
		{fr.Before("de", "Alliance"), "d’Alliance"},
		{fr.Before("de", "{value}"), "de {value}"},
		{For("en").Say("news-from", "names", "Access"), "news from Access"},
	} {
		if row.got != row.want {
			t.Errorf("%q, want %q", row.got, row.want)
		}
	}
	desk := Sentences{"fr": {"a group of {1}": {"other": "un groupe de {1}"}}}
	if got := desk.To("fr").Say("a group of %s", "Alliance"); got != "un groupe d’Alliance" {
		t.Errorf("%q", got)
	}
}
