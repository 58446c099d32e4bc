package main

import (
	"fmt"
	"slices"

	"plenary/cmd/plenary/config"
)

type configCmd struct {
	Check   configCheckCmd   `cmd:"" help:"Look at every value; name each fault by file, line and key."`
	Example configExampleCmd `cmd:"" help:"Print a configuration with every key and what it does."`
}

type configCheckCmd struct{}

func (configCheckCmd) Run(a *app) error {
	cfg, faults := a.load()
	if len(faults) == 0 || faults[0].Key != "" {
		faults = slices.Concat(faults, cfg.CheckFiles(), cfg.Advice())
	}
	for _, f := range faults {
		fmt.Fprintln(a.errs, f)
	}
	switch n := len(faults.Fatal()); n {
	case 0:
		a.say("%s is fit for use.", orWord(cfg.File(), "The environment"))
		return nil
	case 1:
		a.warn("1 fault.")
	default:
		a.warn("%d faults.", n)
	}
	return errSaid
}

type configExampleCmd struct{}

func (configExampleCmd) Run(a *app) error {
	_, err := fmt.Fprint(a.out, config.Example())
	return err
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
