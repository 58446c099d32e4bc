package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp/certify/certifytest"
	"plenary/smtp/deliver/sink"
)

// The scripts of testdata/script run the real program: the test binary is
// started again as plenary. Each script has a Redis of its own and a sink for
// outgoing mail. The verbs they use besides testscript's own:
//
//	serve [NAME]                 start a server and wait until it is ready
//	launch [NAME]                start one that is not ready soon
//	log REGEXP                   wait until server one has logged such a line
//	hup [NAME]                   SIGHUP
//	certificate HOST FILE        makes FILE.crt and FILE.key
//	giver [FILE]                 a giver of certificates by ACME: see giverVerb
//	trusted ADDRESS HOST FROM TO    a mail under STARTTLS, which must show one of the giver's
//	starttls                     prints the host of the certificate that server one shows
//	shutdown [NAME]              SIGTERM; it must drain and end with 0
//	kill9 [NAME]                 SIGKILL
//	[!] send [-via ADDR] [-from A] [-to B,C] FILE    by SMTP; refused with !
//	[!] write FROM TO SUBJECT [LINE…]    the same, of a mail written here; TO may lack the domain
//	coalition                    lists and people that most scripts need: see coalitionVerb
//	answer ADDRESS [TEXT]        reply to the newest mail there that asks for one
//	await N ADDRESS [REGEXP]     until N mails to it (subject matching) came; prints the newest
//	settle                       wait until nothing is under way but what was put off
//	newest ADDRESS [REGEXP]      settle, and print the newest
//	raw FILE ADDRESS [REGEXP]    settle, and write the newest to FILE as it came
//	count N ADDRESS [REGEXP]     once nothing is under way: exactly N
//	http METHOD URL [BODY]       prints status and page
//	scrape URL REGEXP            metrics, once a line of them is like that
//	capture NAME REGEXP          sets a variable from the last output
//	redis kill|start|set NAME VALUE    the Redis of this script; more in script_redis_test.go
//	mailbox [FILE]               an IMAP server at $MAILBOX, user lists@example.org; puts FILE into its INBOX
//	dns down|FILE…               answer DNS questions out of zone files, or not at all; without it no name is known
//	sign DOMAIN FILE OUT [FIELD…]    write the mail of FILE, signed by DKIM, to OUT
//	config FILE                  what servers started from now on have as their configuration
//	partly DOMAIN FILE OUT       the same, with the first line of the body signed alone (l=)
//	received ADDRESS [REGEXP]    prints what a far server finds out about the newest mail there
//	resend [-via ADDR] WHOM TO [REGEXP]    sends the newest mail to WHOM on to TO, as a forwarder does
//	redisgrep WORD               it stands nowhere in Redis but in what expires
//	noaddress DOMAIN…            server one has logged no address of these domains
//	lmtp FROM TO…                by LMTP; prints the reply for each
//	deliver FROM TO FILE         a mail by LMTP
//	exits N COMMAND…             it must end with this status
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"plenary": main, "faultserve": faultServe, "faultsink": faultSink})
}

var verbs = map[string]func(*testscript.TestScript, bool, []string){
	"serve": serveVerb, "launch": launchVerb, "log": logVerb, "hup": hupVerb, "shutdown": shutdownVerb, "kill9": kill9Verb, "redis": redisVerb,
	"dns": dnsVerb, "sign": signVerb, "partly": partlyVerb, "deliver": deliverVerb, "received": receivedVerb, "lmtp": lmtpVerb, "mailbox": mailboxVerb, "certificate": certificateVerb, "starttls": starttlsVerb,
	"send": sendVerb, "answer": answerVerb, "await": awaitVerb, "count": countVerb,
	"http": httpVerb, "capture": captureVerb, "exits": exitsVerb, "coalition": coalitionVerb, "write": writeVerb, "newest": newestVerb,
	"config": configVerb, "resend": resendVerb, "redisgrep": redisgrepVerb, "noaddress": noaddressVerb, "raw": rawVerb,
	"giver": giverVerb, "trusted": trustedVerb, "served": servedVerb, "everyone": everyoneVerb, "people": peopleVerb, "scrape": scrapeVerb,
	"settle": func(ts *testscript.TestScript, _ bool, _ []string) { settle(ts) },
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		Setup:              newWorld,
		Cmds:               verbs,
		Condition:          lacks,
		RequireUniqueNames: true,
	})
}

