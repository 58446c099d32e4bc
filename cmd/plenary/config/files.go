package config

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Advice notes what a service can do without, but hardly should.
func (c *Config) Advice() Faults {
	if len(c.Admins) > 0 {
		return nil
	}
	f := c.Fault("admins", "nobody is named: mail to postmaster and abuse goes back to its writers; write those who run the site, as admins = [\"you@example.org\"]")
	f.Warn = true
	return Faults{f}
}

// CheckFiles looks at what the keys name on this machine. It is for `config
// check` and for the service; other commands need none of these files.
func (c *Config) CheckFiles() Faults {
	var faults Faults
	for _, f := range []struct{ name, path string }{
		{"smtp.tls_cert", c.SMTP.TLSCert}, {"smtp.tls_key", c.SMTP.TLSKey},
	} {
		if f.path == "" {
			continue
		}
		if err := readable(f.path); err != nil {
			faults = append(faults, c.Fault(f.name, "%s: %v", f.path, err))
		}
	}
	if len(faults) == 0 && c.SMTP.TLSCert != "" && c.SMTP.TLSKey != "" {
		if _, err := tls.LoadX509KeyPair(c.SMTP.TLSCert, c.SMTP.TLSKey); err != nil {
			faults = append(faults, c.Fault("smtp.tls_cert", "%s and %s are no certificate and its key in PEM: %v", c.SMTP.TLSCert, c.SMTP.TLSKey, err))
		}
	}
	file := func(name, path string) {
		if err := readable(path); err != nil {
			faults = append(faults, c.Fault(name, "%s: %v", path, err))
		}
	}
	for _, path := range c.DKIM.Keys {
		file("dkim.keys", path)
	}
	if c.SMTP.ACME && c.ACME.Roots != "" {
		file("acme.roots", c.ACME.Roots)
	}
	folder := func(name, path string) {
		if err := usableFolder(path); err != nil {
			faults = append(faults, c.Fault(name, "%v", err))
		}
	}
	folder("data_dir", c.DataDir)
	if u, err := url.Parse(c.Archive.Bucket); err == nil && u.Scheme == "file" {
		folder("archive.bucket", u.Path)
	}
	return faults
}

func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return plain(err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.IsDir() {
		return errors.New("a folder stands there, not a file")
	}
	return nil
}

// usableFolder finds a folder that is there, or could be made; it makes none.
func usableFolder(path string) error {
	for p := path; ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		switch {
		case err == nil && st.IsDir():
			return nil
		case err == nil:
			return errors.New(p + " is a file, not a folder")
		case errors.Is(err, fs.ErrNotExist) && p != filepath.Dir(p):
			continue
		}
		return errors.New(p + ": " + plain(err).Error())
	}
}

// plain drops the call's name and the path, which the fault names already.
func plain(err error) error {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this user may not read it")
	case errors.As(err, &p):
		return p.Err
	}
	return err
}
