package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"net/mail"
	"os"
	"strings"
	"time"

	"plenary/smtp/deliver/sink"
)

// The programs that the fault driver starts besides plenary itself: each ends
// when its standard input does, so that none outlives a test that panics.

// faultServe is plenary serve.
func faultServe() {
	endWithInput()
	os.Args = []string{"plenary", "serve"}
	main()
}

// faultSink takes all mail at FAULT_SINK_ADDR, and writes a line for each
// recipient to FAULT_SINK_FILE before it answers: what was taken is known even
// when it is killed before its answer has left.
func faultSink() {
	endWithInput()
	latency, err := time.ParseDuration(os.Getenv("FAULT_SINK_LATENCY"))
	if err != nil {
		faultSinkFails(err)
	}
	taken, err := os.OpenFile(os.Getenv("FAULT_SINK_FILE"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		faultSinkFails(err)
	}
	_, err = sink.New(sink.Options{
		Addr: os.Getenv("FAULT_SINK_ADDR"), Latency: latency, Without: strings.Fields(os.Getenv("FAULT_SINK_WITHOUT")),
		Got: func(m sink.Mail) {
			if _, err := taken.WriteString(takenLine(m)); err != nil {
				faultSinkFails(err)
			}
		},
	})
	if err != nil {
		faultSinkFails(err)
	}
	select {}
}

func faultSinkFails(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func endWithInput() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
}

// takenLine names a mail by the Message-ID of a post, or by that which a
// letter answers, with the checksum of its body and its recipients.
func takenLine(m sink.Mail) string {
	head, body, _ := bytes.Cut(m.Data, []byte("\r\n\r\n"))
	key := "?"
	if parsed, err := mail.ReadMessage(bytes.NewReader(append(head, "\r\n\r\n"...))); err == nil {
		if key = parsed.Header.Get("In-Reply-To"); key == "" {
			key = parsed.Header.Get("Message-Id")
		}
	}
	var b strings.Builder
	for _, to := range m.To {
		fmt.Fprintf(&b, "%s %08x %s\n", strings.ReplaceAll(key, " ", "_"), crc32.ChecksumIEEE(body), to)
	}
	return b.String()
}
