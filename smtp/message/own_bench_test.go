package message

import (
	"strings"
	"testing"
)

// BenchmarkOwnText reads a post of 4 KiB whole, and only how it begins.
func BenchmarkOwnText(b *testing.B) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog, and the dog lets it.\n", 60)
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			OwnText(text)
		}
	})
	b.Run("start", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			OwnStart(text, 20)
		}
	})
}

// How a text begins is how the whole of it begins.
func TestOwnStart(t *testing.T) {
	text := "Hi all,\n\n> quoted\nOn Monday Ann <ann@example.net> wrote:\n> more\n\none\ntwo\n\nthree\n-- \nAnn\n"
	whole := OwnText(text)
	for most := range 6 {
		start := OwnStart(text, most)
		if !strings.HasPrefix(whole, start) {
			t.Errorf("%d lines: %q is not the beginning of %q", most, start, whole)
		}
		if n := len(strings.FieldsFunc(start, func(r rune) bool { return r == '\n' })); n != min(most, 4) {
			t.Errorf("%d lines: got %d, %q", most, n, start)
		}
	}
}
