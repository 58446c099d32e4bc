package render

import (
	"plenary/digest"
	"plenary/digest/words"
)

// maxSubject is about what a mail program shows of a subject on a wide screen.
const maxSubject = 120

// subject says the week's news: which groups told something, what is new,
// what is due. Where that is too long, fewer groups are named, so that the
// next news has room; what still does not fit is left out, from the end.
func subject(w *words.Words, r digest.Report) (s string) {
	for named := 3; named > 0; named-- {
		news := fresh(w, r, named)
		all := len(news)
		for ; ; news = news[:len(news)-1] {
			s = w.Say("subject", "body", one(r.Title), "week", r.Week.Number, "news", w.Series(news))
			if len(news) == 1 || len([]rune(s)) <= maxSubject {
				break
			}
		}
		if len([]rune(s)) <= maxSubject && (len(news) == all || len(news) > 1) {
			return s
		}
	}
	return s
}

// fresh is the week's news, the weightiest first; so many of the groups that
// told something are named at most.
func fresh(w *words.Words, r digest.Report, named int) (news []string) {
	if told := r.Reported(); len(told) > named {
		named = min(named, 2)
		news = append(news, w.Say("news-more", "names", w.Series(told[:named]), "n", len(told)-named))
	} else if len(told) > 0 {
		news = append(news, w.Say("news-from", "names", w.And(told)))
	}
	if len(r.Founded) > 0 {
		news = append(news, w.Say("news-new", "names", w.And(titles(r.Founded))))
	}
	if len(r.Closed) > 0 {
		news = append(news, w.Say("news-closed", "names", w.And(titles(r.Closed))))
	}
	if n := r.CountWhen(digest.Overdue); n > 0 {
		news = append(news, w.Say("news-overdue", "n", n))
	}
	if n := r.CountWhen(digest.Today, digest.Tomorrow, digest.ThisWeek); n > 0 {
		news = append(news, w.Say("news-due", "n", n))
	}
	if n := len(r.Newcomers) + r.Unnamed; n > 0 {
		news = append(news, w.Say("news-newcomers", "n", n))
	}
	if len(news) == 0 {
		news = append(news, w.Say("news-none"))
	}
	return news
}
