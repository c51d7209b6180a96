package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/configblocks"
	"github.com/countersign-ledger/countersign/client/internal/plain"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

const defaultTimeout = 30 * time.Second

func (s streams) rootsFollowCommand() *cobra.Command {
	var flags connecting
	var file string
	c := &cobra.Command{
		Use:   "follow --roots FILE (BLOCK... | [--profile PROFILE] [--msp DIR])",
		Short: "Follow a channel's configuration from the one that was pinned",
		Long: `Follow takes the configurations that came after the last one in a trust file, from a
peer, or from configuration blocks in files, in order. Nobody needs to trust who shows
them: each must be signed as the configuration before it asks for. It writes the trust
file anew, in one step, with those that verify.

An older configuration than the one that was followed is refused, and so is another of
the same number. That a later one is kept back cannot be seen: ask several peers.

Exit codes: 0 followed, or nothing to follow, 1 something shown does not verify (what
verified before it is kept), 2 wrong usage, 3 the peer could not be asked.`,
		Example: `  countersign roots follow --roots trust.json --profile connection.yaml --msp users/auditor/msp
  countersign roots follow --roots trust.json config12.block config19.block`,
		RunE: func(c *cobra.Command, args []string) error {
			if flags.profile != "" && len(args) > 0 {
				return errors.New("give either blocks, or --profile to ask a peer")
			}
			trust, err := s.readTrust(file)
			if err != nil {
				return err
			}
			blocks, err := s.blocksToFollow(c.Context(), trust, args, flags)
			if err != nil {
				return err
			}
			return s.follow(file, trust, blocks)
		},
	}
	c.Flags().StringVar(&file, "roots", "", "the trust file, as 'countersign roots pin' wrote it (required)")
	flags.addPeer(c)
	return required(c, "roots")
}

func (s streams) readTrust(file string) (*verify.Trust, error) {
	text, err := s.read(file)
	if err != nil {
		return nil, err
	}
	if !verify.IsTrust(text) {
		return nil, fmt.Errorf("%s is no trust file: 'countersign roots pin' makes one", file)
	}
	return verify.DecodeTrust(text)
}

func (s streams) blocksToFollow(ctx context.Context, trust *verify.Trust, files []string, flags connecting) (blocks [][]byte, err error) {
	if len(files) > 0 {
		for _, name := range files {
			text, err := s.read(name)
			if err != nil {
				return nil, err
			}
			blocks = append(blocks, text)
		}
		return blocks, nil
	}
	now := trust.Newest()
	err = flags.ask(ctx, now.Channel(), trust.Terms().Chaincode, func(ctx context.Context, peer *client.Client) error {
		blocks, err = configblocks.Since(ctx, peer, now.Channel(), now.Sequence())
		return err
	})
	return blocks, err
}

// follow takes blocks one after another, and keeps what verifies.
func (s streams) follow(file string, trust *verify.Trust, blocks [][]byte) error {
	began := trust.Newest().Sequence()
	var refused error
	for _, block := range blocks {
		err := trust.Follow(block)
		if err == nil {
			fmt.Fprintln(s.out, describeConfiguration(trust.Newest()))
			continue
		}
		if !errors.Is(err, channelconfig.ErrKnown) {
			refused = err
			break
		}
	}
	if trust.Newest().Sequence() != began {
		text, err := trust.Encode()
		if err != nil {
			return err
		}
		if err := replace(file, text); err != nil {
			return err
		}
	}
	if refused != nil {
		fmt.Fprintln(s.err, "countersign: NOT FOLLOWED:", plain.Text(refused.Error()))
		return errBad
	}
	fmt.Fprintf(s.out, "the newest is configuration %d of channel %s\n", trust.Newest().Sequence(), trust.Newest().Channel())
	return s.warn(trust)
}

// warn says what in the terms no longer fits the channel.
func (s streams) warn(trust *verify.Trust) error {
	roots, err := trust.Roots()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, o := range roots.Organisations {
		known[o.MSP] = true
	}
	for _, name := range roots.Policy.Of {
		if !known[name] {
			fmt.Fprintf(s.err, "countersign: the default policy, %s, names %s, which this configuration does not have: nothing verifies under it; decide on another with --policy\n", roots.Policy, name)
		}
	}
	return nil
}
