// Command dependencies writes deploy/DEPENDENCIES.md: every module that
// Plenary's code imports, with version, licence, and what it is for. The
// licence is read from the module's own files; what a module is for stands
// here, and one without a word, or without a licence that is known, is an error.
//
//	go run ./deploy/dependencies
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// purposes say what each direct dependency is for.
var purposes = map[string]string{
	"blitiri.com.ar/go/spf":               "SPF (smtp/authenticate)",
	"github.com/alecthomas/kong":          "the command line",
	"github.com/alicebob/miniredis/v2":    "an embedded Redis: demo and tests",
	"github.com/caddyserver/certmagic":    "certificates by ACME (smtp/certify)",
	"github.com/chromedp/cdproto":         "what the browser is told; tests only",
	"github.com/chromedp/chromedp":        "pages looked at by a browser; tests only",
	"github.com/arran4/golang-ical":       "calendars of next steps",
	"github.com/emersion/go-imap/v2":      "IMAP: the archive's server, the collector",
	"github.com/emersion/go-message":      "MIME: headers and encoded words",
	"github.com/emersion/go-msgauth":      "DKIM, DMARC records, Authentication-Results",
	"github.com/emersion/go-sasl":         "SASL for IMAP and SMTP clients",
	"github.com/emersion/go-smtp":         "SMTP and LMTP commands (smtp/receive)",
	"github.com/gorilla/feeds":            "Atom feeds of archives",
	"github.com/johannesboyne/gofakes3":   "an S3 of its own; tests only",
	"github.com/miekg/dns":                "DNS with lifetimes and failures told apart; DNS servers of tests",
	"github.com/minio/minio-go/v7":        "archives in S3",
	"github.com/pelletier/go-toml/v2":     "the configuration file",
	"github.com/pires/go-proxyproto":      "PROXY protocol headers (smtp/receive)",
	"github.com/prometheus/client_golang": "metrics",
	"github.com/prometheus/client_model":  "metrics; tests only",
	"github.com/prometheus/common":        "metrics; tests only",
	"github.com/redis/go-redis/v9":        "Redis",
	"github.com/rogpeppe/go-internal":     "conversations as scripts; tests only",
	"github.com/xdg-go/scram":             "SCRAM-SHA-256 (smtp/receive, lists/store)",
	"github.com/yuin/goldmark":            "Markdown in purposes and help",
	"go.uber.org/zap":                     "certmagic's own log, which is silenced",
	"go.yaml.in/yaml/v3":                  "deploy's YAML is well formed; tests only",
	"golang.org/x/crypto":                 "argon2id",
	"golang.org/x/net":                    "HTML, IDNA, public suffixes",
	"golang.org/x/sync":                   "groups of goroutines",
	"golang.org/x/sys":                    "what the operating system tells",
	"golang.org/x/term":                   "whether somebody watches",
	"golang.org/x/text":                   "charsets, languages",
	"golang.org/x/time":                   "rates",
	"pgregory.net/rapid":                  "properties over random input; tests only",
	"honnef.co/go/tools":                  "staticcheck, in CI; no part of the program",
	"modernc.org/sqlite":                  "search in archives",
	"github.com/microcosm-cc/bluemonday":  "HTML of posts cleaned for pages",
	"github.com/nicksnyder/go-i18n/v2":    "texts in several languages",
}

// licences tell a licence by words that only it has.
var licences = []struct{ name, words string }{
	{"Apache-2.0", "apache license version 2.0"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"BSD-3-Clause", "neither the name of"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms"},
	{"ISC", "permission to use, copy, modify, and/or distribute"},
	{"MIT", "permission is hereby granted, free of charge"},
	{"Unlicense", "this is free and unencumbered software"},
}

func main() {
	text, err := list(".")
	if err == nil {
		err = os.WriteFile("deploy/DEPENDENCIES.md", text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dependencies:", err)
		os.Exit(1)
	}
}

// module is one line of go list -m.
type module struct {
	Path, Version, Dir string
	Main, Indirect     bool
}

// list is the whole file, for the module at root.
func list(root string) ([]byte, error) {
	cmd := exec.Command("go", "list", "-m", "-json", "all")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w", err)
	}
	imported, err := imports(root)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("# What Plenary is built on\n\nMade by `go run ./deploy/dependencies`; a test holds it against go.mod. Direct dependencies only: those that Plenary's own code, tests or tools name.\n\n" +
		"| module | version | licence | for |\n| --- | --- | --- | --- |\n")
	var all []module
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var m module
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	used := map[string]bool{}
	for _, path := range imported {
		used[owner(all, path)] = true
	}
	direct := slices.DeleteFunc(all, func(m module) bool { return m.Main || m.Indirect && !used[m.Path] })
	slices.SortFunc(direct, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	for _, m := range direct {
		licence, err := licenceOf(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		purpose, ok := purposes[m.Path]
		if !ok {
			return nil, fmt.Errorf("%s: say in deploy/dependencies/main.go what it is for", m.Path)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.Path, m.Version, licence, purpose)
	}
	return b.Bytes(), nil
}

// owner is the module that a package is of: that with the longest path.
func owner(all []module, pkg string) (path string) {
	for _, m := range all {
		if (pkg == m.Path || strings.HasPrefix(pkg, m.Path+"/")) && len(m.Path) > len(path) {
			path = m.Path
		}
	}
	return path
}

// imports are the packages that ours import, in tests too, and the tools.
func imports(root string) ([]string, error) {
	var all []string
	for _, args := range [][]string{
		{"list", "-e", "-f", `{{join .Imports "\n"}}{{"\n"}}{{join .TestImports "\n"}}{{"\n"}}{{join .XTestImports "\n"}}`, "./..."},
		{"list", "-e", "tool"},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("go %s: %w", args[0], err)
		}
		all = append(all, strings.Fields(string(out))...)
	}
	return all, nil
}

// licenceOf reads the licence that a module has beside its code.
func licenceOf(dir string) (string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		name := strings.ToLower(f.Name())
		if f.IsDir() || !strings.HasPrefix(name, "licen") && !strings.HasPrefix(name, "copying") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return "", err
		}
		text := strings.NewReplacer(", version 2.0", " version 2.0").Replace(strings.ToLower(strings.Join(strings.Fields(string(raw)), " ")))
		for _, l := range licences {
			if strings.Contains(text, l.words) {
				return l.name, nil
			}
		}
	}
	return "", fmt.Errorf("no licence that is known in %s", dir)
}
