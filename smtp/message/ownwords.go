package message

import "strings"

// The words by which clients mark what is not the writer's own, in lower
// case. To teach OwnText a language, add its words here.

// openWords begin an attribution.
var openWords = []string{
	"on ", "le ", "el ", "am ", "em ", "a ", "il ", "in data", "op ", "den ", "dnia ", "w dniu ", "ve ", "dne ",
	"в ", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
	"在", "于", "於", "في ", "بتاريخ", "يوم ", "על ",
	"στις ", "în ", "pada ", "vào ", "در تاریخ", "dňa ",
}

// wroteWords are the verb of an attribution.
var wroteWords = []string{
	"wrote", "writes", "a écrit", "a ecrit", "écrivait", "escribió", "escribio", "escribe", "schrieb", "folgendes geschrieben", "escreveu", "ha scritto", "scrive",
	"schreef", "heeft geschreven", "skrev", "napisał", "napisał(a)", "napisała", "napsal", "kirjoitti", "yazdı", "írta",
	"пишет", "писал", "писала", "написал", "написала", "написал(а)", "написав",
	"写道", "寫道", "のメール", "wrote on", "كتب", "كتبت", "كَتَب", "כתב",
	"έγραψε", "a scris", "menulis", "đã viết", "نوشت", "작성", "napísal", "kirjoitti", "pisze", "napsal(a)", "napísal(a)", "odpisal", "skrev følgende", "het volgende geschreven", "şunu yazdı", "şunları yazdı", "написал(a)",
}

// middleWords are those verbs that the writer's name may follow.
var middleWords = []string{"schrieb", "schreef", "skrev", "كتب", "كتبت", "كَتَب", "כתב"}

