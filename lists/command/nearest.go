package command

import (
	"strings"

	"plenary/lists"
)

// NearestList is the name of the list that somebody most likely meant by a
// word that names none, or "".
func NearestList(word string, all []lists.List) string {
	var known []string
	for _, l := range all {
		known = append(known, l.Short, l.Name)
	}
	return nearest(word, known)
}

// nearest is the known word that somebody most likely meant by word, or "".
// It is one of known, never what was written.
func nearest(word string, known []string) string {
	w := []rune(strings.ToLower(strings.Trim(word, decoration+".,;:!?")))
	if len(w) < 4 || len(w) > 60 {
		return ""
	}
	allowed := 1
	switch {
	case len(w) >= 9:
		allowed = 3
	case len(w) >= 6:
		allowed = 2
	}
	best, found := allowed+1, ""
	for _, k := range known {
		kr := []rune(k)
		if len(kr) < 3 {
			continue
		}
		if strings.HasPrefix(k, string(w)) && best > 1 {
			best, found = 1, k
		}
		if d := distance(w, kr, best); d < best {
			best, found = d, k
		}
	}
	return found
}

// nearestCommand is the command word that somebody most likely meant by a
// line that is none: by its first word (tried), or by a word within it that
// hardly stands there by chance.
func nearestCommand(text string) (near string, tried bool) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", false
	}
	known := make([]string, 0, 2*len(language))
	for _, e := range language {
		known = append(known, e.Name)
	}
	for _, e := range language {
		known = append(known, e.Synonyms...)
	}
	if first := strings.ToLower(strings.Trim(words[0], decoration+".,;:!?")); setWord(first) && first != "mail" {
		return "set", true // "vacation until 1 May"
	}
	if near := nearest(words[0], known); near != "" {
		return near, true
	}
	telling := []string{"unsubscribe", "subscribe", "unsub", "signoff", "join", "leave", "remove", "help", "password"}
	for i, w := range words {
		if i == 40 {
			break
		}
		w = strings.ToLower(strings.Trim(w, decoration+".,;:!?"))
		for _, t := range telling {
			if w == t {
				return t, false
			}
		}
	}
	return "", false
}

// distance counts insertions, deletions, changes and swaps of neighbours
// between a and b (optimal string alignment); at least limit is returned
// where there are limit or more.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
