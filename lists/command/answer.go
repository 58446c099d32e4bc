package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Said is what an answer to a question says.
type Said int

// The readings of an answer. Empty counts as Yes (DESIGN, "Who may do
// what"): who sends the question back has agreed.
const (
	Unclear Said = iota
	Yes
	No
	Empty
)

// Agrees tells whether an answer carries the question's actions out.
func (s Said) Agrees() bool { return s == Yes || s == Empty }

// Answer reads what somebody answered, without quotes and signature
// (message.OwnText). leaving says that the question was about leaving and
// nothing else: then a word such as "unsubscribe" agrees, which otherwise
// declines.
func Answer(own string, leaving bool) Said {
	text := start(own)
	if text == "" {
		return Empty
	}
	yes, no := longest(text, yesWords[:]), longest(text, noWords[:])
	leave, ask := longest(text, leaveWords[:]), longest(text, askWords[:])
	switch best := max(yes, no, leave, ask); {
	case best == 0 || best == ask:
		return Unclear
	case best == yes && bothOffered(text[yes:]):
		return Unclear // "yes or no?"
	case best == no, best == leave && !leaving:
		return No
	}
	return Yes
}

// start is the first line of an answer, folded for comparing.
func start(own string) string {
	if len(own) > maxRead {
		own = strings.ToValidUTF8(own[:maxRead], "")
	}
	for _, s := range strings.Split(own, "\n") {
		s = strings.TrimLeft(visible(s), decoration+"¡¿[<>|_~#=+")
		if len(s) > 400 {
			s = strings.ToValidUTF8(s[:400], "")
		}
		if s = strings.ToLower(strings.Join(strings.Fields(s), " ")); s != "" {
			return strings.NewReplacer("’", "'", "أ", "ا", "إ", "ا", "آ", "ا").Replace(s)
		}
	}
	return ""
}

// longest is the length of the longest of words that text begins with, as a
// whole word; 0 for none.
func longest(text string, words []string) int {
	n := 0
	for _, w := range words {
		if len(w) <= n || !strings.HasPrefix(text, w) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(w)
		next, _ := utf8.DecodeRuneInString(text[len(w):])
		if len(text) == len(w) || !wordRune(next) || unseparated(w, last) {
			n = len(w)
		}
	}
	return n
}

