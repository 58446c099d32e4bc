package config

import (
	"reflect"
	"slices"
	"strings"
)

// key is one setting: its name in the file and the place it fills.
type key struct {
	name  string // smtp.tls_cert
	value reflect.Value
}

// env is the key's environment form.
func (k key) env() string {
	return "PLENARY_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// keys lists every setting of c, in the order of the struct.
func (c *Config) keys() []key {
	var all []key
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("toml")
			switch field := v.Field(i); {
			case name == "":
			case field.Kind() == reflect.Struct:
				walk(prefix+name+".", field)
			default:
				all = append(all, key{prefix + name, field})
			}
		}
	}
	walk("", reflect.ValueOf(c).Elem())
	return all
}

// Names lists every key, as smtp.listen.
func Names() []string {
	var names []string
	for _, k := range Default().keys() {
		names = append(names, k.name)
	}
	return names
}

// sections lists what keys stand under, as smtp and smtp.rspamd.
func sections() []string {
	var all []string
	for _, n := range Names() {
		if i := strings.LastIndexByte(n, '.'); i > 0 && !slices.Contains(all, n[:i]) {
			all = append(all, n[:i])
		}
	}
	return all
}

// nearestVariable is the environment form that s was likely meant to be, or "".
func nearestVariable(s string) string {
	var names []string
	for _, k := range Default().keys() {
		names = append(names, strings.ToLower(k.env()))
	}
	return strings.ToUpper(nearest(s, names))
}

// nearest is the name that s was likely meant to be, or "".
func nearest(s string, names []string) string {
	best, at := "", 3
	for _, n := range names {
		if d := distance(strings.ToLower(s), n); d < at {
			best, at = n, d
		}
	}
	if best == "" { // the right word under the wrong section
		_, last, _ := strings.Cut("."+s, ".")
		if i := strings.LastIndexByte(last, '.'); i >= 0 {
			last = last[i+1:]
		}
		for _, n := range names {
			if n == last || strings.HasSuffix(n, "."+last) {
				return n
			}
		}
	}
	return best
}

// distance counts the letters to change, add or drop between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
