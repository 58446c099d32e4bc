package render

import (
	"slices"

	"plenary/digest"
	"plenary/digest/words"
)

// maxSubject is about what a mail program shows of a subject on a wide screen.
const maxSubject = 120

// maxName is how much of a group's title stands in the subject.
const maxName = 60

// subject says the week's news: which groups told something, what is new,
// what is due. Where that is too long, fewer groups are named, so that other
// news has room; what still does not fit is left out.
func subject(w *words.Words, r digest.Report) (s string) {
	for named := 3; named > 0; named-- {
		all := fresh(w, r, named)
		said := func(news []string) string {
			return w.Say("subject", "body", one(r.Title), "week", r.Week.Number, "news", w.Series(news))
		}
		news := all[:1:1]
		for _, more := range all[1:] {
			if tried := append(slices.Clone(news), more); len([]rune(said(tried))) <= maxSubject {
				news = tried
			}
		}
		if s = said(news); len([]rune(s)) <= maxSubject && (len(news) == len(all) || len(news) > 1) {
			return s
		}
	}
	return s
}

// few are so many names, and how many more there are.
func few(w *words.Words, names []string, named int) string {
	if len(names) <= named {
		return w.And(names)
	}
	return w.Say("names-more", "names", w.Series(names[:named]), "n", len(names)-named)
}

// fresh is the week's news, the weightiest first; so many of the groups that
// told something are named at most.
func fresh(w *words.Words, r digest.Report, named int) (news []string) {
	told := all(r.Reported(), func(t string) string { return clip(t, maxName) })
	if len(told) > named {
		named = min(named, 2)
		news = append(news, w.Say("news-more", "names", w.Series(told[:named]), "n", len(told)-named))
	} else if len(told) > 0 {
		news = append(news, w.Say("news-from", "names", w.And(told)))
	}
	if len(r.Founded) > 0 {
		news = append(news, w.Say("news-new", "n", len(r.Founded), "names", few(w, titles(r.Founded, maxName), named)))
	}
	if len(r.Closed) > 0 {
		news = append(news, w.Say("news-closed", "n", len(r.Closed), "names", few(w, titles(r.Closed, maxName), named)))
	}
	if n := r.CountWhen(digest.Overdue); n > 0 {
		news = append(news, w.Say("news-overdue", "n", n))
	}
	if n := r.CountWhen(digest.Today, digest.Tomorrow, digest.ThisWeek); n > 0 {
		key := "news-due"
		if r.AnyNextWeek() {
			key = "news-due-soon"
		}
		news = append(news, w.Say(key, "n", n))
	}
	if n := len(r.Newcomers) + r.Unnamed; n > 0 {
		news = append(news, w.Say("news-newcomers", "n", n))
	}
	if len(news) == 0 {
		news = append(news, w.Say("news-none"))
	}
	return news
}
