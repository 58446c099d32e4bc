package lists

import "time"

// Site is what every part needs to know of the service it runs in.
type Site struct {
	Domain   string         // lists.example.org
	BaseURL  string         // https://lists.example.org, no slash at the end; "" no web pages
	Admins   []Address      // the site's admins
	Location *time.Location // the site's time zone
}

// Admin tells whether a is one of the site's admins.
func (s Site) Admin(a Address) bool {
	for _, admin := range s.Admins {
		if admin.Same(a) {
			return true
		}
	}
	return false
}

// At is the site address with this local part, such as plenary@domain.
func (s Site) At(local string) Address { return Address(local + "@" + s.Domain) }

// Today is the civil date of t in the site's time zone.
func (s Site) Today(t time.Time) Date {
	if s.Location != nil {
		t = t.In(s.Location)
	}
	return Date(t.Format(time.DateOnly))
}
