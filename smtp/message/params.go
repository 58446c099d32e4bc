package message

import (
	"net/url"
	"strconv"
	"strings"
)

// maxParams is how many parameters of a field are read.
const maxParams = 50

// parseParams reads a structured value, "text/plain; charset=utf-8": its
// first word in lower case, and its parameters. It takes what mailers get
// wrong: missing quotes, doubled parameters (the first counts), comments,
// semicolons too many.
func parseParams(s string) (kind string, params map[string]string) {
	kind, s = cutUnquoted(s, ';')
	kind = strings.ToLower(strings.Trim(strings.TrimSpace(dropComment(kind)), `"'`))
	params = map[string]string{}
	for n := 0; s != "" && n < maxParams; n++ {
		var one string
		one, s = cutUnquoted(s, ';')
		name, value, ok := strings.Cut(one, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := params[name]; !ok || name == "" || twice {
			continue
		}
		params[name] = unquote(strings.TrimSpace(value))
	}
	joinContinued(params)
	return kind, params
}

// cutUnquoted cuts s around the first sep that stands outside quotes.
func cutUnquoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquote takes the quotes off a quoted string; of anything else it takes the
// first word, as nothing but a comment may follow.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return strings.TrimSpace(dropComment(s))
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// dropComment cuts a comment, and what follows it, off a value.
func dropComment(s string) string {
	if i := strings.IndexByte(s, '('); i > 0 {
		return s[:i]
	}
	return s
}

// joinContinued makes one parameter of name*0, name*1 … and name* (RFC 2231).
func joinContinued(params map[string]string) {
	for key, value := range params {
		name, rest, ok := strings.Cut(key, "*")
		if _, plain := params[name]; !ok || plain || name == "" {
			continue
		}
		switch rest {
		case "":
			params[name] = decodeExtended(value)
		case "0", "0*":
			var b strings.Builder
			for n := 0; n < maxParams; n++ {
				section := name + "*" + strconv.Itoa(n)
				if v, ok := params[section]; ok {
					b.WriteString(v)
				} else if v, ok := params[section+"*"]; ok {
					b.WriteString(v)
				} else {
					break
				}
			}
			params[name] = b.String()
			if rest == "0*" {
				params[name] = decodeExtended(b.String())
			}
		}
	}
}

// decodeExtended reads charset'language'percent-encoded.
func decodeExtended(s string) string {
	parts := strings.SplitN(s, "'", 3)
	if len(parts) != 3 {
		return s
	}
	raw, err := url.PathUnescape(parts[2])
	if err != nil {
		return parts[2]
	}
	return toUTF8(parts[0], []byte(raw))
}
