package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// Delivery is how mail goes out.
type Delivery struct {
	Relay         string        `toml:"relay"`
	RelayUser     string        `toml:"relay_user"`
	RelayPassword string        `toml:"relay_password"`
	RelayTLS      string        `toml:"relay_tls"` // opportunistic | required | implicit | none
	Port          int           `toml:"port"`
	MTASTS        bool          `toml:"mta_sts"`
	DANE          bool          `toml:"dane"`
	Connections   int           `toml:"connections"` // 0: 8 to a relay, 5 to a domain
	PerMinute     int           `toml:"per_minute"`  // 0: no limit
	Destination   []Destination `toml:"destination"`
	RetryMin      string        `toml:"retry_min"`
	RetryMax      string        `toml:"retry_max"`
	Expire        string        `toml:"expire"`
}

// Destination is a domain whose mail has limits of its own; 0 is what the
// others have.
type Destination struct {
	Domain      string
	Connections int
	PerMinute   int
}

// RetryMinFor, RetryMaxFor and ExpireAfter are the times of the same names.
// They are for a Config without faults.
func (d Delivery) RetryMinFor() time.Duration { return span(d.RetryMin) }

// RetryMaxFor is the longest wait between two tries.
func (d Delivery) RetryMaxFor() time.Duration { return span(d.RetryMax) }

// ExpireAfter is when mail that never got through is given up.
func (d Delivery) ExpireAfter() time.Duration { return span(d.Expire) }

func span(s string) time.Duration {
	d, _ := time.ParseDuration(s)
	return d
}

// destinations reads the tables under delivery.destination, or the texts of
// its variable, and finds every fault in them.
func (c *Config) destinations(name string, place *[]Destination, v any) (faults Faults) {
	items, ok := v.([]any)
	if !ok {
		return Faults{c.Fault(name, `write sections [[%s]], or a list of tables, as [{domain = "gmail.com", connections = 5, per_minute = 600}]`, name)}
	}
	*place = nil
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", name, i+1)
		say := func(key, format string, args ...any) {
			faults = append(faults, c.Fault(at+key, format, args...))
		}
		table, ok := item.(map[string]any)
		if text, is := item.(string); is {
			table, ok = destinationText(text), true
		}
		if !ok {
			say("", `write a table, as {domain = "gmail.com", connections = 5, per_minute = 600}`)
			*place = append(*place, Destination{}) // so that the others keep their numbers
			continue
		}
		*place = append(*place, readDestination(table, say))
	}
	return faults
}

// destinationText reads one as the environment has it: the domain, then
// connections=N and per_minute=N.
func destinationText(text string) map[string]any {
	table := map[string]any{}
	for i, word := range strings.Fields(text) {
		key, value, _ := strings.Cut(word, "=")
		if i == 0 {
			key, value = "domain", word
		}
		table[key] = value
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			table[key] = n
		}
	}
	return table
}

func readDestination(table map[string]any, say sayer) (d Destination) {
	known := []string{"domain", "connections", "per_minute"}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		switch value := table[key]; key {
		case "domain":
			text, _ := value.(string)
			name, err := lists.ParseDomain(text)
			if err != nil {
				say(".domain", `%v: write the domain of the members' addresses, as "gmail.com"`, err)
				name = text
			}
			d.Domain = name
		case "connections", "per_minute":
			n, ok := value.(int64)
			if !ok || n < 0 || n > 1<<30 {
				say("."+key, "write a whole number, without quotes; 0 is what other domains have")
				continue
			}
			if key == "connections" {
				d.Connections = int(n)
			} else {
				d.PerMinute = int(n)
			}
		default:
			hint := "domain, connections and per_minute are all there are"
			if near := nearest(key, known); near != "" {
				hint = "is " + near + " meant?"
			}
			say("."+key, "there is no such key; %s", hint)
		}
	}
	if _, ok := table["domain"]; !ok {
		say("", `domain is missing: write domain = "gmail.com"`)
	}
	return d
}

// checkPace looks at how fast mail goes out, and how often it is tried.
func (c *Config) checkPace(say, note sayer) {
	d := c.Delivery
	for _, n := range []struct {
		name string
		n    int
		most int
	}{{"delivery.connections", d.Connections, 500}, {"delivery.per_minute", d.PerMinute, 1 << 30}} {
		if n.n < 0 || n.n > n.most {
			say(n.name, "%d: write a number from 0 to %d", n.n, n.most)
		}
	}
	seen := map[string]bool{}
	for i, one := range d.Destination {
		at := fmt.Sprintf("delivery.destination[%d]", i+1)
		switch {
		case one.Connections > 500:
			say(at+".connections", "%d: write a number from 0 to 500", one.Connections)
		case one.Domain != "" && seen[one.Domain]:
			say(at+".domain", "%q has a section above already", one.Domain)
		}
		seen[one.Domain] = true
	}
	if len(d.Destination) > 0 && d.Relay != "" {
		note("delivery.destination", "not used: all mail goes to the relay, which keeps its own pace with each domain")
	}
	for _, s := range []struct{ name, value, sample string }{
		{"delivery.retry_min", d.RetryMin, "300s"}, {"delivery.retry_max", d.RetryMax, "4000s"}, {"delivery.expire", d.Expire, "120h"},
	} {
		if t, err := time.ParseDuration(s.value); err != nil || t < time.Second {
			say(s.name, `%q: write a time, as "%s"`, s.value, s.sample)
			return
		}
	}
	switch {
	case d.RetryMaxFor() < d.RetryMinFor():
		say("delivery.retry_max", "%s is less than retry_min, %s: the wait between two tries grows from one to the other", d.RetryMax, d.RetryMin)
	case d.ExpireAfter() < d.RetryMaxFor():
		say("delivery.expire", "%s is less than retry_max, %s: mail would be given up before its second try", d.Expire, d.RetryMax)
	case d.ExpireAfter() < 24*time.Hour:
		note("delivery.expire", "%s: mail to a server that is down for a day is given up; RFC 5321 asks for four to five days", d.Expire)
	}
}
