package lists

// Guesser is who shows a token: by a page, or by mail. Wrong ones are counted,
// so that tokens can't be tried out (DESIGN section 3, invariant 5: a limit ends
// within a minute, and shuts nobody out for long).
type Guesser struct {
	Remote   string  // the client's IP address, "" not known
	Address  Address // the mail's author, "" none, or a page
	Believed bool    // whether Address is proven
}

// Place is where wrong tokens are counted, and how many a minute it may show.
type Place struct {
	Name  string
	Wrong int
}

// How many wrong tokens a minute are borne: from one visitor, author or
// network; from a network whose authors are told apart, such as a large
// provider's server; and in all. Past the last, each place has one.
const (
	wrongFromOne  = 20
	wrongFromMany = 200
	WrongInAll    = 600
)

// Places are those that a guesser's tokens are counted at. Whoever forges an
// author's address spends none of the author's own guesses, unless nothing
// else is known of the mail (LMTP).
func (g Guesser) Places() []Place {
	switch {
	case g.Believed && g.Address != "" && g.Remote != "":
		return []Place{{"believed/" + g.Address.Key(), wrongFromOne}, {"through/" + Network(g.Remote), wrongFromMany}}
	case g.Believed && g.Address != "":
		return []Place{{"believed/" + g.Address.Key(), wrongFromOne}}
	case g.Remote != "":
		return []Place{{"net/" + Network(g.Remote), wrongFromOne}}
	}
	return []Place{{"from/" + g.Address.Key(), wrongFromOne}}
}
