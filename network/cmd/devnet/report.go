package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/cmd/devnet/show"
)

// report tells what up does: to people on standard output, with progress on
// standard error; to scripts as JSON lines on standard output.
type report struct {
	json bool
	out  io.Writer
	live *show.Progress

	mu sync.Mutex // one JSON line at a time
}

// event is one line of JSON.
type event struct {
	Event     string          `json:"event"`
	Step      string          `json:"step,omitempty"`
	Detail    string          `json:"detail,omitempty"`
	Done      int             `json:"done,omitempty"`
	Total     int             `json:"total,omitempty"`
	ElapsedMS *int64          `json:"elapsedMs,omitempty"`
	Run       int             `json:"run,omitempty"`
	ReadyMS   int64           `json:"readyMs,omitempty"`
	AllMS     []int64         `json:"allMs,omitempty"`
	Network   *network.Status `json:"network,omitempty"`
}

func newReport(c *cobra.Command, asJSON bool) *report {
	return &report{json: asJSON, out: c.OutOrStdout(), live: show.NewProgress(c.ErrOrStderr())}
}

func (r *report) write(e event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return json.NewEncoder(r.out).Encode(e)
}

func (r *report) progress(e network.Event) {
	if !r.json {
		r.live.Event(e)
		return
	}
	elapsed := e.Elapsed.Milliseconds()
	// A reader that is gone is noticed when the network is ready.
	_ = r.write(event{Event: "progress", Step: e.Step, Detail: e.Detail, Done: e.Done, Total: e.Total, ElapsedMS: &elapsed})
}

func (r *report) endProgress() { r.live.End() }

func (r *report) ready(n *network.Network) error {
	status, err := network.ReadStatus(n.Dir())
	if err != nil {
		return err
	}
	if r.json {
		return r.write(event{Event: "ready", ReadyMS: n.Ready().Milliseconds(), Network: &status})
	}
	_, err = fmt.Fprintf(r.out, "\nThe network is ready, %s after its start.\n\n", seconds(n.Ready()))
	if err != nil {
		return err
	}
	show.Connect(r.out, status)
	_, err = fmt.Fprintf(r.out, "\nCtrl-C stops it. In another terminal:\n\n  devnet status\n  devnet logs manufacturer --follow\n")
	return err
}

func (r *report) stopping() {
	if !r.json {
		_, _ = fmt.Fprintln(r.out, "\nStopping ...")
	}
}

func (r *report) stopped(dir string) error {
	if r.json {
		return r.write(event{Event: "stopped"})
	}
	_, err := fmt.Fprintf(r.out, "Stopped: nothing is running. Logs stay in %s until the next start there.\n", dir)
	return err
}

func (r *report) ran(run int, ready time.Duration) error {
	if r.json {
		return r.write(event{Event: "run", Run: run, ReadyMS: ready.Milliseconds()})
	}
	_, err := fmt.Fprintf(r.out, "run %d: ready after %s\n", run, seconds(ready))
	return err
}

func (r *report) median(times []time.Duration, median time.Duration) error {
	if r.json {
		all := make([]int64, len(times))
		for i, t := range times {
			all[i] = t.Milliseconds()
		}
		return r.write(event{Event: "median", ReadyMS: median.Milliseconds(), AllMS: all})
	}
	_, err := fmt.Fprintf(r.out, "median of %d starts: ready after %s\n", len(times), seconds(median))
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
