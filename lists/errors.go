package lists

import "errors"

// ErrNotFound is wrapped by every error that says that a list, a person, a
// question, a held post or a token which was named is not there (any more).
// Test with errors.Is; the words around it are for logs, not for people.
var ErrNotFound = errors.New("not found")
