package personal

import "plenary/lists"

// threads puts posts, given by number, in the order of their conversations:
// each begins where its first post of the issue does, an answer comes after
// what it answers. The count is of conversations. A post whose references
// tell nothing joins the earlier one that has its subject without "Re:".
func threads(posts []lists.DigestPost) (ordered []lists.DigestPost, count int) {
	byID := map[string]int{}      // Message-ID, and references heard of → post or its thread's first
	bySubject := map[string]int{} // subject without Re: → the thread's first post
	answers := make([][]int, len(posts))
	var roots []int
	for i, p := range posts {
		parent := -1
		for _, id := range p.Answers {
			if at, known := byID[id]; known {
				parent = at
				break
			}
		}
		base, reply := lists.BaseSubject(p.Subject)
		if at, known := bySubject[base]; parent < 0 && reply && base != "" && known {
			parent = at
		}
		if parent < 0 {
			roots = append(roots, i)
			bySubject[base] = i
		} else {
			answers[parent] = append(answers[parent], i)
		}
		if p.MessageID != "" {
			byID[p.MessageID] = i
		}
		for _, id := range p.Answers { // what a later post may answer too
			if _, known := byID[id]; !known {
				byID[id] = i
			}
		}
	}
	// A parent comes before its answers, so a stack walks them without
	// recursion, however deep a conversation is.
	for _, root := range roots {
		for stack := []int{root}; len(stack) > 0; {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			ordered = append(ordered, posts[i])
			for j := len(answers[i]) - 1; j >= 0; j-- {
				stack = append(stack, answers[i][j])
			}
		}
	}
	return ordered, len(roots)
}
