package lists

// LanguageFor is the language, by its BCP 47 code, in which somebody is
// answered about a list: their own where they have chosen one, in the list's
// family before others; else the list's; else, where no list is known, that
// of the site's only main list. people is who they are in each family that
// knows them; here may be the zero List.
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
	if mains := d.MainLists(); here.ID == "" && len(mains) == 1 {
		return mains[0].Language
	}
	return here.Language
}
