package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"

	"plenary/cmd/plenary/metrics"
)

// known are the names that a scrape can give, with the labels of each.
func known(t *testing.T) map[string][]string {
	all, ok := metrics.New().Gatherer().(prometheus.Collector)
	if !ok {
		t.Fatal("the registry does not describe itself")
	}
	descs := make(chan *prometheus.Desc)
	go func() { all.Describe(descs); close(descs) }()
	form := regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)
	names := map[string][]string{"up": nil} // Prometheus's own
	for d := range descs {
		f := form.FindStringSubmatch(d.String())
		if f == nil {
			t.Fatalf("no name in %s", d)
		}
		names[f[1]] = strings.FieldsFunc(f[2], func(r rune) bool { return r == ',' })
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			names[f[1]+end] = append([]string{"le"}, names[f[1]]...)
		}
	}
	return names
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"`)
	selection = regexp.MustCompile(`\b([a-z_]+)(\{([^}]*)\})?`)
	matcher   = regexp.MustCompile(`([a-z_]+) *(=~|!~|!=|=)`)
	grouping  = regexp.MustCompile(`\bby \(([^)]*)\)`)
)

// promWords are those of PromQL that the queries use.
var promWords = []string{"sum", "max", "min", "rate", "increase", "histogram_quantile", "min_over_time", "and", "or", "by", "d", "h", "m", "s"}

// faultsOf tells what of a query a scrape can't answer.
func faultsOf(query string, names map[string][]string) (faults []string) {
	query = quoted.ReplaceAllString(query, "''")
	allowed := []string{"job", "instance"}
	found := false
	rest := grouping.ReplaceAllString(strings.ReplaceAll(query, "$__rate_interval", "5m"), "")
	for _, s := range selection.FindAllStringSubmatch(rest, -1) {
		labels, is := names[s[1]]
		switch {
		case is:
			found = true
			allowed = append(allowed, labels...)
			for _, m := range matcher.FindAllStringSubmatch(s[3], -1) {
				if !slices.Contains(append(labels, "job", "instance"), m[1]) {
					faults = append(faults, s[1]+" has no label "+m[1])
				}
			}
		case !slices.Contains(promWords, s[1]):
			faults = append(faults, "no metric "+s[1])
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(query, -1) {
		for _, l := range strings.Split(g[1], ",") {
			if !slices.Contains(allowed, strings.TrimSpace(l)) {
				faults = append(faults, "none has the label "+strings.TrimSpace(l))
			}
		}
	}
	if !found {
		faults = append(faults, "it asks for nothing")
	}
	return faults
}

func TestQueriesAreReadForWhatTheyAskFor(t *testing.T) {
	names := map[string][]string{"a_total": {"x"}, "b_bucket": {"le", "y"}}
	for query, want := range map[string]string{
		`sum(rate(a_total{x="job",job="$job"}[$__rate_interval])) by (x)`: "",
		`histogram_quantile(0.9, sum(rate(b_bucket[5m])) by (le, y))`:     "",
		`max(c_total) by (x)`: "no metric c_total; none has the label x; it asks for nothing",
		`sum(a_total{y="1"})`: "a_total has no label y",
		`sum(a_total) by (y)`: "none has the label y",
		`min_over_time(a_total{x=~"1|2"}[15m]) > 6 * 3600 and sum(a_total) > 0.1 `: "",
	} {
		if got := strings.Join(faultsOf(query, names), "; "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestDashboardAsksForWhatThereIs(t *testing.T) {
	text, err := os.ReadFile(deploy + "grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID    string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || len(board.Panels) < 10 {
		t.Fatalf("%d panels", len(board.Panels))
	}
	names, shown, taken := known(t), map[string]bool{}, map[[2]int]string{}
	for _, p := range board.Panels {
		if len(p.Targets) == 0 {
			t.Errorf("panel %q asks for nothing", p.Title)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != "" || at[0] >= 24 {
					t.Errorf("panel %q lies on %q or beyond the edge", p.Title, taken[at])
				}
				taken[at] = p.Title
			}
		}
		for _, q := range p.Targets {
			if faults := faultsOf(q.Expr, names); len(faults) > 0 {
				t.Errorf("panel %q: %s: %s", p.Title, q.Expr, strings.Join(faults, "; "))
			}
			for name := range names {
				if strings.Contains(q.Expr, name+"{") || strings.Contains(q.Expr, name+"[") {
					shown[strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")] = true
				}
			}
		}
	}
	for name := range names {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count"), "_sum")
		if strings.HasPrefix(name, "plenary_") && !shown[base] {
			t.Errorf("no panel shows %s", base)
		}
	}
}

func TestAlertsAskForWhatThereIs(t *testing.T) {
	text, err := os.ReadFile(deploy + "plenary-alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr         string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Groups) != 1 || len(file.Groups[0].Rules) < 5 {
		t.Fatalf("%+v", file)
	}
	names := known(t)
	for _, r := range file.Groups[0].Rules {
		if r.Alert == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
			t.Errorf("alert %q lacks severity or words", r.Alert)
		}
		if faults := faultsOf(r.Expr, names); len(faults) > 0 {
			t.Errorf("alert %s: %s: %s", r.Alert, r.Expr, strings.Join(faults, "; "))
		}
	}
	text, err = os.ReadFile(deploy + "prometheus.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var scrape struct {
		Jobs []struct {
			Name string `yaml:"job_name"`
		} `yaml:"scrape_configs"`
		Rules []string `yaml:"rule_files"`
	}
	if err := yaml.Unmarshal(text, &scrape); err != nil || len(scrape.Jobs) != 1 || scrape.Jobs[0].Name != "plenary" || len(scrape.Rules) != 1 {
		t.Errorf("prometheus.yaml: %+v, %v", scrape, err)
	}
	if _, err := os.Stat(deploy + scrape.Rules[0]); err != nil {
		t.Error(err)
	}
}
