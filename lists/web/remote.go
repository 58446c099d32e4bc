package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// remote is the visitor's IP address, for rate limits. Behind a proxy on this
// machine or in a private network it is what the proxy wrote last into
// X-Forwarded-For; anybody else's word for it is not taken.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !(peer.IsLoopback() || peer.IsPrivate()) {
		return host
	}
	fields := r.Header.Values("X-Forwarded-For")
	if len(fields) == 0 {
		return host
	}
	last := fields[len(fields)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if a, err := netip.ParseAddr(strings.Trim(last, "[]")); err == nil {
		return a.String()
	}
	return host
}
