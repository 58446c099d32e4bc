// Command plenary runs the mailing lists of a body that meets as a whole and
// works in groups. This package reads the configuration and the command line,
// joins the parts, and prints; the rules are in the packages it joins.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9/logging"

	"plenary/cmd/plenary/config"
	"plenary/lists"
)

// Exit statuses (DESIGN section 1, "Command line").
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// commands is the grammar. Each command is in the file of its name.
type commands struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration to use (or PLENARY_CONFIG); else ./plenary.toml, /etc/plenary/plenary.toml."`

	Demo      demoCmd    `cmd:"" help:"Play a coalition's story on this machine, in one process, and stay to be tried."`
	Serve     serveCmd   `cmd:"" help:"Run the service; SIGTERM drains it, SIGHUP has it read its configuration again."`
	ConfigCmd configCmd  `cmd:"" name:"config" help:"Check the configuration, or print an example of it."`
	List      listCmd    `cmd:"" help:"Create, show and change lists."`
	Member    memberCmd  `cmd:"" help:"Add, show and change members."`
	Queue     queueCmd   `cmd:"" help:"Look after what waits to be sent."`
	Digest    digestCmd  `cmd:"" help:"Ask leaders, preview and send a main list's digest."`
	Board     boardCmd   `cmd:"" help:"Show what each group of a main list does now."`
	Annual    annualCmd  `cmd:"" help:"Write a main list's report of a year: groups, activities, outputs, participation, next steps."`
	Doctor    doctorCmd  `cmd:"" help:"Look at Redis, DNS, TLS, clock and disk, and say how to mend each."`
	Archive   archiveCmd `cmd:"" help:"Take a list's archive out of Plenary, or into it."`
	Keys      keysCmd    `cmd:"" help:"Make the keys that outgoing mail is signed with."`
	Bench     benchCmd   `cmd:"" help:"Measure: how fast mail is taken in, and how fast a post goes out."`
}

func main() {
	logging.Disable() // go-redis would write on stderr by itself
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and gives its exit status.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	told := &output{to: out}
	parser := kong.Must(&c,
		kong.Name("plenary"),
		kong.Description("The mailing lists of a body that meets as a whole and works in groups."),
		kong.Writers(told, errs),
		markedValues(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{
			"posts": "family,members,anyone,moderated,announce", "joins": "open,approved,invited",
			"archives": "public,members,none", "deliveries": "each,daily,weekly,none", "roles": "member,leader,deputy,admin",
		},
	)
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	// The parser would put U+FFFD in place of what is no UTF-8, and an address
	// would be another one.
	if i := slices.IndexFunc(args, func(a string) bool { return !utf8.ValidString(a) }); i >= 0 {
		return report(errs, misused("%q is not UTF-8: write it so, or set the terminal to UTF-8", args[i]))
	}
	line, err := parser.Parse(markValues(configFirst(args)))
	switch {
	case told.err != nil: // help that nobody got
		err = told.err
	case err == nil:
		a := &app{ctx: ctx, in: in, out: told, errs: errs, now: time.Now, file: strings.TrimPrefix(c.Config, "="), environ: os.Environ()}
		if err = line.Run(a); err == nil {
			err = told.err
		}
		a.close()
	default:
		err = misused("%s (%s --help shows how)", plainly(err), begun(err))
	}
	return report(errs, err)
}

// begun is the command that a wrong line began with, as far as it was read.
func begun(err error) string {
	var wrong *kong.ParseError
	words := "plenary"
	if !errors.As(err, &wrong) || wrong.Context == nil {
		return words
	}
	for _, step := range wrong.Context.Path {
		if step.Command != nil {
			words += " " + step.Command.Name
		}
	}
	return words
}

// usageError is a command line that can't be carried out as written.
type usageError struct{ text string }

func (u *usageError) Error() string { return u.text }

func misused(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// errSaid is a failure whose words are on stderr already.
var errSaid = errors.New("failed")

// report writes what went wrong for people, and gives the exit status.
func report(errs io.Writer, err error) int {
	var (
		usage   *usageError
		faults  config.Faults
		refusal *lists.Refusal
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(errs, "plenary:", usage.text)
		return exitUsage
	case errors.Is(err, errSaid):
	case errors.As(err, &faults):
		fmt.Fprintln(errs, faults)
	case errors.As(err, &refusal):
		fmt.Fprintln(errs, "plenary:", refusal.Text)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(errs, "plenary: stopped before it was done")
	default:
		fmt.Fprintln(errs, "plenary:", strings.TrimSpace(err.Error()))
		if text := err.Error(); strings.Contains(text, "EXECABORT") || strings.Contains(text, "OOM command") {
			fmt.Fprintln(errs, "Redis takes no writes: its memory is full (maxmemory in redis.conf), or its disk is.")
		}
	}
	return exitFailed
}
