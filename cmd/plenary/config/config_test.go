package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// write puts the text where Load can read it, and gives its name.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "plenary.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestExampleLoadsWithoutFault(t *testing.T) {
	c, faults := Load(write(t, Example()), nil)
	if len(faults) > 0 {
		t.Fatalf("the example has faults:\n%v", faults)
	}
	if c.Domain != "lists.example.org" || c.HTTP.Listen != "127.0.0.1:8080" || c.Delivery.Port != 25 {
		t.Errorf("the example's values did not arrive: %+v", c)
	}
}

func TestExampleHasEveryKeyAndNoOther(t *testing.T) {
	var tree map[string]any
	if err := toml.Unmarshal([]byte(Example()), &tree); err != nil {
		t.Fatal(err)
	}
	var written []string
	var walk func(prefix string, tree map[string]any)
	walk = func(prefix string, tree map[string]any) {
		for name, v := range tree {
			if section, ok := v.(map[string]any); ok {
				walk(prefix+name+".", section)
				continue
			}
			written = append(written, prefix+name)
		}
	}
	walk("", tree)
	names := Names()
	slices.Sort(written)
	slices.Sort(names)
	if !slices.Equal(written, names) {
		t.Errorf("example %v\nstruct  %v", written, names)
	}
}

func TestExampleSaysTheDefaults(t *testing.T) {
	shown, _ := Load(write(t, Example()), nil)
	def, _ := Load(write(t, `domain = "lists.example.org"`), nil)
	// Keys whose example is a sample, not the default.
	sample := []string{"admins", "http.listen", "http.base_url", "imap.listen", "digest.timezone", "from.rewrite_domains", "dkim.keys", "smtp.proxy_from", "http.proxy_from", "smtp.dnsbl.zones"}
	want := map[string]any{}
	for _, k := range def.keys() {
		want[k.name] = k.value.Interface()
	}
	for _, k := range shown.keys() {
		if !slices.Contains(sample, k.name) && !reflect.DeepEqual(k.value.Interface(), want[k.name]) {
			t.Errorf("%s: the example has %v, the default is %v", k.name, k.value.Interface(), want[k.name])
		}
	}
}

