package main

import (
	"fmt"
	"time"
)

type benchCmd struct {
	Accept benchAcceptCmd `cmd:"" help:"How many messages a second a server takes in, beside go-smtp with one XADD each."`
	Fanout benchFanoutCmd `cmd:"" help:"How fast one post reaches its members, beside a bare pipelined sender."`
	Bare   benchBareCmd   `cmd:"" hidden:"" help:"The sender that bench fanout compares with."`
	Xadd   benchXaddCmd   `cmd:"" hidden:"" help:"The server that bench accept compares with."`
}

// benchDomain is the domain of the servers that bench starts.
const benchDomain = "lists.bench.example"

// benchBase are the flags of both benchmarks.
type benchBase struct {
	Server string `placeholder:"HOST:PORT" help:"A running server to measure instead of one of its own."`
	Redis  string `placeholder:"HOST:PORT" help:"An empty Redis to use, else one is started; with --server: that server's, only read, for its figures."`
	PID    int    `name:"pid" placeholder:"N" help:"With --server: its process, where it runs on this machine, for its figures."`
	Fsyncs bool   `help:"Count the fsyncs of server and Redis by strace, which slows them a little."`
	JSON   bool   `name:"json" help:"Figures as JSON."`
}

func (c benchBase) check() error {
	if c.Server == "" && c.PID != 0 {
		return misused("bench: --pid goes with --server")
	}
	if c.Server != "" && c.Fsyncs {
		return misused("bench: --fsyncs counts only in servers that bench starts itself")
	}
	return nil
}

// cost is what one message, or one recipient, took of server and Redis. What
// could not be found out is absent.
type cost struct {
	ServerCPU   float64  `json:"server_cpu_us,omitempty"`
	RedisCPU    float64  `json:"redis_cpu_us,omitempty"`
	Commands    float64  `json:"redis_commands,omitempty"`
	Reads       float64  `json:"redis_reads,omitempty"` // of its connections: what is pipelined or merged is one
	RedisSyncs  *float64 `json:"redis_fsyncs,omitempty"`
	ServerSyncs *float64 `json:"server_fsyncs,omitempty"`
}

// line says the cost for people.
func (c cost) line(of string) string {
	s := of
	if c.ServerCPU > 0 {
		s += fmt.Sprintf(" %.0f µs of CPU in the server,", c.ServerCPU)
	}
	if c.RedisCPU > 0 {
		s += fmt.Sprintf(" %.0f µs and %.2g commands in %.2g reads at Redis,", c.RedisCPU, c.Commands, c.Reads)
	}
	if c.RedisSyncs != nil {
		s += fmt.Sprintf(" %.2g fsyncs of Redis and %.2g of the server (by strace),", *c.RedisSyncs, *c.ServerSyncs)
	}
	return s[:len(s)-1]
}

// known tells whether anything was found out.
func (c cost) known() bool { return c.ServerCPU > 0 || c.RedisCPU > 0 }

// seconds of a duration, never 0: rates are divided by it.
func seconds(d time.Duration) float64 { return max(d.Seconds(), 1e-9) }
