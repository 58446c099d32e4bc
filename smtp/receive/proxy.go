package receive

import (
	"bufio"
	"fmt"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// readProxy reads the header of the PROXY protocol, version 1 or 2 (HAProxy,
// proxy-protocol.txt), and gives the client's address. It is not valid where
// the proxy speaks for itself (LOCAL, UNKNOWN), or for a client that has no
// IP address.
func readProxy(r *bufio.Reader) (netip.Addr, error) {
	header, err := proxyproto.Read(r)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %w", err)
	}
	if header.Command.IsLocal() {
		return netip.Addr{}, nil
	}
	ip, _, ok := header.IPs()
	if !ok {
		return netip.Addr{}, nil
	}
	a, ok := netip.AddrFromSlice(ip)
	if !ok {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %d octets are no address", len(ip))
	}
	return a.Unmap(), nil
}
