package message

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxGreeting is how many words a greeting has.
const maxGreeting = 6

// greets tells whether a line is nothing but a greeting: words that greet and
// whom they greet, or such persons before a comma. "Hello Kenya is in" is
// none: some word of it neither greets nor is a name.
func greets(line string) bool { return greeting(line, false) }

// greeting is greets; of a line that stands alone, and ends as greetings do,
// one word need not be known.
func greeting(line string, alone bool) bool {
	line = withoutMarks(line)
	if utf8.RuneCountInString(line) > 60 {
		return false
	}
	if wideGreeting.MatchString(line) {
		return true
	}
	line = strings.TrimSpace(emoticon.ReplaceAllString(line, ""))
	if pleasantries.MatchString(strings.ToLower(strings.TrimFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }))) {
		return true
	}
	line = shortened.ReplaceAllString(line, "$1 ")
	line = bothGenders.ReplaceAllString(howAreYou.ReplaceAllString(line, ""), "$1")
	end := strings.TrimRight(line, " \u00a0\u202f")
	body := strings.TrimRightFunc(end, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '?' && r != '？' && r != ')'
	})
	if body == "" || strings.ContainsAny(body, "?.;:()") {
		return false
	}
	closed := len(body) < len(end)
	hailed := alone && strings.HasSuffix(end, "!") && len(strings.Fields(body)) == 2 // "Hola cabros!"
	alone = alone && hasAnySuffix(end, []string{",", "،", "，", ":", "："})
	parts := strings.FieldsFunc(body, func(r rune) bool { return r == ',' || r == '،' || r == '，' })
	who, greeted := false, false
	for _, part := range parts {
		words := strings.FieldsFunc(part, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("!/&'’", r) })
		if len(words) > maxGreeting || len(parts) > 3 {
			return false
		}
		rest, greets := cutGreeting(strings.ToLower(strings.Join(words, " ")))
		named := words[len(words)-len(strings.Fields(rest)):]
		switch {
		case greets && addressed(named, closed, alone || hailed && len(parts) == 1):
			greeted = true
		case honoured(words):
			greeted = true
		case !greets && greeted && strings.HasPrefix(strings.ToLower(body), "здравствуйте") && addressed(words, closed, false):
			// "Здравствуйте, Anna.", as The Bat has it
		case !greets && onlyAddressees(words):
			who = true
		case alone && len(parts) == 1 && len(words) == 1 && !startsLow(part) && strings.HasSuffix(end, ",") && utf8.RuneCountInString(part) < 13:
			greeted = true // "Tach,"
		case alone && len(words) > 1 && len(words) <= 4 && onlyAddressees(words[1:]):
			greeted = true // "Tach zusammen,": whatever the word is
		default:
			return false
		}
	}
	if who && alone && len(parts) == 1 && strings.HasSuffix(end, ":") && strings.Contains(body, " y ") {
		return true // "Compañeras y compañeros:"
	}
	if alone && slices.Contains([]string{"All:", "Colleagues:", "Everyone:", "Folks:", "Friends:"}, end) {
		return true
	}
	return greeted || who && closed && !hasAnySuffix(end, []string{".", ":", "-"})
}

// howAreYou is asked of nobody in particular behind a greeting.
var howAreYou = regexp.MustCompile(`(?i)[,،.!]?\s*(?:how are you(?: all| doing)?|hope (?:you are|you're|all is) (?:all )?well|¿?qué tal|¿cómo están|¿cómo va|comment allez[- ]vous|ça va|wie geht(?:'|’|e)?s(?: euch| ihnen)?|как дела|كيف حالكم|كيف الحال|tudo bem|come va)\s*[?？؟.!]*\s*$`)

// emoticon is a face at the end of a line.
var emoticon = regexp.MustCompile(`\s*(?:[:;]-?[)(DP]+|[\p{So}\x{fe0f}\x{200d}]+)\s*$`)

// shortened are titles: "Dear Dr. Rao".
var shortened = regexp.MustCompile(`(?i)\b(mr|mrs|ms|dr|prof|hr|fr|sr|sra|srta|lic|ing|exmo|exma|exmos|sig|dott|avv|mme|mlle|spett)\.(?:le|mi|ra|a)?\s*`)

