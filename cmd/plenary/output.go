package main

import "io"

// output is stdout, which remembers that it could not be written: a command
// whose answer nobody got has failed, whatever it did.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}