// fromWords, sentWords, toWords and subjectWords name the fields of a copied
// mail's header.
var (
	fromWords = []string{
		"from", "de", "von", "da", "van", "från", "fra", "od", "kimden", "gönderen", "від кого", "보낸사람", "발신", "送信者", "nadawca", "avsändare", "afsender", "afzender", "remetente", "lähettäjä", "feladó", "expéditeur", "remitente", "mittente",
		"от", "от кого", "від", "发件人", "寄件者", "寄件人", "差出人", "보낸 사람", "من", "מאת",
		"από", "de la", "dari", "từ", "از", "odesílatel",
	}
	sentWords = []string{
		"sent", "date", "envoyé", "envoyé le", "gesendet", "datum", "enviado", "enviado el", "enviado em", "enviada em", "fecha", "data",
		"inviato", "verzonden", "skickat", "sendt", "dato", "wysłano", "tarih", "gönderildi",
		"отправлено", "дата", "дата отправки", "发送时间", "日期", "寄件日期", "送信日時", "日時", "보낸 날짜", "تاريخ الإرسال", "تم الإرسال", "التاريخ", "أرسلت", "נשלח",
		"lähetetty", "päivä", "odesláno", "datum odeslání", "elküldve", "dátum", "küldve", "trimis", "dată", "ημερομηνία", "στάλθηκε", "надіслано", "dikirim", "tanggal", "đã gửi", "ngày", "ارسال شده", "تاریخ", "发送日期", "보낸시간", "날짜", "date d'envoi", "envoyée",
	}
	toWords = []string{
		"reply-to", "reply to", "répondre à", "responder a", "antwort an",
		"to", "à", "a", "an", "para", "aan", "till", "til", "do", "kime", "destinataire", "destinatario", "cc",
		"кому", "копия", "收件人", "收件者", "抄送", "宛先", "받는 사람", "إلى", "الى", "אל",
		"vastaanottaja", "komu", "címzett", "către", "προς", "kepada", "ke", "đến", "به", "받는사람", "copie à", "copie", "kopie", "kopie an", "kopia", "másolatot kap", "για",
	}
	subjectWords = []string{
		"subject", "objet", "betreff", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "temat", "konu",
		"тема", "主题", "主旨", "件名", "제목", "الموضوع", "נושא",
		"aihe", "předmět", "tárgy", "subiect", "θέμα", "subjek", "perihal", "chủ đề", "tiêu đề", "موضوع", "predmet",
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
	"özgün ileti", "orijinal ileti", "orijinal mesaj", "opprinnelig melding", "alkuperäinen viesti", "původní zpráva", "pôvodná správa", "원본 메시지", "הודעה מקורית", "αρχικό μήνυμα", "eredeti üzenet", "mesaj original", "mesajul original", "оригінальне повідомлення", "pesan asli", "oryginalna wiadomość", "original", "original mail", "回复的原邮件", "原邮件", "原始信件", "weitergeleitete mail", "reply message", "antwort nachricht", "oprindelig besked",
}

// copyWords are one of a few words between longer dashes above a copied mail.
var copyWords = []string{"message", "nachricht", "mensaje", "messaggio", "mensagem", "bericht", "besked", "meddelelse", "melding", "meddelande", "viesti", "zpráva", "wiadomość", "сообщение", "письмо", "邮件", "郵件", "الرسالة"}

// forwardWords stand alone above a forwarded mail.
var forwardWords = []string{
	"begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "inicio del mensaje reenviado",
	"inizio messaggio inoltrato", "início da mensagem encaminhada", "begin doorgestuurd bericht", "начало переадресованного сообщения",
}

// deviceWords begin the line that a phone or program adds. What sentWith
// begins is one only where it names a device or program too.
var (
	deviceWords = []string{
		"sent from outlook", "sent from yahoo", "sent from mail", "sent from proton", "sent with proton", "sent with [proton", "sent from gmail", "sent from samsung", "sent from bluemail", "sent with aqua",
		"sent from the all new", "sent with fairemail", "sent via superhuman", "get outlook", "get bluemail", "obtenir outlook", "yahoo mail:", "outlook for ios", "outlook for android",
		"envoyé de mon ", "transmis de mon ", "enviado desde mi ", "obtener outlook", "télécharger outlook", "obtenez outlook", "enviado do meu ", "enviado de meu ", "obter o outlook",
		"outlook für ios", "outlook für android", "holen sie sich outlook", "загрузить outlook", "загрузите outlook", "завантажити outlook", "pobierz outlook", "download outlook", "baixar outlook", "baixe o outlook", "descargar outlook", "outlook’u edinin", "ios için outlook", "android için outlook", "скачайте outlook", "скачать outlook", "получить outlook", "установите outlook",
		"获取 outlook", "下载 outlook", "取得 outlook", "获取适用于", "الحصول على outlook", "احصل على outlook", "تنزيل outlook", "provenance : courrier ", "provenance: courrier ",
		"scarica outlook", "ottieni outlook", "outlook voor ios", "outlook voor android", "skickat från min", "sendt fra min", "hanki outlook",
		"发自我的", "發自我的", "從我的", "从我的", "通过我的", "发送自", "來自我的", "来自我的", "签名由", "iphoneから送信",
		"تم الإرسال من", "تم إرسالها من", "갤럭시에서 보냈", "네이버 메일 앱에서", "나의 iphone에서", "أرسلت من", "أُرسلت من", "مرسل من", "مُرسل من", "مرسلة من", "مُرسلة من", "diese nachricht wurde von meinem",
	}
	sentWith = []string{
		"sent from my ", "sent wirelessly from ", "envoyé sans fil ", "sent via ", "envoyé depuis ", "message envoyé depuis ", "envoyé à partir de ", "envoyé avec ", "enviado desde ", "enviado con ", "enviado a través de ", "enviado a partir do ",
		"gesendet von ", "gesendet mit ", "inviato da ", "inviato dal ", "verzonden vanaf ", "verstuurd vanaf ", "verzonden met ", "wysłane z ", "wysłano z ",
		"отправлено с ", "отправлено из ", "отправлено через ", "надіслано з ", "odesláno z ", "trimis de pe ", "lähetetty ", "στάλθηκε από ", "נשלח מה", "đã gửi từ ", "dikirim dari ",
	}
	// excuses are made for what one writes on such a device.
	excuses     = []string{"please excuse", "excuse the", "excuse my", "pardon", "sorry for", "apologies for", "forgive"}
	sentBriefly = []string{"sent from ", "sent with ", "sent by ", "from my "} // in a few words
	deviceNames = []string{
		"phone", "ipad", "ipod", "mac", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "honor", "oppo", "vivo", "pixel", "nokia", "motorola", "oneplus", "lenovo", "blackberry", "tablet",
		"mobil", "móvil", "movil", "móvel", "portable", "télé", "telef", "handy", "gerät", "appareil", "dispositivo", "device", "celular", "cellulare", "smart", "wireless", "verizon",
		"outlook", "mail", "courrier", "courriel", "correo", "yahoo", "proton", "tuta", "thunderbird", "windows", "aol", "hotmail", "app", "spark", "canary",
		"телеф", "смартф", "устройств", "почт", "планшет", "приложен", "айфон", "τηλ", "điện thoại",
	}
)

// noticeWords begin a disclaimer, and two of secrecyWords stand in it.
var (
	noticeWords = []string{
		"this e-mail", "this email", "this message", "this communication", "the information contained in this", "the information in this", "the contents of this",
		"the content of this", "confidentiality notice", "notice: this", "disclaimer", "important notice",
		"le présent message", "le présent courriel", "le présent e-mail", "ce message", "ce courriel", "cet e-mail", "cet email", "ce mail", "les informations contenues", "le contenu de ce", "avis de confidentialité",
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
		"riservat", "per errore", "vertrouwelijk", "geadresseerde", "abusievelijk", "verwijderen", "niet voor u is bestemd", "poufn", "adresat", "pomyłk", "usunąć", "gizli", "alıcı", "yanlışlıkla", "siliniz", "sigilos", "engano", "機密", "誤送信", "削除",
	}
)

// legalWords stand in what companies and charities must write below a letter,
// two at least.
var legalWords = []string{
	"registered office", "registered charity", "registered in england", "company number", "company no", "charity no", "vat no", "vat reg", "registration number", "amtsgericht", "registergericht", "handelsregister", "hrb ", "ust-id", "ust.-id", "geschäftsführ", "sitz der gesellschaft", "vorsitzende", "siège social", "rcs ", "siret", "capital de", "capital social", "registro mercantil", "domicilio social", "cnpj", "p.iva", "p. iva", "sede legale", "kvk", "btw", "nip ", "regon", "krs",
}

// deviceEnds end such a line where the language puts the verb last.
var deviceEnds = []string{"umdan gönderildi", "에서 보냄", "から送信"}

// footerWords begin lines that programs put below every mail.
var footerWords = []string{
	"virus-free. www", "virus-free.www", "this email has been checked for viruses", "this e-mail has been checked for viruses", "this email has been scanned", "this message has been scanned",
	"please consider the environment", "consider the environment before", "think before you print", "before printing this", "before printing, think",
	"pensez à l'environnement", "pensez à l’environnement", "avant d'imprimer ce", "avant d’imprimer ce", "avant d'imprimer, pensez", "l'absence de virus dans ce", "l’absence de virus dans ce", "garanti sans virus", "sans virus. www", "sans virus.www",
	"antes de imprimir este", "por favor, piense en el medio ambiente", "libre de virus. www", "libre de virus.www", "este correo electrónico ha sido comprobado", "este correo ha sido analizado",
	"bitte denken sie an die umwelt", "denken sie an die umwelt", "bitte prüfen sie, ob diese", "virenfrei. www", "virenfrei.www", "diese e-mail wurde von avast", "diese e-mail wurde auf viren",
	"без вирусов. www", "без вирусов.www", "это сообщение проверено на вирусы", "это письмо проверено на вирусы", "подумайте об окружающей среде", "打印本邮件前", "请考虑环境", "无病毒。www", "يرجى مراعاة البيئة", "خالٍ من الفيروسات. www", "privo di virus. www", "privo di virus.www", "livre de vírus. www", "livre de vírus.www", "virusvrij. www", "virusvrij.www",
	"you received this message because you are subscribed", "vous recevez ce message car vous", "to unsubscribe from this group and stop", "to unsubscribe from this group, send", "to unsubscribe send an email", "has recibido este mensaje porque",
}

// bannerWords begin a warning about mail from outside, and one of bannerSigns
// stands in its first paragraph.
var (
	bannerWords = []string{"تنبيه", "تحذير", "注意", "警告", "外部", "【外部", "увага", "осторожно", "aviso", "cuidado", "alerta", "attenzione", "let op", "uwaga", "dikkat", "courriel externe", "message externe", "mail externe", "expéditeur externe", "correo externo", "mensaje externo", "externe e-mail", "you don't often get email", "you don’t often get email", "caution", "external", "warning", "this email", "this message", "attention", "avertissement", "achtung", "extern", "atención", "precaución", "внимание"}
	bannerSigns = []string{"خارج", "لا تفتح", "لا تنقر", "请勿点击", "請勿點擊", "外部邮件", "外部郵件", "组织外部", "公司外部", "外部メール", "за межами", "извне", "из-за пределов", "не открывайте", "provient de l'extérieur", "provient de l’extérieur", "extérieur de l", "hors de l", "fuera de la organización", "fuera de su organización", "externo a la organización", "außerhalb", "non cliccare", "klik niet", "nie klikaj", "fora da organização", "não clique", "dış kaynak", "learn why this is important", "originated", "from outside", "outside of", "do not click", "don't click", "external sender", "external email", "external e-mail", "ne cliquez pas", "n'ouvrez pas", "expéditeur externe", "no haga clic", "remitente externo", "klicken sie nicht", "externer absender", "externe e-mail", "не переходите", "внешнего отправителя"}
)

// bannerThings are what such a warning speaks of besides mails: people say
// "external" and "do not click" of other things.
var bannerThings = []string{
	"attachment", "sender", "links", "pièce", "lien", "expéditeur", "adjunto", "enlace", "remitente", "anhäng", "anhang", "absender", "влож", "ссыл", "отправител", "附件", "链接", "連結", "添付", "リンク", "المرفقات", "مرفقات", "الروابط", "المرسل", "allegat", "bijlage", "załącznik", "anexo", "ekler", "mail", "mesaj", "wiadomo", "bericht", "メール", "郵件", "лист",
}

// mailWords name a mail, in a notice that is short.
var mailWords = []string{"e-mail", "email", "message", "courriel", "mensaje", "correo", "nachricht", "письм", "сообщен", "邮件", "الرسالة", "البريد"}

// noticeHeads begin a disclaimer, however short it is, where it speaks of a
// mail or of secrecy.
var noticeHeads = []string{
	"disclaimer:", "confidentiality notice:", "confidentiality:", "legal notice:", "privileged and confidential", "avis de confidentialité", "avertissement :", "clause de confidentialité",
	"aviso legal:", "aviso de confidencialidad", "haftungsausschluss", "vertraulichkeitshinweis", "免责声明：", "免责声明:", "保密声明", "إخلاء مسؤولية:", "إخلاء المسؤولية:", "уведомление о конфиденциальности",
}

// The regards that end a letter, word by word: one of regardWords or
// thankWords, and for the rest fillWords.
var (
	regardWords = strings.Fields(`rgds regds br kr warmly solidarity gratitude appreciation regards wishes sincerely faithfully truly respectfully cordially xx xo xoxo best cheers yours warmest greetings kindly kindest confraternellement courtoisement crdlt cordt cariños sinceramente fraternalmente respeitosamente beijos ossequi hoogachtend hartelijk mvrgr құрметпен hörmətlə поздрави уважение pozdrav lp pagarbiai lugupidamisega tervitades agur salutacions cordialment პატივისცემით सादर հարգանքով ahoi servus grüessli salu2
		cordialement sincèrement amicalement salutations respectueusement chaleureusement solidairement fraternellement amitiés bises bàv cdt cdlt remerciements
		saludos saludo atentamente cordialmente abrazo abrazos atte slds besos afectuosamente respetuosamente
		grüßen grüße grüßle gruß grüssen grüsse gruss mfg mvg lg vg vlg bg hochachtungsvoll herzlich herzlichst
		ув уважением пожеланиями благодарностью приветом повагою
		تحيات تحياتي تحياتنا تحية التحيات التحية تقدير التقدير تقديري احترام الاحترام احترامي تحیات احترام ارادتمند בברכה εκτίμηση
		atenciosamente cumprimentos abraço abraços att saudações
		saluti saluto cordialità
		groet groeten groetjes gr grtz
		pozdrawiam pozdrowieniami pozdrowienia poważaniem szacunku pozdravem pozdravy
		saygılarımla saygılarımızla saygılar selamlar selamlarımla sevgiler sevgilerle çalışmalar günler
		hälsningar hälsning vänligen mvh hilsen hilsener terveisin üdvözlettel köszönettel stimă salam trọng щиро`)
	thankWords = strings.Fields(`thanks thank thx merci shukran dzięki рахмет благодаря hvala ačiū paldies aitäh eskerrik gràcies धन्यवाद ধন্যবাদ salamat მადლობა gracias danke dank спасибо благодарю obrigado obrigada grazie bedankt dziękuję teşekkürler tack tak takk kiitos děkuji thx tks ty дякую mulțumesc shukrani köszönöm ευχαριστώ תודה asante asanteni ahsante ahsanteni شكرا شكراً شكرًا الشكر تشکر`)
	fillWords  = strings.Fields(`e y et en och og i ve à in the with always ever service submitted million vôtre tout cordiale tanti cari tutti tutte jullie wel ciepło asko srdačan lijep lep s poštovanjem ar cieņu po bat hurmat bilan kind kindest warm warmest many and my all the very you again in advance so much a lot for from now take care have good great nice day week weekend to everyone
		les plus bien à vous toi très avec mes meilleures sincères bonne journée soirée semaine d’avance d'avance bon belle week-end beaucoup tous toutes distinguées
		un una cordial cordiales muy afectuoso muchas mis mejores deseos reciban reciba le mando buen día semana por todo fuerte quedo atento atenta a todos
		mit freundlichen freundlichem herzlichen herzliche herzlicher viele vielen liebe lieber beste besten schöne schönen gute schönes wochenende in die runde ihr ihre im voraus aus und freundliche sonnige
		с наилучшими большое заранее и
		com os melhores meus um uma grande caro cara buona giornata serata buon lavoro proseguimento distinti cordiali con i più migliori un' met vriendelijke hartelijk hartelijke veel alvast
		z wyrazami serdecznie serdeczne s iyi çok kolay з найкращими med vänliga vennlig venlig venlige bästa beste mange ystävällisin parhain sana nyote cu respect trân thân ái με بي با مع خالص أطيب فائق جزيل جزيلا جزيلاً لكم كل أجمل بكل الود و`)
	closingPhrases = []string{
		"bonne soirée", "bon week-end", "bon weekend", "bonne semaine", "bonne fin de journée", "bonne fin de semaine", "excellente journée", "excellente semaine", "bien à vous", "bien à toi",
		"im auftrag", "i. a", "i.a", "in vertretung", "i. v", "par délégation", "pour ordre", "دمتم بخير", "ودمتم", "ودمتم بخير", "دمتم", "وفقكم الله", "buen fin de semana", "buena semana", "feliz semana", "feliz día", "buen día", "lindo día", "quedo atento", "quedo atenta", "quedamos atentos", "schönes wochenende", "schönen tag noch", "schönen abend", "schönen feierabend", "schöne woche", "einen schönen tag", "have a great day", "have a nice day", "have a good day", "have a great week", "have a good week", "have a nice weekend", "have a good weekend", "have a great weekend", "talk soon", "speak soon", "until next week", "хорошего вечера", "хорошей недели", "удачной недели", "à bientôt", "a bientôt", "à plus", "à très vite", "à très bientôt", "à la prochaine", "see you", "see you soon", "see you all soon", "see you there", "hasta luego", "hasta la próxima", "nos vemos", "nos vemos pronto", "até breve", "até logo", "até já", "beijinhos", "tot snel", "tot ziens", "tot gauw", "bis dann", "bis demnächst", "tschüss", "tschüß", "a presto", "alla prossima", "do zobaczenia", "do usłyszenia", "kolay gelsin", "görüşmek üzere", "ha det bra", "kila la heri", "wasalaam", "kwaheri", "tuko pamoja", "до встречи", "до скорого", "спасибо за внимание", "إلى اللقاء", "بالتوفيق", "والسلام", "دمتم سالمين", "では、また", "取り急ぎご報告まで", "失礼いたします", "belle journée", "bonne journée", "un abrazo", "hasta pronto", "take care", "bis bald", "всего доброго", "всего хорошего", "всего наилучшего", "всех благ", "удачи", "хорошего дня", "хороших выходных", "до связи",
		"此致", "敬礼", "此致敬礼", "祝好", "謝謝", "謝謝大家", "謝謝您", "謝謝各位", "感謝", "感謝您", "敬禮", "此致敬禮", "此致 敬禮", "顺颂商祺", "顺祝商祺", "祝工作顺利", "祝一切顺利", "祝", "工作顺利", "工作愉快", "一切顺利", "身体健康", "万事如意", "周末愉快", "谢谢", "谢谢大家", "谢谢您", "谢谢各位", "谢谢你们", "非常感谢", "感谢", "感谢您", "多谢", "敬上", "此致 敬礼", "順頌商祺",
		"よろしくお願いいたします", "よろしくお願いします", "宜しくお願いします", "宜しくお願いいたします", "以上", "敬具", "ありがとうございます", "감사합니다", "드림", "안녕히 계세요",
		"تحياتي", "تحياتنا", "مع تحياتي", "مع تحياتنا", "مع التحية", "مع خالص التحية", "مع أطيب التحيات", "أطيب التحيات", "مع خالص تحياتي", "مع الشكر", "مع جزيل الشكر", "وشكرا", "شكرا لكم", "شكرا", "شكراً", "شكرًا", "شكرًا لكم", "شكراً لكم", "مع فائق الاحترام", "مع الاحترام", "مع التقدير", "مع خالص التقدير", "والسلام عليكم",
	}
	closingStarts = []string{
		"顺祝", "順祝", "敬祝", "祝您", "祝大家", "どうぞよろしく", "以上、よろしく", "引き続きよろしく", "今後ともよろしく",
		"je vous prie d'agréer", "je vous prie d’agréer", "je vous prie de croire", "je vous prie de bien vouloir agréer", "veuillez croire", "veuillez agréer", "nous vous prions d", "veuillez recevoir", "sin otro particular", "sin más por el momento", "sin mas por el momento", "quedo a sus órdenes", "en espera de su", "dans l'attente de", "dans l’attente de", "restant à votre disposition", "je reste à votre disposition", "looking forward to hearing", "für rückfragen stehe ich", "bei rückfragen", "reciban un cordial saludo", "reciba un cordial saludo", "quedo a su disposición", "وتفضلوا بقبول", "تفضلوا بقبول", "وتقبلوا", "تقبلوا", "وتقبل ",
	}
	// partingWords are said in parting only, wherever in a short line they stand.
	partingWords = []string{"gruß", "gruss", "grüße", "grüsse", "grüßen", "grüssen", "salutations", "saludos", "saluda", "saluto", "saluti", "abraço", "abrazo", "beijo", "besos", "bisous", "fraternal", "cordialement", "atentamente", "atenciosamente", "regards", "greetings", "sincerely", "التحية", "التحيات", "تحيات", "والتقدير", "الاحترام", "уважением", "наилучшими", "hilsen", "hälsning", "groet", "pozdraw", "poważaniem", "saygı", "selam", "trân trọng", "salam", "stimă", "εκτίμηση"}
	// toMany end regards that are for many.
	toMany = []string{" à tous et à toutes", " à toutes et à tous", " à tous et toutes", " à toutes et tous", " à tous", " à toutes", " a todas y todos", " a todos y todas", " a todos", " a todas", " to all", " all", " everyone", " everybody", " an alle", " euch allen", " ihnen allen", " allerseits", " всем", " a tutti", " a tutte", " allemaal", " wszystkim", " للجميع"}
	// noteWords begin what people put under their name in whole sentences.
	noteWords = []string{
		"please note that i work", "please note my", "i work ", "i sometimes email", "i sometimes send", "i usually work", "i am working flexibly", "my working ", "my normal working", "my office hours", "if you receive this", "there is no need to reply", "you don't need to reply", "i acknowledge", "we acknowledge", "follow us", "book a ", "book time", "schedule a ", "subscribe to our", "sign up for our", "read our ", "check out our", "learn more", "support our work",
		"ich arbeite ", "meine arbeitszeit", "bürozeiten", "sie erreichen mich", "je travaille ", "je suis présent", "mes jours de présence", "abonnez-vous", "mi horario", "trabajo de lunes", "ik werk ", "mijn werkdagen", "lavoro dal ", "trabalho de segunda",
	}
	// cardWords begin lines that stand under names and have a colon.
	cardWords = []string{
		"tel:", "tel.", "tel ", "tél", "phone", "telephone", "cell", "mob:", "mobile", "fax", "whatsapp", "telefon", "teléfono", "telefono", "móvil", "cel:", "cel.", "handy", "тел", "моб", "电话", "手机", "هاتف", "جوال", "email:", "e-mail:", "mail:", "courriel", "correo:", "web:", "website",
		"follow us", "follow me", "connect with", "find us", "visit us", "office hours", "working hours", "working days", "pronouns", "vat", "company number", "registered", "charity",
		"suivez-nous", "suivez nous", "retrouvez-nous", "siège", "siret", "siren", "horaires", "síguenos", "siguenos", "redes", "nit:", "rut:", "cuit", "nif", "horario",
		"folgen sie", "folge uns", "vereinsregister", "handelsregister", "registergericht", "amtsgericht", "sitz", "geschäftsführ", "vorstand:", "vorstandsvorsitz", "vertretungsberechtigt", "ust-id", "ust.-id", "steuernummer", "postanschrift", "besucheradresse", "dienstsitz",
		"адрес", "инн", "огрн", "мы в ", "подпишитесь", "地址", "网址", "邮编", "微信", "العنوان", "تابعونا", "ص.ب",
	}
)
