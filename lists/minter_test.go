package lists

import (
	"strings"
	"testing"
)

// A minter's tokens are MemberToken's, whatever came before, and cost no
// allocation.
func TestMinter(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	for _, purpose := range []string{TokenBounce, TokenLeave, ""} {
		l := List{Serial: 0xDEADBEEF}
		m := NewMinter(secret, purpose, l)
		b := make([]byte, 0, 64)
		for _, n := range []Number{42, 1, 1<<32 - 1, 42} {
			if got, want := string(m.Append(b[:0], n)), MemberToken(secret, purpose, l, n); got != want {
				t.Errorf("%q %d: %s instead of %s", purpose, n, got, want)
			}
		}
		if each := testing.AllocsPerRun(100, func() { b = m.Append(b[:0], 7) }); each != 0 {
			t.Errorf("%v allocations a token", each)
		}
	}
}

func TestAroundToken(t *testing.T) {
	for n := 1; n <= MaxName; n++ {
		l := List{Name: strings.Repeat("n", n), Serial: 9}
		token := MemberToken([]byte("s"), TokenBounce, l, 3)
		before, after := AroundToken(l, "bounces", "d.example")
		if got, want := Address(before+token+after), RoleAddress(l, "bounces", token, "d.example"); got != want {
			t.Errorf("%s instead of %s", got, want)
		}
	}
}

func BenchmarkMinter(b *testing.B) {
	m := NewMinter([]byte("0123456789abcdef0123456789abcdef"), TokenBounce, List{Serial: 3})
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for n := Number(0); b.Loop(); n++ {
		buf = m.Append(buf[:0], n)
	}
}