func TestFaults(t *testing.T) {
	const ok = "domain = \"lists.example.org\"\n"
	for name, tc := range map[string]struct {
		text string
		want []string // each fault's line, after the file's name
	}{
		"unknown key": {ok + "[smtp]\nlistn = \"x\"\n", []string{`:3:1: smtp.listn: there is no such key; is smtp.listen meant?`}},
		"key of another section": {ok + "[smtp]\nrelay = \"127.0.0.1:25\"\n", []string{
			`:3:1: smtp.relay: there is no such key; is delivery.relay meant?`}},
		"unknown section, once": {ok + "[dance]\nfloor = 1\nlight = 2\n", []string{`:2:2: dance: there is no such key (`}},
		"section misspelt":      {ok + "[redsi]\nurl = \"x\"\n", []string{`:2:2: redsi: there is no such section; is [redis] meant?`}},
		"section within one":    {ok + "[smtp.dnsb]\nzones = []\n", []string{`:2:7: smtp.dnsb: there is no such section; is [smtp.dnsbl] meant?`}},
		"after a mark of order": {"\ufeff" + ok + "[smtp]\nlistn = \"x\"\n", []string{`:3:1: smtp.listn: there is no such key`}},
		"upper case":            {ok + "Data_Dir = \"/x\"\n", []string{`:2:1: Data_Dir: there is no such key; is data_dir meant?`}},
		"text for a number":     {ok + "delivery.port = \"25\"\n", []string{`:2:10: delivery.port: write a whole number, without quotes`}},
		"number for a text":     {ok + "[redis]\nurl = 6379\n", []string{`:3:1: redis.url: write a text in quotes, as "…"`}},
		"text for a list":       {ok + "admins = \"a@example.org\"\n", []string{`:2:1: admins: write a list of texts, as ["…", "…"]`}},
		"number in a list":      {ok + "admins = [3]\n", []string{`:2:1: admins: write a list of texts`}},
		"text for yes or no":    {ok + "smtp = {acme = \"no\"}\n", []string{`:2:9: smtp.acme: write true or false`}},
		"key for a section":     {ok + "smtp = \"0.0.0.0:25\"\n", []string{`:2:1: smtp: this is a section: write [smtp]`}},
		"twice the section":     {ok + "[smtp]\n[smtp]\n", []string{`:3:2: smtp: this is no TOML: `}},
		"broken":                {ok + "admins = [\n", []string{`:2:1`}},
		"several at once": {"domain = \"here\"\nadmins = [\"me\"]\n[smtp]\nlisten = \"25\"\n[digest]\nschedule = \"Someday\"\ntimezone = \"Mars\"\n", []string{
			`:1:1: domain: the domain "here" has no dot: write it as`,
			`:2:1: admins: "me": not a mail address: it has no @`,
			`:4:1: smtp.listen: "25" is no address to listen on: write IP:PORT`,
			`:6:1: digest.schedule: no such day`,
			`:7:1: digest.timezone: "Mars" is no time zone`}},
		"no domain":       {"admins = []\n", []string{`: domain: missing: write the domain`}},
		"a word of a few": {ok + "[redis]\ndurability = \"some\"\n", []string{`:3:1: redis.durability: "some": write "strict" or "relaxed"`}},
		"acme":            {ok + "[smtp]\nacme = true\n", []string{`note: acme.email: empty: nobody is told`}},
		"acme and files":  {ok + "[smtp]\nacme = true\ntls_cert = \"/c\"\ntls_key = \"/k\"\n[acme]\nemail = \"a@example.org\"\n", []string{`:3:1: smtp.acme: certificates come from tls_cert and tls_key already`}},
		"acme's values": {ok + "[smtp]\nacme = true\n[acme]\ndirectory = \"http://ca\"\nemail = \"me\"\nnames = [\"*.example.org\"]\nlisten = \"\"\n", []string{
			`:5:1: acme.directory: "http://ca": write the giver's directory`, `:6:1: acme.email: "me": not a mail address`,
			`:7:1: acme.names: "*.example.org": write host names`, `:8:1: acme.listen: empty: the giver must reach it`}},
		"submission in clear": {ok + "[smtp]\nsubmission = \"0.0.0.0:587\"\nsubmissions = \"127.0.0.1:465\"\n", []string{`:3:1: smtp.submission: passwords are asked for under TLS only`, `:4:1: smtp.submissions: TLS needs a certificate`}},
		"two doors at one address": {ok + "[smtp]\nlisten = \"127.0.0.1:25\"\nlmtp = \"127.0.0.1:25\"\n[http]\nlisten = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n", []string{
			`:4:1: smtp.lmtp: 127.0.0.1:25 is the address of smtp.listen: write another`}},
		"every address and one": {ok + "[smtp]\nlisten = \"0.0.0.0:2525\"\nlmtp = \"[::1]:2525\"\n[http]\nlisten = \"127.0.0.1:2525\"\nmetrics = \"localhost:9100\"\n[imap]\nlisten = \":9100\"\n", []string{
			`:6:1: http.listen: 127.0.0.1:2525 and 0.0.0.0:2525, which is smtp.listen, can't both be listened on: write another port`,
			`:9:1: imap.listen: :9100 and localhost:9100, which is http.metrics, can't both be listened on`,
			`:9:1: note: imap.listen: without TLS nobody signs in`}},
		"imap in clear":   {ok + "[imap]\nlisten = \"0.0.0.0:143\"\n", []string{`:3:1: note: imap.listen: without TLS nobody signs in from other machines`}},
		"submission here": {ok + "[smtp]\nsubmission = \"127.0.0.1:587\"\n", nil},
		"admins here":     {ok + "admins = [\"postmaster@Lists.example.org\"]\n", []string{`:2:1: admins: postmaster@lists.example.org is an address of the lists' own domain`}},
		"web proxies":     {ok + "[http]\nproxy_from = [\"everybody\"]\n", []string{`:3:1: http.proxy_from: "everybody": write networks or addresses`}},
		"proxies":         {ok + "[smtp]\nproxy_from = [\"10.0.0.0/8\", \"192.0.2.7\", \"everybody\"]\n", []string{`:3:1: smtp.proxy_from: "everybody": write networks or addresses`}},
		"hooks": {ok + "[smtp.dnsbl]\nzones = [\"zen\"]\non_error = \"shut\"\n[smtp.rspamd]\nurl = \"127.0.0.1:11333\"\n", []string{
			`:3:1: smtp.dnsbl.zones: the domain "zen" has no dot`, `:4:1: smtp.dnsbl.on_error: "shut": write "open" or "closed"`, `:6:1: smtp.rspamd.url: "127.0.0.1:11333": write where rspamd's worker answers`}},
		"half a certificate": {ok + "[smtp]\ntls_cert = \"/c\"\n", []string{`: smtp.tls_key: missing`}},
		"keys, no selector":  {ok + "[dkim]\nkeys = [\"/k\"]\n", []string{`dkim.selector: missing: write the RSA key's selector`}},
		"selector, no keys":  {ok + "[dkim]\nselector = \"s\"\n", []string{`:3:1: note: dkim.selector: not used: it goes with dkim.keys`}},
		"signing domain":     {ok + "[dkim]\ndomain = \"here\"\n", []string{`:3:1: dkim.domain: the domain "here" has no dot`}},
		"our own authserv":   {ok + "[smtp]\ntrusted_authserv = \"Lists.example.org\"\n", []string{`:3:1: smtp.trusted_authserv: "Lists.example.org" is the name that Plenary itself writes`}},
		"authserv, no LMTP":  {ok + "[smtp]\ntrusted_authserv = \"mx\"\n", []string{`:3:1: note: smtp.trusted_authserv: not used`}},
		"no authserv":        {ok + "[smtp]\ntrusted_authserv = \"mx; spf=pass\"\n", []string{`:3:1: smtp.trusted_authserv: "mx; spf=pass": write the word`}},
		"no full path":       {ok + "data_dir = \"here\"\n", []string{`:2:1: data_dir: "here": write a full path`}},
		"a path elsewhere":   {ok + "data_dir = \"here\"\narchive.bucket = \"file:///x/y\"\n", nil},
		"no selector at all": {ok + "[dkim]\nselector = \"a b\"\n", []string{`:3:1: dkim.selector: "a b" is no selector`}},
		"no password":        {ok + "[collect]\nserver = \"127.0.0.1:993\"\nuser = \"u\"\n", []string{`: collect.password: missing: the mailbox needs user and password`}},
		"nothing takes mail": {ok + "[smtp]\nlisten = \"\"\n", []string{`:3:1: smtp.listen: nothing takes mail in`}},
		"base_url":           {ok + "[http]\nbase_url = \"lists.example.org\"\n", []string{`:3:1: http.base_url: "lists.example.org" is no address of a site`}},
		"plain http":         {ok + "[http]\nbase_url = \"http://lists.example.org\"\n", []string{`:3:1: note: http.base_url: one-click`}},
		"http on loopback":   {ok + "[http]\nbase_url = \"http://127.0.0.1:8080\"\n", nil},
		"bucket":             {ok + "[archive]\nbucket = \"file://archive\"\n", []string{`:3:1: archive.bucket: "file://archive": a folder's address has three slashes`}},
		"Geneva":             {ok + "[digest]\ntimezone = \"Europe/Geneva\"\n", []string{`:3:1: note: digest.timezone: Europe/Geneva is read as Europe/Zurich`}},
		"relay without port": {ok + "[delivery]\nrelay = \"mail\"\n", []string{`:3:1: delivery.relay: "mail": write HOST:PORT, as "mail:25"`}},
		"destinations": {ok + "[[delivery.destination]]\ndomain = \"gmail.com\"\n[[delivery.destination]]\ndomain = \"here\"\nper_minute = \"many\"\nconections = 3\n", []string{
			`:5:1: delivery.destination[2].domain: the domain "here" has no dot`,
			`:6:1: delivery.destination[2].per_minute: write a whole number`,
			`:7:1: delivery.destination[2].conections: there is no such key; is connections meant?`}},
		"destinations in a line": {ok + "[delivery]\ndestination = [{domain = \"a.example\"}, {domain = \"A.example\", connections = 501}, 3, {}]\n", []string{
			`:3:1: delivery.destination[3]: write a table`, `:3:1: delivery.destination[4]: domain is missing`, `:3:1: delivery.destination[2].connections: 501: write`}},
		"destination twice":     {ok + "[delivery]\ndestination = [{domain = \"a.example\"}, {domain = \"A.example\"}]\n", []string{`:3:1: delivery.destination[2].domain: "a.example" has a section above`}},
		"destination as a text": {ok + "[delivery]\ndestination = \"a.example\"\n", []string{`:3:1: delivery.destination: write sections [[delivery.destination]]`}},
		"too many connections":  {ok + "[delivery]\nconnections = 5000\n", []string{`:3:1: delivery.connections: 5000: write a number from 0 to 500`}},
		"destination, relayed":  {ok + "[delivery]\nrelay = \"127.0.0.1:26\"\ndestination = [{domain = \"a.example\"}]\n", []string{`:4:1: note: delivery.destination: not used`}},
		"retries":               {ok + "[delivery]\nretry_min = \"soon\"\n", []string{`:3:1: delivery.retry_min: "soon": write a time, as "300s"`}},
		"retries that shrink":   {ok + "[delivery]\nretry_min = \"2h\"\n", []string{`delivery.retry_max: 4000s is less than retry_min, 2h`}},
		"expires too soon":      {ok + "[delivery]\nexpire = \"1m\"\n", []string{`:3:1: delivery.expire: 1m is less than retry_max`}},
		"expires soon":          {ok + "[delivery]\nexpire = \"5h\"\n", []string{`:3:1: note: delivery.expire: 5h: mail to a server that is down for a day`}},
		"collection of nothing": {ok + "[collect]\npoll = \"often\"\n", []string{`:3:1: collect.poll: "often"`}},
		"collection":            {ok + "[collect]\nserver = \"imap.example.org:993\"\npoll = \"often\"\n", []string{`:4:1: collect.poll: "often"`, `collect.user: missing`}},
		"collection in clear":   {ok + "[collect]\nserver = \"imap.example.org:143\"\nuser = \"u\"\npassword = \"p\"\ntls = \"none\"\n", []string{`:6:1: collect.tls: "none" is for this machine only`}},
		"collection to itself":  {ok + "[collect]\nserver = \"imap.example.org:993\"\nuser = \"u\"\npassword = \"p\"\ndone_folder = \"Inbox\"\n", []string{`:6:1: collect.done_folder: mail is collected from there`}},
		"collection's address":  {ok + "[collect]\nserver = \"imap.example.org:993\"\nuser = \"u\"\npassword = \"p\"\naddress = \"u\"\n", []string{`:6:1: collect.address: "u": not a mail address`}},
		"small limit":           {ok + "[smtp]\nmax_bytes = 25\n", []string{`:3:1: smtp.max_bytes: 25 is too small`}},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, tc.text)
			_, faults := Load(file, nil, Check{"digest.schedule", func(s string) error {
				if s == "Someday" {
					return errors.New("no such day")
				}
				return nil
			}})
			if len(faults) != len(tc.want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults), len(tc.want), faults)
			}
			for i, f := range faults {
				if got := f.String(); !strings.HasPrefix(got, file) || !strings.Contains(got, tc.want[i]) {
					t.Errorf("got  %s\nwant …%s", got, tc.want[i])
				}
				if strings.Contains(f.String(), "struct") || strings.Contains(f.String(), "int64") {
					t.Errorf("speaks of Go types: %s", f)
				}
			}
		})
	}
}

