package lists

// NewMember is what subscribing needs to know. An empty Delivery is Each for
// a new subscription and leaves a standing one as it is; Leader and Admin
// give a role, and never take one away.
type NewMember struct {
	Address  Address
	Name     string // display name, "" unknown; cleaned by the store
	Delivery Delivery
	Leader   bool
	Admin    bool // of a main list only
}
