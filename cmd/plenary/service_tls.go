package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"

	"plenary/smtp/certify"
)

// joinCertificates makes what all doors show under TLS: certificates of files
// that are read again when they change, or such as ACME gets. nil: no TLS.
func (s *service) joinCertificates() (*tls.Config, error) {
	switch {
	case s.cfg.SMTP.TLSCert != "":
		files, err := certify.OpenFiles(s.cfg.SMTP.TLSCert, s.cfg.SMTP.TLSKey, s.now, s.log)
		if err != nil {
			return nil, fmt.Errorf("smtp.tls_cert: %w", err)
		}
		return files.TLS(), nil
	case s.cfg.SMTP.ACME:
		return s.joinACME()
	}
	return nil, nil
}

// joinACME builds what gets certificates, and binds the door at which the
// giver asks whether the names are ours.
func (s *service) joinACME() (*tls.Config, error) {
	var roots *x509.CertPool
	if file := s.cfg.ACME.Roots; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("acme.roots: %w", err)
		}
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("acme.roots: %s holds no certificate in PEM", file)
		}
	}
	host, port := s.cfg.ACMEPort()
	acme, err := certify.NewACME(certify.ACMEConfig{
		Directory: s.cfg.ACME.Directory, Email: s.cfg.ACME.Email, Names: s.cfg.ACME.Names, Host: host, Port: port, Roots: roots,
		Storage: &certify.Redis{DB: s.rdb, Secret: s.cfg.DKIM.Secret, Now: s.now},
	})
	if err != nil {
		return nil, err
	}
	acme.OnEvent(func(event, name string, err error) {
		switch event {
		case "cert_obtained":
			s.log.Info("a certificate was got", "for", name)
		case "cert_failed":
			s.log.Error("no certificate was got; it is tried again", "for", name, "err", err)
		}
	})
	s.duty = append(s.duty, acme.Run)
	return acme.TLS(), s.bindHTTP("acme", "acme.listen", s.cfg.ACME.Listen, acme.Handler(http.HandlerFunc(s.toPages)))
}

// toPages sends a browser that knocks at the giver's door to the pages.
func (s *service) toPages(w http.ResponseWriter, r *http.Request) {
	if s.site.BaseURL == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, s.site.BaseURL+"/", http.StatusFound)
}
