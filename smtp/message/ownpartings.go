package message

import (
	"regexp"
	"strings"
)

// What people say in parting and at the beginning of a letter that takes more
// than known words in any order (ownwords.go): one line of it each, in lower
// case, without what is no letter at its ends. Each says nothing of the matter.

// parts tells whether a line is such a parting.
func parts(plain string) bool {
	return len(plain) < 100 && (partings.MatchString(plain) || partings.MatchString(toNobody(plain)))
}

func anyOf(forms ...string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + strings.Join(forms, "|") + `)$`)
}

// good are what people wish a good one of.
const (
	goodEnglish = `(?:one|day|evening|night|afternoon|week|week ?end|holidays?|break|christmas|xmas|season|year|summer|easter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)`
	goodFrench  = `(?:journée|soirée|après-midi|semaine|week-?end|dimanche|année|fêtes|fin d['’]année|vacances|continuation|courage|réception|lecture|noël)`
	goodSpanish = `(?:día|tarde|noche|semana|fin de semana|finde|domingo|fiestas|año|jornada|navidad)`
	goodGerman  = `(?:tag|abend|woche|we|wochenende|wochenstart|feiertage|zeit|rest|(?:\S+ )?advent|weihnachten|fest|ostern|rutsch|jahr|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|feierabend)`
	toAll       = `(?: (?:à tous|à toutes|à vous|to all|all|everyone|a todos|a todas|a tutti|an alle|euch allen|allemaal|и вам|to you all))*`
)

