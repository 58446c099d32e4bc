// Package authenticate tells what may be believed of a message's sender: SPF
// (RFC 7208), DKIM (RFC 6376, 8301, 8463), DMARC (RFC 9989: tree walk, and the
// public suffix list where that finds nothing), and the ARC chain of those
// who handled it (RFC 8617). Findings are a value with its reasons; Verdict
// draws from it what the rest of the program goes by, Results the field that
// tells others (RFC 8601).
//
// A failure of DNS is never taken for a failure of the sender: whoever could
// not be looked up is not believed, and not refused.
package authenticate
