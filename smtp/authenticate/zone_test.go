package authenticate

import (
	"context"
	"net"
	"strings"
)

// zone is a Resolver that knows these TXT records, and no other; one of none
// is a name that can't be looked up.
type zone map[string][]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	texts, ok := z[strings.ToLower(strings.TrimSuffix(name, "."))]
	switch {
	case !ok:
		return nil, notFound(name)
	case len(texts) == 0:
		return nil, failing(name, "it is down")
	}
	return texts, nil
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) { return nil, notFound(name) }

func (z zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	if _, ok := z["exists:"+name]; ok {
		return []net.IPAddr{{IP: net.IPv4(192, 0, 2, 1)}}, nil
	}
	return nil, notFound(name)
}

func (z zone) LookupAddr(_ context.Context, addr string) ([]string, error) {
	return nil, notFound(addr)
}
