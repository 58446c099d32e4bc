package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// manifest is what these tests look at in an object of Kubernetes.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []struct {
					Ports []struct {
						Name          string
						ContainerPort int `yaml:"containerPort"`
					}
					Ready probe `yaml:"readinessProbe"`
					Live  probe `yaml:"livenessProbe"`
					Start probe `yaml:"startupProbe"`
				}
			}
		}
		Ports []struct {
			Name       string
			TargetPort string `yaml:"targetPort"`
		}
	}
}

type probe struct {
	Get struct{ Path, Port string } `yaml:"httpGet"`
}

func manifests(t *testing.T) map[string]manifest {
	t.Helper()
	text, err := os.ReadFile(deploy + "kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]manifest{}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var m manifest
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[m.Kind+" "+m.Metadata.Name] = m
	}
}

func TestDeployedManifestsAgree(t *testing.T) {
	all := manifests(t)
	text := all["ConfigMap plenary"].Data["plenary.toml"]
	file := filepath.Join(t.TempDir(), "plenary.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, faults := (&app{file: file}).load()
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, there := all["Service "+strings.TrimSuffix(strings.TrimPrefix(cfg.Redis.URL, "redis://"), ":6379/0")]; !there {
		t.Errorf("%s is no service here", cfg.Redis.URL)
	}
	pods := all["Deployment plenary"].Spec.Template.Spec
	if grace := time.Duration(pods.Grace) * time.Second; grace <= time.Minute {
		t.Errorf("a server drains for up to a minute, and has %v", grace)
	}
	server := pods.Containers[0]
	doors := map[string]int{}
	for _, p := range server.Ports {
		doors[p.Name] = p.ContainerPort
	}
	for name, listens := range map[string]string{"smtp": cfg.SMTP.Listen, "http": cfg.HTTP.Listen, "metrics": cfg.HTTP.Metrics} {
		if want := "0.0.0.0:" + strconv.Itoa(doors[name]); listens != want {
			t.Errorf("%s listens at %q, and the container shows %s", name, listens, want)
		}
	}
	if server.Ready.Get.Path != "/readyz" || server.Live.Get.Path != "/healthz" || server.Start.Get.Port != "metrics" {
		t.Errorf("probes %+v", server)
	}
	for _, s := range []string{"Service plenary-smtp", "Service plenary-http"} {
		if ports := all[s].Spec.Ports; len(ports) != 1 || doors[ports[0].TargetPort] == 0 {
			t.Errorf("%s leads to %+v", s, ports)
		}
	}
}

// What the snippet for a machine asks of Redis, the one in a cluster has too.
func TestDeployedManifestsHaveADurableRedis(t *testing.T) {
	snippet, err := os.ReadFile(deploy + "redis.conf")
	if err != nil {
		t.Fatal(err)
	}
	directives := func(text string) (lines []string) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines = append(lines, line)
			}
		}
		slices.Sort(lines)
		return lines
	}
	here := directives(manifests(t)["ConfigMap redis"].Data["redis.conf"])
	if want := directives(string(snippet)); !slices.Equal(here, want) {
		t.Errorf("kubernetes.yaml has %q, redis.conf %q", here, want)
	}
}