// unseparated tells whether a word may go on without a space. A single
// Chinese sign for yes may not: it begins too many other words.
func unseparated(w string, last rune) bool {
	if !unicode.In(last, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.So) {
		return false
	}
	return utf8.RuneCountInString(w) > 1 || strings.Contains("不否别", w) || unicode.Is(unicode.So, last)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// bothOffered tells whether the rest of a line offers no beside yes.
func bothOffered(rest string) bool {
	rest = strings.TrimSpace(rest)
	for _, or := range []string{"/", "|", "or ", "ou ", "oder ", "o ", "of ", "или "} {
		if after, ok := strings.CutPrefix(rest, or); ok && longest(strings.TrimSpace(after), noWords[:]) > 0 {
			return true
		}
	}
	return false
}

// The catalogue of words, one language a line, in lower case. A longer entry
// wins over a shorter one that it begins with.
var (
	yesWords = [...]string{
		"yes", "y", "yeah", "yep", "yup", "ok", "okay", "sure", "confirm", "confirmed", "i confirm", "agree", "agreed", "i agree", "accept", "i accept", "approve", "approved", "join", "subscribe", "please do", "of course", "go ahead", "do it", "aye", "fine",
		"oui", "d'accord", "daccord", "confirmer", "confirmé", "je confirme", "j'accepte", "accepter", "ça marche", "rejoindre", "volontiers", "bien sûr",
		"sí", "si", "vale", "confirmar", "confirmo", "confirmado", "de acuerdo", "acepto", "unirme", "claro", "por supuesto",
		"ja", "jawohl", "bestätigen", "bestätigt", "bestätige", "ich bestätige", "einverstanden", "gerne", "gern", "zustimmen", "beitreten", "in ordnung", "natürlich",
		"sim", "aceito", "de acordo", "concordo", "participar",
		"sì", "confermo", "conferma", "confermare", "d'accordo", "va bene", "accetto", "certo",
		"bevestig", "bevestigen", "ik bevestig", "akkoord", "goed", "aanmelden", "graag",
		"да", "подтверждаю", "подтвердить", "согласен", "согласна", "хорошо", "конечно", "ок",
		"نعم", "اجل", "موافق", "موافقة", "اؤكد", "تاكيد", "حسنا",
		"是", "是的", "好", "好的", "好吧", "好啊", "确认", "確認", "同意", "可以", "行", "对", "对的", "加入", "没问题", "沒問題",
		"はい", "ええ", "承認", "確認しました", "参加", "了解", "お願いします", "うん",
		"👍", "✅", "✔", "☑", "🆗",
	}
	noWords = [...]string{
		"no", "n", "nope", "nay", "not", "never", "cancel", "cancelled", "stop", "quit", "end", "decline", "declined", "reject", "rejected", "refuse", "deny", "denied", "don't", "dont", "do not", "i do not", "i don't", "i did not", "i didn't", "this wasn't me", "it wasn't me", "wasn't me", "this was not me", "spam", "abort", "discard",
		"non", "annuler", "annulez", "arrêter", "arrêtez", "refuser", "je refuse", "jamais", "pas moi", "ce n'est pas moi", "ce n'était pas moi",
		"cancelar", "cancela", "parar", "rechazar", "rechazo", "nunca", "yo no", "detener",
		"nein", "nee", "nö", "abbrechen", "stopp", "halt", "ablehnen", "abgelehnt", "ich lehne ab", "niemals", "nicht", "das war ich nicht", "ich war das nicht",
		"não", "nao", "pare", "recusar", "recuso", "rejeitar", "não fui eu",
		"annulla", "annullare", "rifiuto", "rifiutare", "fermare", "ferma", "mai", "non sono stato io", "non sono stata io",
		"neen", "annuleren", "annuleer", "weigeren", "nooit", "niet", "dat was ik niet",
		"нет", "не", "отмена", "отменить", "отказ", "отказываюсь", "стоп", "никогда", "это не я",
		"لا", "كلا", "الغاء", "توقف", "رفض", "ارفض",
		"不", "不是", "不要", "不行", "不用", "不同意", "不可以", "否", "取消", "停止", "拒绝", "拒絕", "别", "没有", "沒有",
		"いいえ", "いえ", "キャンセル", "中止", "拒否", "取り消し", "やめ", "参加しません",
		"👎", "❌", "✖", "🚫", "🛑",
	}
	leaveWords = [...]string{
		"unsubscribe", "unsub", "leave", "remove", "signoff", "sign off", "opt out", "take me off", "please remove", "please unsubscribe",
		"désabonner", "se désabonner", "désinscrire", "désinscription", "quitter", "supprimer", "retirer",
		"darse de baja", "baja", "dar de baja", "salir", "eliminar", "quitar",
		"abmelden", "austragen", "abbestellen", "verlassen", "austreten", "entfernen",
		"descadastrar", "sair", "remover", "cancelar inscrição",
		"disiscrivere", "disiscrivimi", "cancellami", "uscire", "rimuovere", "rimuovimi",
		"afmelden", "uitschrijven", "verwijderen", "verlaten",
		"отписаться", "отписать", "отпишите", "удалить", "удалите", "покинуть",
		"الغاء الاشتراك", "مغادرة", "حذف",
		"退订", "退訂", "退出", "删除", "刪除", "离开", "離開",
		"退会", "脱退", "解除", "削除", "配信停止",
	}
	// askWords begin like a word for yes or no, and say neither.
	askWords = [...]string{"是否", "是不是", "是什么", "是谁", "好像", "好奇", "行吗", "可以吗", "对不起", "對不起", "不明白", "不清楚", "不知道", "不懂", "对于", "对方",
		"no idea", "not sure", "no sé", "no se", "no entiendo", "non capisco", "non so", "não sei", "не понимаю", "не знаю", "не уверен", "لا اعرف", "لا افهم", "not clear",
		"si vous", "si tu", "si je", "si on", "si c'est", "si quelqu'un", "si possible"}
)
