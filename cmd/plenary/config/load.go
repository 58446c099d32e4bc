package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Places are where the file is looked for when none is named.
var places = [...]string{"./plenary.toml", "/etc/plenary/plenary.toml"}

// source remembers where each key was read, for faults found later.
type source struct {
	file  string
	lines map[string]position // keys and tables of the file
	env   map[string]string   // key → variable
}

// Set tells whether the key was written anywhere, not left to its default.
func (c *Config) Set(name string) bool {
	_, file := c.source.lines[name]
	_, env := c.source.env[name]
	return file || env
}

// Fault says of a key what is wrong with it, at the place it was read from.
func (c *Config) Fault(name, format string, args ...any) Fault {
	f := Fault{File: c.source.file, Key: name, Text: fmt.Sprintf(format, args...)}
	table, _, indexed := strings.Cut(name, "[")
	if v, ok := c.source.env[table]; ok {
		f.File = v
	} else if p, ok := c.source.lines[name]; ok {
		f.Line, f.Col = p.line, p.col
	} else if p, ok := c.source.lines[name[:strings.LastIndexByte(name, ']')+1]]; ok && indexed {
		f.Line, f.Col = p.line, p.col
	} else if p, ok := c.source.lines[table]; ok && indexed {
		f.Line, f.Col = p.line, p.col
	}
	return f
}

// File is the name of the file that was read, "" none.
func (c *Config) File() string { return c.source.file }

// Load reads the file named, or PLENARY_CONFIG, or the first of the usual
// places, and lays the environment over it. The Config is never nil; it is
// fit for use when no fault is fatal.
func Load(file string, environ []string, others ...Check) (*Config, Faults) {
	env := map[string]string{}
	for _, kv := range environ {
		if name, value, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "PLENARY_") {
			env[name] = value
		}
	}
	if file == "" {
		file = env["PLENARY_CONFIG"]
	}
	c := Default()
	text, found, fault := read(file)
	if fault != nil {
		return c, Faults{*fault}
	}
	c.source = source{file: found, env: map[string]string{}}
	faults, broken := c.decode(text)
	if broken {
		return c, faults
	}
	faults = append(faults, c.environment(env)...)
	if found == "" && c.Domain == "" {
		return c, Faults{{Text: fmt.Sprintf("no configuration: neither %s nor %s is there; name a file with -c or PLENARY_CONFIG (`plenary config example` prints one)", places[0], places[1])}}
	}
	c.settle()
	faults = append(faults, c.check(faults, others)...)
	// As the file is read; what has no line comes last.
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(uint(a.Line-1), uint(b.Line-1)) })
	return c, faults
}

// read opens the file named, which must be there, or else one of the places.
func read(file string) (text []byte, name string, fault *Fault) {
	names := places[:]
	if file != "" {
		names = []string{file}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		switch {
		case err == nil:
			return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), name, nil // as some editors begin a file
		case file == "" && errors.Is(err, fs.ErrNotExist):
			continue
		case errors.Is(err, fs.ErrNotExist):
			return nil, name, &Fault{File: name, Text: "there is no such file (`plenary config example` prints one)"}
		}
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, name, &Fault{File: name, Text: "can't be read: " + err.Error()}
	}
	return nil, "", nil
}

// decode fills c from the file's text, and finds every fault of form. A
// broken text is no TOML: nothing in it can be judged.
func (c *Config) decode(text []byte) (faults Faults, broken bool) {
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		f := Fault{File: c.source.file, Text: strings.TrimPrefix(err.Error(), "toml: ")}
		if d := (*toml.DecodeError)(nil); errors.As(err, &d) {
			f.Line, f.Col = d.Position()
			f.Key = strings.Join(d.Key(), ".")
			f.Text = "this is no TOML: " + f.Text
		}
		return Faults{f}, true
	}
	order, lines := positions(text)
	c.source.lines = lines
	byName := map[string]key{}
	for _, k := range c.keys() {
		byName[k.name] = k
	}
	for _, name := range order {
		value, ok := lookup(tree, name)
		if !ok {
			continue
		}
		k, known := byName[name]
		switch place, tables := tables(k, known); {
		case tables:
			faults = append(faults, c.destinations(name, place, value)...)
		case known:
			if want := put(k.value, value); want != "" {
				faults = append(faults, c.Fault(name, "write %s", want))
			}
		case isSection(name, byName):
			if _, table := value.(map[string]any); !table {
				faults = append(faults, c.Fault(name, "this is a section: write [%s] on a line of its own, its keys below", name))
			}
		case !under(name, lines, byName):
			faults = append(faults, c.unknown(name))
		}
	}
	return faults, false
}

