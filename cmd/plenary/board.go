package main

import (
	"fmt"
	"io"
	"strings"

	"plenary/lists"
)

type boardCmd struct {
	Main string `arg:"" help:"The main list."`
	JSON bool   `help:"Print JSON for scripts; the same stands at /MAIN/board.json."`
}

// Run prints the board as the page shows it, to be handed on as it is.
func (c boardCmd) Run(a *app) error {
	s, l, err := a.mainList(c.Main)
	if err != nil {
		return err
	}
	b, err := newBoards(s.weekly, s.archive, s.now).Board(a.ctx, l)
	if err != nil {
		return err
	}
	b = s.site.PublicBoard(b)
	if c.JSON {
		return a.printJSON(b)
	}
	zone := s.site.Location
	fmt.Fprintf(a.out, "%s: what the groups do\n%s; %s since %s\n", b.Title, count(b.Members, "member"), count(b.Posts, "post"), b.Since.In(zone).Format("2 January 2006"))
	if len(b.Groups) == 0 {
		fmt.Fprintf(a.out, "\nThere are no groups yet. The first: plenary list create NAME --parent %s --title \"TITLE\"\n", b.Main)
	}
	for _, g := range b.Groups {
		writeCard(a.out, g, b.Request)
	}
	return nil
}

// writeCard writes one group, a fact a line, so that it can be read by ear.
func writeCard(w io.Writer, g lists.BoardGroup, request lists.Address) {
	fmt.Fprintf(w, "\n%s (%s)\n", g.Title, g.Name)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s: %s\n", name, strings.Join(strings.Fields(value), " "))
		}
	}
	line("Purpose", g.Purpose)
	line("Led by", ledBy(g, request))
	if g.State != lists.Active {
		line("State", string(g.State))
	}
	switch {
	case g.When == "overdue":
		line("Next step", fmt.Sprintf("%s, overdue by %s: it was due on %s", g.Next, count(g.Days, "day"), g.By))
	case g.When == "past":
		line("Next step", fmt.Sprintf("%s: it was due on %s", g.Next, g.By))
	case g.By != "":
		line("Next step", fmt.Sprintf("%s, due on %s", g.Next, g.By))
	default:
		line("Next step", g.Next)
	}
	writeWords(line, "Progress", g.Progress)
	writeWords(line, "Help wanted", g.Help)
	writeWords(line, "A view that differs", g.Dissent)
	if g.Silent >= 2 {
		line("Last heard from", fmt.Sprintf("%d weeks ago", g.Silent))
	}
	line("Activity", fmt.Sprintf("%s, %s", count(g.Posts, "post"), count(g.Members, "member")))
	line("To join, write to", string(g.Join))
}

// ledBy says who leads a group, or how to offer to.
func ledBy(g lists.BoardGroup, request lists.Address) string {
	switch {
	case len(g.Leaders) > 0:
		return strings.Join(g.Leaders, ", ")
	case g.Led:
		return "no name is given"
	case g.Offer == "":
		return "nobody"
	}
	return fmt.Sprintf("nobody; to offer to lead it, a member writes %q to %s", g.Offer, request)
}

func writeWords(line func(name, value string), name string, said []lists.BoardWord) {
	for _, s := range said {
		who := ""
		if s.Who != "" {
			who = s.Who + ": "
		}
		line(name, who+s.Text)
	}
}
