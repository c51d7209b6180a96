package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/network"
	"github.com/countersign-ledger/countersign/network/binaries"
)

// stopLimit is how long nodes may take to end before they are killed.
const stopLimit = 15 * time.Second

type up struct {
	*shared
	fabricBin    string
	chaincodeBin string
	preset       string
	mutualTLS    bool
	runs         int
}

func newUp(s *shared) *cobra.Command {
	u := &up{shared: s}
	c := &cobra.Command{
		Use:   "up",
		Short: "Start a network and keep it until Ctrl-C",
		Long: `up starts the network, tells how to connect, and keeps it running until Ctrl-C or
SIGTERM. It is ready when every trading organisation has endorsed a transaction
and that transaction is committed.

Each start begins with new keys and empty ledgers. Keys, connection profiles and
logs lie in the directory of --dir, also after the network has stopped, until the
next start there.

--preset says what the network is made of: "default" is three organisations that
trade and a regulator that reads, one peer each, and one orderer; "raft3" has three
orderers, of which any one may fail; "resilient" has two peers besides for each
organisation that trades.

With --mutual-tls, peers and orderers ask a TLS certificate of whoever connects. Each
organisation gets one for its programs, and its connection profile names it.

Fabric is taken from --fabric-bin, else from the directory named by the variable
` + binaries.DirVariable + `, else built once into your cache directory.

With --json each line of output is one JSON object with a field "event":
"progress", "ready" (with the field "network", as "devnet status --json" gives
it), "stopped", and with --runs "run" and "median".`,
		Example: `  devnet up                          start, and stop with Ctrl-C
  devnet up --dir /tmp/second        a second network beside the first
  devnet up --preset raft3           three orderers
  devnet up --mutual-tls             as networks in production often are
  devnet up --fabric-bin ~/fabric/bin   with binaries of a Fabric release
  devnet up --runs 5                 how long do five starts take, and their median?`,
		Args: cobra.NoArgs,
		RunE: u.run,
	}
	s.addDir(c)
	c.Flags().StringVar(&u.fabricBin, "fabric-bin", "", "directory with Fabric's peer and orderer, v3.1.1 or a later v3.1.x")
	c.Flags().StringVar(&u.chaincodeBin, "chaincode-bin", "", "run this chaincode server instead of Countersign's")
	c.Flags().StringVar(&u.preset, "preset", "default", "what to start: "+strings.Join(network.PresetNames(), ", "))
	c.Flags().BoolVar(&u.mutualTLS, "mutual-tls", false, "ask a TLS certificate of whoever connects to peers and orderers")
	c.Flags().IntVar(&u.runs, "runs", 0, "start and stop so many times, print each time to ready and the median, and end")
	return c
}

func (u *up) run(c *cobra.Command, _ []string) error {
	if u.runs < 0 {
		return fmt.Errorf("--runs %d: must be positive", u.runs)
	}
	dir, err := u.directory()
	if err != nil {
		return err
	}
	report := newReport(c, u.json)
	if u.runs > 0 {
		return u.measure(c.Context(), dir, report)
	}
	n, err := u.start(c.Context(), dir, report)
	if err != nil {
		return err
	}
	return hold(c.Context(), n, report)
}

func (u *up) start(ctx context.Context, dir string, report *report) (*network.Network, error) {
	options := []network.Option{network.WithDir(dir), network.WithProgress(report.progress)}
	if u.fabricBin != "" {
		options = append(options, network.WithBinaries(u.fabricBin))
	}
	if u.chaincodeBin != "" {
		options = append(options, network.WithChaincodeBinary(u.chaincodeBin))
	}
	topology, err := network.Preset(u.preset)
	if err != nil {
		return nil, err
	}
	topology.MutualTLS = u.mutualTLS
	n, err := network.Start(ctx, topology, options...)
	report.endProgress()
	return n, err
}

// hold keeps a network until the user ends it, or a node dies.
func hold(ctx context.Context, n *network.Network, report *report) error {
	err := report.ready(n)
	if err == nil {
		select {
		case <-ctx.Done():
		case <-n.Done():
			err = n.Err()
		}
	}
	return errors.Join(err, halt(n, report))
}

func halt(n *network.Network, report *report) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	report.stopping()
	return errors.Join(n.Stop(ctx), report.stopped(n.Dir()))
}