// TestVerbs sees that no verb has the name of one of testscript's own: that
// would run, and where it is "stop" all that follows in a script would not.
func TestVerbs(t *testing.T) {
	dir := t.TempDir()
	var ran sync.Map
	recorded := map[string]func(*testscript.TestScript, bool, []string){}
	for name := range verbs {
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		recorded[name] = func(*testscript.TestScript, bool, []string) { ran.Store(name, true) }
	}
	t.Run("each", func(t *testing.T) { // ends when all scripts have
		testscript.Run(t, testscript.Params{Dir: dir, Cmds: recorded})
	})
	for name := range verbs {
		if _, did := ran.Load(name); !did {
			t.Errorf("%s is a verb of testscript's own", name)
		}
	}
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		read, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if at := regexp.MustCompile(`(?m)^stop\b.*`).Find(read.Comment); at != nil {
			t.Errorf("%s: %q ends a script as passed; a server is ended by shutdown", script, at)
		}
	}
}

// lacks is the condition [lacks:PROGRAM], for scripts that can't do without.
// In CI nothing may be lacking.
func lacks(cond string) (bool, error) {
	program, ok := strings.CutPrefix(cond, "lacks:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	_, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") != "" {
		return false, fmt.Errorf("%s is not on PATH, and CI is set", program)
	}
	return err != nil, nil
}

// raceOptions keep a program built with the race detector from waiting a
// second at its end. One that raced ends with 66, which no script expects.
const raceOptions = "atexit_sleep_ms=0"

// patience bounds every wait of a script.
const patience = 60 * time.Second

// world is what one script has around it.
type world struct {
	t         testing.TB
	redis     *redistest.Server   // nil: miniredis
	redisAddr string              // of a cluster several, separated by commas
	proxy     *redistest.Proxy    // in front of redis, once a script asks for it
	mailbox   *imapmemserver.User // of the mailbox verb
	sink      *sink.Sink
	dns       scriptDNS
	giver     *certifytest.Giver // of certificates, once a script starts one
	servers   map[string]*served
}

type worldKey struct{}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// newWorld gives a script its Redis, its sink and its settings, by
// environment, for servers named one and two.
func newWorld(env *testscript.Env) error {
	t, ok := env.T().(testing.TB) // testscript.Run hands a *testing.T on
	if !ok {
		return fmt.Errorf("%T is no testing.TB", env.T())
	}
	w := &world{t: t, servers: map[string]*served{}}
	env.Values[worldKey{}] = w
	var err error
	if w.sink, err = sink.New(sink.Options{Keep: true, Rcpt: refusals}); err != nil {
		return err
	}
	env.Defer(func() { w.sink.Close(); w.dns.stop() })
	addr, durability := "", "strict"
	if redistest.Real() || os.Getenv("CI") != "" {
		w.redis = redistest.Start(t)
		addr = w.redis.Addr
	} else {
		addr, durability = redistest.Mini(t).(*redis.Client).Options().Addr, "relaxed"
	}
	w.redisAddr = addr
	ports, err := freePorts(8)
	if err != nil {
		return err
	}
	if err := w.dns.answer(nil); err != nil {
		return err
	}
	for name, value := range map[string]string{
		"GORACE":         raceOptions,
		"PLENARY_DOMAIN": "lists.example.org", "PLENARY_DATA_DIR": env.WorkDir + "/data", "PLENARY_ADMINS": "admin@example.org",
		"PLENARY_REDIS_URL": "redis://" + addr + "/0", "PLENARY_REDIS_DURABILITY": durability, "REDIS_ADDRESS": addr,
		"PLENARY_DELIVERY_RELAY": w.sink.Addr(), "PLENARY_DELIVERY_RELAY_TLS": "none",
		"PLENARY_SMTP_LISTEN": ports[0], "PLENARY_SMTP_LMTP": ports[1], "PLENARY_IMAP_LISTEN": ports[2],
		"DNS":                 w.dns.addr, // where servers ask; no name is known there, unless the script has dns
		"PLENARY_HTTP_LISTEN": ports[3], "PLENARY_HTTP_BASE_URL": "http://" + ports[3],
		"SMTP": ports[0], "LMTP": ports[1], "IMAP": ports[2], "HTTP": ports[3],
		"SMTP2": ports[4], "LMTP2": ports[5], "IMAP2": ports[6], "HTTP2": ports[7],
	} {
		env.Setenv(name, value)
	}
	return nil
}