func TestEnvironmentLiesOverTheFile(t *testing.T) {
	file := write(t, "domain = \"a.example.org\"\n[redis]\nurl = \"redis://1.1.1.1:1\"\n")
	c, faults := Load("", []string{"PLENARY_CONFIG=" + file, "PLENARY_REDIS_URL=embedded", "PLENARY_ADMINS=a@example.org, b@example.org",
		"PLENARY_DELIVERY_PORT=2525", "PLENARY_DELIVERY_DESTINATION=Gmail.com connections=3 per_minute=600, outlook.com per_minute=300", "PLENARY_SMTP_TLS_CERT=", "PLENARY_SERVICE_HOST=10.0.0.1", "PLENARY_PORT_25_TCP=tcp://10.0.0.1:25"})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if !c.Embedded() || !c.Relaxed() || c.Delivery.Port != 2525 || !slices.Equal(c.Admins, []string{"a@example.org", "b@example.org"}) {
		t.Errorf("%+v", c)
	}
	if want := []Destination{{"gmail.com", 3, 600}, {"outlook.com", 0, 300}}; !slices.Equal(c.Delivery.Destination, want) {
		t.Errorf("destinations %v", c.Delivery.Destination)
	}
	if _, faults := Load(file, []string{"PLENARY_DELIVERY_DESTINATION=here rate=3"}); len(faults) != 2 || !strings.HasPrefix(faults[0].String(), "PLENARY_DELIVERY_DESTINATION: delivery.destination[1].domain: ") {
		t.Error(faults)
	}
	_, faults = Load(file, []string{"PLENARY_DELIVERY_PORT=many", "PLENARY_SMTP_LISTEN=here", "PLENARY_SMPT_LISTEN=x"})
	want := []string{
		`PLENARY_DELIVERY_PORT: delivery.port: "many": write a whole number`,
		`PLENARY_SMPT_LISTEN: note: this variable names no key and is not read; is PLENARY_SMTP_LISTEN meant?`,
		`PLENARY_SMTP_LISTEN: smtp.listen: "here" is no address to listen on`,
	}
	for i, w := range want {
		if i >= len(faults) || !strings.HasPrefix(faults[i].String(), w) {
			t.Fatalf("fault %d is not %q:\n%v", i, w, faults)
		}
	}
}

