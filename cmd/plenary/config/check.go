package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// Check is how a value is looked at by the part that will use it.
type Check struct {
	Key string
	Of  func(value string) error // in words for the operator
}

// check looks at every value of its own form, and at those that need each
// other. Keys that are at fault already are left alone.
func (c *Config) check(before Faults, others []Check) Faults {
	bad := map[string]bool{}
	for _, f := range before {
		bad[f.Key] = true
	}
	var faults Faults
	fault := func(warn bool, name, format string, args ...any) {
		if !bad[name] {
			f := c.Fault(name, format, args...)
			f.Warn = warn
			faults = append(faults, f)
		}
	}
	say := func(name, format string, args ...any) { fault(false, name, format, args...) }
	note := func(name, format string, args ...any) { fault(true, name, format, args...) }

	c.checkSite(say)
	c.checkForms(say)
	c.checkReception(say, note)
	c.checkDoors(say, note)
	c.checkSubmission(say)
	c.checkCertificates(say, note)
	c.checkHooks(say)
	c.checkDelivery(say, note)
	c.checkPace(say, note)
	c.checkPages(say, note)
	for _, k := range c.keys() {
		for _, other := range others {
			if other.Key == k.name && k.value.Kind() == reflect.String {
				if err := other.Of(k.value.String()); err != nil {
					say(k.name, "%v", err)
				}
			}
		}
	}
	return faults
}

type sayer func(name, format string, args ...any)

func (c *Config) checkSite(say sayer) {
	if c.Domain == "" {
		say("domain", `missing: write the domain that the lists' addresses stand in, as domain = "lists.example.org"`)
	} else if _, err := lists.ParseDomain(c.Domain); err != nil {
		say("domain", `%v: write it as domain = "lists.example.org"`, err)
	}
	for _, s := range c.Admins {
		if a, err := lists.ParseAddress(s); err != nil {
			say("admins", `%v: write addresses alone, as admins = ["you@example.org"]`, err)
		} else if strings.EqualFold(a.Domain(), c.Domain) {
			say("admins", "%s is an address of the lists' own domain: mail to postmaster would come back here; write one that somebody reads elsewhere", a)
		}
	}
	if c.DataDir == "" {
		say("data_dir", `empty: write a folder, as data_dir = "/var/lib/plenary"`)
	}
}

// checkForms looks at values that are one of a few words, or have one shape.
func (c *Config) checkForms(say sayer) {
	for _, w := range []struct {
		name, value string
		words       []string
	}{
		{"redis.durability", c.Redis.Durability, []string{"strict", "relaxed"}},
		{"digest.empty", c.Digest.Empty, []string{"short", "none"}},
		{"smtp.bare_newlines", c.SMTP.BareNewlines, []string{"refuse", "fix"}},
		{"smtp.dnsbl.on_error", c.SMTP.DNSBL.OnError, []string{"open", "closed"}},
		{"smtp.rspamd.on_error", c.SMTP.Rspamd.OnError, []string{"open", "closed"}},
		{"collect.tls", c.Collect.TLS, []string{"implicit", "starttls", "none"}},
		{"delivery.relay_tls", c.Delivery.RelayTLS, []string{"opportunistic", "required", "implicit", "none"}},
		{"commands.trust", c.Commands.Trust, []string{"dmarc", "confirm"}},
	} {
		if !slices.Contains(w.words, w.value) {
			say(w.name, "%q: write %s", w.value, either(w.words))
		}
	}
	for _, l := range c.doors() {
		if l.value != "" && !isListen(l.value) {
			say(l.name, `%q is no address to listen on: write IP:PORT, as "127.0.0.1:8025"`, l.value)
		}
	}
	for _, l := range []struct{ name, value, port string }{
		{"delivery.relay", c.Delivery.Relay, "25"}, {"collect.server", c.Collect.Server, "993"},
		{"dns.resolver", c.DNS.Resolver, "53"},
	} {
		if l.value != "" && !isHostPort(l.value) {
			say(l.name, `%q: write HOST:PORT, as "%s"`, l.value, net.JoinHostPort(hostOf(l.value), l.port))
		}
	}
	if d, err := time.ParseDuration(c.Digest.QuestionLead); err != nil || d < time.Hour || d > 6*24*time.Hour {
		say("digest.question_lead", `%q: write a time from "1h" to "144h" (six days), as "48h"`, c.Digest.QuestionLead)
	}
	if _, err := location(c.Digest.Timezone); err != nil {
		say("digest.timezone", `%q is no time zone: write a name of the zone database, as "Europe/Zurich" or "UTC"`, c.Digest.Timezone)
	}
	if c.Digest.PersonalPosts < 1 {
		say("digest.personal_posts", "%d: an issue needs room for a post; write 1 or more, as 100", c.Digest.PersonalPosts)
	}
	if c.Digest.PersonalBytes < 1 {
		say("digest.personal_bytes", "%d: write how many octets fill an issue, as 512000", c.Digest.PersonalBytes)
	}
	for _, d := range c.From.RewriteDomains {
		if _, err := lists.ParseDomain(d); err != nil {
			say("from.rewrite_domains", `%v: write domains alone, as ["gmail.com"]`, err)
		}
	}
}

