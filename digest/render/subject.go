package render

import (
	"strings"

	"plenary/digest"
	"plenary/digest/words"
)

// maxSubject is about what a mail program shows of a subject on a wide screen.
const maxSubject = 120

// subject says the week's news: which groups told something, what is new,
// what is due. What does not fit is left out, from the end.
func subject(w *words.Words, r digest.Report) string {
	news := fresh(w, r)
	for n := len(news); ; n-- {
		s := w.Say("subject", "body", one(r.Title), "week", r.Week.Number, "news", strings.Join(news[:n], w.Say("comma")))
		if n == 1 || len([]rune(s)) <= maxSubject {
			return s
		}
	}
}

func fresh(w *words.Words, r digest.Report) (news []string) {
	if told := r.Reported(); len(told) > 3 {
		news = append(news, w.Say("news-more", "names", strings.Join(told[:2], w.Say("comma")), "n", len(told)-2))
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
