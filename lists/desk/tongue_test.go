package desk

import (
	"mime"
	"strings"
	"testing"

	"plenary/lists"
)

// Question, welcome and farewell come in the member's language, or the
// list's; a letter is wholly in one language, and English where one lacks it.
func TestLettersInTheirLanguage(t *testing.T) {
	for lang, row := range map[string]struct{ ask, askBody, yes, welcome, farewell string }{
		"fr": {"À confirmer : s’inscrire à Data Map", "inscrire nell@example.net à Data Map (dc-map@lists.example.org), un groupe de Digital Coalition. Entrer dans le groupe inscrit aussi à Digital Coalition", "oui", "Bienvenue dans Data Map", "Vous avez quitté Data Map"},
		"es": {"Por favor, confirme: inscribirse en Data Map", "inscribir a nell@example.net en Data Map (dc-map@lists.example.org)", "sí", "Le damos la bienvenida a Data Map", "Ha salido de Data Map"},
		"ar": {"الرجاء التأكيد: الانضمام إلى Data Map", "تسجيل nell@example.net في Data Map (dc-map@lists.example.org)", "نعم", "مرحبًا بك في Data Map", "غادرت Data Map"},
		"de": {"Please confirm: join Data Map", "subscribe nell@example.net to Data Map", "yes", "Welcome to Data Map", "You have left Data Map"},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.family()
			o.set("dc-map", func(l *lists.List) { l.Language = lang })
			o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
			q := o.last("nell@example.net")
			contains(t, q.Text, row.askBody, row.yes)
			o.yes("nell@example.net")
			w := o.last("nell@example.net")
			o.says("nell@example.net", leaveOf("dc-map", "nell@example.net"))
			f := o.last("nell@example.net")
			for i, l := range [][2]string{{q.Subject, row.ask}, {w.Subject, row.welcome}, {f.Subject, row.farewell}} {
				if l[0] != l[1] {
					t.Errorf("letter %d: %q, want %q", i, l[0], l[1])
				}
			}
			for _, text := range []string{q.Text, w.Text, f.Text} {
				if english := strings.Contains(text, "Hello,") || strings.Contains(text, "November"); english != (lang == "de") {
					t.Errorf("English: %v\n%s", english, text)
				}
			}
		})
	}
}

// A member's own language counts before the list's, whatever is asked.
func TestOwnLanguageCounts(t *testing.T) {
	o := newOffice(t)
	o.family()
	if _, err := o.store.UpdatePerson(o.ctx, "dc", "mo@example.org", func(p *lists.Person) error { p.Language = "fr"; return nil }); err != nil {
		t.Fatal(err)
	}
	o.asks("mo@example.org", joinOf("dc-law", "mo@example.org"), joinOf("dc-map", "mo@example.org"))
	if l := o.last("mo@example.org"); l.Subject != "À confirmer : 2 changements" {
		t.Errorf("asked: %s", l.Subject)
	}
	o.asks("mo@example.org", joinOf("dc-law", "mo@example.org"), lists.Action{Verb: lists.DoConceal, Value: "on"})
	l := o.last("mo@example.org")
	if l.Subject != "À confirmer : 2 changements" {
		t.Errorf("asked: %s", l.Subject)
	}
	contains(t, l.Text, "mettre conceal à on : vous n’êtes pas nommé")
	lacks(t, l.Text, "Hello", "set conceal")
	o.says("mo@example.org", lists.Action{Verb: lists.DoLeave, List: "dc", Subject: "mo@example.org"})
	if l := o.last("mo@example.org"); l.Subject != "Vous avez quitté Digital Coalition" {
		t.Errorf("farewell: %s", l.Subject)
	}
}

// French de is written as the name behind it asks.
func TestElision(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc", func(l *lists.List) { l.Title = "Alliance" })
	o.set("dc-map", func(l *lists.List) { l.Language = "fr" })
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	contains(t, strings.Join(strings.Fields(o.last("nell@example.net").Text), " "), "un groupe d’Alliance.")
}

