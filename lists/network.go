package lists

import "net/netip"

// Network is the part of an IP address that one visitor can't easily change,
// by which visitors are counted: an IPv4 address, an IPv6 /64. What is no IP
// address is "unknown".
func Network(remote string) string {
	ip, err := netip.ParseAddr(remote)
	if err != nil {
		return "unknown"
	}
	ip = ip.Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}