func TestListensByDefaultOnlyWhereNothingElseTakesMail(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "0.0.0.0:25",
		"[smtp]\nlmtp = \"127.0.0.1:24\"": "",
		"[collect]\nserver = \"imap.example.org:993\"\nuser = \"u\"\npassword = \"p\"": "",
		"[smtp]\nlmtp = \"127.0.0.1:24\"\nlisten = \"127.0.0.1:25\"":                   "127.0.0.1:25",
	} {
		c, faults := Load(write(t, "domain = \"a.example.org\"\n"+text), nil)
		if len(faults) > 0 || c.SMTP.Listen != want {
			t.Errorf("%q: listens on %q, want %q; %v", text, c.SMTP.Listen, want, faults)
		}
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	_, faults := Load("/nowhere/plenary.toml", nil)
	if len(faults) != 1 || !strings.HasPrefix(faults[0].String(), "/nowhere/plenary.toml: there is no such file") {
		t.Error(faults)
	}
	t.Chdir(t.TempDir())
	if _, err := os.Stat("/etc/plenary/plenary.toml"); err == nil {
		return // this machine has a real one
	}
	if _, faults = Load("", nil); len(faults) != 1 || !strings.Contains(faults[0].Text, "-c") {
		t.Error(faults)
	}
	if c, faults := Load("", []string{"PLENARY_DOMAIN=lists.example.org"}); len(faults) > 0 || c.Domain != "lists.example.org" {
		t.Error("the environment alone is enough: ", faults)
	}
}

