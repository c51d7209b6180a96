package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/network/cmd/devnet/demo"
)

// errReported ends the program with an error that the command has shown.
var errReported = errors.New("already reported")

// shared are the flags that several commands take.
type shared struct {
	json bool
	dir  string
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "devnet",
		Short: "Run a real Hyperledger Fabric network on this machine",
		Long: `devnet runs a real Hyperledger Fabric network on this machine: a manufacturer,
a carrier and a retailer that trade, and a regulator that only reads, with the
Countersign chaincode ready to use. It needs Go and nothing else: the first start
builds Fabric (about a minute), later starts take seconds. Nothing is left
running when it ends, however it ends.

Begin with

  devnet demo

which follows a consignment through such a network and ends, or with

  devnet up

which keeps one running; in another terminal ask "devnet status" and "devnet logs".`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	s := &shared{}
	for _, c := range []*cobra.Command{newUp(s), newStatus(s), newLogs(s), newPackage(s), newChannelUpdate(s)} {
		c.Flags().BoolVar(&s.json, "json", false, "write JSON for scripts instead of text for people")
		root.AddCommand(c)
	}
	root.AddCommand(demo.Command())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}

// addDir gives a command the flag --dir.
func (s *shared) addDir(c *cobra.Command) {
	c.Flags().StringVar(&s.dir, "dir", "", "directory of the network's keys, ledgers and logs; name different ones to run several (default "+defaultDirText+")")
}

const defaultDirText = "countersign/devnet in your cache directory"

// directory is --dir or its default, one for each user, so that status and logs
// find what up started.
func (s *shared) directory() (string, error) {
	if s.dir != "" {
		return filepath.Abs(s.dir)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", errors.New("there is no cache directory for the network's files: name a directory with --dir")
	}
	return filepath.Join(cache, "countersign", "devnet"), nil
}

// writeJSON writes one value on one line.
func writeJSON(c *cobra.Command, value any) error {
	return json.NewEncoder(c.OutOrStdout()).Encode(value)
}