var partings = anyOf(
	// good times
	`(?:(?:many )?(?:thanks|thank you|danke|merci|gracias|grazie|obrigad[oa]|dank|bedankt)[^.:;?]{0,20}?(?: and| und| et| y| e| en|,) )?(?:`+strings.Join([]string{
		`(?:(?:have|enjoy|wishing you(?: all)?|wish you(?: all)?)(?: an?| the| your| you)?|happy|merry)(?: \S+){0,3} ` + goodEnglish,
		`(?:happy|merry) ` + goodEnglish,
		`(?:je vous souhaite )?(?:une? )?(?:très )?(?:bon|bonne|bonnes|belles?|beau|excellente?s?|agréable|joyeuses|joyeux|douce) (?:fin de )?` + goodFrench + `(?: de fin d['’]année)?`,
		`(?:que tengan?|les deseo|feliz|felices|buen|buena|buenas|lind[oa]|bonit[oa]|excelente)(?: una?)?(?: \S+)? ?` + goodSpanish,
		`(?:ich wünsche |wünsche )?(?:euch |ihnen |allen )?(?:einen? |noch )*(?:schön|gut|angenehm|erholsam|froh)e?[nsr]?(?: \S+)? ?` + goodGerman + `(?: noch| euch| ihnen)?`,
		`(?:una? )?(?:buon|buona|buone|bella) (?:giornata|serata|settimana|fine settimana|weekend|domenica|lavoro|feste|natale|proseguimento|anno)`,
		`(?:um |uma )?(?:bom|boa|boas|ótim[oa]|excelente|feliz) (?:dia|tarde|noite|semana|fim de semana|final de semana|fds|feriado|domingo|trabalho|festas|natal|ano novo)`,
		`(?:een )?(?:fijne?|prettige?|goede?|mooie?)(?: \S+)? ?(?:dag|avond|week|weekend|weekeinde|zondag|feestdagen|kerst)`,
		`(?:miłego|dobrego|udanego|wesołych) (?:dnia|wieczoru|tygodnia|weekendu|świąt)`,
		`(?:iyi|güzel) (?:günler|haftalar|akşamlar|çalışmalar|tatiller|bayramlar|hafta sonları)(?: dilerim| dileriz)?`,
		`(?:trevlig|god|ha en (?:bra|fin|trevlig)|ha en|hyvää) (?:helg|dag|kväll|vecka|uge|weekend|jul|viikonloppua|päivänjatkoa)`,
		`(?:всем )?(?:хорошего|хорошей|хороших|доброго|удачной|удачного|приятного|приятных)(?: \S+)? (?:дня|вечера|недели|выходных)`, `с (?:наступающими?|новым годом|праздник(?:ом|ами))(?: праздниками)?`,
		`(?:nawatakia )?(?:siku|wiki|kazi|jioni|sikukuu) njema`, `(?:يومكم|نهاركم|أسبوع(?:كم)?|طابت|طاب) (?:سعيد|أوقاتكم|يومكم|نهاركم|مساؤكم|مبارك)`,
	}, "|")+`)`+toAll,
	// thanks for nothing named
	`(?:(?:many|with) )?(?:thanks|thank you)(?: so much| very much| again| once again)? for (?:all (?:you|your) ?\S*|your(?: kind| continued| great| hard)? (?:patience|time|understanding|support|attention|help|work|cooperation|efforts?))`,
	`(?:many thanks|thanks|thank you|thanking you)(?: once)?(?: again)?(?: in (?:advance|anticipation))?`, `much appreciated`,
	`(?:en vous remerciant|merci)(?: beaucoup| encore| d['’]avance)?(?: (?:pour|de) (?:votre|vos) (?:patience|temps|compréhension|soutien|attention|travail|collaboration|confiance))?`,
	`(?:mil|muchas|muchísimas)? ?gracias(?: de antemano)?(?: por (?:su|sus|tu|la|todo) ?(?:paciencia|tiempo|comprensión|apoyo|atención|trabajo|colaboración)?)?`, `de antemano(?: muchas)? gracias`,
	`(?:vielen |herzlichen |besten )?dank(?:e)?(?: schön)?(?: für (?:eure|ihre|die|euer|ihr) (?:geduld|zeit|unterstützung|verständnis|aufmerksamkeit|arbeit|mühe|hilfe))`,
	`(?:большое )?спасибо (?:за (?:внимание|понимание|терпение|поддержку|работу|помощь)|всем|большое)`, `(?:заранее )?благодарю(?: за (?:внимание|понимание))?`,
	`(?:grazie|obrigad[oa]|muito obrigad[oa])(?: mille)?(?: (?:per|pela|pelo) (?:l['’]attenzione|la pazienza|la collaborazione|compreensão|atenção|paciência|apoio))?`, `(?:desde já )?grat[oa]`,
	`z góry dziękuję`, `teşekkür eder(?:im|iz)`, `a?h?santeni?(?: sana)?`,
	`(?:谢谢|感谢|多谢|謝謝|感謝)(?:大家|各位|您|你们|你們)?的?(?:支持|关注|理解|配合|帮助|耐心|辛苦|關注|幫助|參與|参与)?`,
	`(?:و?شكرا[ًا]?|و?لكم جزيل الشكر|شاكرين)(?: (?:ل\S*كم|جزيلا|جزيلاً|تعاونكم))*`,
	// until we meet
	`(?:until|till|see you)(?: all)?(?: next| on)? ?(?:week|time|month|year|soon|there|then|(?:mon|tues|wednes|thurs|fri)day)`, `(?:more|talk|speak)(?: news| to you)? (?:soon|next week)`, `bye(?: for now)?`, `over and out`,
	`bis (?:nächste woche|zum nächsten mal|(?:mon|diens|donners|frei)tag|mittwoch|bald|dann|morgen)`, `tot (?:volgende week|snel|gauw|ziens|dan)`, `até (?:(?:a )?próxima|(?:a )?semana que vem|breve|logo|já)`, `seguimos(?: en contacto)?`, `au plaisir(?: de vous (?:lire|revoir))?`, `à (?:la semaine prochaine|lundi|bientôt|très vite)`, `до (?:свидания|встречи|скорого)`, `(?:будем )?на связи`, `hoşça kal[ıi]n(?:ız)?`, `sağlıcakla kal[ıi]n`, `(?:それ)?では、?また(?:来週)?`, `مع السلامة`, `tuonane`, `baki(?:ni)? salama`,
	// that all be well
	`(?:god bless|blessings|stay (?:safe|well|healthy|warm)|be well|keep (?:well|safe|up the good work)|take care|all good wishes|peace|in (?:peace|solidarity|friendship|service|haste)|onwards?|forward ever|sent with love|with (?:love|thanks|appreciation|warmth)|lots of love|love|hugs|ta|hope (?:this|that) helps|looking forward(?: to (?:your (?:feedback|reply|comments)|hearing from you))?)`,
	`alles (?:gute|liebe)`, `pfiat(?:i| di| eich| euch)?`, `glück auf`, `bleibt gesund`, `bleiben sie gesund`, `gehabt euch wohl`, `es grüßt(?: (?:herzlich|sie|euch|dich))?`, `guten rutsch`, `mit vorzüglicher hochachtung`, `sg|hg|ihre?|eue?re?|dein|deine`,
	`biz|la bise|je vous embrasse|sentiments distingués|avec toute ma considération|salut et fraternité|en vous souhaitant bonne réception`,
	`quedo (?:al pendiente|a la espera(?: de \S+ \S+)?|a disposición)|quedamos (?:al pendiente|a la espera|a disposición)|me despido(?: atentamente| cordialmente)?|(?:en solidaridad|con (?:aprecio|cariño|afecto)|que estén bien|cuídense|un beso|bss|s\.s\.s|a sus órdenes|suyo afectísimo)`,
	`abs|bjs|fico (?:à disposição|no aguardo)|sem mais|tudo de bom|cordiais saudações|com estima|valeu`,
	`un abbraccio|in attesa di (?:un )?(?:vostro )?riscontro|resto a disposizione|con stima|con osservanza|ciao(?: a tutti)?|un caro abbraccio`,
	`liefs|doei|met dank`, `łączę (?:pozdrowienia|wyrazy szacunku)|pozdr|trzymajcie (?:się|kciuki)|kłaniam się|uściski|ukłony`, `bilgi(?:leri)?nize(?: sunar[ıi]m)?|arz ederim|dostlukla|öptüm|öpüyorum`,
	`искренне ваша?|ваша?|с (?:почтением|теплом|дружеским приветом)|всем (?:добра|удачи)|мира и добра|обнимаю|пока`,
	`w?ako(?: mtiifu)?|wako katika \S+|wenu|ndimi|kwa heshima(?: na taadhima)?|kila la k?heri|mungu awabariki|pamoja sana|salamu`,
	`و?دمتم (?:بود|بخير|سالمين)|في أمان الله|والله (?:ولي التوفيق|الموفق)|أخ(?:وكم|تكم|وك)(?: في الله)?|لكم مني كل \S+|والسلام عليكم ورحمة الله(?: وبركاته)?|بارك الله فيكم|جزاكم الله خيرا[ًا]?|(?:مع )?محبتي|مع (?:المودة|تمنياتي(?: \S+){0,2})|أطيب المنى`,
	`(?:谨上|謹上|敬上|祝安|商祺|特此\S{2}|辛苦了|大家辛苦了|以上(?:[，,]?(?:谢谢|謝謝|请知悉))?|请(?:知悉|查收|审阅|指正)|敬[请請](?:指正|指教))`, `(?:[顺順即此敬])(?:[颂頌致祝])\S{0,6}`, `祝[^贺賀福\s。，,]{0,8}(?:[安好利康乐樂祺快]|愉快|如意|进步)`,
	`.{0,14}(?:よろしく|宜しく)(?:お願い|御願い)?.{0,8}`, `以上(?:です|になります|、[^\d０-９]{0,12})?`, `(?:取り急ぎ)?.{0,6}(?:ご報告|ご連絡)(?:まで|申し上げます)`, `ご(?:確認|査収|検討).{0,12}`, `(?:どうも)?ありがとうございま(?:す|した)`, `お疲れ(?:様|さま)(?:でした|です)`, `[よ良]い(?:週末|お年)を`, `失礼(?:いた|致)?します`,
)