func TestCheckFilesNamesEach(t *testing.T) {
	dir := t.TempDir()
	file := write(t, "domain = \"a.example.org\"\ndata_dir = \""+dir+"/new/folder\"\n[smtp]\ntls_cert = \""+dir+"/c.pem\"\ntls_key = \""+dir+"\"\n[archive]\nbucket = \"file://"+dir+"/f/archive\"\n")
	if err := os.WriteFile(dir+"/f", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, faults := Load(file, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	got := c.CheckFiles()
	if len(got) != 3 || got[0].Line != 4 || got[1].Line != 5 || got[2].Line != 7 {
		t.Errorf("want faults at lines 4, 5 and 7:\n%v", got)
	}
}

func TestSite(t *testing.T) {
	c, _ := Load(write(t, "domain = \"Lists.Example.ORG\"\nadmins = [\"A@example.org\"]\n[http]\nbase_url = \"https://l.example.org/\"\n[digest]\ntimezone = \"Europe/Geneva\"\n"), nil)
	site := c.Site()
	if site.Domain != "lists.example.org" || site.BaseURL != "https://l.example.org" || !site.Admin("a@EXAMPLE.org") || site.Location.String() != "Europe/Zurich" {
		t.Errorf("%+v", site)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(Example())
	f.Add("smtp = {acme = \"no\"}\n[[redis]]\na.b.c = 1\n")
	f.Add("domain = \"x\"\n[smtp.listen]\nx = 1\n\"\" = 3")
	f.Fuzz(func(t *testing.T, text string) {
		c := Default()
		if _, broken := c.decode([]byte(text)); !broken {
			c.settle()
			c.check(nil, nil)
		}
	})
}
