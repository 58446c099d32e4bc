package digest

// Page is a Report written out, ready to be mailed.
type Page struct {
	Subject string
	Text    string
	HTML    string
	Plots   []Plot // what the HTML shows by cid:ID
}

// Plot is a picture of a group's weeks; the same figures stand in words
// beside it.
type Plot struct {
	ID  string
	PNG []byte
}
