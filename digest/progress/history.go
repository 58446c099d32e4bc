package progress

import (
	"fmt"
	"strings"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// History is a group's record in words: its steps and how each ended, then
// what was told, the latest first, most of each at most. A later answer to the
// same question takes the place of the earlier one, and the earlier one is
// kept and marked so. "" where nothing was recorded.
func History(l lists.List, entries []lists.ProgressEntry, most int) string {
	var steps, told []string
	for _, s := range digest.Steps(l, entries) {
		steps = append(steps, "- "+stepLine(s))
	}
	for i, e := range entries {
		if line := entryLine(e, entries[i+1:]); line != "" {
			told = append(told, "- "+line)
		}
	}
	var parts []string
	if len(told) > 0 && len(steps) > 0 {
		parts = append(parts, "Its steps, the latest first:\n"+latest(steps, most))
	}
	if len(told) > 0 {
		parts = append(parts, "What was told, the latest first:\n"+latest(told, most))
	}
	return strings.Join(parts, "\n\n")
}

// latest turns lines round and leaves out the oldest beyond most.
func latest(lines []string, most int) string {
	var out []string
	for i := len(lines) - 1; i >= 0 && len(out) < most; i-- {
		out = append(out, lines[i])
	}
	if more := len(lines) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("- and %d before", more))
	}
	return strings.Join(out, "\n")
}

func stepLine(s digest.Step) string {
	words := []string{}
	if !s.Set.IsZero() {
		words = append(words, "set on "+s.Set.Format(time.DateOnly))
	}
	if s.By != "" {
		words = append(words, "due on "+string(s.By))
	}
	ended := map[string]string{digest.StepDone: "done", digest.StepMoved: "moved to another date", digest.StepDropped: "given up", digest.StepReplaced: "replaced by another"}[s.Ended]
	switch {
	case ended == "":
		words = append(words, "it stands")
	case s.At.IsZero():
		words = append(words, ended)
	default:
		words = append(words, ended+" on "+s.At.Format(time.DateOnly))
	}
	return inOneLine(s.Text) + ": " + strings.Join(words, ", ")
}

// entryLine is one thing that was told; steps stand in their own list.
func entryLine(e lists.ProgressEntry, later []lists.ProgressEntry) string {
	label, ok := map[string]string{digest.KindProgress: "", digest.KindState: "the group is ", digest.KindHelp: "help wanted: ", digest.KindDissent: "a view that differs: "}[e.Kind]
	if e.Kind == digest.KindSilence {
		return fmt.Sprintf("%s: after %s weeks of silence its leaders and admins were asked whether it goes on", e.At.Format(time.DateOnly), e.Text)
	}
	who := ""
	if e.Name != "" {
		who = ", " + inOneLine(e.Name)
	}
	if what, office := map[string]string{digest.KindLeader: "leads the group", digest.KindDeputy: "is a deputy leader", digest.KindVolunteer: "offered to lead it"}[e.Kind]; office {
		return e.At.Format(time.DateOnly) + who + ": " + what
	}
	if !ok {
		return ""
	}
	text := inOneLine(e.Text)
	if text == "" {
		text = "none; what was said before is taken back"
	}
	line := e.At.Format(time.DateOnly) + who + ": " + label + text
	for _, l := range later {
		if e.Week != "" && l.Week == e.Week && l.Kind == e.Kind && l.Author.Same(e.Author) {
			return line + " (replaced by a later answer)"
		}
	}
	return line
}

func inOneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
