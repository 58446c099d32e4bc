package web

import (
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Pages name the style with its version, which browsers keep for long; by
// another address they ask again soon, so that no old look stays.
func TestStyleHasAVersion(t *testing.T) {
	o := newOffice(t)
	named := regexp.MustCompile(`<link rel="stylesheet" href="(/style\.css\?v=[0-9a-f]{12})">`).FindStringSubmatch(o.get(200, "/"))
	if named == nil {
		t.Fatal("the page names no style with a version")
	}
	for path, long := range map[string]bool{named[1]: true, "/style.css": false, "/style.css?v=0123456789ab": false} {
		got := o.answer(http.MethodGet, path)
		kept := got.Header.Get("Cache-Control")
		if got.StatusCode != 200 || strings.Contains(kept, "immutable") != long || !long && kept != "max-age=60" {
			t.Errorf("%s: %d, kept %s", path, got.StatusCode, kept)
		}
	}
}

// WCAG 2.2, 1.4.3 and 1.4.11: text stands out by 4.5:1, the edges of fields
// by 3:1, in light and dark.
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("pages/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(css), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	variable := regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		color := map[string]float64{}
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			color[m[1]] = luminance(t, m[2])
		}
		for _, c := range []struct {
			front, back string
			want        float64
		}{
			{"text", "back", 4.5}, {"soft", "back", 4.5}, {"link", "back", 4.5}, {"wrong", "back", 4.5},
			{"button-text", "button", 4.5}, {"text", "notice", 4.5}, {"line", "back", 3}, {"button", "back", 3},
		} {
			front, ok1 := color[c.front]
			back, ok2 := color[c.back]
			if !ok1 || !ok2 {
				t.Fatalf("%s: no color %s or %s", scheme, c.front, c.back)
			}
			if got := (max(front, back) + 0.05) / (min(front, back) + 0.05); got < c.want {
				t.Errorf("%s: %s on %s stands out by %.2f, want %.1f", scheme, c.front, c.back, got, c.want)
			}
		}
	}
}

// luminance is WCAG's relative luminance of a color.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	total := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		total += weight * v
	}
	return total
}
