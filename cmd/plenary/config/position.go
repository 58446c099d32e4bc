package config

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// position is where a key stands in the file, counted from 1.
type position struct{ line, col int }

// positions tells where each key and table of a well-formed text first
// stands, in the order of the text. The tables of an array are told apart,
// as name[1], name[2].
func positions(text []byte) (order []string, at map[string]position) {
	at = map[string]position{}
	p := unstable.Parser{}
	p.Reset(text)
	var last position // of the key noted last
	note := func(prefix string, n *unstable.Node) string {
		name := prefix
		for key := n.Key(); key.Next(); {
			part := key.Node()
			last = place(text, int(part.Raw.Offset))
			name = strings.TrimPrefix(name+"."+string(part.Data), ".")
			if _, ok := at[name]; !ok {
				at[name] = last
				order = append(order, name)
			}
		}
		return name
	}
	var value func(prefix string, n *unstable.Node)
	value = func(prefix string, n *unstable.Node) {
		name := note(prefix, n)
		if v := n.Value(); v.Kind == unstable.InlineTable {
			for it := v.Children(); it.Next(); {
				value(name, it.Node())
			}
		}
	}
	table, count := "", map[string]int{}
	for p.NextExpression() {
		switch n := p.Expression(); n.Kind {
		case unstable.Table:
			table = note("", n)
		case unstable.ArrayTable:
			name := note("", n)
			count[name]++
			table = fmt.Sprintf("%s[%d]", name, count[name])
			at[table] = last
		case unstable.KeyValue:
			value(table, n)
		}
	}
	return order, at
}

func place(text []byte, offset int) position {
	before := text[:offset]
	return position{
		line: bytes.Count(before, []byte("\n")) + 1,
		col:  offset - bytes.LastIndexByte(before, '\n'),
	}
}
