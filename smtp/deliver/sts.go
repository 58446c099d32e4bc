package deliver

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// stsMode is what an MTA-STS policy asks of senders.
type stsMode string

// The modes (RFC 8461 section 5).
const (
	stsEnforce stsMode = "enforce" // certificates prove names that the policy lists, or nothing is sent
	stsTesting stsMode = "testing" // failures are told, and mail is sent
	stsNone    stsMode = "none"
)

// stsPolicy is what a domain publishes of its mail exchangers.
type stsPolicy struct {
	mode stsMode
	mx   []string // names, or *.names
	age  time.Duration
}

// mostAge is how long a policy is kept at most (RFC 8461 section 3.2).
const mostAge = 31_557_600 * time.Second

// stsID reads the _mta-sts TXT records of a domain: the id of its policy.
// More or less than one that begins as it should is none.
func stsID(texts []string) (id string, ok bool) {
	for _, t := range texts {
		if !strings.HasPrefix(t, "v=STSv1;") {
			continue
		}
		if ok {
			return "", false
		}
		for field := range strings.SplitSeq(t, ";") {
			if v, is := strings.CutPrefix(strings.TrimSpace(field), "id="); is && v != "" && len(v) <= 32 && isAlnum(v) {
				id, ok = v, true
			}
		}
		if !ok {
			return "", false
		}
	}
	return id, ok
}

func isAlnum(s string) bool {
	return strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// parsePolicy reads a policy's text (RFC 8461 section 3.2). Of a key that
// stands there twice the first counts, save mx.
func parsePolicy(text []byte) (*stsPolicy, error) {
	p, seen := &stsPolicy{}, map[string]bool{}
	for line := range bytes.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if !ok || seen[key] && key != "mx" {
			continue
		}
		seen[key], value = true, strings.TrimSpace(value)
		switch key {
		case "version":
			if value != "STSv1" {
				return nil, fmt.Errorf("version %.20q is not known", value)
			}
		case "mode":
			if p.mode = stsMode(value); p.mode != stsEnforce && p.mode != stsTesting && p.mode != stsNone {
				return nil, fmt.Errorf("mode %.20q is not known", value)
			}
		case "max_age":
			n, err := strconv.ParseUint(value, 10, 40)
			if err != nil {
				return nil, fmt.Errorf("max_age %.20q is no number", value)
			}
			p.age = min(time.Duration(min(n, uint64(mostAge/time.Second)))*time.Second, mostAge)
		case "mx":
			if name := strings.TrimSuffix(strings.ToLower(value), "."); name != "" {
				p.mx = append(p.mx, name)
			}
		}
	}
	switch {
	case !seen["version"] || !seen["mode"] || !seen["max_age"]:
		return nil, errors.New("version, mode or max_age is missing")
	case p.mode != stsNone && len(p.mx) == 0:
		return nil, errors.New("it names no mx")
	}
	return p, nil
}

// allows tells whether the policy names a mail exchanger: *.example.com
// stands for one further label, no more (RFC 8461 section 4.1).
func (p *stsPolicy) allows(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, name := range p.mx {
		if name == host {
			return true
		}
		if parent, wild := strings.CutPrefix(name, "*."); wild {
			if _, rest, ok := strings.Cut(host, "."); ok && rest == parent {
				return true
			}
		}
	}
	return false
}