func (c *Config) checkReception(say, note sayer) {
	if c.SMTP.Listen == "" && c.SMTP.LMTP == "" && c.Collect.Server == "" {
		say("smtp.listen", `nothing takes mail in: write smtp.listen = "0.0.0.0:25", smtp.lmtp, or a mailbox in [collect]`)
	}
	if c.SMTP.MaxBytes < 64<<10 {
		say("smtp.max_bytes", "%d is too small for mail with an attachment: write 65536 or more (26214400 is 25 MiB)", c.SMTP.MaxBytes)
	}
	if id := c.SMTP.TrustedAuthserv; id != "" {
		if strings.ContainsAny(id, " \t\r\n;()@") {
			say("smtp.trusted_authserv", `%q: write the word that stands before the first semicolon of its Authentication-Results, as "mx.example.org"`, id)
		} else if strings.EqualFold(id, c.Domain) {
			say("smtp.trusted_authserv", "%q is the name that Plenary itself writes: give the server before it another", id)
		} else if c.SMTP.LMTP == "" && c.Collect.Server == "" {
			note("smtp.trusted_authserv", "not used: it counts over LMTP and collection only, where nothing else tells who the client was")
		}
	}
	if d, err := time.ParseDuration(c.Collect.Poll); err != nil || d < time.Second {
		say("collect.poll", `%q: write a time, as "1m" or "30s"`, c.Collect.Poll)
	}
	if c.Collect.Server == "" {
		return
	}
	if c.Collect.User == "" {
		say("collect.user", "missing: the mailbox needs user and password")
	} else if c.Collect.Password == "" {
		say("collect.password", "missing: the mailbox needs user and password")
	}
	if c.Collect.Folder == "" {
		say("collect.folder", `empty: write the folder to collect from, as "INBOX"`)
	} else if strings.EqualFold(c.Collect.Folder, c.Collect.DoneFolder) {
		say("collect.done_folder", `mail is collected from there: write another folder, as "Done", or "" to have collected mail stay, flagged`)
	}
	if a := c.Collect.Address; a != "" {
		if _, err := lists.ParseAddress(a); err != nil {
			say("collect.address", "%v: write the mailbox's own address", err)
		}
	}
	if c.Collect.TLS == "none" && !loopback(c.Collect.Server) {
		say("collect.tls", `"none" is for this machine only: the password would go over the network in clear; write "implicit" or "starttls"`)
	}
}

