package bounce

import (
	"regexp"
	"strings"
)

// The words by which servers say why, in lower case. Each list is tried in
// the order below; what matches none goes by its status code.
var (
	// The mailbox is there, or may be again.
	passing = regexp.MustCompile(`(?i)mailbox.{0,20}(?:is )?full|full mailbox|over.?quota|quota.{0,40}(?:exceed|full|violat)|exceed.{0,30}(?:quota|storage|size|limit)|` +
		`insufficient (?:system )?storage|disk (?:space|full)|too many (?:connections|messages|recipients)|spam|blacklist|blocklist|block list|dnsbl|rbl\b|virus|malware|` +
		`suspended|locked|expired|timed? ?out|greylist|graylist|try again (?:later|in)|not found,? try again|temporar|rate.?limit|throttl|` +
		`dmarc|\bspf\b|dkim|reverse dns|\bptr\b|authenticat|relay(?:ing)? (?:denied|not permitted|access)|not permitted to relay|too (?:big|large)|message size|` +
		`connection (?:refused|reset|lost|timed)|too old|delivery time expired|retry timeout|policy|reputation|banned|sender (?:address )?(?:rejected|denied|unknown|verify)|domain of sender|sender domain|after mail from|sender was rejected|pipe to \||procmail|malformed or unexpected name server`)
	// The same, where its status does not say that there is none.
	resting = regexp.MustCompile(`(?i)disabled|inactive|not active`)
	// It was refused only after its recipient had been accepted: a filter spoke.
	afterData = regexp.MustCompile(`(?i)end of \W{0,2}data|reply to (?:end of )?data|our final data|>>>+ (?:data|\.)|DATA command|after data`)
	// There is no such mailbox or host.
	gone = regexp.MustCompile(`(?i)user\W{0,3}(?:is )?(?:unknown|not (?:found|known|exist|listed))|unknown (?:user|recipient|address|local|mailbox|account|or illegal alias)|` +
		`no (?:such|mailbox|account|valid recip)\w*(?:.{0,15}(?:user|person|recipient|address|mailbox|account|here|name|domain|host|local))?|unrouteable|unroutable|` +
		`(?:user|recipient|address|mailbox|account|domain|host|email).{0,60}(?:does ?n.t exist|does not exist|not exist|not found|doesn't have|unknown|no longer|not recogni[sz]ed|isn't (?:valid|found)|not listed|cannot be found|couldn't be found|could not be found|wasn't found)|` +
		`invalid (?:recipient|mailbox|address|user|domain)|not (?:a )?(?:known|valid) (?:user|recipient|mailbox|address)|unknown host|host (?:is )?unknown|host.{0,30}not found|` +
		`address (?:error|rejected: (?:undeliverable|unknown)|unknown)|bad destination|does not like recipient|name or service not known|nxdomain|domain name not found|` +
		`null mx|does not accept mail|no mx|name server.{0,60}(?:not found|nxdomain)|has moved|no longer (?:valid|available|in use|here|working|accepts)|mailbox unavailable|unavailable mailbox|` +
		`not our customer|doesn't have a .{0,40}account|recipient name is not recogni|not listed in|no matching|no relation|domain is not reachable|recipient address rejected(?:: access denied|\.?$)|invalid final delivery|no smtp service`)
	hardStatus = regexp.MustCompile(`^5\.(?:1\.(?:0|1|2|3|4|6|10)|4\.4|7\.27)$`)
)

// signs looks for what words say, each thing when it is first asked for and
// once only: one notice serves many recipients.
type signs struct {
	words string
	found map[*regexp.Regexp]bool
}

// maxSigned bounds the words that are searched.
const maxSigned = 8 << 10

func readSigns(words string) *signs {
	words = strings.Join(strings.Fields(words[:min(len(words), maxSigned)]), " ")
	return &signs{words: words, found: map[*regexp.Regexp]bool{}}
}

func (s *signs) say(sign *regexp.Regexp) bool {
	yes, known := s.found[sign]
	if !known {
		yes = sign.MatchString(s.words)
		s.found[sign] = yes
	}
	return yes
}

// tell is whether the words say why mail failed.
func (s *signs) tell() bool {
	for _, sign := range []*regexp.Regexp{passing, resting, gone, foreignPassing, foreignGone} {
		if s.say(sign) {
			return true
		}
	}
	return false
}

// mayPass tells whether words say that a failure may pass, or that its
// mailbox is there.
func mayPass(status string, said *signs) bool {
	return said.say(passing) || said.say(foreignPassing) && !said.say(gone) || !strings.HasPrefix(status, "5.1.1") && said.say(resting)
}

// classify tells hard from soft by what a server said of the recipient; what
// its report says besides counts where that tells nothing. Soft is what is
// in doubt: a member is paused only after days of it.
func classify(status string, said, besides *signs) Class {
	if strings.HasPrefix(status, "4.") {
		return Soft
	}
	for _, s := range []*signs{said, besides} {
		switch {
		case s.say(passing):
			return Soft
		case !strings.HasPrefix(status, "5.1.1") && s.say(resting):
			return Soft
		case s.say(gone), !s.say(foreignPassing) && s.say(foreignGone):
			if !hardStatus.MatchString(status) && (said.say(afterData) || besides.say(afterData)) {
				return Soft
			}
			return Hard
		case s.say(foreignPassing):
			return Soft
		case hardStatus.MatchString(status):
			return Hard
		}
	}
	return Soft
}
