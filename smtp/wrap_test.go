package smtp

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	link := "https://lists.example.org/" + strings.Repeat("x", 40)
	for in, want := range map[string]string{
		"":                          "",
		"short\n\nlines":            "short\n\nlines",
		"one two three":             "one two\nthree",
		"- one two three":           "- one two\n  three",
		"see " + link + " and more": "see\n" + link + "\nand more",
		" kept as it is here":       " kept as it is here",
		"abc deux : trois":          "abc\ndeux :\ntrois",
		"un « deux », et":           "un\n« deux »,\net",
		"tu viens ? oui":            "tu\nviens ?\noui",
		"über über über":            "über über\nüber",
	} {
		if got := Wrap(in, 9); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A terminal shows Chinese, Japanese and Korean characters in two columns, and
// the first two are written without spaces.
func TestWrapWideCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"地図を公開しました。":                        "地図を公\n開しまし\nた。",
		"「地図」を「公開」。":                        "「地図」\nを「公\n開」。",
		"- 地図を 公開":                          "- 地図を\n  公開",
		"あいう、えお":                            "あいう、\nえお",
		"see 地図 of it":                      "see 地図\nof it",
		"지도 공개 했다":                          "지도\n공개\n했다",
		"un\u00a0deux trois":                "un\u00a0deux\ntrois",
		"https://lists.example.org/" + "地図": "https://lists.example.org/\n地図",
		"ああいう、えお":                           "ああい\nう、えお",
		"12345678。":                         "12345678。",
	} {
		if got := Wrap(in, 8); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
