package smtp

import "fmt"

// Reply is an SMTP reply and the error that becomes one: code, enhanced code
// (RFC 3463) and words for the far side. Cause is for the log only.
type Reply struct {
	Code     int    // 250, 451, 550 …
	Enhanced [3]int // 2.0.0, 4.3.0, 5.1.1 …
	Text     string // one line, printable ASCII or UTF-8, no CR or LF
	Cause    error  // why, not shown to the far side; may be nil
}

// Error gives the reply line, and the cause behind it.
func (r *Reply) Error() string {
	s := fmt.Sprintf("%d %d.%d.%d %s", r.Code, r.Enhanced[0], r.Enhanced[1], r.Enhanced[2], r.Text)
	if r.Cause != nil {
		s += ": " + r.Cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (r *Reply) Unwrap() error { return r.Cause }

// Temporary tells whether the client may try again (4xx).
func (r *Reply) Temporary() bool { return r.Code/100 == 4 }
