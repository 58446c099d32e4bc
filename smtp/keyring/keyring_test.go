package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"plenary/lists/store/redistest"
)

func made(t *testing.T, selector string) []Key {
	t.Helper()
	keys, err := New(selector)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// texts are the keys' records, to compare by.
func texts(keys []Key) string {
	var all []string
	for _, k := range keys {
		r := RecordOf(k, "lists.example.org")
		all = append(all, r.Name+" "+r.Value)
	}
	return strings.Join(all, "\n")
}

func TestShelf(t *testing.T) {
	rdb, ctx := redistest.New(t), t.Context()
	s := Shelf{Redis: rdb, Secret: "open sesame"}
	if keys, selector, err := s.Current(ctx); err != nil || keys != nil || selector != "" {
		t.Fatal(keys, selector, err)
	}
	first := made(t, "a")
	if in, fresh, err := s.Use(ctx, "a", first); err != nil || !fresh || texts(in) != texts(first) {
		t.Fatal(fresh, err)
	}
	if in, fresh, err := s.Use(ctx, "a", made(t, "a")); err != nil || fresh || texts(in) != texts(first) {
		t.Error("a selector got other keys", fresh, err)
	}
	second := made(t, "b")
	if _, _, err := s.Use(ctx, "b", second); err != nil {
		t.Fatal(err)
	}
	if in, selector, err := s.Current(ctx); err != nil || selector != "b" || texts(in) != texts(second) {
		t.Error(selector, err)
	}
	if in, _, err := s.Use(ctx, "a", second); err != nil || texts(in) != texts(first) {
		t.Error("the way back", err)
	}
	for _, v := range rdb.HGetAll(ctx, shelfKey).Val() {
		if strings.Contains(v, "MII") {
			t.Error("a key is kept in clear")
		}
	}
	for _, secret := range []string{"", "another"} {
		if _, _, err := (Shelf{Redis: rdb, Secret: secret}).Current(ctx); err == nil || !strings.Contains(err.Error(), "dkim.secret") {
			t.Errorf("secret %q: %v", secret, err)
		}
	}
	plain := Shelf{Redis: redistest.New(t)}
	if in, _, err := plain.Use(ctx, "a", first); err != nil || texts(in) != texts(first) {
		t.Error("in clear", err)
	}
}

// What earlier versions wrote, a nonce and then AES-GCM's output, is read.
func TestKeysOfBefore(t *testing.T) {
	s, keys := Shelf{Secret: "open sesame"}, made(t, "a")
	plain, err := Shelf{}.pack(keys)
	if err != nil {
		t.Fatal(err)
	}
	key, err := hkdf.Key(sha256.New, []byte(s.Secret), nil, "plenary dkim keys", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("twelve octet")
	old := string(box.Seal([]byte("e"+string(nonce)), nonce, plain[1:], nil))
	if got, err := s.unpack(old, "a"); err != nil || texts(got) != texts(keys) {
		t.Error(err)
	}
	for _, cut := range []string{"", "e", old[:5], old[:20], old[:len(old)-1], "c", "x" + old} {
		if _, err := s.unpack(cut, "a"); err == nil {
			t.Errorf("%d octets were read", len(cut))
		}
	}
}

func TestRead(t *testing.T) {
	keys := made(t, "s")
	for _, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k.Private)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), "s")
		if err != nil || texts([]Key{got}) != texts([]Key{k}) {
			t.Errorf("%s: %v", k.Selector, err)
		}
	}
	for _, text := range []string{"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := Read([]byte(text), "s"); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestSelectors(t *testing.T) {
	for s, good := range map[string]bool{"p2026": true, "a": true, "a-b": true, "": false, "-a": false, "a.b": false, "A": false, "a b": false, strings.Repeat("a", 60): false} {
		if err := CheckSelector(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
}