// bothGenders are the ends by which a word means men and women: "Prezados(as)",
// "Cher·e·s".
var bothGenders = regexp.MustCompile(`(?i)(\pL{3,})(?:\((?:as?|os?|e?s|e|innen|x)\)|/[ao]s?|[·.]e[·.]?s?)(?:\b|$)?`)

// honoured knows "الأستاذة سلمى المحترمة".
func honoured(words []string) bool {
	return len(words) > 1 && slices.Contains([]string{"المحترم", "المحترمة", "المحترمين", "المحترمون", "المحترمات", "الكرام", "الأفاضل", "الأعزاء"}, words[len(words)-1])
}

// cutGreeting takes the words that greet from the beginning of a line.
func cutGreeting(plain string) (rest string, greeted bool) {
	rest = plain
	for again := true; again; {
		again = false
		for _, g := range greetingPhrases {
			after, ok := strings.CutPrefix(rest, g)
			if !ok || after != "" && after[0] != ' ' {
				continue
			}
			rest, greeted, again = strings.TrimSpace(after), true, true
			break
		}
	}
	return rest, greeted
}

// addressed tells whether words name who is greeted: known ones, and up to
// three that can be a name; where the line stands alone, one of any kind.
func addressed(words []string, closed, alone bool) bool {
	names, others := 0, 0
	for _, w := range words {
		lower := strings.ToLower(w)
		if slices.Contains(addresseeWords, lower) || slices.Contains(greetingPhrases, lower) {
			continue
		}
		first, _ := utf8.DecodeRuneInString(w)
		switch {
		case unicode.IsUpper(first):
			names++
		case unicode.IsLower(first):
			others += 2
		case closed: // no letter of it tells a name
			others++
		default:
			return false
		}
	}
	return names <= 3 && others == 0 || names == 0 && others <= 2 && (alone || others == 1)
}

// onlyAddressees tells whether words are such as "colleagues" alone.
func onlyAddressees(words []string) bool {
	who := false
	for _, w := range words {
		w = strings.ToLower(w)
		if !slices.Contains(addresseeWords, w) && !slices.Contains(greetingPhrases, w) {
			return false
		}
		who = who || utf8.RuneCountInString(w) > 2
	}
	return who
}

// wideGreeting are greetings in scripts that set no blanks between words.
var wideGreeting = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`(?:致?秘书处|致?秘書處|协调员|協調員|主席|主持人|老师们|同事们|朋友们|同仁们?|各位|Hello ?各位|Hi ?各位|同事们好|领导好|协调人好)`,
	`[^。！？!?，,：:]{0,16}(?:[，,]\s*)?(?:您好|你好|你们好|大家好)`,
	`[^。！？!?，,：:\s]{0,8}(?:[，, ]\s*)?(?:您好|你好|你们好|大家好|各位好|诸位好|老师好|同事好|早上好|上午好|中午好|下午好|晚上好|早安|午安|晚安|大家早|嗨|哈囉|哈喽)(?:啊|呀)?`,
	`(?:(?:尊敬的|亲爱的|親愛的|敬爱的)[^。！？!?，,：:\s已了在将正]{0,10}|(?:各位|諸位|诸位)[^。！？!?，,：:\s已了在将正]{0,6})(?:(?:[，, ]\s*)?(?:您好|你好|大家好|好))?`,
	`(?:.{1,8}の(?:皆様|皆さま|皆さん)|皆様|皆さま|皆さん|各位|みなさま|みなさん|関係(?:者)?各位|[^。！？\s]{1,10}[様殿]|[^。！？]{1,20} ?御中)(?:へ)?`,
	`(?:(?:皆様|皆さま|皆さん|みなさん)[、, ])?(?:(?:いつも|大変)?お世話になって(?:おります|います)|お疲れ様です|お疲れさまです|おつかれさまです|こんにちは|こんばんは|おはようございます|初めまして)`,
	`(?:(?:[^.!?]{1,12}[ ,，] ?)?안녕하(?:세요|십니까)(?:[,，]? [^.!?]{1,12}(?:님|여러분))?|여러분|[^.!?]{1,12}(?:님|님께|여러분))`,
}, "|") + `)\s*[，,、：:！!。.～~ ]*$`)

