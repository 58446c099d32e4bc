package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

// TestAccessible has axe-core, the field's checker, look at every kind of page
// and at the digest and the year's report as mail programs and browsers show
// them: light, dark, and at 320 pixels, which is 1280 at 400 %. Nothing that
// it calls serious or critical may be there, and nothing may need scrolling
// sideways. PLENARY_AXE names axe.min.js of npm's axe-core.
func TestAccessible(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	script, err2 := os.ReadFile(os.Getenv("PLENARY_AXE"))
	if err != nil || err2 != nil {
		lack := t.Skip
		if os.Getenv("CI") != "" {
			lack = t.Fatal
		}
		lack("it needs chromium, and PLENARY_AXE naming axe.min.js of npm's axe-core: ", err, err2)
	}
	d, token, confirm, leave, post := accessibleWorld(t)
	sheets, err := d.service.weekly.Sheets(t.Context(), lists.List{ID: "dc"}, 1)
	if err != nil || len(sheets) != 1 || sheets[0].Code == "" {
		t.Fatalf("the story's digest: %+v, %v", sheets, err)
	}
	base := "http://" + d.service.Addrs()["http"]
	files := httptest.NewServer(accessibleFiles(t))
	t.Cleanup(files.Close)
	ctx := openBrowser(t, browser)

	pages := []string{"/", "/dc", "/dc-data-protection", "/dc/board", "/dc/archive", "/dc/archive?q=the", post, "/dc/archive/" + sheets[0].Code, confirm, leave, "/nothing/here", "/sign-in/" + token}
	for i := range pages {
		if strings.HasPrefix(pages[i], "/") {
			pages[i] = base + pages[i]
		}
	}
	for _, f := range []string{"en.html", "fr.html", "es.html", "ar.html", "2026.html"} {
		pages = append(pages, files.URL+"/"+f)
	}
	for _, p := range pages {
		look(t, ctx, string(script), p)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(base+"/sign-in/"+token), chromedp.Click("main button"), chromedp.WaitVisible("main select")); err != nil {
		t.Fatal(err)
	}
	look(t, ctx, string(script), base+"/settings")
	// The other way round.
	for _, id := range []string{"dc", "dc-data-protection"} {
		if _, err := d.service.store.UpdateList(t.Context(), id, func(l *lists.List) error { l.Language = "ar"; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range []string{base + "/", base + "/dc", base + "/dc-data-protection", base + "/dc/board", base + "/dc/archive", base + "/settings", base + "/nothing/here", confirm, leave} {
		look(t, ctx, string(script), page)
	}
}

// accessibleWorld is the demo's, its story told, and the paths that only its
// mails know.
func accessibleWorld(t *testing.T) (d *demo, token, confirm, leave, post string) {
	t.Helper()
	d = &demo{app: &app{ctx: t.Context(), out: io.Discard, errs: io.Discard, now: time.Now}, show: newShow(io.Discard)}
	t.Cleanup(d.close)
	if err := d.start(); err != nil {
		t.Fatal(err)
	}
	if err := d.tell(); err != nil {
		t.Fatal(err)
	}
	base := "http://" + d.service.Addrs()["http"]
	token, err := d.service.store.NewSignIn(t.Context(), lists.Address(admin.address), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.PostForm(base+"/dc/join", map[string][]string{"address": {"newcomer@example.net"}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	confirm = findInMails(t, d.sink, regexp.MustCompile(`http://\S+/confirm/[a-z2-7]+`))
	leave = findInMails(t, d.sink, regexp.MustCompile(`http://[^\s>]+/leave/[a-z2-7]+`))
	post = findInMails(t, d.sink, regexp.MustCompile(`http://[^\s>]+/archive/[a-z2-7]+`))
	return d, token, confirm, leave, post
}

// findInMails waits for the last link of this form that went out.
func findInMails(t *testing.T, s *sink.Sink, link *regexp.Regexp) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		mails := s.Mails()
		for i := len(mails) - 1; i >= 0; i-- {
			if found := link.Find(mails[i].Data); found != nil {
				return string(found)
			}
		}
	}
	t.Fatalf("no mail has a link like %s", link)
	return ""
}

// accessibleFiles serves the digests and reports that golden files hold.
func accessibleFiles(t *testing.T) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	for _, pattern := range []string{"../../digest/render/testdata/*.html", "../../digest/annual/testdata/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			mux.HandleFunc("/"+filepath.Base(name), func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
		}
	}
	return mux
}

func openBrowser(t *testing.T, path string) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// barrier is what axe-core says is wrong.
type barrier struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// look checks a page in each scheme and width.
func look(t *testing.T, ctx context.Context, script, page string) {
	t.Helper()
	name := page[strings.LastIndex(strings.TrimSuffix(page, "/"), "/")+1:]
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 320} {
			v, err := seen(ctx, script, page, scheme, width)
			if err != nil {
				t.Fatalf("%s, %s, %d pixels: %v", name, scheme, width, err)
			}
			if v.Checked < 5 {
				t.Errorf("%s: axe-core checked only %d rules: is it the page?", name, v.Checked)
			}
			if v.Wide > width {
				t.Errorf("%s at %d pixels is %d wide", name, width, v.Wide)
			}
			for _, f := range v.Found {
				if f.Impact != "serious" && f.Impact != "critical" {
					t.Logf("%s, %s, %d pixels: %s: %s (%s)", name, scheme, width, f.Impact, f.Help, f.ID)
					continue
				}
				t.Errorf("%s, %s, %d pixels: %s: %s (%s), %d times, first: %s", name, scheme, width, f.Impact, f.Help, f.ID, len(f.Nodes), f.Nodes[0].HTML)
			}
		}
	}
}

// sight is a page as axe-core saw it.
type sight struct {
	Wide    int64     `json:"wide"`
	Checked int       `json:"checked"` // rules that applied
	Found   []barrier `json:"found"`
}

func seen(ctx context.Context, script, page, scheme string, width int64) (sight, error) {
	media := func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Func(media), chromedp.EmulateViewport(width, 900), chromedp.Navigate(page)); err != nil {
		return sight{}, err
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
		return sight{}, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[sight](`axe.run().then(r => ({
		wide: document.documentElement.scrollWidth, checked: r.passes.length + r.violations.length,
		found: r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => ({html: n.html}))}))}))`, chromedp.EvalAwaitPromise))
}
