package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"plenary/lists"
	"plenary/lists/archive"
)

type archiveCmd struct {
	Export archiveExportCmd `cmd:"" help:"Write a list's archive as an mbox."`
	Import archiveImportCmd `cmd:"" help:"Take the messages of an mbox into a list's archive; nobody is sent them."`
}

type archiveExportCmd struct {
	List string `arg:"" help:"Name or short name."`
	File string `arg:"" optional:"" help:"Where to; without it, or with -, stdout."`
}

func (c archiveExportCmd) Run(a *app) error {
	s, l, err := a.partsFor(c.List)
	if err != nil {
		return err
	}
	out := a.out
	if c.File != "" && c.File != "-" {
		f, err := os.Create(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	w := bufio.NewWriter(out)
	n, err := s.archive.Export(a.ctx, l, w, a.progress())
	if err == nil {
		err = w.Flush()
	}
	if f, ok := out.(*os.File); ok && err == nil && out != a.out {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("after %s of %s: %w", count(n, "post"), l.Name, err)
	}
	a.warn("%s of %s written.", count(n, "post"), l.Name)
	return nil
}

type archiveImportCmd struct {
	List string `arg:"" help:"Name or short name."`
	File string `arg:"" optional:"" help:"An mbox; without it, or with -, stdin."`
}

func (c archiveImportCmd) Run(a *app) error {
	s, l, err := a.partsFor(c.List)
	if err != nil {
		return err
	}
	in, name := a.in, "stdin"
	if c.File != "" && c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in, name = f, c.File
	}
	r, err := s.archive.Import(a.ctx, l, io.Reader(in), a.progress(), func(p archive.Imported) error { return s.countImported(a.ctx, l, p) })
	if err != nil {
		return fmt.Errorf("%s: after %s: %w", name, count(r.Added, "new post"), err)
	}
	return c.said(a, l.Name, name, r)
}

// countedBack is how far back boards and digests count posts: their twelve
// weeks, and some days.
const countedBack = 90 * 24 * time.Hour

// countImported adds an imported post of the last weeks to its list's figures,
// which boards and digests show beside the threads of the archive.
func (s *service) countImported(ctx context.Context, l lists.List, p archive.Imported) error {
	if now := s.now(); p.At.After(now) || p.At.Before(now.Add(-countedBack)) {
		return nil
	}
	author := lists.Number(0)
	if p.Author != "" {
		author = lists.Stranger(p.Author)
		who, err := s.store.Person(ctx, l.Family, p.Author)
		if err == nil {
			author = who.Number
		} else if !errors.Is(err, lists.ErrNotFound) {
			return err
		}
	}
	return s.store.CountPost(ctx, l.ID, author, p.At, p.Identity)
}

// said tells what came of the mbox. It is a failure when nothing of it could
// be kept.
func (c archiveImportCmd) said(a *app, list, file string, r archive.ImportReport) error {
	for _, b := range r.Bad {
		a.warn("%s:%d: message %d left out: %s", file, b.Line, b.Number, b.Why)
	}
	if more := r.Left - len(r.Bad); more > 0 {
		a.warn("%s: %d more left out", file, more)
	}
	a.say("%s added to the archive of %s; %d were there already; %d left out.", count(r.Added, "post"), list, r.Known, r.Left)
	if r.Left > 0 && r.Added+r.Known == 0 {
		return errSaid
	}
	return nil
}

// progress shows on a terminal how many are done.
func (a *app) progress() func(int) {
	if !a.terminal() {
		return nil
	}
	return func(done int) {
		if done%100 == 0 {
			fmt.Fprintf(a.errs, "\r%d", done)
		}
	}
}
