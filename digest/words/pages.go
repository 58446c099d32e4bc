package words

import (
	"maps"
	"strings"
)

// ForPage is For, as pages say it: a browser breaks lines at any space, so
// those that French sets before : ; ? ! and within « » are such as don't break.
// In mail, whose lines are folded before it goes out, they stay plain spaces.
func ForPage(lang string) *Words { return For(lang).page }

// unbroken sets the spaces: a narrow one where French has that.
var unbroken = strings.NewReplacer(" :", "\u00a0:", " ;", "\u202f;", " ?", "\u202f?", " !", "\u202f!", " »", "\u00a0»", "« ", "«\u00a0")

func (w *Words) onPages() *Words {
	same := *w
	same.texts = maps.Clone(w.texts)
	for key, forms := range w.texts {
		same.texts[key] = map[string]string{}
		for form, text := range forms {
			same.texts[key][form] = unbroken.Replace(text)
		}
	}
	return &same
}