// refusals makes bad@… refused for good and later@… put off.
func refusals(to string) string {
	switch {
	case strings.HasPrefix(to, "bad@"):
		return "550 5.1.1 nobody has this address"
	case strings.HasPrefix(to, "later@"):
		return "451 4.2.0 come back later"
	}
	return ""
}

// lastPort is the port given out last. They lie below the range that systems
// take the ports of outgoing connections from.
var lastPort atomic.Int32

// freePorts finds loopback addresses that nobody listens on, none twice. It
// asks by connecting: a listener of its own, closed again, could still be open
// in a program that another goroutine has forked and not yet executed.
func freePorts(n int) (addrs []string, err error) {
	lastPort.CompareAndSwap(0, int32(12000+os.Getpid()%10000))
	for tries := 0; len(addrs) < n; tries++ {
		if tries == 10000 {
			return nil, fmt.Errorf("no free port: %w", err)
		}
		addr := fmt.Sprintf("127.0.0.1:%d", 12000+(lastPort.Add(1)-12000)%20000)
		c, dialErr := net.DialTimeout("tcp", addr, time.Second)
		switch err = dialErr; {
		case err == nil:
			c.Close()
			err = fmt.Errorf("%s is taken", addr)
		case errors.Is(err, syscall.ECONNREFUSED):
			addrs = append(addrs, addr)
		}
	}
	return addrs, nil
}

func exitsVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("%s ended with %d, want %s", strings.Join(args[1:], " "), status, args[0])
	}
}

// coalitionVerb makes the main list dc with the groups maps and talks, and
// their people: ann is an admin, lea leads maps, bob is in maps and in talks,
// cyd and dan are in the main list alone; dan is concealed.
func coalitionVerb(ts *testscript.TestScript, _ bool, _ []string) {
	rdb := worldOf(ts).client()
	defer rdb.Close()
	ctx := context.Background()
	st, err := store.Open(ctx, rdb, lists.Site{Domain: "lists.example.org", Location: time.UTC}, time.Now)
	ts.Check(err)
	for _, n := range []lists.NewList{
		{Name: "dc", Title: "Digital Coalition", Purpose: "Work together."},
		{Name: "maps", Parent: "dc", Title: "Map of data protection", Purpose: "Show who protects what.", Next: "publish the draft", NextBy: "2031-12-01"},
		{Name: "talks", Parent: "dc", Title: "Talks", Join: lists.JoinApproved},
	} {
		_, err := st.CreateList(ctx, n)
		ts.Check(err)
	}
	for _, in := range []struct {
		list string
		lists.NewMember
	}{
		{"dc", lists.NewMember{Address: "ann@example.org", Name: "Ann Admin", Admin: true}},
		{"dc-maps", lists.NewMember{Address: "lea@example.org", Name: "Lea Leader", Leader: true}},
		{"dc-maps", lists.NewMember{Address: "bob@example.org", Name: "Bob Both"}},
		{"dc-talks", lists.NewMember{Address: "bob@example.org"}},
		{"dc", lists.NewMember{Address: "cyd@example.org", Name: "Cyd"}},
		{"dc", lists.NewMember{Address: "dan@example.org", Name: "Dan Hidden"}},
	} {
		_, _, err := st.Subscribe(ctx, in.list, in.NewMember)
		ts.Check(err)
	}
	_, err = st.UpdatePerson(ctx, "dc", "dan@example.org", func(p *lists.Person) error { p.Conceal = true; return nil })
	ts.Check(err)
}
