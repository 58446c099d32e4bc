package lists

// RoleAddress writes the address LIST-role[+TOKEN]@domain. Where its local
// part would pass 64 octets (RFC 5321 4.5.3.1.1) it is plenary-role+TOKEN:
// the token alone tells the list.
func RoleAddress(l List, role, token, domain string) Address {
	local := l.Name + "-" + role
	if token != "" {
		local += "+" + token
	}
	if len(local) > 64 {
		local = SiteName + "-" + role + "+" + token
	}
	return Address(local + "@" + domain)
}