// pleasantries begin letters, and greet or hope the best for who reads.
var pleasantries = anyOf(
	`(?:greetings|compliments) of the (?:season|day|new year)`, `season['’]s greetings`, `to whom it may concern`, `happy (?:new )?(?:week|year|(?:mon|tues|wednes|thurs|fri)day),?(?: all| everyone| team| folks| friends| colleagues| everybody)?`, `greetings from \S+(?: \S+)?`,
	`(?:i |we )?(?:hope|trust)(?: that)? (?:this (?:e-?mail|message|mail) finds you (?:all )?well|(?:you|all|everyone)(?: are|['’]re| is)?(?: all| both)?(?: doing| keeping)? (?:well|good|fine)|(?:you|everyone)(?: all)? had an? \S+ week(?:end)?)`,
	`j['’]espère que (?:vous allez|tout le monde va|ce message vous trouve)(?: tous| toutes)?(?: bien| en bonne santé)`, `meilleurs vœux(?: à tous| à toutes et à tous)?`,
	`(?:espero|esperamos|deseo) que (?:se encuentren|estén|todos estén|este correo los encuentre)(?: todos| todas| muy)? bien`, `a quien corresponda`, `de (?:mi|nuestra) (?:mayor )?consideración`, `muy señor(?:es)? míos?`, `reciban? un cordial saludo`, `saludos cordiales a tod[oa]s`,
	`(?:ich|wir) hoffen?,? (?:es geht (?:euch|ihnen|dir)(?: allen)? gut|(?:ihr|sie) (?:seid|sind) wohlauf)`, `(?:einen )?schönen guten (?:tag|morgen|abend)(?: zusammen| allerseits)?`,
	`надеюсь,? (?:у (?:вас|всех) всё|что у вас всё|вы) (?:хорошо|в порядке)`, `здравия желаю`, `добрый`,
	`(?:أتمنى|نتمنى|آمل|نأمل) أن تكونوا (?:جميعا )?(?:بخير|بأتم الصحة.{0,20})`, `(?:أسعد الله|طاب|طابت) (?:أوقاتكم|صباحكم|مساءكم|يومكم)(?: بكل خير)?`, `بعد التحية(?: والتقدير)?`, `تحياتي (?:للجميع|لكم)`,
	`espero que (?:estejam|esteja|todos estejam)(?: todos)? bem`, `spero (?:stiate|che stiate)(?: tutti)? bene`, `(?:ik )?hoop dat (?:het goed met jullie gaat|alles goed gaat)`, `umarım (?:hepiniz )?iyisinizdir`, `natumai (?:hamjambo|mu wazima|nyote hamjambo)`,
	`(?:平素より|いつも|大変)*お世話に(?:なって(?:おります|います)|なります)`, `ご連絡ありがとうございます`, `拝啓`, `(?:mambo|habari)(?: (?:vipi|gani|za leo|zenu))?`, `salamu(?: zenu)?`,
)
