package lists

// LanguageFor is the language, by its BCP 47 code, in which somebody is
// answered about a list: their own where they have chosen one, in the list's
// family before others; else the list's; else, where no list is known, that
// that the site's main lists share. people is who they are in each family
// that knows them; here may be the zero List.
func (d *Directory) LanguageFor(people []Person, here List) string {
	own := ""
	for _, p := range people {
		if p.Language != "" && (own == "" || p.Family == here.Family) {
			own = p.Language
		}
	}
	if own != "" {
		return own
	}
	if here.ID == "" {
		return d.sharedLanguage()
	}
	return here.Language
}

// sharedLanguage is the language that all main lists share, "" where they
// differ. Closed ones count only where none is open.
func (d *Directory) sharedLanguage() string {
	lang := map[bool]string{}
	for _, main := range d.MainLists() {
		closed := main.State == Closed
		if was, more := lang[closed]; more && was != main.Language {
			lang[closed] = ""
			continue
		}
		lang[closed] = main.Language
	}
	if open, any := lang[false]; any {
		return open
	}
	return lang[true]
}
