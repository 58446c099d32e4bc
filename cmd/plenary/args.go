package main

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// A footer begins with "-- " as often as not, and no flag of ours does: what
// begins with a hyphen and can't be a flag is a value. The parser tells the
// two apart by the hyphen alone, so values are marked on the way in and
// unmarked where they are read. No argument of a process holds a NUL.
const valueMark = "\x00"

var flagShaped = regexp.MustCompile(`^(-|--|-c[^\n]*|--?[a-zA-Z][a-zA-Z0-9-]*(?s:=.*)?)$`)

// configFirst takes -c FILE to the front from wherever it stands, be it among
// the words of a value, where the parser would end the value. After -- all is
// value.
func configFirst(args []string) []string {
	var first, rest []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			return slices.Concat(first, rest, args[i:])
		case (a == "-c" || a == "--config") && i+1 < len(args):
			first = append(first, a, args[i+1])
			i++
		case strings.HasPrefix(a, "--config="):
			first = append(first, a)
		default:
			rest = append(rest, a)
		}
	}
	return append(first, rest...)
}

func markValues(args []string) []string {
	marked := make([]string, len(args))
	for i, a := range args {
		if strings.HasPrefix(a, "-") && !flagShaped.MatchString(a) {
			a = valueMark + a
		}
		marked[i] = a
	}
	return marked
}

func unmark(s string) string { return strings.ReplaceAll(s, valueMark, "") }

// plainly words what the parser says for people: it quotes the marks, and names
// the empty text, which a flag left out has, among the words to choose from.
func plainly(err error) string {
	return strings.NewReplacer(`\x00`, "", `,"" but got`, " but got").Replace(unmark(err.Error()))
}

// markedValues reads texts as markValues left them.
func markedValues() kong.Option {
	return kong.KindMapper(reflect.String, kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		var s string
		if err := ctx.Scan.PopValueInto("string", &s); err != nil {
			return err
		}
		target.SetString(unmark(s))
		return nil
	}))
}
