package archive

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"plenary/lists/parts"
)

// fromTime finds the time in a "From " line: asctime, with or without seconds
// and a zone.
var fromTime = regexp.MustCompile(`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d{1,2}:\d{2})(:\d{2})?(?: ([A-Z]{1,5}|[+-]\d{4}))? (\d{4})(?: ([+-]\d{4}))?\s*$`)

// clockTime is all that a "From " line must have besides a sender.
var clockTime = regexp.MustCompile(`\d{1,2}:\d{2}`)

func isFromLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) && len(line) < 500 && clockTime.Match(line)
}

// fromLineTime reads the time of a "From " line, UTC where it has no zone.
func fromLineTime(line []byte) (time.Time, bool) {
	f := fromTime.FindSubmatch(line)
	if f == nil {
		return time.Time{}, false
	}
	seconds, zone := string(f[4]), string(f[7])
	if seconds == "" {
		seconds = ":00"
	}
	if zone == "" {
		zone = string(f[5])
	}
	if _, err := strconv.Atoi(zone); err != nil {
		zone = "+0000" // names of zones mean different things to different people
	}
	t, err := time.Parse("Jan 2 15:04:05 2006 -0700", fmt.Sprintf("%s %s %s%s %s %s", f[1], f[2], f[3], seconds, f[6], zone))
	return t.UTC(), err == nil
}

// aheadOf is how far the lines after a "From " line are looked at.
const aheadOf = 4 << 10

// begins tells whether a "From " line begins a message, or is text which its
// writer did not quote (mboxcl2; programs that quote only some). One with a
// whole time after an empty line does, unless text goes on below it; one that
// has less, or follows a line, must have a header at once.
func (m *mboxReader) begins(line []byte, afterEmpty bool) bool {
	ahead, _ := m.r.Peek(aheadOf) // less at the end
	first, _, _ := bytes.Cut(ahead, []byte("\n"))
	dated := fromTime.Match(line)
	switch {
	case len(parts.Fields(first)) > 0:
		return afterEmpty || dated
	case !afterEmpty || !dated:
		return false
	case len(bytes.TrimRight(first, "\r")) == 0 || isFromLine(first):
		return true // a message without a header, or nothing of it
	}
	return len(parts.Fields(paragraph(ahead))) > 0 // an odd line on top of a header
}

// paragraph is what comes before an empty line.
func paragraph(b []byte) []byte {
	for at := 0; at < len(b); {
		line, _, ended := bytes.Cut(b[at:], []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return b[:at]
		}
		if at += len(line); ended {
			at++
		}
	}
	return b
}
