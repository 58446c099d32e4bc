package lists

// Asking is a question as a page shows it: what a yes will do, in the site's
// own words.
type Asking struct {
	Kind    Kind
	What    []string // what a yes does, each after "to"; or, with Moot, why nothing
	Moot    bool     // a yes would do nothing any more
	Settled string   // "" open, else "yes" or "no"
	Until   string   // the day it ends, in words
	Lang    string   // what all this is said in, BCP 47; "" English
}