// greetingPhrases begin a greeting, longer ones first.
var greetingPhrases = longestFirst([]string{
	"hi", "hello", "howdy", "yo", "heya", "hey", "hiya", "hullo", "dear", "dearest", "greetings", "salaam", "salam", "shalom", "namaste", "aloha", "g day", "good morning", "good afternoon", "good evening", "good day", "morning", "warm greetings",
	"bonjour", "bonsoir", "bjr", "bien chers", "très chers", "très chères", "salut", "coucou", "cher", "chère", "chers", "chères", "rebonjour", "mesdames", "messieurs", "madame", "monsieur",
	"hola", "distinguido", "distinguida", "distinguidos", "distinguidas", "estimades", "estimadxs", "estimad@s", "buenos días", "buenos dias", "buen día", "buen dia", "buenas tardes", "buenas noches", "buenas", "muy buenos días", "muy buenas", "estimado", "estimada", "estimados", "estimadas", "querido", "querida", "queridos", "queridas", "apreciado", "apreciada", "apreciados", "apreciadas", "saludos",
	"hallo", "ahoi", "huhu", "tag", "hoi zäme", "guten tag", "guten morgen", "guten abend", "grüß gott", "grüezi", "servus", "moin", "moin moin", "liebe", "lieber", "liebes", "sehr geehrte", "sehr geehrter", "sehr geehrtes", "geehrtes", "geehrte", "werte",
	"здравствуйте", "здравствуй", "добрый день", "доброе утро", "добрый вечер", "доброго дня", "доброго времени суток", "привет", "приветствую", "салют", "товарищи", "всем привет", "всем добрый день", "уважаемые", "уважаемый", "уважаемая", "дорогие", "дорогой", "дорогая",
	"добрий день", "доброго ранку", "добрий вечір", "вітаю", "привіт", "шановні",
	"السلام عليكم ورحمة الله وبركاته", "يعطيكم العافية", "أعزاءنا", "إلى الأمانة", "السلام عليكم ورحمة الله", "السلام عليكم", "سلام عليكم", "سلام", "هلا", "يا هلا", "حياكم الله", "إلى فريق", "إلى السادة", "إلى الزملاء", "حضرات", "حضرة", "مرحبا", "مرحباً", "مرحبًا", "أهلا", "أهلاً", "أهلا وسهلا", "اهلا", "صباح الخير", "صباح النور", "مساء النور", "مساء الخير", "تحية طيبة", "تحية طيبة وبعد", "تحية", "عزيزي", "عزيزتي", "أعزائي", "الأعزاء", "السادة", "السيدات", "الإخوة", "الزملاء", "الزميلات",
	"olá", "fala", "ola", "viva", "e aí", "saudações", "exmos", "exmo", "exma", "exmas", "ilustre", "ilustres", "oi", "bom dia", "boa tarde", "boa noite", "caro", "cara", "caros", "caras", "prezado", "prezada", "prezados", "prezadas",
	"ciao", "carissimi", "carissime", "carissimo", "carissima", "stimati", "stimate", "spett", "spettabile", "buondì", "buongiorno", "buon giorno", "buonasera", "buon pomeriggio", "salve", "cari", "care", "gentile", "gentili", "gentilissimi", "egregio", "egregi",
	"beste", "ha", "waarde", "l s", "goedemorgen", "goedemiddag", "goedenavond", "goedendag", "dag", "hoi", "geachte", "lieve",
	"dzień dobry", "hejka", "siema", "kochani", "drogie", "dobry wieczór", "cześć", "witam", "witajcie", "szanowni", "szanowny", "szanowna", "drodzy", "droga", "drogi",
	"merhaba", "iyi haftalar", "iyi çalışmalar", "kıymetli", "merhabalar", "selam", "selamlar", "iyi günler", "iyi akşamlar", "günaydın", "sayın", "sevgili", "değerli",
	"egun on", "arratsalde on", "kaixo", "bon dia", "benvolguts", "benvolgudes", "сәлеметсіз бе", "сәлеметсіздер ме", "саламатсызбы", "здравейте", "уважаеми", "поштовани", "poštovani", "poštovane", "štovani", "dobar dan", "pozdrav", "pozdrav svima", "zdravo", "živjo", "spoštovani", "laba diena", "sveiki", "labdien", "tere", "terve", "moi", "tervehdys", "salaan", "muraho", "salama", "sawubona", "molo", "sannu", "mabuhay", "magandang araw", "hörmətli", "assalomu alaykum", "hurmatli", "բարև", "հարգելի", "გამარჯობა", "მოგესალმებით", "नमस्कार", "নমস্কার", "வணக்கம்", "ሰላም",
	"hej", "hei", "god morgon", "god morgen", "god dag", "kära", "kære", "kjære", "dobrý den", "ahoj", "vážení", "szia", "sziasztok", "kedves", "jó napot", "bună ziua", "bună", "salutare", "dragi", "stimați", "hyvä", "hyvää päivää", "moikka",
	"γεια σας", "καλημέρα", "καλησπέρα", "αγαπητοί", "שלום", "שלום לכם", "היי", "درود", "با سلام", "xin chào", "chào", "kính gửi", "thân gửi", "kính chào", "stimate", "stimată", "dragă", "selamat pagi", "selamat siang", "halo", "jambo", "habari za asubuhi", "habari za mchana", "habari za jioni", "habari zenu", "habari", "hamjambo", "hujambo", "shikamoo", "wapendwa", "waheshimiwa", "wapenzi", "mambo", "ndugu", "नमस्ते", "สวัสดี",
})

