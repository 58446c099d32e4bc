package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the web servers in front, whose word for who
// their visitors are is taken; none: this machine and private networks.
type Proxies []netip.Prefix

// speaks tells whether a peer is such a web server.
func (p Proxies) speaks(peer netip.Addr) bool {
	peer = peer.Unmap().WithZone("")
	if len(p) == 0 {
		return peer.IsLoopback() || peer.IsPrivate()
	}
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(peer) })
}

// remote is the visitor's IP address, for rate limits. Behind a web server it
// is what that wrote last into X-Forwarded-For, and where that is one of those
// named, what came before it; anybody else's word for it is not taken.
func (p Proxies) remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !p.speaks(peer) {
		return host
	}
	said := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for said != "" {
		at := strings.LastIndexByte(said, ',')
		a, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(said[at+1:]), "[]"))
		if err != nil {
			return host
		}
		host, said = a.String(), said[:max(at, 0)]
		if len(p) == 0 || !p.speaks(a) {
			return host
		}
	}
	return host
}
