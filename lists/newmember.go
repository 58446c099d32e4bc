package lists

// NewMember is what subscribing needs to know. Name counts where none is
// known yet, and Delivery for a new subscription only ("" is Each): who is a
// member already keeps what they chose. Leader and Admin give a role, and never take
// one away; a leader is not made a deputy, and a deputy made a leader is one.
type NewMember struct {
	Address  Address
	Name     string // display name, "" unknown; cleaned by the store
	Delivery Delivery
	Leader   bool
	Deputy   bool // stands in for the leader
	Admin    bool // of a main list only
}
