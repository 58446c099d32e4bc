package message

// The words by which clients mark what is not the writer's own, in lower
// case. To teach OwnText a language, add its words here.

// openWords begin an attribution.
var openWords = []string{
	"on ", "le ", "el ", "am ", "em ", "a ", "il ", "in data", "op ", "den ", "dnia ", "w dniu ", "ve ", "dne ",
	"в ", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
	"在", "于", "於", "في ", "بتاريخ", "يوم ", "על ",
}

// wroteWords are the verb of an attribution.
var wroteWords = []string{
	"wrote", "writes", "a écrit", "a ecrit", "écrivait", "escribió", "escribio", "escribe", "schrieb", "folgendes geschrieben", "escreveu", "ha scritto", "scrive",
	"schreef", "heeft geschreven", "skrev", "napisał", "napisał(a)", "napisała", "napsal", "kirjoitti", "yazdı", "írta",
	"пишет", "писал", "писала", "написал", "написала", "написал(а)", "написав",
	"写道", "寫道", "のメール", "wrote on", "كتب", "كتبت", "كَتَب", "כתב",
}

// middleWords are those verbs that the writer's name may follow.
var middleWords = []string{"schrieb", "schreef", "skrev", "كتب", "كتبت", "كَتَب", "כתב"}

// fromWords, sentWords, toWords and subjectWords name the fields of a copied
// mail's header.
var (
	fromWords = []string{
		"from", "de", "von", "da", "van", "från", "fra", "od", "kimden", "lähettäjä", "feladó", "expéditeur", "remitente", "mittente",
		"от", "от кого", "від", "发件人", "寄件者", "寄件人", "差出人", "보낸 사람", "من", "מאת",
	}
	sentWords = []string{
		"sent", "date", "envoyé", "envoyé le", "gesendet", "datum", "enviado", "enviado el", "enviado em", "enviada em", "fecha", "data",
		"inviato", "verzonden", "skickat", "sendt", "dato", "wysłano", "tarih", "gönderildi",
		"отправлено", "дата", "дата отправки", "发送时间", "日期", "寄件日期", "送信日時", "日時", "보낸 날짜", "تاريخ الإرسال", "تم الإرسال", "التاريخ", "أرسلت", "נשלח",
	}
	toWords = []string{
		"to", "à", "a", "an", "para", "aan", "till", "til", "do", "kime", "destinataire", "destinatario", "cc",
		"кому", "копия", "收件人", "收件者", "抄送", "宛先", "받는 사람", "إلى", "الى", "אל",
	}
	subjectWords = []string{
		"subject", "objet", "betreff", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "temat", "konu",
		"тема", "主题", "主旨", "件名", "제목", "الموضوع", "נושא",
	}
)

// originalWords stand between dashes above a copied mail.
var originalWords = []string{
	"original message", "original email", "mail original", "courriel original", "message d'origine", "message d’origine", "message original", "mensaje original",
	"ursprüngliche nachricht", "originalnachricht", "original-nachricht", "messaggio originale", "mensagem original",
	"oorspronkelijk bericht", "ursprungligt meddelande", "oprindelig meddelelse", "wiadomość oryginalna",
	"исходное сообщение", "оригинальное сообщение", "原始邮件", "原始郵件", "邮件原件", "元のメッセージ", "الرسالة الأصلية", "رسالة أصلية",
	"forwarded message", "weitergeleitete nachricht", "message transféré", "mensaje reenviado", "messaggio inoltrato",
	"mensagem encaminhada", "doorgestuurd bericht", "пересылаемое сообщение", "转发邮件信息", "رسالة معاد توجيهها",
}

// forwardWords stand alone above a forwarded mail.
var forwardWords = []string{
	"begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "inicio del mensaje reenviado",
	"inizio messaggio inoltrato", "início da mensagem encaminhada", "begin doorgestuurd bericht", "начало переадресованного сообщения",
}

// deviceWords begin the line that a phone or program adds.
var deviceWords = []string{
	"sent from my ", "sent from outlook", "sent from yahoo", "sent from mail for", "sent from proton", "sent with proton", "sent via ",
	"get outlook for", "sent from the ", "envoyé de mon ", "envoyé depuis ", "envoyé à partir de ", "enviado desde mi ", "enviado desde ", "obtener outlook para",
	"télécharger outlook pour", "obtenez outlook pour", "enviado do meu ", "enviado de meu ", "enviado a partir do ", "obter o outlook",
	"outlook für ", "holen sie sich outlook", "get outlook", "скачайте outlook", "скачать outlook", "получить outlook", "установите outlook",
	"获取 outlook", "下载 outlook", "取得 outlook", "الحصول على outlook", "احصل على outlook", "تنزيل outlook", "enviado con ", "provenance : courrier ", "provenance: courrier ", "sent with fairemail", "envoyé avec ", "отправлено через ",
	"gesendet von ", "gesendet mit ", "inviato da ", "inviato dal ", "scarica outlook",
	"verzonden vanaf ", "verstuurd vanaf ", "verzonden met ", "outlook voor ", "skickat från min", "sendt fra min", "wysłane z ",
	"отправлено с ", "отправлено из ", "发自我的", "發自我的", "從我的", "从我的", "通过我的", "发送自", "iphoneから送信",
	"تم الإرسال من", "أرسلت من", "أُرسلت من", "مرسل من",
}

// noticeWords begin a disclaimer, and two of secrecyWords stand in it.
var (
	noticeWords = []string{
		"this e-mail", "this email", "this message", "this communication", "the information contained in this", "the information in this", "the contents of this",
		"the content of this", "confidentiality notice", "disclaimer", "important notice",
		"ce message", "ce courriel", "cet e-mail", "cet email", "ce mail", "les informations contenues", "le contenu de ce", "avis de confidentialité",
		"este mensaje", "este correo", "este e-mail", "este email", "la información contenida", "el contenido de este", "aviso de confidencialidad", "aviso legal",
		"diese e-mail", "diese email", "diese nachricht", "diese mail", "der inhalt dieser", "die in dieser e-mail", "vertraulichkeitshinweis", "dieses e-mail",
		"настоящее сообщение", "настоящее электронное", "это сообщение", "это электронное", "данное сообщение", "данное электронное", "информация, содержащаяся", "содержание данного",
		"本邮件", "此邮件", "本电子邮件", "此电子邮件", "本電子郵件", "保密声明", "保密提示", "免责声明",
		"هذه الرسالة", "هذا البريد", "محتويات هذه", "المعلومات الواردة في", "إخلاء مسؤولية", "إشعار السرية",
		"esta mensagem", "este messaggio", "questo messaggio", "dit bericht", "deze e-mail", "ta wiadomość",
	}
	secrecyWords = []string{
		"confidential", "privileged", "recipient", "intended", "in error", "addressed", "delete",
		"confidentiel", "destinataire", "erreur", "détrui", "exclusi", "confidencial", "destinatari", "por error", "elimin",
		"vertraulich", "adressat", "empfänger", "irrtümlich", "löschen", "vernichten", "конфиденциальн", "адресат", "ошибк", "удал",
		"保密", "机密", "收件人", "错收", "误收", "删除", "禁止", "سرية", "سرّية", "المرسل إليه", "المرسل اليه", "الخطأ", "حذف",
		"riservat", "per errore", "vertrouwelijk", "poufn",
	}
)