// tables tells whether a key holds tables, and where they go.
func tables(k key, known bool) (*[]Destination, bool) {
	if !known {
		return nil, false
	}
	place, ok := k.value.Addr().Interface().(*[]Destination)
	return place, ok
}

func (c *Config) unknown(name string) Fault {
	if near := nearest(name, Names()); near != "" {
		return c.Fault(name, "there is no such key; is %s meant?", near)
	}
	if near := nearest(name, sections()); near != "" {
		return c.Fault(name, "there is no such section; is [%s] meant?", near)
	}
	return c.Fault(name, "there is no such key (`plenary config example` prints all)")
}

// isSection tells whether keys stand under the name.
func isSection(name string, keys map[string]key) bool {
	for k := range keys {
		if strings.HasPrefix(k, name+".") {
			return true
		}
	}
	return false
}

// under tells whether a table around the name is already called unknown or
// misplaced, so that one mistake gives one fault.
func under(name string, lines map[string]position, keys map[string]key) bool {
	for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
		_, written := lines[name[:i]]
		if written && !isSection(name[:i], keys) {
			return true
		}
	}
	return false
}

func lookup(tree map[string]any, name string) (any, bool) {
	var v any = tree
	for part := range strings.SplitSeq(name, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[part]; !ok {
			return nil, false
		}
	}
	return v, true
}

// put sets the key's place, or says what the file should have there.
func put(place reflect.Value, v any) (want string) {
	switch place.Kind() {
	case reflect.String:
		s, ok := v.(string)
		if !ok {
			return `a text in quotes, as "…"`
		}
		place.SetString(s)
	case reflect.Bool:
		b, ok := v.(bool)
		if !ok {
			return "true or false, without quotes"
		}
		place.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, ok := v.(int64)
		if !ok {
			return "a whole number, without quotes"
		}
		place.SetInt(n)
	case reflect.Slice:
		const list = `a list of texts, as ["…", "…"]`
		items, ok := v.([]any)
		if !ok {
			return list
		}
		texts := make([]string, len(items))
		for i, item := range items {
			if texts[i], ok = item.(string); !ok {
				return list
			}
		}
		place.Set(reflect.ValueOf(texts))
	}
	return ""
}

// environment lays the variables over the file. A variable that names no key
// is a note only: Kubernetes sets some of its own after a service's name.
func (c *Config) environment(env map[string]string) Faults {
	var faults Faults
	for _, k := range c.keys() {
		name := k.env()
		text, ok := env[name]
		if !ok {
			continue
		}
		delete(env, name)
		c.source.env[k.name] = name
		if place, tables := tables(k, true); tables {
			faults = append(faults, c.destinations(k.name, place, fromText(k.value.Kind(), text))...)
			continue
		}
		if want := put(k.value, fromText(k.value.Kind(), text)); want != "" {
			faults = append(faults, c.Fault(k.name, "%q: write %s", text, strings.ReplaceAll(want, ", without quotes", "")))
		}
	}
	delete(env, "PLENARY_CONFIG")
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if !strings.HasPrefix(name, "PLENARY_SERVICE_") && !strings.HasPrefix(name, "PLENARY_PORT") {
			text := "this variable names no key and is not read"
			if near := nearestVariable(name); near != "" {
				text += "; is " + near + " meant?"
			}
			faults = append(faults, Fault{File: name, Text: text, Warn: true})
		}
	}
	return faults
}

// fromText gives the value that the text would be in the file; lists are
// separated by commas.
func fromText(kind reflect.Kind, text string) any {
	switch kind {
	case reflect.Bool:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case reflect.Int, reflect.Int64:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case reflect.Slice:
		items := []any{}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				items = append(items, part)
			}
		}
		return items
	}
	return text
}