// What is written to somebody is in their language or their list's, whoever
// caused it.
func TestLettersThatOthersCause(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"Une invitation à Data Map", "Vous avez été inscrit à Data Map", "Vous n’êtes plus membre de Data Map", "Votre nouveau mot de passe pour lists.example.org", "Votre message à Data Map n’a pas été accepté", "Bienvenue dans Data Map", "Votre souhait de vous inscrire à Data Map", "Voulez-vous aider à animer Data Map ?", "être responsable de Data Map", "Nouveau groupe : Cartes"},
		"es": {"Una invitación a Data Map", "Se le ha inscrito en Data Map", "Ya no es miembro de Data Map", "Su contraseña nueva para lists.example.org", "Su mensaje a Data Map no se aceptó", "Le damos la bienvenida a Data Map", "Su deseo de inscribirse en Data Map", "¿Quiere ayudar a coordinar Data Map?", "ser responsable de Data Map", "Nuevo grupo: Cartes"},
		"ar": {"دعوة إلى Data Map", "سُجّلت في Data Map", "لم تعد عضوًا في Data Map", "كلمة مرورك الجديدة في lists.example.org", "لم تُقبل رسالتك إلى Data Map", "مرحبًا بك في Data Map", "رغبتك في الانضمام إلى Data Map", "هل تساعد في قيادة Data Map؟", "مسؤول عن Data Map", "مجموعة جديدة: Cartes"},
		"de": {"An invitation to Data Map", "You were added to Data Map", "You are no longer a member of Data Map", "Your new password for lists.example.org", "Your post to Data Map was not accepted", "Welcome to Data Map", "Your wish to join Data Map", "Will you help to lead Data Map?", "will be a leader of Data Map", "New group: Cartes"},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.family()
			for _, id := range []string{"dc", "dc-map"} {
				o.set(id, func(l *lists.List) { l.Language = lang })
			}
			var got []string
			subject := func(to string) { got = append(got, o.last(to).Subject) }
			o.says("lea@example.org", about(lists.DoInvite, "dc-map", "x@example.net"))
			subject("x@example.net")
			o.says("lea@example.org", about(lists.DoAdd, "dc-map", "mo@example.org"))
			subject("mo@example.org")
			o.says("lea@example.org", about(lists.DoDrop, "dc-map", "mo@example.org"))
			subject("mo@example.org")
			o.says("mo@example.org", lists.Action{Verb: lists.DoPassword, Subject: "mo@example.org"})
			subject("mo@example.org")
			if text := o.last("mo@example.org").Text; !strings.Contains(text, "\npassword:\n") {
				t.Errorf("programs don't find the password in:\n%s", text)
			}
			o.hold("dc-map", 1)
			o.says("lea@example.org", decide(lists.DoReject, 1))
			subject("out@example.net")
			o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinApproved })
			for i, verb := range []lists.Verb{lists.DoApprove, lists.DoReject} {
				who := []string{"new@example.net", "newer@example.net"}[i]
				o.says(who, joinOf("dc-map", who))
				held, err := o.store.Held(o.ctx, "dc-map")
				if err != nil || len(held) != 1 {
					t.Fatalf("%d wait, %v", len(held), err)
				}
				o.says("lea@example.org", decide(verb, held[0].Number))
				subject(who)
			}
			o.says("admin@example.org", about(lists.DoLeader, "dc-map", "boss@example.net"))
			subject("boss@example.net")
			got = append(got, "")
			contains(t, o.last("boss@example.net").Text, want[8])
			made := o.list(lists.NewList{Name: "cartes", Title: "Cartes", Parent: "dc"})
			if err := o.desk.Announce(o.ctx, made.ID); err != nil {
				t.Fatal(err)
			}
			for i, s := range got {
				if s != want[i] && s != "" {
					t.Errorf("letter %d: %q, want %q", i, s, want[i])
				}
			}
			posted := o.posts.posts[len(o.posts.posts)-1]
			if s, err := new(mime.WordDecoder).DecodeHeader(posted.message.Header.Get("Subject")); err != nil || s != want[9] {
				t.Errorf("announced: %q, %v", s, err)
			}
		})
	}
}

// So are those about offices, and what those who hold them are asked.
func TestLettersToOfficersInTheirLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"Demande 1 : une personne souhaite s’inscrire à Data Map", "Mo Member (mo@example.org) propose d’animer Data Map", "Vous animez maintenant Data Map", "Voulez-vous aider à animer Data Map ?", "Vous êtes maintenant responsable suppléant de Data Map", "Vous êtes maintenant administrateur de Digital Coalition"},
		"es": {"Petición 1: alguien quiere inscribirse en Data Map", "Mo Member (mo@example.org) se ofrece para coordinar Data Map", "Ahora usted coordina Data Map", "¿Quiere ayudar a coordinar Data Map?", "Ahora es responsable suplente de Data Map", "Ahora es administrador de Digital Coalition"},
		"ar": {"الطلب 1: شخص يطلب الانضمام إلى Data Map", "عرض لقيادة Data Map من Mo Member (mo@example.org)", "أنت تقود Data Map الآن", "هل تساعد في قيادة Data Map؟", "أنت نائب المسؤول عن Data Map الآن", "أنت مدير Digital Coalition الآن"},
		"en": {"Request 1: somebody asks to join Data Map", "Mo Member (mo@example.org) offers to lead Data Map", "You lead Data Map now", "Will you help to lead Data Map?", "You are a deputy leader of Data Map now", "You are an admin of Digital Coalition now"},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.family()
			for _, id := range []string{"dc", "dc-map"} {
				o.set(id, func(l *lists.List) { l.Language, l.Next, l.NextBy, l.Purpose = lang, "Meet", "2026-12-01", "Draw" })
			}
			mo := func() string { return o.last("mo@example.org").Subject }
			o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinApproved })
			o.says("new@example.net", joinOf("dc-map", "new@example.net"))
			got := []string{o.last("lea@example.org").Subject}
			o.says("mo@example.org", lists.Action{Verb: lists.DoVolunteer, List: "dc-map", Subject: "mo@example.org"})
			got = append(got, o.last("lea@example.org").Subject)
			o.yes("lea@example.org")
			got = append(got, mo())
			o.says("lea@example.org", about(lists.DoDeputy, "dc-map", "two@example.net"))
			got = append(got, o.last("two@example.net").Subject)
			o.yes("two@example.net")
			got = append(got, o.last("two@example.net").Subject)
			o.says("admin@example.org", about(lists.DoAdmin, "dc", "mo@example.org"))
			o.yes("admin@example.org")
			got = append(got, mo())
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("letter %d: %q, want %q", i, got[i], want[i])
				}
			}
			if english := strings.Contains(o.last("two@example.net").Text, "Hello"); english != (lang == "en") {
				t.Errorf("English: %v\n%s", english, o.last("two@example.net").Text)
			}
		})
	}
}

