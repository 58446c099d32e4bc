package sink

import (
	"slices"
	"strings"
)

// pretends tells whether the sink offers an extension and does not do it.
func (c *session) pretends(extension string) bool {
	return slices.Contains(c.s.opt.Pretend, extension)
}

// hears loses what was sent together with a command, where PIPELINING is
// pretended: as servers do that read one line and forget the rest.
func (c *session) hears([]byte) {
	if c.pretends("PIPELINING") {
		_, _ = c.r.Discard(c.r.Buffered())
	}
}

// deaf tells whether the sink hangs up on a command.
func (c *session) deaf(verb []byte) bool {
	return strings.EqualFold(string(verb), "EHLO") && c.pretends("EHLO")
}

// refuses tells whether a parameter is one of an extension pretended.
func (c *session) refuses(params string) bool {
	if len(c.s.opt.Pretend) == 0 {
		return false
	}
	of := map[string]string{"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "RET": "DSN", "ENVID": "DSN", "NOTIFY": "DSN", "ORCPT": "DSN"}
	for _, p := range strings.Fields(params) {
		name, _, _ := strings.Cut(strings.ToUpper(p), "=")
		if of[name] != "" && c.pretends(of[name]) {
			return true
		}
	}
	return false
}
