package lists

import "time"

// Board is a family at a glance, as pages, feeds and `plenary board --json`
// show it: values only, no address of a person.
type Board struct {
	Main    string       `json:"main"` // the main list's name
	Title   string       `json:"title"`
	Purpose string       `json:"purpose"`
	Address Address      `json:"address"`
	Join    Address      `json:"join"`    // an address to write to
	Request Address      `json:"request"` // where commands are read
	Page    string       `json:"page"`    // "" without pages
	At      time.Time    `json:"at"`
	Since   time.Time    `json:"since"` // when the last digest was sent; the figures count from then
	Members int          `json:"members"`
	Posts   int          `json:"posts"`
	People  int          `json:"people"`
	Groups  []BoardGroup `json:"groups"` // those at work by due date, then paused, done and closed ones
	Due     []BoardStep  `json:"due"`    // overdue, or due in two weeks, by date
}

// BoardGroup is one group's card.
type BoardGroup struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Purpose  string        `json:"purpose"`
	State    State         `json:"state"`
	Leaders  []string      `json:"leaders"` // names of those who gave one
	Led      bool          `json:"led"`     // it has a leader, named or not
	Offer    string        `json:"offer"`   // the command that offers to lead a group that nobody leads, "" none
	Address  Address       `json:"address"`
	Policy   JoinPolicy    `json:"join_policy"`
	Join     Address       `json:"join"`
	Page     string        `json:"page"`
	Next     string        `json:"next"`
	By       Date          `json:"by"`
	When     string        `json:"when"` // overdue, past (of a group that paused), today, tomorrow, this week, later, "" without a date
	Days     int           `json:"days"` // until it is due, or since it was
	Progress []BoardWord   `json:"progress"`
	Help     []BoardWord   `json:"help"`
	Dissent  []BoardWord   `json:"dissent"`
	Silent   int           `json:"silent_weeks"`
	Posts    int           `json:"posts"`
	People   int           `json:"people"`
	Members  int           `json:"members"`
	Joined   int           `json:"joined"`
	Left     int           `json:"left"`
	Weeks    []BoardWeek   `json:"weeks"` // its last twelve, the oldest first
	Threads  []BoardThread `json:"threads"`
}

// BoardWord is what somebody said, and when.
type BoardWord struct {
	Text string    `json:"text"`
	Who  string    `json:"who"` // a name, "" unknown
	At   time.Time `json:"at"`
}

// BoardWeek is a group's week in figures.
type BoardWeek struct {
	Posts  int `json:"posts"`
	People int `json:"people"`
}

// BoardThread is a conversation that moved.
type BoardThread struct {
	Subject string `json:"subject"`
	Posts   int    `json:"posts"`
	Link    string `json:"link"`
}

// BoardStep is a group's next step with its date.
type BoardStep struct {
	Serial uint32  `json:"-"` // of the group's list: what a calendar knows the step by
	Group  string  `json:"group"`
	Title  string  `json:"title"`
	Step   string  `json:"step"`
	By     Date    `json:"by"`
	Join   Address `json:"join"`
	Page   string  `json:"page"`
}

// BoardDigest is a digest that was sent.
type BoardDigest struct {
	Week    string // 2026-W48
	At      time.Time
	Subject string
	Code    string // of the post in the main list's archive
	Text    string
}
