package authenticate

import "plenary/lists"

// Result is how one check ended, in the words of RFC 8601.
type Result string

// The results.
const (
	None      Result = "none" // nothing to check
	Pass      Result = "pass"
	Fail      Result = "fail"
	SoftFail  Result = "softfail"
	Neutral   Result = "neutral"
	Policy    Result = "policy"    // verified, but of a kind not to be relied on
	TempError Result = "temperror" // could not be found out now
	PermError Result = "permerror"
)

// Findings is all that was found out about a message's sender.
type Findings struct {
	From   lists.Address // of the one From field with one mailbox, else ""
	Remote string        // the client's address, "" where none is known
	SPF    SPF
	DKIM   []Signature
	DMARC  DMARC
	ARC    Chain
	Told   *Told // what the server before us found, where it is trusted
}

// SPF is whether the client may send for its envelope's domain.
type SPF struct {
	Result  Result // None also where there is no client address
	Domain  string // that was checked, lower case
	Helo    bool   // by HELO: the reverse-path is empty
	Aligned bool   // with From, as DMARC has it
	Reason  string
}

// Signature is one DKIM signature.
type Signature struct {
	Result  Result
	Domain  string   // d=, lower case
	Signed  []string // the names in h=
	Aligned bool     // with From, as DMARC has it
	Reason  string
}

// DMARC is whether From's domain stands behind the message.
type DMARC struct {
	Result  Result // None where the domain publishes nothing
	Aligned bool   // an aligned check passed, whether or not a policy is published
	Policy  string // what the domain asks for failing mail: none, quarantine, reject; "" none published
	Unasked bool   // that could not be looked up
	Domain  string // whose record that is
	Reason  string
}

// Chain is the state of a message's ARC sets.
type Chain struct {
	Result    Result // None, Pass, Fail or TempError
	Instances int
	Sealer    string // the newest set's domain
	Reason    string
}