// What owners, and those whom a yes or no of somebody else concerns, are told
// unasked is in their own language or their list's too.
func TestNoticesInTheirLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"Message 1 en attente de votre décision : Data Map", "Votre offre d’animer Data Map", "Un non pour Data Map", "Un oui pour Data Map", "Data Map a changé de responsable", "Data Map : c’est fermé", "Data Map n’a plus de responsable"},
		"es": {"El mensaje 1 espera su decisión: Data Map", "Su oferta de coordinar Data Map", "Un no para Data Map", "Un sí para Data Map", "Data Map ha cambiado de responsable", "Data Map: está cerrado", "Data Map ya no tiene responsable"},
		"ar": {"الرسالة 1 تنتظر قرارك: Data Map", "عرضك لقيادة Data Map", "رفض بشأن Data Map", "موافقة بشأن Data Map", "انتقلت قيادة Data Map", "Data Map: مغلقة", "لم يعد لـ Data Map مسؤول"},
		"en": {"Post 1 waits for you: Data Map", "Your offer to lead Data Map", "A no for Data Map", "A yes for Data Map", "Data Map is handed over", "Data Map is closed", "Data Map has no leader any more"},
	} {
		t.Run(lang, func(t *testing.T) {
			o := newOffice(t)
			o.family()
			for _, id := range []string{"dc", "dc-map"} {
				o.set(id, func(l *lists.List) { l.Language = lang })
			}
			var got []string
			took := func(to string) {
				l := o.last(to)
				got = append(got, l.Subject)
				if english := strings.Contains(l.Text, "Hello,"); english != (lang == "en") {
					t.Errorf("English: %v\n%s", english, l.Text)
				}
			}
			o.hold("dc-map", 1)
			took("lea@example.org")
			held, err := o.store.Held(o.ctx, "dc-map")
			if err != nil {
				t.Fatal(err)
			}
			for _, why := range lists.HoldReasons() {
				held[0].Reason = why
				if line := heldLines(held, o.desk.texts.sentences.To(lang))[0]; (line.Reason == why) != (lang == "en") {
					t.Errorf("waits because %q", line.Reason)
				}
			}
			for _, letter := range []string{"flood.txt", "held.txt", "leaderless.txt"} {
				if _, ok := o.desk.texts.in(lang, letter); !ok && lang != "en" {
					t.Errorf("no %s", letter)
				}
			}
			o.says("mo@example.org", lists.Action{Verb: lists.DoVolunteer, List: "dc-map", Subject: "mo@example.org"})
			o.answer("lea@example.org", false)
			took("mo@example.org")
			o.says("admin@example.org", about(lists.DoLeader, "dc-map", "boss@example.net"))
			o.answer("boss@example.net", false)
			took("admin@example.org")
			o.says("admin@example.org", about(lists.DoHandover, "dc-map", "mo@example.org"))
			o.yes("mo@example.org")
			took("admin@example.org")
			took("lea@example.org")
			o.says("admin@example.org", lists.Action{Verb: lists.DoClose, List: "dc-map"})
			o.yes("admin@example.org")
			took("mo@example.org")
			o.says("admin@example.org", lists.Action{Verb: lists.DoReopen, List: "dc-map"})
			o.says("mo@example.org", leaveOf("dc-map", "mo@example.org"))
			took("admin@example.org")
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("notice %d: %q, want %q", i, got[i], want[i])
				}
			}
		})
	}
}
