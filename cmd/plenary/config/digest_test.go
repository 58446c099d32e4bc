package config

import (
	"strings"
	"testing"
	"time"
)

func TestDigestKeys(t *testing.T) {
	const ok = "domain = \"l.example.org\"\nadmins = [\"a@example.org\"]\n[digest]\n"
	for text, want := range map[string]string{
		"question_lead = \"72h\"\nweekends = false\nempty = \"none\"\n": "",
		"question_lead = \"two days\"\n":                                `:4:1: digest.question_lead: "two days": write a time`,
		"question_lead = \"200h\"\n":                                    `digest.question_lead: "200h"`,
		"question_lead = \"0h\"\n":                                      `digest.question_lead: "0h"`,
		"empty = \"some\"\n":                                            `digest.empty: "some": write "short" or "none"`,
		"personal_posts = 0\n":                                          `:4:1: digest.personal_posts: 0: an issue needs`,
		"personal_bytes = -1\n":                                         `:4:1: digest.personal_bytes: -1: write how many`,
		"weekends = \"no\"\n":                                           `digest.weekends`,
	} {
		c, faults := Load(write(t, ok+text), nil)
		said := ""
		for _, f := range faults {
			said += f.String() + "\n"
		}
		if (want == "") != (len(faults) == 0) || !strings.Contains(said, want) {
			t.Errorf("%s gives %q, want %q", text, said, want)
		}
		if want == "" && (c.Digest.Lead() != 72*time.Hour || c.Digest.Weekends || c.Digest.Empty != "none") {
			t.Errorf("%+v", c.Digest)
		}
	}
	if d := Default().Digest; d.Lead() != 48*time.Hour || !d.Weekends || d.Empty != "short" {
		t.Errorf("left out: %+v", d)
	}
}
