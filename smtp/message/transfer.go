package message

import "bytes"

// decodeTransfer undoes a content transfer encoding, up to max octets of
// output. Broken input gives what can be read of it; an unknown encoding is
// taken for none.
func decodeTransfer(encoding string, body []byte, max int) []byte {
	switch encoding {
	case "base64":
		return decodeBase64(body, max)
	case "quoted-printable":
		return decodeQuoted(body, max)
	}
	return body[:min(len(body), max)]
}

// decodeBase64 skips everything that is no base64 (RFC 2045 6.8 asks for it),
// and starts anew after padding: some senders join two encoded texts.
func decodeBase64(body []byte, max int) []byte {
	out := make([]byte, 0, min(len(body)/4*3+3, max))
	var bits uint32
	held := 0
	for _, c := range body {
		if len(out) >= max {
			return out[:max]
		}
		if c == '=' {
			bits, held = 0, 0
			continue
		}
		v := base64Value(c)
		if v < 0 {
			continue
		}
		bits, held = bits<<6|uint32(v), held+6
		if held >= 8 {
			held -= 8
			out = append(out, byte(bits>>held))
		}
	}
	return out
}

func base64Value(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// decodeQuoted undoes quoted-printable line by line; an = that begins no
// escape stays.
func decodeQuoted(body []byte, max int) []byte {
	out := make([]byte, 0, min(len(body), max))
	for len(body) > 0 && len(out) < max {
		line, rest, ended := bytes.Cut(body, []byte("\n"))
		body = rest
		text := bytes.TrimRight(line, " \t\r")
		soft := len(text) > 0 && text[len(text)-1] == '='
		if soft {
			text = text[:len(text)-1]
		}
		out = appendUnquoted(out, text)
		if ended && !soft {
			out = append(out, '\n')
		}
	}
	return out[:min(len(out), max)]
}

func appendUnquoted(out, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && i+2 < len(text) {
			hi, lo := hexValue(text[i+1]), hexValue(text[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
