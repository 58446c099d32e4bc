// Package config reads what an operator writes: one TOML file, and the
// environment over it. It says of each fault in which file, line and key it
// stands and what to write instead. It opens nothing but files.
package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // a scratch container has no zone files

	"plenary/lists"
)

// Config is every key there is (DESIGN section 1, "Config"). The zero value
// of a key is its default unless Default says otherwise.
type Config struct {
	Domain  string   `toml:"domain"`
	DataDir string   `toml:"data_dir"`
	Admins  []string `toml:"admins"`

	Redis    Redis    `toml:"redis"`
	SMTP     SMTP     `toml:"smtp"`
	ACME     ACME     `toml:"acme"`
	Collect  Collect  `toml:"collect"`
	Delivery Delivery `toml:"delivery"`
	HTTP     HTTP     `toml:"http"`
	IMAP     IMAP     `toml:"imap"`
	Digest   Digest   `toml:"digest"`
	DKIM     DKIM     `toml:"dkim"`
	DNS      DNS      `toml:"dns"`
	Commands Commands `toml:"commands"`
	From     From     `toml:"from"`
	Archive  Archive  `toml:"archive"`

	source source
}

// Redis is where what is hot lives.
type Redis struct {
	URL        string `toml:"url"`
	Durability string `toml:"durability"` // strict | relaxed
}

// SMTP is how mail comes in over sockets.
type SMTP struct {
	Listen          string   `toml:"listen"`
	LMTP            string   `toml:"lmtp"`
	Submission      string   `toml:"submission"`
	Submissions     string   `toml:"submissions"` // TLS from the first octet
	TLSCert         string   `toml:"tls_cert"`
	TLSKey          string   `toml:"tls_key"`
	ACME            bool     `toml:"acme"`
	ProxyFrom       []string `toml:"proxy_from"`
	TrustedAuthserv string   `toml:"trusted_authserv"`
	BareNewlines    string   `toml:"bare_newlines"` // refuse | fix
	MaxBytes        int64    `toml:"max_bytes"`
	DNSBL           DNSBL    `toml:"dnsbl"`
	Rspamd          Rspamd   `toml:"rspamd"`
}

// DNSBL is which blocklists are asked about clients.
type DNSBL struct {
	Zones   []string `toml:"zones"`
	OnError string   `toml:"on_error"` // open | closed
}

// Rspamd is who is asked about messages.
type Rspamd struct {
	URL      string `toml:"url"`
	Password string `toml:"password"`
	OnError  string `toml:"on_error"` // open | closed
}

// ACME is how certificates are got.
type ACME struct {
	Directory string   `toml:"directory"`
	Email     string   `toml:"email"`
	Listen    string   `toml:"listen"`
	Names     []string `toml:"names"`
	Roots     string   `toml:"roots"`
}

// Collect is how mail comes in from an IMAP mailbox.
type Collect struct {
	Server     string `toml:"server"`
	TLS        string `toml:"tls"` // implicit | starttls | none
	User       string `toml:"user"`
	Password   string `toml:"password"`
	Address    string `toml:"address"` // the mailbox's own, "" user
	Folder     string `toml:"folder"`
	DoneFolder string `toml:"done_folder"`
	Poll       string `toml:"poll"`
}

// HTTP is the pages.
type HTTP struct {
	Listen    string   `toml:"listen"`
	BaseURL   string   `toml:"base_url"`
	ProxyFrom []string `toml:"proxy_from"`
	Metrics   string   `toml:"metrics"`
}

// IMAP is the archive for mail programs.
type IMAP struct {
	Listen string `toml:"listen"`
}

// Digest is when the week's digest is due.
type Digest struct {
	Schedule     string `toml:"schedule"`
	Timezone     string `toml:"timezone"`
	QuestionLead string `toml:"question_lead"`
	Weekends     bool   `toml:"weekends"`
	Empty        string `toml:"empty"` // short | none

	// Members' own digests.
	PersonalDaily  string `toml:"personal_daily"`
	PersonalWeekly string `toml:"personal_weekly"`
	PersonalPosts  int    `toml:"personal_posts"` // an issue with so many is closed early
	PersonalBytes  int64  `toml:"personal_bytes"`
}

// DKIM is how outgoing mail is signed.
type DKIM struct {
	Domain   string   `toml:"domain"`
	Selector string   `toml:"selector"`
	Keys     []string `toml:"keys"`
	Secret   string   `toml:"secret"`
}

