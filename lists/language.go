package lists

import "regexp"

var languageCode = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)

// ValidLanguage tells whether s has the form of a language's code: en,
// zh-Hant (RFC 5646, as far as letters need it).
func ValidLanguage(s string) bool { return languageCode.MatchString(s) }
