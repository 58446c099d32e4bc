package lists

import "time"

// Activity is what happened in one list over a span of time, in figures.
type Activity struct {
	Posts     int       // posts accepted
	People    int       // different people who wrote them
	Last      time.Time // of the latest post; zero none
	Joined    int       // subscriptions begun, imports included
	Left      int       // subscriptions ended
	Newcomers []Number  // who joined one by one and hasn't left since, in order of joining
}
