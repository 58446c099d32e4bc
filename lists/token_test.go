package lists

import (
	"strings"
	"testing"
)

func TestMemberToken(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	l := List{Serial: 0xDEADBEEF}
	token := MemberToken(secret, TokenBounce, l, 42)
	if len(token) != MaxToken || !wellFormed(token) {
		t.Fatalf("token %q", token)
	}
	for _, spelt := range []string{token, strings.ToUpper(token)} {
		if serial, n, ok := ReadMemberToken(secret, TokenBounce, spelt); !ok || serial != l.Serial || n != 42 {
			t.Errorf("ReadMemberToken(%q) = %x %d %v", spelt, serial, n, ok)
		}
	}
	wrong := map[string]func() (uint32, Number, bool){
		"another purpose": func() (uint32, Number, bool) { return ReadMemberToken(secret, TokenLeave, token) },
		"another secret":  func() (uint32, Number, bool) { return ReadMemberToken([]byte("x"), TokenBounce, token) },
		"too short":       func() (uint32, Number, bool) { return ReadMemberToken(secret, TokenBounce, token[:25]) },
		"too long":        func() (uint32, Number, bool) { return ReadMemberToken(secret, TokenBounce, token+"a") },
		"no base32":       func() (uint32, Number, bool) { return ReadMemberToken(secret, TokenBounce, strings.Repeat("1", 26)) },
		"empty":           func() (uint32, Number, bool) { return ReadMemberToken(secret, TokenBounce, "") },
	}
	for what, read := range wrong {
		if serial, n, ok := read(); ok || serial != 0 || n != 0 {
			t.Errorf("%s: %d %d %v", what, serial, n, ok)
		}
	}
	// Each other spelling of any one character is refused, the spare bits of
	// the last one included.
	for i := range token {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			other := token[:i] + string(c) + token[i+1:]
			if _, _, ok := ReadMemberToken(secret, TokenBounce, other); ok && other != token {
				t.Errorf("%q passes for %q", other, token)
			}
		}
	}
}

func TestRoleAddressStaysWithinALocalPart(t *testing.T) {
	token := MemberToken([]byte("s"), TokenLeave, List{Serial: 9}, 1)
	for n := 1; n <= MaxName; n++ {
		l := List{ID: strings.Repeat("n", n), Family: strings.Repeat("n", n), Name: strings.Repeat("n", n), Serial: 9}
		d := NewDirectory("d.example", []List{l})
		for _, role := range RoleWords() {
			for _, tok := range []string{"", token} {
				takes := role == "leave" || role == "unsubscribe" || role == "confirm" || role == "progress" || role == "bounces"
				if tok != "" && !takes {
					continue
				}
				a := RoleAddress(l, role, tok, "d.example")
				if len(a.Local()) > 64 {
					t.Fatalf("%s: %d octets", a, len(a.Local()))
				}
				got, ok := d.Resolve(a.Local())
				if !ok || got.Token != tok {
					t.Fatalf("%s: %v %+v", a, ok, got)
				}
				if role == "leave" && got.List.ID != l.ID {
					t.Fatalf("%s leads to the list %q", a, got.List.ID)
				}
			}
		}
	}
	if got := RoleAddress(List{Name: "dc"}, "confirm", "k", "lists.example.org"); got != "dc-confirm+k@lists.example.org" {
		t.Error(got)
	}
	if got := RoleAddress(List{Name: strings.Repeat("n", 40)}, "confirm", token, "d.example"); got != Address("plenary-confirm+"+token+"@d.example") {
		t.Error(got)
	}
}

func FuzzReadMemberToken(f *testing.F) {
	secret := []byte("s")
	f.Add(MemberToken(secret, TokenLeave, List{Serial: 1}, 2))
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, token string) {
		serial, n, ok := ReadMemberToken(secret, TokenLeave, token)
		if ok && MemberToken(secret, TokenLeave, List{Serial: serial}, n) != strings.ToLower(token) {
			t.Fatalf("%q is read but never written", token)
		}
	})
}
