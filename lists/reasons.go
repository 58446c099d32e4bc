package lists

// The reasons for which a post waits for a list's owners, and a newcomer; they
// are kept with it, and said in the reader's language.
const (
	whyCautious  = "nothing proves that its author wrote it, and their domain asks for caution (DMARC)"
	whyOtherList = "it came through another list of this site"
	whyOfficer   = "it names a leader or an admin as its author, and nothing proves that they wrote it"
	whyNotMember = "its author is no member of the list"
	whyNotFamily = "its author is no member of the main list"
	whyModerated = "every post to this list waits for its owners"
	WhyNewcomer  = "newcomers need the owners' yes"
)

// HoldReasons are all of them.
func HoldReasons() []string {
	return []string{whyCautious, whyOtherList, whyOfficer, whyNotMember, whyNotFamily, whyModerated, WhyNewcomer}
}

// AsksToJoin begins the subject under which a newcomer waits; the title of
// the list follows.
const AsksToJoin = "asks to join "
