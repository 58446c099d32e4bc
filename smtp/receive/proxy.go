package receive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

var proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")

var errProxy = errors.New("malformed PROXY header")

// readProxy reads the header of the PROXY protocol, version 1 or 2 (HAProxy,
// proxy-protocol.txt), and gives the client's address. It is not valid where
// the proxy speaks for itself (LOCAL, UNKNOWN), or for a client that has no
// IP address.
func readProxy(r *bufio.Reader) (netip.Addr, error) {
	head, err := r.Peek(len(proxySignature))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %w", err)
	}
	if bytes.Equal(head, proxySignature) {
		return readProxy2(r)
	}
	if bytes.HasPrefix(head, []byte("PROXY ")) {
		return readProxy1(r)
	}
	return netip.Addr{}, errProxy
}

// readProxy1: PROXY TCP4|TCP6|UNKNOWN source destination port port CRLF, at
// most 107 octets.
func readProxy1(r *bufio.Reader) (netip.Addr, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %w", err)
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	fields := strings.Split(text, " ")
	if !ok || len(line) > 107 || len(fields) < 2 {
		return netip.Addr{}, errProxy
	}
	switch fields[1] {
	case "UNKNOWN":
		return netip.Addr{}, nil
	case "TCP4", "TCP6":
	default:
		return netip.Addr{}, errProxy
	}
	if len(fields) != 6 {
		return netip.Addr{}, errProxy
	}
	a, err := netip.ParseAddr(fields[2])
	if err != nil || a.Zone() != "" || a.Is4() != (fields[1] == "TCP4") {
		return netip.Addr{}, errProxy
	}
	return a.Unmap(), nil
}

// readProxy2: signature, version and command, family, length, addresses,
// then extensions that are skipped.
func readProxy2(r *bufio.Reader) (netip.Addr, error) {
	var fixed [16]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %w", err)
	}
	length := int(binary.BigEndian.Uint16(fixed[14:]))
	if fixed[12]>>4 != 2 || length > 4096 {
		return netip.Addr{}, errProxy
	}
	rest := make([]byte, length)
	if _, err := io.ReadFull(r, rest); err != nil {
		return netip.Addr{}, fmt.Errorf("read the PROXY header: %w", err)
	}
	switch fixed[12] & 0xf {
	case 0: // LOCAL
		return netip.Addr{}, nil
	case 1: // PROXY
	default:
		return netip.Addr{}, errProxy
	}
	switch family := fixed[13] >> 4; {
	case family == 1 && length >= 12:
		return netip.AddrFrom4([4]byte(rest[:4])), nil
	case family == 2 && length >= 36:
		return netip.AddrFrom16([16]byte(rest[:16])).Unmap(), nil
	case family == 0 || family == 3:
		return netip.Addr{}, nil
	}
	return netip.Addr{}, errProxy
}
