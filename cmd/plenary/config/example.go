package config

import _ "embed"

//go:embed example.toml
var example string

// Example is a whole file, each key with what it does.
func Example() string { return example }
