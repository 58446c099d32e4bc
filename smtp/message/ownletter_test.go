package message

import "testing"

// A greeting alone at the beginning and the writer's name alone at the end
// are no part of what a letter says.
func TestOwnLetter(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"Kofi Mensah", "Hi all,\n\nDraft done.\n\nKofi\n", "Draft done."},
		{"Kofi Mensah", "Dear Plenary,\nDraft done.\nKofi Mensah", "Draft done."},
		{"Kofi Mensah", "Dear Miriam and Patrick,\nDraft done.", "Draft done."},
		{"", "Bonjour à tous,\n\nC'est fait.", "C'est fait."},
		{"", "Mesdames, Messieurs,\n\nC'est fait.", "C'est fait."},
		{"", "Hola:\n\nListo.", "Listo."},
		{"", "Estimados colegas:\nBuenos días.\n\nListo.", "Listo."},
		{"", "Sehr geehrte Damen und Herren,\n\nfertig.", "fertig."},
		{"", "Здравствуйте!\nГотово.", "Готово."},
		{"", "Коллеги, добрый день!\n\nГотово.", "Готово."},
		{"", "大家好，\n\n已完成。", "已完成。"},
		{"", "各位老师：\n您好！\n已完成。", "已完成。"},
		{"", "السلام عليكم\nانتهينا من المسودة.", "انتهينا من المسودة."},
		{"", "皆様\n\nお疲れ様です。\n完了しました。", "完了しました。"},
		{"", "안녕하세요,\n\n완료했습니다.", "완료했습니다."},
		{"", "Hi all,\n\nnext: The map by 2026-12-11", "next: The map by 2026-12-11"},
		{"", "プレナリー事務局 御中\n\nいつもお世話になっております。\n完了しました。", "完了しました。"},
		{"", "تحية طيبة وبعد،\n\nوصلنا إلى خمسين إجابة.\n\nدمتم بخير\nفاطمة", "وصلنا إلى خمسين إجابة."},
		{"", "Beste collega's,\n\nKlaar.", "Klaar."},
		{"", "Hei alle sammen,\n\nferdig.", "ferdig."},
		{"", "Cher Paul, chère Marie,\nC'est fait.", "C'est fait."},
		{"", "الأستاذة سلمى المحترمة،\n\nتم التحديث.", "تم التحديث."},
		{"", "여러분 안녕하세요!\n\n완료했습니다.", "완료했습니다."},
		{"", "Hola, ¿qué tal?\n\nTodo bien.", "Todo bien."},
		{"", "Plenary 团队，你们好！\n\n进展顺利。", "进展顺利。"},
		// What only looks like it stays.
		{"", "进展如何？\n大家都好。", "进展如何？\n大家都好。"},
		{"", "Tach zusammen,\n\nfertig.", "fertig."},
		{"", "Dear donors paid for it:\n\nten laptops.", "Dear donors paid for it:\n\nten laptops."},
		{"", "Liebe Berlin war die Kampagne nicht,\n\nsie fiel durch.", "Liebe Berlin war die Kampagne nicht,\n\nsie fiel durch."},
		{"", "Уважаемые эксперты дали отзывы,\n\nмы их учли.", "Уважаемые эксперты дали отзывы,\n\nмы их учли."},
		{"", "各位专家已提交意见，\n\n正在整理。", "各位专家已提交意见，\n\n正在整理。"},
		{"", "السادة الوزراء وافقوا على المقترح،\n\nوسننشره.", "السادة الوزراء وافقوا على المقترح،\n\nوسننشره."},
		{"Ann Bell", "Speakers: Joe Roe\nAnn Bell", "Speakers: Joe Roe\nAnn Bell"},
		{"Ann Bell", "Five yes.\n\nAgainst: Joe Roe,\nAnn Bell", "Five yes.\n\nAgainst: Joe Roe,\nAnn Bell"},
		{"", "Hi, done!\n\nThe map is up.", "Hi, done!\n\nThe map is up."},
		{"", "Saludos desde Quito: el taller salió bien.", "Saludos desde Quito: el taller salió bien."},
		{"", "External review: the report came from outside of our group.\nIt passed.", "External review: the report came from outside of our group.\nIt passed."},
		{"", "Attention: do not click the old form, use the new one.\n\nWe go on.", "Attention: do not click the old form, use the new one.\n\nWe go on."},
		{"", "Hi all,", "Hi all,"},
		{"Kofi Mensah", "Hello everyone!\n\nKofi", "Hello everyone!"},
		{"", "Hi all, the draft is done.", "Hi all, the draft is done."},
		{"", "Hola Kenia is our partner\nThey joined.", "Hola Kenia is our partner\nThey joined."},
		{"", "Dear to the group is the annex:\nit stays.", "Dear to the group is the annex:\nit stays."},
		{"", "Good morning session\nTwo talks.", "Good morning session\nTwo talks."},
		{"", "Team:\nAma and Yaw", "Team:\nAma and Yaw"},
		{"", "进展良好！\n问卷已完成。", "进展良好！\n问卷已完成。"},
		// Names.
		{"MENSAH, Kofi (GH)", "Draft done.\n\nKofi Mensah", "Draft done."},
		{"Dr. Kofi Annan Mensah", "Draft done.\n\nK.A.M.", "Draft done."},
		{"Kofi Mensah", "Draft done.\n\n-km", "Draft done."},
		{"Joel", "Draft done.\nJ.", "Draft done."},
		{"Luc Tremblay", "C'est fait\nLuc T.", "C'est fait"},
		{"佐藤健", "完了しました。\n\n佐藤 健", "完了しました。"},
		{"خالد العمري", "تم التقرير.\n\nخالد", "تم التقرير."},
		{"Kofi Mensah", "next: The map by 2026-12-11\nKofi", "next: The map by 2026-12-11"},
		{"Kofi Mensah", "Draft done.\n\nKofi\nKofi Mensah", "Draft done."},
		{"Ama Serwaa", "All have answered.\n\nAma Serwaa\nProject Lead\nDigital Africa\nE: ama@x.example", "All have answered."},
		{"Lin Mei (林美)", "已上線。\n\n林美", "已上線。"},
		{"鈴木一郎", "公開しました。\n\n鈴木", "公開しました。"},
		{"José Luis Herrera", "Listo.\n\nFraternalmente,\nJosé Luis", "Listo."},
		{"Sabine Wolf", "Abgesagt.\n\nHerzliche Grüße ins Wochenende\nSabine", "Abgesagt."},
		{"Kofi Mensah", "Draft done.\n\nKofi Mensah\nSecretary General, Youth IGF", "Draft done."},
		{"May Chen", "We meet in\n\nMay", "We meet in\n\nMay"},
		{"Kofi Mensah", "The officers elected\n\nKofi Mensah\nAma Serwaa", "The officers elected\n\nKofi Mensah\nAma Serwaa"},
		{"David Chen", "The grant came.\n\nDavid\n\nDavid Chen, PhD\nProfessor\n+1 212 555 0100", "The grant came."},
		{"Omar Fall", "C'est voté.\n\nMes respects,\nO. Fall\nDirecteur de cabinet", "C'est voté."},
		{"Huang Li", "已完成。\n\nHuang Li 黄丽", "已完成。"},
		{"Ng Wei Ling", "Report sent.\n\nWei Ling\n(she/her)", "Report sent."},
		{"Jean-Pierre Dubois", "C'est fait.\n\nJP", "C'est fait."},
		{"이영희", "마쳤습니다.\n\n이영희 드림", "마쳤습니다."},
		{"Müller, Hans (BMI)", "Abstimmung läuft.\n\nIm Auftrag\nHans Müller", "Abstimmung läuft."},
		{"Kofi Mensah", "We asked Ama and\nKofi Mensah", "We asked Ama and\nKofi Mensah"},
		{"Kofi Mensah", "The chair is\nKofi Mensah.", "The chair is\nKofi Mensah."},
		{"Kofi Mensah", "Elected as chair:\n\nKofi Mensah", "Elected as chair:\n\nKofi Mensah"},
		{"Kofi Mensah", "New members\nAma Serwaa\nKofi Mensah", "New members\nAma Serwaa\nKofi Mensah"},
		{"Kofi Mensah", "Drafting:\n- Ama\n- Kofi", "Drafting:\n- Ama\n- Kofi"},
		{"Kofi Mensah", "Draft done.\n\nAma", "Draft done.\n\nAma"},
		{"Will", "They say they can, and\nwill", "They say they can, and\nwill"},
		{"Will", "They give it if the ministry\nwill", "They give it if the ministry\nwill"},
		{"Kofi Mensah", "Draft done.\n\nBest\nKofi\n\nPS: I am away.", "Draft done.\n\nPS: I am away."},
		{"Kofi Mensah", "Draft done.\n\nPS is what we call the annex.", "Draft done.\n\nPS is what we call the annex."},
		{"Kofi Mensah", "Draft done.\n\nKofi Mensah | Chair\nYouth IGF", "Draft done."},
		{"Kofi Mensah", "Draft done.\n\nKofi Mensah, PhD", "Draft done."},
		{"Kofi Mensah", "Draft done.\n\nKofi Mensah, our chair, resigned", "Draft done.\n\nKofi Mensah, our chair, resigned"},
		{"Kofi Mensah", "Draft done.\n\nKofi Mensah - 12 countries", "Draft done.\n\nKofi Mensah - 12 countries"},
		{"Kofi J. Mensah", "Draft done.\n\nYours ever,\n\nKofi J. Mensah, LL.M.\nPartner | Mensah LLP\n+1 202 555 0147", "Draft done."},
		{"Kofi Mensah", "Draft done.\n---\nKofi", "Draft done."},
		{"Kofi Mensah", "Volunteers\n----------\nKofi", "Volunteers\n----------\nKofi"},
		{"Kofi Mensah", "Draft done.\n\n- Kofi", "Draft done."},
		{"Anna Lind", "Vi har träffats.\n\nVänligen\nAnna", "Vi har träffats."},
		{"Anna Lind", "The board has the text.\n\nApproved\nAnna", "The board has the text.\n\nApproved\nAnna"},
		{"Anna Lind", "We met.\n\nDone\n\nAnna", "We met.\n\nDone"},
		{"Anna Lind", "Drafted:\n\nAnnex\nAnna", "Drafted:\n\nAnnex\nAnna"},
		{"هدى", "أجلنا الاجتماع إلى الأحد\nشكراً لصبركم\nهدى", "أجلنا الاجتماع إلى الأحد"},
		{"Anna Lind", "We met.\nThanks to ISOC\nAnna", "We met.\nThanks to ISOC\nAnna"},
		{"Kim Larsen", "- server moved\n- TLS until March\n\nKim\nhttps://kim.example", "- server moved\n- TLS until March"},
		{"Kim Larsen", "Write to:\n\nKim\nkim@x.example", "Write to:\n\nKim\nkim@x.example"},
		{"Reena Patel", "The text is agreed.\n\nKind regards\nReena\n\nReena Patel | Senior Policy Advisor, Data Protection | Department for Science | 100 Parliament Street, London", "The text is agreed."},
		{"", "Tach,\n\nfertig.", "fertig."},
		{"", "In short,\n\nwe wait.", "In short,\n\nwe wait."},
		{"", "Prezados(as),\n\nfeito.", "feito."},
		{"", "Cher·e·s collègues,\n\nfait.", "fait."},
		{"", "Gute Woche!", "Gute Woche!"},
		{"", "Done.\n\nDanke und schönen Sonntag!", "Done."},
		{"", "Done.\n\nBonne semaine de travail à Dakar", "Done.\n\nBonne semaine de travail à Dakar"},
		{"Mark Roe", "Nothing new.\n\nHave a lovely weekend!\n\nMark", "Nothing new."},
		{"Thandiwe Nkosi", "It is final.\n\nWith love and solidarity from Durban,\nThandiwe x", "It is final."},
		{"Ann Bell", "They are elected.\n\nJoe Roe, Max Moe,\nAnn Bell", "They are elected.\n\nJoe Roe, Max Moe,\nAnn Bell"},
		{"", "Compañeras y compañeros:\n\nListo.", "Listo."},
		{"", "Ama y Yaw:\n\nlos mapas", "Ama y Yaw:\n\nlos mapas"},
		{"Inge Bauer", "Der Antrag ist gestellt.\n\nInge Bauer\n- 1. Vorsitzende -\nNetzkultur e. V.", "Der Antrag ist gestellt."},
		// Partings and pleasantries in more than known words.
		{"", "Done.\n\nMit kollegialen Grüßen,\nUwe", "Done."},
		{"", "Done.\n\nSaludos desde Bogotá\nAna", "Done."},
		{"", "Done.\n\nSpasibo.", "Done.\n\nSpasibo."},
		{"", "Готово.\n\nВсем хорошего дня!", "Готово."},
		{"", "完了しました。\n\n何卒よろしくお願い申し上げます。\n田中", "完了しました。"},
		{"", "完成了。\n\n谢谢大家的支持！", "完成了。"},
		{"", "完成了。\n\n祝贺大家完成任务", "完成了。\n\n祝贺大家完成任务"},
		{"", "Fait.\n\nMerci pour votre patience,\nLuc", "Fait."},
		{"", "Fait.\n\nMerci pour les cartes de Paul", "Fait.\n\nMerci pour les cartes de Paul"},
		{"", "تم.\n\nدمتم بود\nسارة", "تم."},
		{"", "Thanks for your help!\n\nBest regards,\nJohn", "Thanks for your help!"},
		{"", "The survey is open.\nIt closes on Friday.", "The survey is open.\nIt closes on Friday."},
		{"", "Dear Dr. Rao,\n\nDone.", "Done."},
		{"", "Hi all,\n\nI hope this email finds you well.\n\nDone.", "Done."},
		{"", "I hope this email finds the right people: we need two.\n\nDone.", "I hope this email finds the right people: we need two.\n\nDone."},
		{"", "Hi folks :)\nDone.", "Done."},
		{"", "Estimadas/os colegas,\nListo.", "Listo."},
		{"", "Elected as chair:\n\nAma", "Elected as chair:\n\nAma"},
		{"IT for Change", "We published it.\n\nAnita\nIT for Change\nwww.itfc.example", "We published it."},
		{"Samuel", "All quiet.\n\nSamuel T. Kargbo\nSecretary General, Youth IGF", "All quiet."},
		{"Lena Hartwig", "Es ist fertig.\n\nMit herzlichem Gruß aus Göttingen\nLena Hartwig", "Es ist fertig."},
		{"Marc Dubois", "C'est fait.\n\nAvec mes plus vifs égards,\n\nMarc DUBOIS\nChef de projet", "C'est fait."},
		{"", "All:\n\nDone.", "Done."},
		{"", "Team:\n\nAma and Yaw", "Team:\n\nAma and Yaw"},
		{"Ione Baker", "We look for a venue.\n\nIone Baker\n------------\nThe net is for everyone", "We look for a venue.\n\nIone Baker\n------------\nThe net is for everyone"},
		{"Ione Baker", "We look for a venue.\n\nIone Baker\n------------\n\"The net is for everyone.\" - Vint Cerf", "We look for a venue."},
		{"Ann Bell", "Joe is done.\n\nAnn Bell\n--------\nChapter 2 is done.", "Joe is done.\n\nAnn Bell\n--------\nChapter 2 is done."},
		{"Jonas", "läuft.\n\nlg jonas", "läuft."},
		{"Jonas", "wir treffen heute jonas", "wir treffen heute jonas"},
		{"", "Hola cabros!\n\nListo.", "Listo."},
		{"", "Здравствуйте, Digital.\n\nГотово.", "Готово."},
		{"Walt Freeman", "Costs fell by 30 %.\n\nWalt Freeman\nTreasurer\n\nOpenNet, a registered charity in England (no. 1234567). Registered office: 5 Mill Lane, Leeds.", "Costs fell by 30 %."},
		{"", "We have a registered office now.\n\nThe registered office is in Leeds.", "We have a registered office now.\n\nThe registered office is in Leeds."},
		{"", "Egun on,\n\nDone is the map.", "Done is the map."},
		{"", "This week,\n\nwe met.", "This week,\n\nwe met."},
		{"", "Saludos desde Puerto Rico,\n\nEl informe está listo.", "El informe está listo."},
		{"Tobias Ritter", "Es läuft.\n\nTobi", "Es läuft."},
		{"Nell Byrne", "We wait.\n\nNell\nDr Nell Byrne | Senior Lecturer | School of Law\nI sometimes email outside of working hours.", "We wait."},
		{"Nell Byrne", "Contacts are set.\n\nNell\nShe writes the first chapter.", "Contacts are set.\n\nNell\nShe writes the first chapter."},
		{"", "運営の皆さま\n\n完了しました。\n\nそれではまた来週。", "完了しました。"},
		{"", "Good news!\n\nWe met.", "Good news!\n\nWe met."},
		{"", "Уважаемый господин координатор!\n\nГотово.", "Готово."},
		{"林怡君", "已上線。\n\n謝謝，\n怡君", "已上線。"},
		{"kofi@x.example", "Draft done.\n\nKofi", "Draft done.\n\nKofi"},
	}
	for _, tt := range tests {
		if got := OwnLetter(tt.text, tt.name); got != tt.want {
			t.Errorf("%s: %q\n\tis %q\n\twant %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// Where From names nobody, the address may.
func TestOwnLetterByAddress(t *testing.T) {
	for from, want := range map[string]string{
		"kofi.mensah2@x.example": "Draft done.", "kofi@x.example": "Draft done.", "kmensah@x.example": "Draft done.", "KofiMensah@x.example": "Draft done.",
		"\"kofi.mensah@x.example\" <kofi.mensah@x.example>": "Draft done.", "info@x.example": "Draft done.\n\nKofi Mensah",
	} {
		m, err := Parse([]byte("From: " + from + "\r\nSubject: x\r\n\r\nDraft done.\r\n\r\nKofi Mensah\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.OwnLetter(1000); got != want {
			t.Errorf("%s: %q", from, got)
		}
	}
}

func FuzzOwnLetter(f *testing.F) {
	for _, s := range []string{"a\n\nAnn Bell\n----\nx", "Hi,\n\na.\n\nBest,\nAnn\n\nPS: b", "- Ann", "a.\n\nAnn Bell | \n-  -", "谢谢，\n林", "Ann\nAnn\n--- \n", "PS\n\nPS: "} {
		f.Add(s, "Ann Bell")
	}
	f.Add("! !", "0")
	f.Fuzz(func(t *testing.T, text, name string) {
		if own := OwnLetter(text, name); len(own) > len(text) {
			t.Fatalf("it grew: %q", own)
		}
	})
}
