package lists

import (
	"errors"
	"strings"
	"testing"
)

const monday = Date("2026-11-23")

func TestParseDate(t *testing.T) {
	tests := []struct {
		text  string
		want  Date
		words string // of the refusal
	}{
		{"2026-12-01", "2026-12-01", ""},
		{"2026/12/1", "2026-12-01", ""},
		{"2020-01-01", "2020-01-01", ""},
		{"1 Dec", "2026-12-01", ""},
		{"1 December 2026", "2026-12-01", ""},
		{"1st of December", "2026-12-01", ""},
		{"the 1st of December, 2027", "2027-12-01", ""},
		{"Dec 1", "2026-12-01", ""},
		{"Dec. 1, 2026", "2026-12-01", ""},
		{"December 1st", "2026-12-01", ""},
		{"on Sept 3", "2027-09-03", ""},
		{"1-Dec-2026", "2026-12-01", ""},
		{"23 Nov", "2026-11-23", ""},
		{"22 Nov", "2027-11-22", ""},
		{"29 Feb", "2028-02-29", ""},
		{"1.12.2026", "2026-12-01", ""},
		{"25/12/2026", "2026-12-25", ""},
		{"12/25", "2026-12-25", ""},
		{"12/12", "2026-12-12", ""},
		{"Today", "2026-11-23", ""},
		{"tomorrow.", "2026-11-24", ""},
		{"Friday", "2026-11-27", ""},
		{"fri", "2026-11-27", ""},
		{"this Tuesday", "2026-11-24", ""},
		{"Monday", "2026-11-30", ""},
		{"Friday, 4 December", "2026-12-04", ""},
		{"Fri 4 Dec 2026", "2026-12-04", ""},
		{"in 3 days", "2026-11-26", ""},
		{"in two weeks", "2026-12-07", ""},
		{"in a month", "2026-12-23", ""},
		{"12/1", "", "Write 2027-01-12 or 2026-12-01"},
		{"12/1/2026", "", "Write 2026-01-12 or 2026-12-01"},
		{"next Friday", "", "Write 2026-11-27 or 2026-12-04"},
		{"30 Feb", "", "no day"},
		{"2026-13-01", "", "no day"},
		{"29 February 2027", "", "no day"},
		{"0 Dec", "", "no day"},
		{"32/32", "", "no day"},
		{"1 Dec 9999", "", "no day"},
		{"", "", "no date that I can read"},
		{"soon", "", "Write it as 2026-12-01"},
		{"1 fortnight", "", "no date"},
		{"may", "", "no date"},
		{strings.Repeat("9", 500), "", "no date"},
	}
	for _, tt := range tests {
		got, err := ParseDate(tt.text, monday)
		if tt.words == "" {
			if got != tt.want || err != nil {
				t.Errorf("ParseDate(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
			}
			continue
		}
		var r *Refusal
		if got != "" || !errors.As(err, &r) || !strings.Contains(r.Text, tt.words) {
			t.Errorf("ParseDate(%q) = %q, %v; want a refusal with %q", tt.text, got, err, tt.words)
		}
	}
}

// A month from the 31st is the last day of a month that has no 31st, as people
// and calendars count, and never a day of the month after.
func TestMonthsEnd(t *testing.T) {
	for _, tt := range []struct {
		today Date
		text  string
		want  Date
	}{
		{"2027-01-31", "in a month", "2027-02-28"},
		{"2028-01-30", "in one month", "2028-02-29"},
		{"2026-08-31", "in 3 months", "2026-11-30"},
		{"2026-12-31", "in 2 months", "2027-02-28"},
		{"2026-10-31", "in 2 months", "2026-12-31"},
		{"2026-02-28", "in 12 months", "2027-02-28"},
	} {
		if got, err := ParseDate(tt.text, tt.today); got != tt.want || err != nil {
			t.Errorf("%s from %s: %q, %v; want %s", tt.text, tt.today, got, err, tt.want)
		}
	}
}

func TestSplitStep(t *testing.T) {
	tests := []struct {
		text, step string
		by         Date
		words      string
	}{
		{"publish draft by 2026-12-01", "publish draft", "2026-12-01", ""},
		{"publish draft, by: 1 Dec.", "publish draft", "2026-12-01", ""},
		{"publish draft BY Friday", "publish draft", "2026-11-27", ""},
		{"review by the board", "review by the board", "", ""},
		{"review by the board by tomorrow", "review by the board", "2026-11-24", ""},
		{"interviews by 3 people", "interviews by 3 people", "", ""},
		{"draft by 1 Dec, read by Ann", "draft by 1 Dec, read by Ann", "", ""},
		{"write to baby Friday", "write to baby Friday", "", ""},
		{"by 2026-12-01", "", "2026-12-01", ""},
		{"  publish\n draft\nby 1 December 2026 ", "publish\n draft", "2026-12-01", ""},
		{"publish draft by", "publish draft by", "", ""},
		{"", "", "", ""},
		{"publish by 12/1", "", "", "two ways"},
		{"publish by 31 Nov", "", "", "no day"},
	}
	for _, tt := range tests {
		step, by, err := SplitStep(tt.text, monday)
		if tt.words != "" {
			var r *Refusal
			if !errors.As(err, &r) || !strings.Contains(r.Text, tt.words) {
				t.Errorf("SplitStep(%q): %v; want a refusal with %q", tt.text, err, tt.words)
			}
			continue
		}
		if step != tt.step || by != tt.by || err != nil {
			t.Errorf("SplitStep(%q) = %q, %q, %v; want %q, %q", tt.text, step, by, err, tt.step, tt.by)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-12-01", "1 Dec", "12/1", "next fri", "in 999 months", "Fri, ", "mon 1", "draft by 1 Dec", "by by by"} {
		f.Add(s, "2026-11-23")
	}
	f.Add("1 Dec", "nonsense")
	f.Fuzz(func(t *testing.T, text, today string) {
		d, err := ParseDate(text, Date(today))
		if _, ok := d.Time(); ok == (err != nil) {
			t.Fatalf("ParseDate(%q, %q) = %q, %v", text, today, d, err)
		}
		step, by, err := SplitStep(text, Date(today))
		if err == nil && by == "" && step != strings.TrimSpace(text) {
			t.Fatalf("SplitStep(%q) lost words: %q", text, step)
		}
	})
}
