package command

import (
	"fmt"
	"strings"

	"plenary/lists"
)

// circles are the headings under which help shows the commands.
var circles = [...]struct {
	who   Who
	title string
}{
	{Anyone, "For everybody"},
	{Members, "For members"},
	{Leaders, "For the leaders of a list, and the admins"},
	{Admins, "For the admins of a main list"},
}

// helpText is all commands, or one.
func (t texts) helpText(f Facts, word string) (string, error) {
	if e, ok := lookup(word); ok {
		e.Help, e.More = f.word(e.Help), indentFields(f.word(e.More))
		return t.render(f, "help-one.txt", map[string]any{"Entry": e, "Synonyms": strings.Join(e.Synonyms, ", "), "Who": f.circle(e.Who)})
	}
	type group struct{ Title, Text string }
	var groups []group
	for _, c := range circles {
		g := group{Title: f.word(c.title)}
		for _, e := range language {
			if e.Who == c.who {
				g.Text += f.inHelp(e)
			}
		}
		groups = append(groups, g)
	}
	example := lists.List{Name: "dc"}
	if all := f.Dir.Lists; len(all) > 0 {
		example = all[len(all)-1]
	}
	if f.atList() {
		example = f.Here
	}
	return t.render(f, "help.txt", map[string]any{"Groups": groups, "Address": f.commandAddress(), "List": example.Name, "Max": MaxCommands})
}

// inHelp is an entry of the long help: how it is written, then what it does.
func (f Facts) inHelp(e Entry) string {
	s := ""
	for i, form := range e.Forms {
		s += "  " + form
		if i == 0 && len(e.Synonyms) > 0 {
			s += "  " + f.say("(or %s)", strings.Join(e.Synonyms, ", "))
		}
		s += "\n"
	}
	return s + indented(f.word(e.Help), 6) + "\n"
}

// indentFields sets lines of the form "key: value" in, so that they stay
// lines of their own.
func indentFields(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if key, _ := keyed(l); fieldKey(key) {
			lines[i] = "  " + l
		}
	}
	return strings.Join(lines, "\n")
}

// Reference is the command language in Markdown, for README.
func Reference() string {
	var b strings.Builder
	for _, c := range circles {
		fmt.Fprintf(&b, "**%s**\n\n| command | the same | what it does | example |\n| --- | --- | --- | --- |\n", c.title)
		for _, e := range language {
			if e.Who != c.who {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", coded(e.Forms), coded(e.Synonyms), cell(e.Help), coded([]string{e.Example}))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func coded(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, "`"+cell(w)+"`")
	}
	return strings.Join(out, "<br>")
}

// cell escapes what would end a cell of a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
