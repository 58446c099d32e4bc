package desk

import (
	"context"

	"plenary/lists"
)

// What is said to who asked or answered, on a page, in the answer to a mail or
// in a question, is in their language; what stands in a letter to somebody else
// is in the language of that letter.

// say is a sentence in the language of who reads the outcome.
func (s *sight) say(english string, args ...any) string { return s.speaker.Say(english, args...) }

// inLanguage is the same sight for what stands in a letter in this language,
// "" English.
func (s *sight) inLanguage(lang string) *sight {
	same := *s
	same.speaker = s.d.texts.sentences.To(lang)
	return &same
}

// Say is a sentence of the desk's, or of what judges posts, for somebody who
// wrote to a list: in their own language where they have chosen one, else the
// list's.
func (d *Desk) Say(ctx context.Context, l lists.List, to lists.Address, english string, args ...any) (string, error) {
	lang, err := d.languageOf(ctx, l, to)
	return d.texts.sentences.To(lang).Say(english, args...), err
}

// lang is the language of letters to who reads the outcome.
func (s *sight) lang() string { return s.speaker.Lang() }

// speakTo has the outcomes said in the language of somebody who asks about a
// list.
func (s *sight) speakTo(ctx context.Context, who lists.Address, listID string) error {
	var people []lists.Person
	if who != "" {
		var err error
		if people, err = s.d.store.PeopleFor(ctx, who); err != nil {
			return err
		}
	}
	l, _ := s.dir.ByID(listID)
	s.speaker = s.d.texts.sentences.To(s.dir.LanguageFor(people, l))
	return nil
}

// listOf is the list that actions are about, else via.
func listOf(via string, actions []lists.Action) string {
	if via != "" {
		return via
	}
	for _, a := range actions {
		if a.List != "" {
			return a.List
		}
	}
	return ""
}

// refusal is a refusal in the language of who reads it.
func (s *sight) refusal(no *lists.Refusal) string {
	if no.Form == "" {
		return no.Text
	}
	return s.say(no.Form, no.Args...)
}

// date is a day in words; "" without one.
func (s *sight) date(d lists.Date) string {
	day, ok := d.Time()
	if !ok {
		return ""
	}
	return s.speaker.Date(day)
}

// inLang marks outcomes with the language that they are said in.
func (s *sight) inLang(outs []lists.Outcome) {
	for i := range outs {
		outs[i].Lang = s.speaker.Lang()
	}
}
