package authenticate

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/smtp/message"
)

// laterB is what the library takes for the tag that it empties, wherever it
// stands: z= may hold it, and tags whose names end so.
var laterB = regexp.MustCompile(`b\s*=`)

// misread tells whether the library may have found a sound signature wanting:
// it empties more than b=, counts a field to what it signs itself, and holds
// i= against d= letter by letter.
func misread(reason string, f message.Field) bool {
	switch {
	case strings.HasPrefix(reason, "signature did not verify"):
		return len(laterB.FindAllIndex(f.Raw, 2)) > 1 || strings.Count(strings.ToLower(string(f.Raw)), "dkim-signature") > 1
	case reason == "domain mismatch":
		return true
	}
	return false
}

// again verifies such a signature by the letter of RFC 6376.
func (c *Checker) again(ctx context.Context, m *message.Message, f message.Field, s Signature) Signature {
	t, err := readTags(f.Unfolded())
	if err != nil || t["v"] != "1" || !identified(t) || expired(t["x"]) || t.has("q") && !listed(t["q"], "dns/txt") {
		return s
	}
	names := strings.Split(t["h"], ":")
	if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, "From") }) {
		return s
	}
	if !t.has("c") {
		t["c"] = "simple/simple"
	}
	others := *m
	others.Fields = slices.DeleteFunc(slices.Clone(m.Fields), func(o message.Field) bool { return &o.Raw[0] == &f.Raw[0] })
	if err := c.checkMessageSignature(ctx, &others, arcSet{signature: f.Raw, signed: t}); err != nil {
		if err.temporary {
			s.Result, s.Reason = TempError, err.text
		}
		return s
	}
	s.Result, s.Reason, s.Signed = Pass, "", names
	if _, at, ok := strings.Cut(t["i"], "@"); ok && !strings.EqualFold(at, t["d"]) && c.exact(ctx, f) {
		s.Result, s.Reason = PermError, exactKey
	}
	return s
}

// identified tells whether i=, where there is one, is of d= or below it.
func identified(t tags) bool {
	i, d := strings.ToLower(t["i"]), strings.ToLower(t["d"])
	return !t.has("i") || strings.HasSuffix(i, "@"+d) || strings.HasSuffix(i, "."+d)
}

func expired(x string) bool {
	if x == "" {
		return false
	}
	at, err := strconv.ParseInt(x, 10, 64)
	return err != nil || time.Now().After(time.Unix(at, 0))
}