// DNS is whom to ask.
type DNS struct {
	Resolver string `toml:"resolver"`
}

// Commands is when a sender's word is enough.
type Commands struct {
	Trust string `toml:"trust"` // dmarc | confirm
}

// From is whose From is rewritten.
type From struct {
	RewriteDomains []string `toml:"rewrite_domains"`
}

// Archive is where accepted posts are kept.
type Archive struct {
	Bucket string `toml:"bucket"`
}

// Default is a Config with nothing written in it.
func Default() *Config {
	return &Config{
		DataDir: "/var/lib/plenary",
		Redis:   Redis{URL: "redis://127.0.0.1:6379/0", Durability: "strict"},
		SMTP: SMTP{BareNewlines: "refuse", MaxBytes: 25 << 20,
			DNSBL: DNSBL{OnError: "open"}, Rspamd: Rspamd{OnError: "open"}},
		ACME:     ACME{Directory: "https://acme-v02.api.letsencrypt.org/directory", Listen: "0.0.0.0:80"},
		Collect:  Collect{TLS: "implicit", Folder: "INBOX", DoneFolder: "Done", Poll: "1m"},
		Delivery: Delivery{RelayTLS: "opportunistic", Port: 25, MTASTS: true, DANE: true, RetryMin: "300s", RetryMax: "4000s", Expire: "120h"},
		Digest: Digest{Schedule: "Mon 09:00", Timezone: "UTC", QuestionLead: "48h", Weekends: true, Empty: "short",
			PersonalDaily: "08:00", PersonalWeekly: "Mon 08:00", PersonalPosts: 100, PersonalBytes: 500 << 10},
		Commands: Commands{Trust: "dmarc"},
	}
}

// settle fills in what depends on other keys.
func (c *Config) settle() {
	if !c.Set("smtp.listen") && c.SMTP.LMTP == "" && c.Collect.Server == "" {
		c.SMTP.Listen = "0.0.0.0:25"
	}
	if c.Archive.Bucket == "" {
		c.Archive.Bucket = c.ownBucket()
	}
	c.HTTP.BaseURL = strings.TrimRight(c.HTTP.BaseURL, "/")
	if d, err := lists.ParseDomain(c.Domain); err == nil {
		c.Domain = d
	}
	if len(c.ACME.Names) == 0 && c.Domain != "" {
		c.ACME.Names = []string{c.Domain}
	}
}

// Site is what every part needs to know of the service. It is for a Config
// without faults.
func (c *Config) Site() lists.Site {
	site := lists.Site{Domain: c.Domain, BaseURL: c.HTTP.BaseURL, Location: time.UTC}
	if loc, err := location(c.Digest.Timezone); err == nil {
		site.Location = loc
	}
	for _, s := range c.Admins {
		if a, err := lists.ParseAddress(s); err == nil {
			site.Admins = append(site.Admins, a)
		}
	}
	return site
}

// Lead is how long before the digest leaders are asked.
func (d Digest) Lead() time.Duration {
	lead, _ := time.ParseDuration(d.QuestionLead)
	return lead
}

// PollEvery is how often a mailbox without IDLE is looked into.
func (c *Config) PollEvery() time.Duration {
	d, _ := time.ParseDuration(c.Collect.Poll)
	return d
}

// Relaxed tells whether accepted mail may be lost with Redis.
func (c *Config) Relaxed() bool {
	return c.Redis.Durability == "relaxed" || c.Embedded()
}

// Embedded tells whether everything lives in this process only.
func (c *Config) Embedded() bool { return c.Redis.URL == "embedded" }

// zoneNames are cities whose people write their own name though the zone
// database knows them by another.
var zoneNames = map[string]string{
	"Europe/Geneva": "Europe/Zurich", "Europe/Bern": "Europe/Zurich", "Europe/Basel": "Europe/Zurich",
}

func location(name string) (*time.Location, error) {
	if known, ok := zoneNames[name]; ok {
		name = known
	}
	if name == "" || name == "Local" {
		return nil, errors.New("no name of a time zone")
	}
	return time.LoadLocation(name)
}

// ownBucket is the archive's folder where none is named.
func (c *Config) ownBucket() string {
	return (&url.URL{Scheme: "file", Path: filepath.Join(c.DataDir, "archive")}).String()
}
