package lists

import "strings"

// Called is what a person is called before others: never an address. Who has
// given no name goes by what stands before the @, as on other lists.
func (p Person) Called() string {
	if p.Name != "" && !strings.Contains(p.Name, "@") {
		return p.Name
	}
	return p.Address.Local()
}
