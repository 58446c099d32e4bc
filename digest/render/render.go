// Package render writes a digest's Report out in the main list's language: as
// plain text in 72 columns with numbered headings that can be told by ear, and
// as HTML that needs neither images nor styles to be read (WCAG 2.2 AA). Both
// come from one outline, so they carry the same facts. What would make the
// HTML longer than mail programs show is cut short in both, and says so.
package render

import (
	"fmt"

	"plenary/digest"
	"plenary/digest/words"
)

// maxHTML is how long the HTML may become: Gmail hides what is beyond 102 KB.
const maxHTML = 100_000

// Page writes the report out, as whole as fits.
func Page(r digest.Report) (digest.Page, error) {
	w := words.For(r.Main.Language)
	page := digest.Page{Subject: subject(w, r)}
	for _, fit := range fits {
		o := outlined(w, r, fit)
		if o.err != nil {
			return page, o.err
		}
		html, err := o.html(w, page.Subject)
		if err != nil {
			return page, fmt.Errorf("write the digest %s of %s as HTML: %w", r.Week, r.Main.Name, err)
		}
		page.HTML, page.Text, page.Plots = html, o.text(), o.plots
		if len(html) <= maxHTML {
			break
		}
	}
	return page, nil
}
