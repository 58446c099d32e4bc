package bounce

import "regexp"

// The words of servers that report in other languages than English, in the
// same lists as the English ones.
var (
	foreignFailing = regexp.MustCompile(`(?i)unzustellbar|nicht (?:zugestellt|zustellbar|übermittelt)|zustell(?:ungs)?(?:fehler|bericht|problem|status)|` +
		`non (?:remis|distribu|délivr)|[ée]chec de (?:la )?(?:remise|distribution|livraison)|message non|pas pu être (?:remis|distribu|délivr|transmis)|` +
		`no se (?:puede|pudo|ha podido) entregar|no entregad|error (?:de|en la) entrega|devuelto|` +
		`não (?:foi )?entreg|não pôde ser entreg|falha na entrega|devolvida|` +
		`non recapitabile|mancat[oa] (?:consegna|recapito)|mancato inoltro|impossibile (?:consegnare|recapitare)|` +
		`onbestelbaar|niet (?:worden )?(?:bezorgd|afgeleverd)|kan inte levereras|kunde inte levereras|olevererbar|kunne ikke leveres|kan ikke leveres|ei voitu toimittaa|` +
		`niedostarcz|nie (?:można|udało się) dostarczyć|nedoručiteln|nelze doručit|kézbesíthetetlen|nelivrabil|iletilemedi|teslim edilemedi|` +
		`не удалось доставить|не доставлен|недоставленн|невозможно доставить|не может быть доставлен|` +
		`配信不能|配信できません|配信失敗|送信できません|送信失敗|未配信|未達|届きません|届けられません|メールエラー|エラー通知|` +
		`无法(?:送达|投递|递送|传递)|投递(?:失败|未成功)|未送达|退信|無法(?:傳遞|投遞|送達)|傳送失敗|退回|배달되지|전송 ?실패|반송|تعذر تسليم|לא ניתן למסור`)
	foreignPassing = regexp.MustCompile(`(?i)(?:postfach|speicher\w*|kontingent|mailbox).{0,30}(?:voll|überschritten|erschöpft)|vorübergehend|` +
		`(?:boîte|messagerie|quota).{0,40}(?:pleine|satur|dépass)|temporairement|` +
		`(?:buzón|bandeja|cuota).{0,40}(?:llen[oa]|excedid|superad)|temporalmente|(?:caixa|cota|quota).{0,40}(?:cheia|excedid|ultrapass)|temporariamente|` +
		`(?:casella|quota).{0,40}(?:piena|superat|esaurit)|temporaneamente|(?:postvak|mailbox|quotum).{0,30}(?:vol|overschreden)|` +
		`(?:skrzynk\w*|limit).{0,40}(?:pełna|przepełnion|przekroczon)|переполнен|превыш(?:ен|ает)|временн|` +
		`一杯|いっぱい|容量.{0,15}(?:超|不足)|制限を?超|一時的|邮箱(?:空间)?(?:已满|容量不足)|空间(?:已满|不足)|容量(?:已满|超限|不足)|(?:信箱|郵箱)已滿|配額|배달.{0,10}지연|용량.{0,10}초과|垃圾邮件|スパム`)
	foreignGone = regexp.MustCompile(`(?i)(?:adresse|empfänger|benutzer|postfach|konto|domain|domäne|nutzer).{0,60}(?:existiert nicht|nicht gefunden|nicht vorhanden|unbekannt|ungültig|gibt es nicht)|unbekannte[rn]? (?:empfänger|adresse|benutzer|nutzer)|` +
		`(?:adresse|destinataire|utilisateur|compte|boîte|domaine).{0,60}(?:n['’]existe (?:pas|plus)|inexistant|inconnue?|introuvable|invalide)|(?:utilisateur|destinataire|adresse) inconnue?|n['’]a pas été trouvée?|` +
		`(?:dirección|destinatario|usuario|cuenta|buzón|dominio).{0,60}(?:no existe|desconocid|no se (?:ha )?encontr|inexistente|no (?:es )?válid)|` +
		`(?:endereço|destinatário|usuário|utilizador|conta|caixa|domínio).{0,60}(?:não existe|desconhecid|não (?:foi )?encontrad|inexistente|inválid)|` +
		`(?:indirizzo|destinatario|utente|casella|account|dominio).{0,60}(?:non esiste|sconosciut|inesistente|non (?:è stat[oa] )?trovat|non valid)|` +
		`(?:adres|gebruiker|ontvanger|mailbox|postvak).{0,60}(?:bestaat niet|onbekend|niet gevonden|ongeldig)|` +
		`(?:adress|mottagare|användare|bruger|modtager|bruker|mottaker|osoite|vastaanottaja)\w*.{0,60}(?:finns inte|okänd|findes ikke|ukendt|finnes ikke|ukjent|ei (?:ole|löydy)|tuntematon)|` +
		`(?:adres|użytkownik|odbiorc|konto|skrzynk)\w*.{0,60}(?:nie istnieje|nieznan|nie znaleziono)|(?:adresa?|uživatel|příjemce)\w*.{0,60}(?:neexistuje|neznám)|` +
		`(?:пользовател|адрес|получател|ящик|аккаунт|домен)[\p{L}]*.{0,60}(?:не существует|не найден|неизвест|не зарегистрирован)|` +
		`(?:宛先|受信者|ユーザー?|アドレス|アカウント|ドメイン|メールボックス).{0,30}(?:存在しま(?:せん)|存在しない|見つかりません|不明|ありません|無効)|宛先不明|` +
		`(?:收件人|用户|用戶|邮箱|郵箱|信箱|帐号|账号|帳號|地址|域名).{0,20}(?:不存在|无效|無效|未找到|找不到|未知|错误)|无此用户|查无此|(?:수신자|사용자|주소|계정).{0,20}(?:없|존재하지)`)
	foreignAuto = regexp.MustCompile(`(?i)^\W{0,3}(?:automatische antwort|abwesen|ich bin (?:nicht im|abwesend)|r(?:é|e)ponse automatique|absen(?:ce|t)\b|hors (?:du )?bureau|` +
		`respuesta autom[áa]tica|ausen(?:te|cia)|fuera de (?:la )?oficina|resposta autom[áa]tica|fora do escrit|risposta automatica|fuori (?:ufficio|sede)|assente|assenza|` +
		`automatisch antwoord|afwezig|autosvar|automatis(?:kt|k) svar|frånvaro|fraværende|poissa|automaattinen|automatyczna odpowied|nieobecn|automatická odpov|mimo kancel|automatikus válasz|` +
		`răspuns automat|otomatik yanıt|автоматический ответ|автоответ|вне офиса|رد تلقائي|תשובה אוטומטית|自动(?:回复|答复)|自動(?:返信|応答|回覆)|不在(?:通知|のお知らせ|案内)?|休暇|外出|부재중|자동 ?(?:회신|응답))`)
)
