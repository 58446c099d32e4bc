package certify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// ACMEConfig is how certificates are got. All but Email and Roots is needed.
type ACMEConfig struct {
	Directory string // the giver's, https
	Email     string // whom the giver may write to, "" nobody
	Names     []string
	Host      string // where the giver asks, "" every address; Handler must answer there
	Port      string
	Roots     *x509.CertPool // by which the giver is known, nil the system's
	Storage   certmagic.Storage
}

// ACME gets certificates and renews them. Make it by NewACME.
type ACME struct {
	names  []string
	magic  *certmagic.Config
	cache  *certmagic.Cache
	issuer *certmagic.ACMEIssuer
}

// NewACME prepares; nobody is asked before Run.
func NewACME(c ACMEConfig) (*ACME, error) {
	port, err := strconv.Atoi(c.Port)
	if err != nil || len(c.Names) == 0 || c.Storage == nil {
		return nil, errors.New("get certificates by ACME: names, port and storage are needed")
	}
	a := &ACME{names: c.Names}
	quiet := zap.NewNop() // what matters comes by OnEvent and by ManageSync's errors
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil }, Logger: quiet,
	})
	// Mail servers need not say whom they want, nor by a name of ours: whatever
	// certificate there is, is better than none (RFC 7435).
	a.magic = certmagic.New(a.cache, certmagic.Config{Storage: c.Storage, Logger: quiet, DefaultServerName: c.Names[0], FallbackServerName: c.Names[0]})
	a.issuer = certmagic.NewACMEIssuer(a.magic, certmagic.ACMEIssuer{
		CA: c.Directory, TestCA: c.Directory, Email: c.Email, Agreed: true, TrustedRoots: c.Roots, Logger: quiet,
		DisableTLSALPNChallenge: true, ListenHost: c.Host, AltHTTPPort: port,
	})
	a.magic.Issuers = []certmagic.Issuer{a.issuer}
	return a, nil
}

// OnEvent has fn called with what happens to certificates, such as
// cert_obtained and cert_failed. It is to be called before Run.
func (a *ACME) OnEvent(fn func(event string, name string, err error)) {
	a.magic.OnEvent = func(_ context.Context, event string, data map[string]any) error {
		name, _ := data["identifier"].(string)
		err, _ := data["error"].(error)
		fn(event, name, err)
		return nil
	}
}

// Run gets what is missing, and renews what will end, until ctx ends.
func (a *ACME) Run(ctx context.Context) error {
	defer a.cache.Stop()
	if err := a.magic.ManageAsync(ctx, a.names); err != nil {
		return fmt.Errorf("get certificates for %v: %w", a.names, err)
	}
	<-ctx.Done()
	return nil
}

// TLS is a configuration that shows the newest certificates: the first name's
// to those who ask for none, or for another.
func (a *ACME) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: a.magic.GetCertificate}
}

// Handler answers the giver's questions (HTTP-01), on whichever server they
// arrive, and leaves all else to next.
func (a *ACME) Handler(next http.Handler) http.Handler { return a.issuer.HTTPChallengeHandler(next) }
