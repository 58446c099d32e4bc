package progress

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"testing"

	"plenary/lists"
	"plenary/smtp/message"
)

// The replies below are made, not collected: each in the form that a mail
// program writes in a language, as far as its makers' own texts are known.

// tongue is what people and their mail programs write in one language.
type tongue struct {
	name       string
	said, more string // the answer, and a second part of it
	asked      [2]string
	gmail      string // who wrote, over two lines where the program folds
	apple      string
	bird       string // Thunderbird
	yahoo      string
	header     [4]string // Outlook's copied header: from, sent, to, subject
	outlookApp string
	iphone     string
	galaxy     [2]string // its line, and the mark above the original
	secret     string    // a disclaimer
	best       string    // before a signature
}

const (
	asker   = "Dynamic Coalition"
	askerAt = "dc-maps-progress+abcdefghijklmnopqrstuvwxyz@lists.example.org"
)

var tongues = []tongue{
	{"English", "We met on Tuesday and agreed on the colours.", "Two chapters are translated.",
		[2]string{"What happened in Maps, and what is the next step?", "If you reply again, the last reply counts."},
		"On Sat, Nov 21, 2026 at 9:00 AM " + asker + " <\n" + askerAt + "> wrote:",
		"On 21 Nov 2026, at 09:00, " + asker + " <" + askerAt + "> wrote:",
		"On 21/11/2026 09:00, " + asker + " wrote:",
		"On Saturday, November 21, 2026 at 09:00:00 AM GMT+1, " + asker + " <" + askerAt + "> wrote:",
		[4]string{"From: %s", "Sent: Saturday, November 21, 2026 9:00 AM", "To: ana@m.example", "Subject: What happened in Maps this week?"},
		"Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent from my iPhone", [2]string{"Sent from my Galaxy", "-------- Original message --------"},
		"This e-mail and any files transmitted with it are confidential and intended solely for the use of the individual to whom they are addressed. If you have received it in error please notify the sender.",
		"Best regards,"},
	{"French", "Nous nous sommes réunis mardi et avons choisi les couleurs.", "Deux chapitres sont traduits.",
		[2]string{"Que s’est-il passé dans Maps, et quelle est la prochaine étape ?", "Si vous répondez encore, la dernière réponse compte."},
		"Le sam. 21 nov. 2026 à 09:00, " + asker + " <\n" + askerAt + "> a écrit :",
		"Le 21 nov. 2026 à 09:00, " + asker + " <" + askerAt + "> a écrit :",
		"Le 21/11/2026 à 09:00, " + asker + " a écrit\u00a0:",
		"Le samedi 21 novembre 2026 à 09:00:00 UTC+1, " + asker + " <" + askerAt + "> a écrit :",
		[4]string{"De : %s", "Envoyé : samedi 21 novembre 2026 09:00", "À : ana@m.example", "Objet : Que s’est-il passé dans Maps cette semaine ?"},
		"Télécharger Outlook pour iOS<https://aka.ms/o0ukef>", "Envoyé de mon iPhone", [2]string{"Envoyé depuis mon appareil Galaxy", "-------- Message d'origine --------"},
		"Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de leurs destinataires. Si vous avez reçu ce message par erreur, merci de le détruire.",
		"Cordialement,"},
	{"Spanish", "Nos reunimos el martes y elegimos los colores.", "Dos capítulos están traducidos.",
		[2]string{"¿Qué pasó en Maps, y cuál es el próximo paso?", "Si responde otra vez, cuenta la última respuesta."},
		"El sáb, 21 nov 2026 a las 9:00, " + asker + " (<\n" + askerAt + ">) escribió:",
		"El 21 nov 2026, a las 9:00, " + asker + " <" + askerAt + "> escribió:",
		"El 21/11/2026 a las 9:00, " + asker + " escribió:",
		"El sábado, 21 de noviembre de 2026, 09:00:00 CET, " + asker + " <" + askerAt + "> escribió:",
		[4]string{"De: %s", "Enviado el: sábado, 21 de noviembre de 2026 9:00", "Para: ana@m.example", "Asunto: ¿Qué pasó en Maps esta semana?"},
		"Obtener Outlook para iOS<https://aka.ms/o0ukef>", "Enviado desde mi iPhone", [2]string{"Enviado desde mi Galaxy", "-------- Mensaje original --------"},
		"Este mensaje y sus archivos adjuntos son confidenciales y van dirigidos exclusivamente a su destinatario. Si lo ha recibido por error, le rogamos que lo comunique al remitente y lo elimine.",
		"Saludos,"},
	{"German", "Wir haben uns am Dienstag getroffen und die Farben gewählt.", "Zwei Kapitel sind übersetzt.",
		[2]string{"Was ist in Maps geschehen, und was ist der nächste Schritt?", "Wenn Sie noch einmal antworten, zählt die letzte Antwort."},
		"Am Sa., 21. Nov. 2026 um 09:00 Uhr schrieb " + asker + " <\n" + askerAt + ">:",
		"Am 21.11.2026 um 09:00 schrieb " + asker + " <" + askerAt + ">:",
		"Am 21.11.2026 um 09:00 schrieb " + asker + ":",
		"Am Samstag, 21. November 2026 um 09:00:00 MEZ hat " + asker + " <" + askerAt + "> Folgendes geschrieben:",
		[4]string{"Von: %s", "Gesendet: Samstag, 21. November 2026 09:00", "An: ana@m.example", "Betreff: Was ist diese Woche in Maps geschehen?"},
		"Outlook für iOS herunterladen<https://aka.ms/o0ukef>", "Von meinem iPhone gesendet", [2]string{"Von meinem Galaxy gesendet", "-------- Ursprüngliche Nachricht --------"},
		"Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender und löschen Sie diese Mail.",
		"Mit freundlichen Grüßen"},
	{"Russian", "Мы встретились во вторник и выбрали цвета.", "Две главы переведены.",
		[2]string{"Что произошло в Maps и каков следующий шаг?", "Если вы ответите ещё раз, учтётся последний ответ."},
		"сб, 21 нояб. 2026 г. в 09:00, " + asker + " <\n" + askerAt + ">:",
		"21 нояб. 2026 г., в 09:00, " + asker + " <" + askerAt + "> написал(а):",
		"21.11.2026 09:00, " + asker + " пишет:",
		"Суббота, 21 ноября 2026, 9:00 +03:00 от " + asker + " <" + askerAt + ">:",
		[4]string{"От: %s", "Отправлено: 21 ноября 2026 г. 9:00", "Кому: ana@m.example", "Тема: Что произошло в Maps на этой неделе?"},
		"Скачайте Outlook для iOS<https://aka.ms/o0ukef>", "Отправлено с iPhone", [2]string{"Отправлено с устройства Galaxy", "-------- Исходное сообщение --------"},
		"Настоящее сообщение и приложения к нему являются конфиденциальными и предназначены только для указанного адресата. Если вы получили его по ошибке, сообщите об этом отправителю.",
		"С уважением,"},
	{"Chinese", "我们星期二开会，选定了颜色。", "两章已经翻译完成。",
		[2]string{"Maps 发生了什么？下一步是什么？", "如果您再次回复，以最后一次回复为准。"},
		asker + " <" + askerAt + "> 于2026年11月21日周六 09:00写道：",
		"在 2026年11月21日，09:00，" + asker + " <" + askerAt + "> 写道：",
		"在 2026/11/21 09:00, " + asker + " 写道:",
		"在 2026-11-21 09:00:00，\"" + asker + "\" <" + askerAt + "> 写道：",
		[4]string{"发件人: %s", "发送时间: 2026年11月21日 9:00", "收件人: ana@m.example", "主题: 本周 Maps 发生了什么？"},
		"获取 Outlook for iOS<https://aka.ms/o0ukef>", "发自我的 iPhone", [2]string{"发自我的 Galaxy", "-------- 原始邮件 --------"},
		"本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。禁止任何其他人以任何形式使用本邮件中的信息。如果您错收了本邮件，请您立即通知发件人并删除本邮件。",
		"此致"},
	{"Arabic", "اجتمعنا يوم الثلاثاء واخترنا الألوان.", "تُرجم فصلان.",
		[2]string{"ماذا حدث في Maps، وما الخطوة التالية؟", "إن رددت مرة أخرى فالردّ الأخير هو المعتمد."},
		"في السبت، 21 نوفمبر 2026 في 9:00 ص تمت كتابة ما يلي بواسطة " + asker + " <\n" + askerAt + ">:",
		"في ٢١ نوفمبر ٢٠٢٦، الساعة ٩:٠٠ ص، كتب " + asker + " <" + askerAt + ">:",
		"في 21/11/2026 9:00 ص، كتب " + asker + ":",
		"في السبت، ٢١ نوفمبر ٢٠٢٦ ٩:٠٠ ص غرينتش+٣, كتب " + asker + " <" + askerAt + ">:",
		[4]string{"من: %s", "تم الإرسال: السبت، 21 نوفمبر 2026 9:00 ص", "إلى: ana@m.example", "الموضوع: ماذا حدث في Maps هذا الأسبوع؟"},
		"الحصول على Outlook لـ iOS<https://aka.ms/o0ukef>", "أُرسلت من الـ iPhone", [2]string{"تم الإرسال من هاتف Galaxy", "-------- الرسالة الأصلية --------"},
		"هذه الرسالة ومرفقاتها سرية وموجهة حصرًا إلى المرسل إليه. إذا وصلتك عن طريق الخطأ فيرجى إبلاغ المرسل وحذفها فورًا وعدم نسخها أو توزيعها.",
		"مع التحية"},
}

