package queue

import "errors"

// ErrLost says that the hold on a piece of work was lost, most often because
// this process was paused: another has it, and nothing more may be sent.
var ErrLost = errors.New("another process holds this work now")
