package deliver

import "plenary/smtp"

func withoutAddresses(s string) string { return smtp.WithoutAddresses(s) }