func longestFirst(words []string) []string {
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// addresseeWords are whom people greet when they greet many.
var addresseeWords = strings.Fields(`σε όλους όλες quý vị các bạn semua kalian wote wapendwa wana timu wanachama katibu zangu wenzangu all everyone everybody esteemed fellow sir or madam colleague colleagues friend friends team folks there sir sirs madam members member chair chairs leaders plenary secretariat secretaría secrétariat sekretariat secretariado segreteria секретариат sekretarya coordination coordinación ban thư ký coordinators and to the again both you guys of from s
	à a vous camarades tous toutes tout le monde et les chers chères chère collègue collègues ami amis amies équipe mesdames messieurs madame monsieur la membres du groupe de l
	todos todas todes tod@s todxs y los las colegas colega compañeros compañeras coordinador coordinadora compañeras/os amigas amigos equipo señores señoras señor señora gente miembros
	zusammen zäme allerseits alle allen an kollegen kolleginnen kolleg:innen kolleg*innen mitenand mitglieder des sekretariats koordinator koordinatorin und damen herren freunde freundinnen leute miteinander team ihr lieben in die runde herr frau
	коллеги коллега господин госпожа координатор председатель секретарь друзья всем всех все уважаемые дорогие господа дамы и участники команда коллегам колеги друзі всім
	جميعا جميعاً جميعًا الجميع بالجميع للجميع بكم زملاء الزملاء زميلاتي زملائي الزميلات و والزميلات الأعزاء الكرام الأفاضل الأصدقاء أصدقائي السادة السيدات والسادة وسهلا وبعد أعضاء الأمانة العامة المجموعة الفريق فريق كل عليكم ورحمة الله وبركاته
	tutti tutte ragazzi ragazze segreteria colleghi colleghe e amici ai pessoal galera gente senhores senhoras companheiras companheiros caros collega's allemaal iedereen mensen secretariaat heer mevrouw collega beste leden
	wszystkim wszystkich panie pani wszyscy państwo koledzy koleżanki i meslektaşlar meslektaşlarım üyeler yetkili yetkililer herkese herkes arkadaşlar arkadaslar ekip alla allihopa kaikki všem mindenki mindenkinek tuturor toți
	לכולם כולם חברים همه دوستان همکاران`)

// joiningWords end no sentence: what stands under them goes on.
var joiningWords = strings.Fields(`is are was were be by and or with to of from for the a an as if when that then who whom will can may our named called chair chairman new than but at on in
	est sont était et ou avec de du des par pour le la les un une que qui à au chez notre es son fue y o con del por para el los que nuestro
	ist sind war und oder mit von vom für der die das den dem durch zu bei dass unser и или с от для что по на в у это как
	و أو مع من إلى هو هي في على أن e ou com em é sono di da per il il`)
