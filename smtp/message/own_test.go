package message

import (
	"strings"
	"testing"
)

func TestOwnText(t *testing.T) {
	tests := []struct{ what, text, want string }{
		{"all own", "yes\n", "yes"},
		{"empty", "", ""},
		{"blank lines", "\n\n one \n\n\n\ntwo\n \n", "one\n\ntwo"},
		{"top post", "Yes, please.\n\nOn Mon, 23 Nov 2026 at 10:00, Plenary <dc-confirm+x@lists.example.org> wrote:\n> Do you want to join?\n> Reply yes.\n", "Yes, please."},
		{"folded attribution", "Yes\n\nOn Mon, Nov 23, 2026 at 10:00 AM Data Protection via DC\n<dc-confirm+x@lists.example.org> wrote:\n\n> Do you?\n", "Yes"},
		{"attribution over three lines", "Yes\n\nOn Mon, Nov 23, 2026\nat 10:00 AM Ann\n<a@example.net> wrote:\n> Do you?\n", "Yes"},
		{"nothing of one's own", "On 23 Nov 2026, Ann <a@b.example> wrote:\n> Do you?\n", ""},
		{"below the quote", "On 23 Nov 2026, Ann <a@b.example> wrote:\n> Do you?\n\nNo, thanks.\n", "No, thanks."},
		{"between quotes", "> First?\nYes.\n> Second?\nNo.\n", "Yes.\nNo."},
		{"nested quotes", "ok\n>> a\n> > b\n  > c\n", "ok"},
		{"a plain name wrote", "Fine.\n\nAnn Bell wrote:\n> x\n", "Fine."},
		{"own words that only look like it", "As I wrote: three maps.\nOn Monday we wrote:\nthe plan.\n", "As I wrote: three maps.\nOn Monday we wrote:\nthe plan."},
		{"own words with a verb in their middle", "On 3 December we wrote about two things:\nmaps and books", "On 3 December we wrote about two things:\nmaps and books"},
		{"unquoted copy below", "Done, see the map.\n\nOn 23 Nov 2026, Ann <a@b.example> wrote:\nWhat happened?\n\nWhat is the next step?", "Done, see the map."},
		{"unquoted copy and no words above", "On 23 Nov 2026, Ann <a@b.example> wrote:\nWhat happened?\nno", "What happened?\nno"},
		{"French", "Oui\n\nLe lun. 23 nov. 2026 à 10:00, Plenary <x@y.example> a écrit :\n> Voulez-vous ?\n", "Oui"},
		{"French, folded, no-break space", "Oui\n\nLe lun. 23 nov. 2026 à 10:00, Plenary\n<x@y.example> a écrit\u00a0:\n> Voulez-vous ?\n", "Oui"},
		{"Spanish", "Sí\n\nEl lun, 23 nov 2026 a las 10:00, Plenary (<x@y.example>)\nescribió:\n> ¿Quiere?\n", "Sí"},
		{"German", "Ja\n\nAm 23.11.2026 um 10:00 schrieb Plenary:\n> Wollen Sie?\n", "Ja"},
		{"German, folded", "Ja\n\nAm Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Plenary <\nx@y.example>:\n\n> Wollen Sie?\n", "Ja"},
		{"Portuguese", "Sim\n\nEm seg., 23 de nov. de 2026 às 10:00, Plenary <x@y.example> escreveu:\n> Quer?\n", "Sim"},
		{"Italian", "Sì\n\nIl giorno lun 23 nov 2026 alle ore 10:00 Plenary <x@y.example> ha scritto:\n> Vuole?\n", "Sì"},
		{"Dutch", "Ja\n\nOp ma 23 nov 2026 om 10:00 schreef Plenary <x@y.example>:\n> Wilt u?\n", "Ja"},
		{"Russian", "Да\n\nпн, 23 нояб. 2026 г. в 10:00, Plenary <x@y.example>:\n> Хотите?\n", "Да"},
		{"Russian verb", "Да\n\n23.11.2026 10:00, Plenary пишет:\n> Хотите?\n", "Да"},
		{"Chinese", "是\n\nPlenary <x@y.example> 于2026年11月23日周一 10:00写道：\n> 您要加入吗？\n", "是"},
		{"Chinese, Apple", "是\n\n在 2026年11月23日，10:00，Plenary <x@y.example> 写道：\n> 您要加入吗？\n", "是"},
		{"Arabic", "نعم\n\nفي الاثنين، 23 نوفمبر 2026 في 10:00 كتب Plenary <x@y.example>:\n> هل تريد؟\n", "نعم"},
		{"Japanese", "はい\n\n2026年11月23日(月) 10:00 Plenary <x@y.example>:\n> 参加しますか。\n", "はい"},
		{"old Gmail", "Yes\n\n2026-11-23 10:05 GMT+01:00 Plenary <x@y.example>:\n> Do you?\n", "Yes"},
		{"Outlook", "Yes\n\n________________________________\nFrom: Plenary <x@y.example>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Ann\nSubject: Join?\n\nDo you?\n", "Yes"},
		{"Outlook without a rule", "Yes\n\nFrom: Plenary <x@y.example>\nSent: Monday\nTo: Ann\nSubject: Join?\n\nDo you?", "Yes"},
		{"Outlook, bold", "Yes\n\n*From:* Plenary\n*Sent:* Monday\n*To:* Ann\n*Subject:* Join?\n\nDo you?", "Yes"},
		{"Outlook, empty reply", "From: Plenary <x@y.example>\nSent: Monday\nTo: Ann\nSubject: Join?\n\nDo you?", ""},
		{"Outlook French", "Oui\n\nDe : Plenary\nEnvoyé : lundi\nÀ : Ann\nObjet : ?\n\nVoulez-vous ?", "Oui"},
		{"Outlook German", "Ja\n\nVon: Plenary\nGesendet: Montag\nAn: Ann\nBetreff: ?\n\nWollen Sie?", "Ja"},
		{"Outlook Spanish", "Sí\n\nDe: Plenary\nEnviado el: lunes\nPara: Ann\nAsunto: ?\n\n¿Quiere?", "Sí"},
		{"Outlook Russian", "Да\n\nОт: Plenary\nОтправлено: понедельник\nКому: Ann\nТема: ?\n\nХотите?", "Да"},
		{"Outlook Chinese", "是\n\n发件人: Plenary\n发送时间: 2026年\n收件人: Ann\n主题: ?\n\n?", "是"},
		{"Outlook Arabic", "نعم\n\nمن: Plenary\nتاريخ الإرسال: الاثنين\nإلى: Ann\nالموضوع: ؟\n\n؟", "نعم"},
		{"one line From is own", "From: the board's view, all is well.\nWe go on.", "From: the board's view, all is well.\nWe go on."},
		{"original message", "Yes\n\n-----Original Message-----\nFrom: x\nDo you?", "Yes"},
		{"original message, German", "Ja\n\n-------- Ursprüngliche Nachricht --------\nWollen Sie?", "Ja"},
		{"forwarded", "See below.\n\nBegin forwarded message:\n\nFrom: x", "See below."},
		{"own heading between dashes", "--- Progress ---\nTwo maps.", "--- Progress ---\nTwo maps."},
		{"signature", "Yes\n-- \nAnn Bell\nRoom 3", "Yes"},
		{"signature without its blank", "Yes\n--\nAnn Bell", "Yes"},
		{"a dash is none", "Yes\n- one\n-- two", "Yes\n- one\n-- two"},
		{"iPhone", "Yes\n\nSent from my iPhone\n\nOn 23 Nov 2026, Ann <a@b.example> wrote:\n\n> Do you?", "Yes"},
		{"Outlook phone", "Yes\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: x\nSent: y\nTo: z\n\nDo you?", "Yes"},
		{"phones elsewhere", "Oui\n\nEnvoyé de mon iPhone\n", "Oui"},
		{"German phone", "Ja\n\nVon meinem iPhone gesendet\n", "Ja"},
		{"GMX, date before From", "Ja\n\nGesendet: Montag\nVon: Plenary\nAn: Ann\nBetreff: ?\n\nWollen Sie?", "Ja"},
		{"own date and place", "Date: 3 December\nTo: everybody\nWe meet at nine.", "Date: 3 December\nTo: everybody\nWe meet at nine."},
		{"Lotus Notes", "Yes\n\n-----Ann <a@b.example> wrote: -----\nDo you?", "Yes"},
		{"copy on the line of its attribution", "Yes\n\n  On Mon, Nov 23, 2026 at 10:00, Ann<a@b.example> wrote:   Do you?", "Yes"},
		{"disclaimer", "Yes\n\nThis e-mail and its attachments are confidential and intended solely for the person it is addressed to.\nIf you are somebody else, delete it.\n\nACME Ltd", "Yes"},
		{"own long word on confidence", "This message is to tell all of you that the confidential annex of our report has now been finished by the three of us, at last.", "This message is to tell all of you that the confidential annex of our report has now been finished by the three of us, at last."},
		{"own short word on confidence", "This message is confidential.\n\nThe board agreed.", "This message is confidential.\n\nThe board agreed."},
		{"list footer", "Yes\n_______________________________________________\nDC mailing list\ndc@example.org", "Yes"},
		{"own rule", "One\n----------\nTwo", "One\n----------\nTwo"},
	}
	for _, tt := range tests {
		if got := OwnText(tt.text); got != tt.want {
			t.Errorf("%s:\n%q\nwant\n%q", tt.what, got, tt.want)
		}
	}
}

func FuzzOwnText(f *testing.F) {
	for _, s := range []string{"a\n> b", "On 1 Jan, A <a@b> wrote:\n> x", "From: a\nTo: b\nDate: c", "__________\n", "--\n", "于：\n", ">\n:\n", "5 <@>:\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		own := OwnText(text)
		if len(own) > len(text) {
			t.Fatalf("it grew: %q", own)
		}
		for _, line := range strings.Split(own, "\n") {
			if strings.HasPrefix(line, ">") {
				t.Fatalf("quoted line kept: %q", line)
			}
		}
	})
}
