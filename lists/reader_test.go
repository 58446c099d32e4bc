package lists

import "testing"

func TestLanguageFor(t *testing.T) {
	dir := func(langs ...string) *Directory {
		var all []List
		for i, lang := range langs {
			id := string(rune('a' + i))
			l := List{ID: id, Family: id, Name: id, Language: lang, State: Active}
			if lang[0] == '-' {
				l.Language, l.State = lang[1:], Closed
			}
			all = append(all, l)
		}
		return NewDirectory("lists.example.org", all)
	}
	for _, c := range []struct {
		dir    *Directory
		people []Person
		here   List
		want   string
	}{
		{dir("fr"), nil, List{}, "fr"},
		{dir("fr"), nil, List{ID: "x", Language: "es"}, "es"},
		{dir("fr", "fr"), nil, List{}, "fr"},
		{dir("fr", "es"), nil, List{}, ""},
		{dir("fr", "es", "fr"), nil, List{}, ""},
		{dir("fr", "-es"), nil, List{}, "fr"},
		{dir("-es"), nil, List{}, "es"},
		{dir("fr"), []Person{{Family: "a", Language: "ar"}}, List{}, "ar"},
		{dir("fr"), []Person{{Family: "a", Language: "ar"}, {Family: "b", Language: "es"}}, List{ID: "b", Family: "b"}, "es"},
	} {
		if got := c.dir.LanguageFor(c.people, c.here); got != c.want {
			t.Errorf("%+v, %+v: %q, want %q", c.people, c.here, got, c.want)
		}
	}
}