// reply is one made reply and what it says.
type reply struct {
	name string
	kind string // text or html
	body string
	want Answer
}

func quoted(lines ...string) string { return "> " + strings.Join(lines, "\n> \n> ") }

func (t tongue) copied() string {
	return fmt.Sprintf(strings.Join(t.header[:], "\n"), asker+" <"+askerAt+">") + "\n\n" + t.asked[0] + "\n\n" + t.asked[1] + "\n"
}

func (t tongue) replies() []reply {
	both := Answer{Progress: t.said + "\n\n" + t.more}
	one := Answer{Progress: t.said}
	words := t.said + "\n\n" + t.more + "\n\n"
	quote := quoted(t.asked[0], t.asked[1])
	keyed := Answer{Progress: t.said, Next: "publish", By: "2026-12-01", State: lists.Active, Help: t.more, Dissent: t.said}
	lines := t.said + "\n\nnext: publish by 2026-12-01\nstate: active\nhelp: " + t.more + "\ndissent: " + t.said + "\n\n"
	flat := func(s string) string { return strings.ReplaceAll(s, "\n", "") }
	esc := html.EscapeString
	return []reply{
		{"Gmail", "text", words + t.gmail + "\n\n" + quote, both},
		{"Gmail, below", "text", t.gmail + "\n\n" + quote + "\n\n" + words, both},
		{"Gmail, inline", "text", t.gmail + "\n\n> " + t.asked[0] + "\n\n" + t.said + "\n\n> " + t.asked[1] + "\n\n" + t.more + "\n", both},
		{"Gmail, key lines", "text", lines + t.gmail + "\n\n" + quote, keyed},
		{"Gmail, HTML", "html", `<div dir="auto"><div>` + esc(t.said) + `</div><div><br></div><div>` + esc(t.more) + `</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + esc(flat(t.gmail)) + `<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">` + esc(t.asked[0]) + `<br><br>` + esc(t.asked[1]) + `</blockquote></div>`, both},
		{"Outlook desktop", "text", words + "\n" + t.copied(), both},
		{"Outlook desktop, HTML", "html", `<div class="WordSection1"><p class="MsoNormal">` + esc(t.said) + `<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">` + esc(t.more) + `</p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>` + strings.ReplaceAll(fmt.Sprintf(strings.Join(t.header[:], "<br>"), esc(asker+" <"+askerAt+">")), "<br>", "<br><b></b>") + `</b></p></div><p class="MsoNormal">` + esc(t.asked[0]) + `</p><p class="MsoNormal">` + esc(t.asked[1]) + `</p></div>`, both},
		{"Outlook web", "text", words + "________________________________\n" + t.copied(), both},
		{"Outlook phone", "text", words + t.outlookApp + "\n________________________________\n" + t.copied(), both},
		{"Apple Mail", "text", words + "> " + t.apple + "\n> \n" + quote, both},
		{"Apple Mail, HTML", "html", `<html><body>` + esc(t.said) + `<div><br></div><div>` + esc(t.more) + `<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>` + esc(t.apple) + `</div><br class="Apple-interchange-newline"><div>` + esc(t.asked[0]) + `</div><div>` + esc(t.asked[1]) + `</div></blockquote></div></div></body></html>`, both},
		{"iPhone", "text", t.said + "\n\n" + t.iphone + "\n\n> " + t.apple + "\n> \n> \ufeff" + t.asked[0] + "\n", one},
		{"Galaxy", "text", t.said + "\n\n\n\n" + t.galaxy[0] + "\n\n\n" + t.galaxy[1] + "\n" + t.copied(), one},
		{"Thunderbird", "text", words + t.bird + "\n" + quote, both},
		{"Thunderbird, below, signature", "text", t.bird + "\n" + quote + "\n\n" + words + "-- \nAna Bell\nRoom 3\n", both},
		{"Thunderbird, below, inline key lines", "text", t.bird + "\n> " + t.asked[0] + "\n\n" + lines + "> " + t.asked[1] + "\n", keyed},
		{"Yahoo", "text", "  " + t.said + "\n\n" + t.more + "\n\n    " + t.yahoo + "  \n \n  " + t.asked[0] + "\n\n" + t.asked[1] + "\n", both},
		{"Yahoo, HTML", "html", `<div class="ydp1"><div dir="ltr">` + esc(t.said) + `</div><div dir="ltr"><br></div><div dir="ltr">` + esc(t.more) + `</div></div><div id="ydp2yahoo_quoted_1" class="yahoo_quoted"><div><div>` + esc(t.yahoo) + `</div><div><br></div><div><br></div><div>` + esc(t.asked[0]) + `<br>` + esc(t.asked[1]) + `</div></div></div>`, both},
		{"disclaimer", "text", t.said + "\n\n" + t.secret + "\n\n" + t.gmail + "\n\n" + quote, one},
		{"no quote", "text", t.said + "\n", one},
	}
}

// others are forms that one program or one people has.
func others() []reply {
	said := Answer{Progress: "Two maps are done."}
	return []reply{
		{"163 Mail", "text", "Two maps are done.\n\n\n\n\n\nAt 2026-11-21 09:00:00, \"" + asker + "\" <" + askerAt + "> wrote:\n>What happened?\n", said},
		{"QQ Mail", "text", "Two maps are done.\n\n\n------------------ 原始邮件 ------------------\n发件人: \"" + asker + "\" <" + askerAt + ">;\n发送时间: 2026年11月21日(星期六) 上午9:00\n收件人: \"ana\"<ana@m.example>;\n主题: Maps\n\nWhat happened?\n", said},
		{"Yandex", "text", "Two maps are done.\n\n21.11.2026, 09:00, \"" + asker + "\" <" + askerAt + ">:\n\n> What happened?\n", said},
		{"Proton", "text", "Two maps are done.\n\nSent with Proton Mail secure email.\n\nOn Saturday, November 21st, 2026 at 9:00 AM, " + asker + " <" + askerAt + "> wrote:\n\n> What happened?\n", said},
		{"Yahoo phone", "text", "Two maps are done.\n\nSent from Yahoo Mail on Android \n \n  On Sat, Nov 21, 2026 at 9:00, " + asker + "<" + askerAt + "> wrote:   What happened?\n", said},
		{"Yahoo phone, German", "text", "Two maps are done.\n\nVon Yahoo Mail auf Android gesendet \n \n  Am Sa., 21. Nov. 2026 um 9:00 schrieb " + asker + "<" + askerAt + ">:   What happened?\n", said},
		{"Lotus Notes", "text", "Two maps are done.\n\n\n-----" + asker + " <" + askerAt + "> wrote: -----\nTo: ana@m.example\nFrom: " + asker + " <" + askerAt + ">\nDate: 11/21/2026 09:00AM\nSubject: Maps\n\nWhat happened?\n", said},
		{"K-9", "text", "Two maps are done.\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.", said},
		{"K-9, top", "text", "Two maps are done.\n\nAm 21. November 2026 09:00:00 MEZ schrieb " + asker + " <" + askerAt + ">:\n>What happened?\n>\n>Next?\n", said},
		{"GMX", "text", "Two maps are done.\n\n\n\nGesendet: Samstag, 21. November 2026 um 09:00 Uhr\nVon: \"" + asker + "\" <" + askerAt + ">\nAn: ana@m.example\nBetreff: Maps\n\nWhat happened?\n", said},
		{"Zimbra", "text", "Two maps are done.\n\n----- Original Message -----\nFrom: \"" + asker + "\" <" + askerAt + ">\nTo: ana@m.example\nSent: Saturday\nSubject: Maps\n\nWhat happened?\n", said},
		{"Zimbra, French", "text", "Two maps are done.\n\n----- Mail original -----\nDe: \"" + asker + "\" <" + askerAt + ">\nÀ: ana@m.example\nEnvoyé: Samedi\nObjet: Maps\n\nWhat happened?\n", said},
		{"Orange, French", "text", "Two maps are done.\n\n> Message du 21/11/26 09:00\n> De : \"" + asker + "\" <" + askerAt + ">\n> A : ana@m.example\n> \n> What happened?\n", said},
		{"mutt", "text", "* " + asker + " [2026-11-21 09:00]:\n> What happened?\n\nTwo maps are done.\n", said},
		{"Gnus", "text", asker + " <" + askerAt + "> writes:\n\n> What happened?\n\nTwo maps are done.\n", said},
		{"list footer", "text", "Two maps are done.\n_______________________________________________\nDC mailing list\n", said},
		{"signature after dashes without a blank", "text", "Two maps are done.\n--\nAna Bell\n", said},
		{"last sentence says the next step", "text", "Two maps are done. The next step is to publish by 2026-12-01.\n", Answer{Progress: "Two maps are done. The next step is to publish by 2026-12-01.", Next: "publish", By: "2026-12-01"}},
		{"no progress", "text", "no progress\n", Answer{Progress: "no progress"}},
		{"done and dropped", "text", "done: the colours\ndropped: the poster\nNext step: publish by 1 December 2026\n", Answer{Done: "the colours", Dropped: "the poster", Next: "publish", By: "2026-12-01"}},
		{"a word with a colon is no key", "text", "Remaining: two maps.\nNote: the helper: Bo.\n", Answer{Progress: "Remaining: two maps.\nNote: the helper: Bo."}},
		{"own text about writing", "text", "On Tuesday we wrote to the board:\nthey agreed.\n", Answer{Progress: "On Tuesday we wrote to the board:\nthey agreed."}},
		{"own list of points", "text", "- met on Tuesday\n- chose colours\n", Answer{Progress: "- met on Tuesday\n- chose colours"}},
		{"bold keys in HTML", "html", "<p>Two maps are done.</p><p><b>next:</b> publish by 2026-12-01<br><b>help:</b> a printer</p>", Answer{Progress: "Two maps are done.", Next: "publish", By: "2026-12-01", Help: "a printer"}},
		{"own word confidential", "text", "This message is short: the confidential annex is done.\n", Answer{Progress: "This message is short: the confidential annex is done."}},
	}
}

// raw is the reply as a message: text in base64, or HTML alone.
func (r reply) raw() []byte {
	kind := map[string]string{"text": "text/plain", "html": "text/html"}[r.kind]
	return []byte("From: Ana <ana@m.example>\r\nTo: " + askerAt + "\r\nSubject: Re: Maps\r\nMIME-Version: 1.0\r\nContent-Type: " + kind +
		"; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(r.body, "\n", "\r\n"))) + "\r\n")
}

// Of the replies at least 95 in 100 are read right: the words that are the
// leader's own and nothing else, and what the key lines say.
func TestRepliesAreReadRight(t *testing.T) {
	all := others()
	for _, l := range tongues {
		for _, r := range l.replies() {
			r.name = l.name + ", " + r.name
			all = append(all, r)
		}
	}
	right := 0
	for _, r := range all {
		m, err := message.Parse(r.raw())
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		got := ReadAnswer(message.OwnText(m.Text(32<<10)), "2026-11-23")
		if got == r.want {
			right++
			continue
		}
		t.Logf("%s:\n got %q\nwant %q", r.name, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", r.want))
	}
	t.Logf("%d of %d made replies are read right (%.1f %%)", right, len(all), 100*float64(right)/float64(len(all)))
	if len(all) < 120 || right*100 < 95*len(all) {
		t.Errorf("%d of %d read right, want 95 %%", right, len(all))
	}
}
