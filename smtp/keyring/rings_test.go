package keyring

import (
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
)

// A ring that takes another's place signs beside it until others find its
// records, an hour longer, and then alone: at no time is there a mail whose
// signatures nobody can verify.
func TestRotationWithoutAGap(t *testing.T) {
	ctx, s := t.Context(), Shelf{Redis: redistest.New(t), Secret: "x"}
	first, second := made(t, "a"), made(t, "b")
	now := time.Unix(1_795_000_000, 0)
	signing := func(at time.Time) string {
		t.Helper()
		r, err := s.InUse(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, k := range r.Signing(at) {
			names = append(names, k.Selector)
		}
		return strings.Join(names, " ")
	}
	step := func(what string, err error, at time.Time, want string) {
		t.Helper()
		if err != nil {
			t.Fatal(what, err)
		}
		if got := signing(at); got != want {
			t.Errorf("%s: signed by %q, want %q", what, got, want)
		}
	}
	step("nothing yet", nil, now, "")
	_, _, err := s.Use(ctx, "a", first)
	step("the first", err, now, "a a-ed")
	_, _, err = s.Use(ctx, "b", second)
	step("the second", err, now, "a a-ed b b-ed")
	step("a month on, never published", nil, now.AddDate(0, 1, 0), "a a-ed b b-ed")
	step("seen for another ring", s.Seen(ctx, "a", now), now, "a a-ed b b-ed")
	step("seen", s.Seen(ctx, "b", now), now, "b b-ed a a-ed")
	step("seen again, later", s.Seen(ctx, "b", now.Add(time.Hour)), now.Add(Overlap), "b b-ed a a-ed")
	step("an hour on", nil, now.Add(Overlap+time.Second), "b b-ed")
	_, _, err = s.Use(ctx, "b", second)
	step("made again", err, now.Add(2*Overlap), "b b-ed")
	_, _, err = s.Use(ctx, "a", first)
	step("the way back", err, now.Add(2*Overlap), "b b-ed a a-ed")
}

// Keys made twice in a row, before the first of them are published, leave
// those signing whose records are there.
func TestRotationInHaste(t *testing.T) {
	ctx, s := t.Context(), Shelf{Redis: redistest.New(t)}
	now := time.Unix(1_795_000_000, 0)
	for _, step := range []struct{ use, want string }{
		{"a", "a a-ed"}, {"b", "a a-ed b b-ed"}, {"c", "a a-ed c c-ed"}, {"c", "a a-ed c c-ed"}, {"b", "a a-ed b b-ed"}, {"a", "b b-ed a a-ed"},
	} {
		if _, _, err := s.Use(ctx, step.use, made(t, step.use)); err != nil {
			t.Fatal(err)
		}
		r, err := s.InUse(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, k := range r.Signing(now) {
			names = append(names, k.Selector)
		}
		if got := strings.Join(names, " "); got != step.want {
			t.Errorf("%s: signed by %q, want %q", step.use, got, step.want)
		}
	}
}

func TestPublished(t *testing.T) {
	k := made(t, "s")
	r, other := RecordOf(k[0], "x.example"), RecordOf(k[1], "x.example")
	p := strings.TrimPrefix(r.Value, "v=DKIM1; k=rsa; p=")
	for what, c := range map[string]struct {
		texts []string
		want  bool
	}{
		"as it is":            {[]string{r.Value}, true},
		"blanks and an order": {[]string{"p=" + p[:100] + " " + p[100:] + " ;k = rsa;v=DKIM1; t=s"}, true},
		"beside another":      {[]string{"v=DKIM1; p=", r.Value}, true},
		"for mail, SHA-256":   {[]string{r.Value + "; s=email; h=sha1:sha256; t=y"}, true},
		"for any service":     {[]string{r.Value + "; s=*"}, true},
		"not for mail":        {[]string{r.Value + "; s=tlsrpt"}, false},
		"for SHA-1 only":      {[]string{r.Value + "; h=sha1"}, false},
		"of another kind":     {[]string{"v=DKIM1; k=ed25519; p=" + p}, false},
		"kind left out":       {[]string{"p=" + p}, true},
		"another version":     {[]string{"v=DKIM2; p=" + p}, false},
		"another key":         {[]string{other.Value}, false},
		"revoked":             {[]string{"v=DKIM1; k=rsa; p="}, false},
		"none":                {nil, false},
	} {
		if got := r.Published(c.texts); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	if other.Published([]string{strings.Replace(other.Value, "k=ed25519; ", "", 1)}) || OnTrial(r.Value) || OnTrial(r.Value+"; t=s") || !OnTrial("t = s : y; p=") {
		t.Error("an Ed25519 key without k= is none, and only t=y is on trial")
	}
	if (Record{}).Published([]string{"v=DKIM1; p="}) {
		t.Error("no record is published")
	}
}
