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
		{"attribution in a language that isn't known", "Igen\n\nPlenary <x@y.example> ezt írta ekkor (időpont: 2026. nov. 23., H, 10:00):\n\n> Akar?\n", "Igen"},
		{"the same, folded after the name", "是\n\nPlenary <\nx@y.example> 於 2026年11月23日 週一 上午10:00寫道：\n\n> ?\n", "是"},
		{"the same, folded before the day", "是\n\nPlenary <x@y.example>\n于2026年11月23日周一 10:00写道：\n\n> ?\n", "是"},
		{"attribution right under own words with a number", "We are 30 people\nOn Mon, Nov 23, 2026 at 10:00 AM Ann <a@b.example>\nwrote:\n> Do you?\n", "We are 30 people"},
		{"Hebrew, with marks that turn the writing", "כן\n\n\u200fבתאריך יום ב׳, 23 בנוב׳ 2026 ב-10:00 מאת \u202aPlenary\u202c\u200f <\u202ax@y.example\u202c\u200f>:\u202c\n\n> ?\n", "כן"},
		{"own line with a day and a colon", "At 10:00 on 3 December we met:\nthe outline is agreed.", "At 10:00 on 3 December we met:\nthe outline is agreed."},
		{"quoting, no day", "Fine.\n\nQuoting Ann <a@b.example>:\n\n> Do you?\n", "Fine."},
		{"quoted by initials", "Вы писали 23 ноября 2026 г., 10:00:00:\n\nAB> Do you?\nAB> Say.\n\nYes.", "Yes."},
		{"quoted by bars", "On 23/11/2026 10:00, Ann wrote:\n| Do you?\n| Say.\n\nYes.", "Yes."},
		{"Zoho", "Yes\n\n---- On Mon, 23 Nov 2026 10:00:00 +0100 Ann <a@b.example> wrote ----\n\nDo you?\n", "Yes"},
		{"dashes around unknown words", "Ja\n\n------ Kopie ------\nFrom: x\nSent: y\nTo: z\n\nDo you?", "Ja"},
		{"NetEase's table", "是\n\n---- 回复的原邮件 ----\n| 发件人 | Ann<a@b.example> |\n| 发送日期 | 2026年11月23日 10:00 |\n| 收件人 | <c@d.example> |\n| 主题 | ? |\n?", "是"},
		{"Yandex", "Да\n\n----------------\nКому: a@b.example;\nТема: ?;\n23.11.2026, 10:00, \"Ann\" <a@b.example>:\n\n?", "Да"},
		{"regards and name", "Yes\n\nWith best regards,\nAnn Bell", "Yes"},
		{"regards, titles and numbers", "Yes\n\nKind regards,\n\nAnn Bell\nPolicy Officer | Dynamic Coalition\nT: +41 22 555 01 23 | M: +41 79 555 01 23\nann@b.example | www.b.example\n\nOn 23 Nov 2026, Bo <c@d.example> wrote:\n> Do you?", "Yes"},
		{"regards and name on one line", "Ja\n\nLiebe Grüße, Ana", "Ja"},
		{"thanks and name", "Yes\n\nThanks,\nAnn", "Yes"},
		{"Russian regards", "Да\n\nС уважением,\nАнна\nтел. +7 495 555 01 23", "Да"},
		{"Chinese regards", "是\n\n此致\n敬礼\n安娜", "是"},
		{"Arabic regards", "نعم\n\nمع أطيب التحيات،\nليا", "نعم"},
		{"only regards", "Best regards,\nAnn", ""},
		{"only thanks", "Thanks!\nAnn", "Thanks!\nAnn"},
		{"own words after thanks", "Yes\nThanks,\nAnn\nnext: print the map", "Yes\nThanks,\nAnn\nnext: print the map"},
		{"own words that begin as regards do", "Best practice was collected.\nThanks to Ann it is done.", "Best practice was collected.\nThanks to Ann it is done."},
		{"own sentence after regards", "We sent our regards.\nRegards\nThe board will answer in the coming week.", "We sent our regards.\nRegards\nThe board will answer in the coming week."},
		{"own word on what was sent", "Enviado con retraso el informe.\nSent from the board: three texts.", "Enviado con retraso el informe.\nSent from the board: three texts."},
		{"signed by OpenPGP", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nYes\n\n- -- \nAnn\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", "Yes"},
		{"virus scanner", "Yes\n\n---\nThis email has been checked for viruses by AVG.\nhttps://www.avg.com", "Yes"},
		{"stars around a notice", "Yes\n\n**********************\nThe information in this email is confidential and may be legally privileged.\nIt is intended solely for the addressee.\n**********************", "Yes"},
		{"short notice", "Sí\n\nAVISO LEGAL: contiene información confidencial.", "Sí"},
		{"own rule of underscores", "One is done.\n\n____________________\n\nTwo is for the members to decide.", "One is done.\n\n____________________\n\nTwo is for the members to decide."},
		{"no colon behind the verb", "Yes\n\nOn Wed, 14 Nov 2026 08:14:43 -0200 Ann Bell <a@b.example> wrote\n\nDo you?", "Yes"},
		{"folded within the day", "Ja\n\nAnn Bell <a@b.example> schrieb am So., 23.\nNovember 2026, 21:08:\n\n> ?", "Ja"},
		{"name, verb, day and hour", "Kyllä\n\nAnn Bell kirjoitti 20.05.2026 kello 10:26:\n\n> ?", "Kyllä"},
		{"own word on what one wrote when", "The board wrote on 03.12.2026 at 10:15:\n\nNo money.\n\nWe go on.", "The board wrote on 03.12.2026 at 10:15:\n\nNo money.\n\nWe go on."},
		{"Zimbra", "Oui.\n\n- Le 2026-11-23 23:25, Ann a écrit :\n> ?", "Oui."},
		{"said on the line of the attribution", "all done On Wed, Nov 25, 2026 at 3:59 PM, a@b.example wrote:\n> ?", "all done"},
		{"a quoted line broken anew", "Yes\n\n> A plain reply to this mail is enough. It will stand in the digest of\nthe coalition on\n> Monday.", "Yes"},
		{"a phone nobody knows", "Yes\n\nSent from my TI-85", "Yes"},
		{"excuses", "Yes\n\nSent from my brick, please excuse any typos.", "Yes"},
		{"own word on what one sent", "Sent from my office: ten letters.", "Sent from my office: ten letters."},
		{"table of one's own", "Law | Year\n----|-----\nOne | 2019", "Law | Year\n----|-----\nOne | 2019"},
		{"picture of a signature", "Yes\n\n[cid:image001.png@01DA.2]\n[image: Logo]", "Yes"},
		{"heading above a disclaimer", "Yes\n\nDisclaimer\n\nThe information contained in this communication is confidential. It is intended solely for use by the recipient and others authorized to receive it.", "Yes"},
		{"own words under such a word", "Disclaimer\n\nWe are no lawyers.", "Disclaimer\n\nWe are no lawyers."},
		{"regards with a picture", "Yes\n\nCheers 🎉\nSarah", "Yes"},
		{"regards in two languages", "Yes\n\nMed venlig hilsen / Kind regards\n\nTim Bo\nCEO", "Yes"},
		{"thanks right under a sentence", "Rien de neuf.\nmerci d'avance", "Rien de neuf."},
		{"a program nobody knows", "Yes\n\nSent from Nine\n________________________________\nFrom: x\nSent: y\nTo: z\n\nDo you?", "Yes"},
		{"own place of sending", "Done.\n\nSent from Geneva\n\nWe go on.", "Done.\n\nSent from Geneva\n\nWe go on."},
		{"notice under the name", "Yes\n\nKind regards,\nAnn Bell\nPlease note that I work Monday to Thursday.", "Yes"},
		{"number behind a colon under the name", "Да\n\nС уважением, Козлов А.\nИсполнитель: Козлов А.В., тел. 8 800 000-00-00", "Да"},
		{"notice that begins in a way nobody knows", "Oui\n\nCe pli et ses pièces jointes sont confidentiels, à l'intention exclusive de leurs destinataires. Si vous recevez ce message par erreur, merci de le détruire et d'avertir qui l'a envoyé.", "Oui"},
		{"warning of a server on top", "CAUTION: This email originated from outside of the organization.\nDo not click links.\n\nYes", "Yes"},
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
