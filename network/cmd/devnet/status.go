package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/cmd/devnet/show"
)

// statusPoll is how often status --wait looks.
const statusPoll = 100 * time.Millisecond

func newStatus(s *shared) *cobra.Command {
	var wait time.Duration
	c := &cobra.Command{
		Use:   "status",
		Short: "Tell what runs, and where",
		Long: `status tells which nodes of a network run, at which addresses, and where their logs
are. It ends with exit code 0 if the network is ready with all its nodes running,
else with 1.

With --wait it waits until the network is ready, or the time is over.`,
		Example: `  devnet status
  devnet status --wait 2m && run-my-tests
  devnet status --json | jq -r '.members[] | select(.name=="carrier").profile'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir, err := s.directory()
			if err != nil {
				return err
			}
			status, err := awaitStatus(c.Context(), dir, wait)
			if err != nil {
				return notStarted(dir, err)
			}
			return showStatus(c, status, s.json)
		},
	}
	s.addDir(c)
	c.Flags().DurationVar(&wait, "wait", 0, "wait so long for the network to be ready, such as 2m")
	return c
}

// notStarted tells what to do where no network was ever started.
func notStarted(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no network was started in %s: start one with \"devnet up\", or name its directory with --dir", dir)
	}
	return err
}

// awaitStatus reads the status until the network is whole or the time is over.
func awaitStatus(ctx context.Context, dir string, wait time.Duration) (network.Status, error) {
	limit := time.NewTimer(wait)
	defer limit.Stop()
	tick := time.NewTicker(statusPoll)
	defer tick.Stop()
	for {
		status, err := network.ReadStatus(dir)
		if err == nil && whole(status) {
			return status, nil
		}
		if wait <= 0 {
			return status, err
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return status, err
		case <-ctx.Done():
			return status, context.Cause(ctx)
		}
	}
}

// whole tells whether a network is all that it should be.
func whole(s network.Status) bool {
	for _, n := range s.Nodes {
		if !n.Running {
			return false
		}
	}
	return s.Running && s.Ready
}

func showStatus(c *cobra.Command, s network.Status, asJSON bool) error {
	if asJSON {
		if err := writeJSON(c, s); err != nil {
			return err
		}
	} else {
		out := c.OutOrStdout()
		_, _ = fmt.Fprintf(out, "%s in %s: %s\n\n", s.Name, s.Dir, verdict(s))
		show.Nodes(out, s)
		if s.Running {
			_, _ = fmt.Fprintln(out)
			show.Connect(out, s)
		}
	}
	if !whole(s) {
		return errReported
	}
	return nil
}

func verdict(s network.Status) string {
	switch {
	case !s.Running:
		return "stopped"
	case !s.Ready:
		return "starting"
	case !whole(s):
		return "running, but not every node"
	default:
		return fmt.Sprintf("ready, %s after its start", seconds(time.Duration(s.ReadyMS)*time.Millisecond))
	}
}