func (c *Config) checkDelivery(say, note sayer) {
	if c.Delivery.Port < 1 || c.Delivery.Port > 65535 {
		say("delivery.port", "%d: write a port from 1 to 65535; other servers listen on 25", c.Delivery.Port)
	}
	if (c.Delivery.RelayUser == "") != (c.Delivery.RelayPassword == "") {
		say("delivery.relay_user", "to sign in at the relay write both relay_user and relay_password")
	}
	if c.Delivery.RelayUser != "" && c.Delivery.Relay == "" {
		say("delivery.relay", `missing: relay_user signs in there; write relay = "smtp.example.org:587"`)
	}
	if c.Delivery.RelayUser != "" && c.Delivery.RelayTLS == "none" && !loopback(c.Delivery.Relay) {
		say("delivery.relay_tls", `the password would go over the network in clear: write "required" or "implicit"`)
	}
	if c.DKIM.Domain != "" {
		if _, err := lists.ParseDomain(c.DKIM.Domain); err != nil {
			say("dkim.domain", "%v: write the domain that signs, or leave it out: it is the lists' then", err)
		}
	}
	switch {
	case len(c.DKIM.Keys) > 0 && c.DKIM.Selector == "":
		say("dkim.selector", `missing: write the RSA key's selector, as "p2026"; an Ed25519 key's is p2026-ed then`)
	case strings.ContainsAny(c.DKIM.Selector, " \t\r\n;=@/"):
		say("dkim.selector", `%q is no selector: write what stands before ._domainkey in the key's DNS record, as "p2026"`, c.DKIM.Selector)
	case len(c.DKIM.Keys) == 0 && c.DKIM.Selector != "":
		note("dkim.selector", "not used: it goes with dkim.keys; keys made by plenary keys new have their own")
	}
}

func (c *Config) checkPages(say, note sayer) {
	if u := c.HTTP.BaseURL; u != "" {
		switch parsed, err := url.Parse(u); {
		case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil:
			say("http.base_url", `%q is no address of a site: write it as "https://%s"`, u, orSample(c.Domain))
		case parsed.Scheme == "http" && !loopback(parsed.Host):
			note("http.base_url", "one-click unsubscribing is only offered with https (RFC 8058): mails carry a mail address for it instead")
		}
	}
	switch u, err := url.Parse(c.Archive.Bucket); {
	case c.DataDir != "" && !filepath.IsAbs(c.DataDir) && c.Archive.Bucket == c.ownBucket():
		say("data_dir", `%q: write a full path, as "/var/lib/plenary": the archive is kept under it`, c.DataDir)
	case err != nil, u.Scheme != "file" && u.Scheme != "s3":
		say("archive.bucket", `%q: write a folder, as "file:///var/lib/plenary/archive", or "s3://…"`, c.Archive.Bucket)
	case u.Scheme == "file" && (u.Host != "" || len(u.Path) < 2):
		say("archive.bucket", `%q: a folder's address has three slashes and a full path, as "file:///var/lib/plenary/archive"`, c.Archive.Bucket)
	}
	if c.Digest.Timezone != "" && zoneNames[c.Digest.Timezone] != "" {
		note("digest.timezone", "%s is read as %s, its name in the zone database", c.Digest.Timezone, zoneNames[c.Digest.Timezone])
	}
}

func either(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}

func orSample(domain string) string {
	if domain == "" {
		return "lists.example.org"
	}
	return domain
}

// isListen takes IP:PORT, :PORT and localhost:PORT; port 0 is any free one.
func isListen(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || !isPort(port, 0) {
		return false
	}
	_, err = netip.ParseAddr(host)
	return err == nil || host == "" || host == "localhost"
}

func isHostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	return err == nil && host != "" && !strings.ContainsAny(host, " /@") && isPort(port, 1)
}

func isPort(s string, least int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= least && n <= 65535
}

func hostOf(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil && host != "" {
		return host
	}
	if s == "" || strings.ContainsAny(s, " /@:") {
		return "mail.example.org"
	}
	return s
}

// loopback tells whether the host, with or without a port, is this machine.
func loopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// String is for logs: it names the file only, never a secret.
func (c *Config) String() string { return fmt.Sprintf("config %s", c.source.file) }
