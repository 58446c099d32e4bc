package authenticate

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"plenary/smtp/message"
)

// shared is the folder of mail to test with. Where it is absent the test is
// skipped, but not in CI.
func shared(t testing.TB, path string) string {
	t.Helper()
	path = filepath.Join("../../../shared/mail", path)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("there is no mail to test with: ", err)
	}
	return path
}

// once renames the four vectors whose names stand there twice.
func once(raw []byte) []byte {
	seen := map[string]bool{}
	lines := strings.Split(string(raw), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") && strings.HasSuffix(line, ":") {
			if seen[line] {
				lines[i] = strings.TrimSuffix(line, ":") + "_again:"
			}
			seen[line] = true
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// The vectors of the ARC test suite, every one.
func TestARCVectors(t *testing.T) {
	raw, err := os.ReadFile(shared(t, "arc/arc-draft-validation-tests.yml"))
	if err != nil {
		t.Fatal(err)
	}
	run := 0
	raw = once(raw)
	for d := yaml.NewDecoder(bytes.NewReader(raw)); ; {
		var scenario struct {
			Tests map[string]struct{ Message, CV string } `yaml:"tests"`
			TXT   map[string]string                       `yaml:"txt-records"`
		}
		if err := d.Decode(&scenario); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		zone := zone{}
		for name, text := range scenario.TXT {
			zone[name] = []string{text}
		}
		for name, vector := range scenario.Tests {
			run++
			m, err := message.Parse([]byte(strings.ReplaceAll(vector.Message, "\n", "\r\n")))
			if err != nil {
				t.Fatal(name, err)
			}
			chain := (&Checker{DNS: zone}).checkARC(context.Background(), m)
			want := Result(strings.ToLower(strings.TrimSpace(vector.CV)))
			if want == "" { // the newest seal itself says fail: so does the chain (RFC 8617 5.2, 2)
				want = Fail
			}
			if chain.Result != want {
				t.Errorf("%s: %q (%s), want %q", name, chain.Result, chain.Reason, want)
			}
		}
	}
	if run != 175 { // 171 names, four of them twice
		t.Errorf("%d vectors, want 175", run)
	}
}
