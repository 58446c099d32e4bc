// Package lists is the domain: names and addresses, lists and families,
// members, roles and policies, and the rules over them. Everything here is a
// value or a pure function of values: time, chance and look-ups come as
// arguments. It imports nothing of ours.
package lists
