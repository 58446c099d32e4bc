package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"time"

	"plenary/cmd/plenary/config"
)

// How a certificate that has ended, or soon will, is mended.
const (
	renewFile = "renew it, then: systemctl reload plenary"
	renewACME = "see what the server's log says of it: port 80 of %s must lead to acme.listen"
)

// checkTLS looks at the certificate, at the time now: in its file, or, where
// it comes by ACME, as the server shows it.
func checkTLS(ctx context.Context, cfg *config.Config, now time.Time) []finding {
	switch {
	case cfg.SMTP.TLSCert != "":
		pair, err := tls.LoadX509KeyPair(cfg.SMTP.TLSCert, cfg.SMTP.TLSKey)
		if err != nil {
			return nil // the files were spoken of
		}
		cert, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			return []finding{{"TLS", err.Error(), "have the certificate issued again", false}}
		}
		return []finding{certificate(cert, cfg.Domain, renewFile, now)}
	case cfg.SMTP.ACME && cfg.SMTP.Listen == "":
		return []finding{{what: "TLS", is: "certificates come by ACME, for " + strings.Join(cfg.ACME.Names, ", ")}}
	case cfg.SMTP.ACME:
		var found []finding
		for _, name := range cfg.ACME.Names {
			mend := fmt.Sprintf(renewACME, name)
			cert, err := shown(ctx, cfg.SMTP.Listen, name)
			if err != nil {
				found = append(found, finding{"TLS", "the certificate for " + name + ", which comes by ACME, can't be seen: " + err.Error(), "start the server; " + mend, true})
				continue
			}
			found = append(found, certificate(cert, name, mend, now))
		}
		return found
	}
	return []finding{{"TLS", "no certificate: mail comes in without encryption, and IMAP is for this machine only",
		"give smtp.tls_cert and smtp.tls_key, or set smtp.acme = true", true}}
}

// certificate is what there is to say of a certificate for a name.
func certificate(cert *x509.Certificate, name, renew string, now time.Time) finding {
	ends := cert.NotAfter.Format(time.DateOnly)
	switch left := cert.NotAfter.Sub(now); {
	case left <= 0:
		return finding{"TLS", "the certificate ended on " + ends, renew, false}
	case left < 14*24*time.Hour:
		return finding{"TLS", "the certificate ends on " + ends, renew, true}
	case cert.VerifyHostname(name) != nil:
		return finding{"TLS", fmt.Sprintf("the certificate is for %s, not for %s", strings.Join(cert.DNSNames, ", "), name),
			"have one issued that names " + name, true}
	}
	return finding{what: "TLS", is: "the certificate is for " + name + " until " + ends}
}

// shown is the certificate that the server on this machine shows for a name
// after STARTTLS. Whether others trust it is not asked.
func shown(ctx context.Context, listen, name string) (*x509.Certificate, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	c, err := smtp.NewClient(conn, name)
	if err != nil {
		return nil, err
	}
	if err := c.StartTLS(&tls.Config{ServerName: name, InsecureSkipVerify: true}); err != nil { // it is looked at, not relied on
		return nil, err
	}
	state, ok := c.TLSConnectionState()
	if !ok || len(state.PeerCertificates) == 0 {
		return nil, errors.New("it shows none")
	}
	return state.PeerCertificates[0], nil
}
