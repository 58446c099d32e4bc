package progress

import (
	"testing"

	"plenary/smtp/message"
)

// unseen are forms that were written down after the reading was made, to see
// how it does with what it was not made for. They are made, too.
func unseen() []reply {
	said := Answer{Progress: "Two maps are done."}
	form := func(name, after string) reply {
		return reply{name, "text", "Two maps are done.\n\n" + after + "\n", said}
	}
	who := asker + " <" + askerAt + ">"
	return []reply{
		form("Spark", "On Nov 21, 2026, 9:00 AM +0100, "+who+", wrote:\n> What happened?"),
		form("Evolution", "On Sat, 2026-11-21 at 09:00 +0100, "+who+" wrote:\n> What happened?"),
		form("KMail", "On Saturday, 21 November 2026 09:00:00 CET "+asker+" wrote:\n> What happened?"),
		form("Roundcube", "On 2026-11-21 09:00, "+asker+" wrote:\n> What happened?"),
		form("Roundcube, German", "Am 2026-11-21 09:00, schrieb "+asker+":\n> What happened?"),
		form("Roundcube, French", "Le 2026-11-21 09:00, "+asker+" a écrit :\n> What happened?"),
		form("Horde", asker+" <"+askerAt+"> schrieb:\n\n> What happened?"),
		form("eM Client", "------ Original Message ------\nFrom: \""+asker+"\" <"+askerAt+">\nTo: ana@m.example\nSent: 21/11/2026 09:00:00\nSubject: Maps\n\n> What happened?"),
		form("eM Client, German", "------ Originalnachricht ------\nVon: \""+asker+"\" <"+askerAt+">\nAn: ana@m.example\nGesendet: 21.11.2026 09:00:00\nBetreff: Maps\n\nWhat happened?"),
		form("Windows Mail", "Sent from Mail for Windows\n\nFrom: "+asker+"\nSent: 21 November 2026 09:00\nTo: ana@m.example\nSubject: Maps\n\nWhat happened?"),
		form("Windows Mail, French", "Provenance : Courrier pour Windows\n\nDe : "+asker+"\nEnvoyé le :samedi 21 novembre 2026 09:00\nÀ : ana@m.example\nObjet :Maps\n\nWhat happened?"),
		form("Windows Mail, Spanish", "Enviado desde Correo para Windows\n\nDe: "+asker+"\nEnviado: sábado, 21 de noviembre de 2026 9:00\nPara: ana@m.example\nAsunto: Maps\n\nWhat happened?"),
		form("iPad", "Sent from my iPad\n\n> On 21 Nov 2026, at 09:00, "+who+" wrote:\n> \n> What happened?"),
		form("iPad, German", "Von meinem iPad gesendet\n\n> Am 21.11.2026 um 09:00 schrieb "+who+":\n> \n> What happened?"),
		form("Android, Spanish", "Enviado desde mi Android\n\nEl 21 nov. 2026 9:00, "+who+" escribió:\n> What happened?"),
		form("Samsung, French", "Envoyé depuis mon appareil Galaxy\n\n-------- Message d'origine --------\nDe : "+who+"\nDate : 21/11/2026 09:00 (GMT+01:00)\nÀ : ana@m.example\nObjet : Maps\n\nWhat happened?"),
		form("Mail.ru", "--\nАнна\nОтправлено из Почты Mail.ru\n\nСуббота, 21 ноября 2026, 9:00 +03:00 от "+who+":\n>What happened?"),
		form("NetEase", "发自我的小米手机\n\n在 "+who+"，2026年11月21日 09:00 写道：\n\n> What happened?"),
		form("Proton, phone", "Sent from Proton Mail for iOS.\n\n-------- Original Message --------\nOn Saturday, 11/21/26 at 09:00 "+who+" wrote:\n\n> What happened?"),
		form("BlackBerry", "Sent from my BlackBerry 10 smartphone.\nFrom: "+asker+"\nSent: Saturday, November 21, 2026 09:00\nTo: ana@m.example\nSubject: Maps\n\nWhat happened?"),
		form("FairEmail", "Sent with FairEmail\n\nNov 21, 2026 09:00:00 "+who+":\n\n> What happened?"),
		form("web.de app", "-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\nAm 21.11.26, 09:00 schrieb "+who+":\n> What happened?"),
		form("Outlook, Arabic", "من: "+who+"\nالتاريخ: السبت، 21 نوفمبر 2026 9:00 ص\nإلى: ana@m.example\nالموضوع: Maps\n\nWhat happened?"),
		form("Outlook, Russian, phone", "Получить Outlook для Android\n________________________________\nFrom: "+who+"\nSent: Saturday, November 21, 2026 9:00:00 AM\nTo: ana@m.example\nSubject: Maps\n\nWhat happened?"),
	}
}

// At least nine in ten of the forms that the reading was not made for are
// read right too; which are not is shown.
func TestUnseenReplies(t *testing.T) {
	right, all := 0, unseen()
	for _, r := range all {
		m, err := message.Parse(r.raw())
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		if got := ReadAnswer(message.OwnText(m.Text(32<<10)), "2026-11-23"); got == r.want {
			right++
		} else {
			t.Logf("%s: %q", r.name, got.Progress)
		}
	}
	t.Logf("%d of %d unseen forms are read right", right, len(all))
	if right*100 < 90*len(all) {
		t.Errorf("%d of %d read right, want 90 %%", right, len(all))
	}
}
