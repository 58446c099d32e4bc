package certifytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
)

// jwk is a public key on P-256 (RFC 7517, RFC 7518 6.2). Its fields stand in the
// order in which a thumbprint is made (RFC 7638 3.2).
type jwk struct {
	Curve string `json:"crv"`
	Kind  string `json:"kty"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

// signed checks a request's signature and nonce, and gives what is signed (RFC
// 8555 6.2 to 6.5).
func (g *Giver) signed(r *http.Request, body []byte) ([]byte, error) {
	var outer struct{ Protected, Payload, Signature string }
	if err := json.Unmarshal(body, &outer); err != nil {
		return nil, fmt.Errorf("no signed request: %w", err)
	}
	var head struct {
		Alg, Nonce, URL, Kid string
		JWK                  *jwk
	}
	protected, err := base64.RawURLEncoding.DecodeString(outer.Protected)
	if err == nil {
		err = json.Unmarshal(protected, &head)
	}
	if err != nil {
		return nil, fmt.Errorf("the protected header: %w", err)
	}
	if head.Alg != "ES256" || head.URL != g.URL+r.URL.Path || !g.nonces[head.Nonce] {
		return nil, fmt.Errorf("alg %q, url %q, or a nonce that serves no more", head.Alg, head.URL)
	}
	delete(g.nonces, head.Nonce)
	switch {
	case r.URL.Path == "/account" && head.JWK != nil:
		if g.key1, err = head.JWK.key(); err != nil {
			return nil, err
		}
	case g.key1 == nil || head.Kid != g.URL+"/account/1":
		return nil, errors.New("signed by no account")
	}
	signature, err := base64.RawURLEncoding.DecodeString(outer.Signature)
	if err != nil || len(signature) != 64 {
		return nil, errors.New("no signature by ES256")
	}
	sum := sha256.Sum256([]byte(outer.Protected + "." + outer.Payload))
	if !ecdsa.Verify(g.key1, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return nil, errors.New("the signature is wrong")
	}
	return base64.RawURLEncoding.DecodeString(outer.Payload)
}

func (k *jwk) key() (*ecdsa.PublicKey, error) {
	x, errX := base64.RawURLEncoding.DecodeString(k.X)
	y, errY := base64.RawURLEncoding.DecodeString(k.Y)
	if err := errors.Join(errX, errY); err != nil || k.Kind != "EC" || k.Curve != "P-256" {
		return nil, fmt.Errorf("an account's key of kind %s %s: %w", k.Kind, k.Curve, err)
	}
	point := make([]byte, 65) // uncompressed
	point[0] = 4
	copy(point[33-len(x):33], x)
	copy(point[65-len(y):], y)
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
}

// thumbprint is RFC 7638's.
func thumbprint(key *ecdsa.PublicKey) string {
	if key == nil {
		return ""
	}
	point, err := key.Bytes()
	if err != nil {
		return ""
	}
	text, err := json.Marshal(jwk{"P-256", "EC", base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
