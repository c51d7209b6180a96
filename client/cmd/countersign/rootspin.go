package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/configblocks"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/client/verify/channelconfig"
)

func (s streams) rootsPinCommand() *cobra.Command {
	var flags connecting
	var terms verify.Terms
	var channel, block, hash, policy string
	c := &cobra.Command{
		Use:   "pin (--block FILE | --channel NAME [--profile PROFILE] [--msp DIR])",
		Short: "Pin a channel's configuration, to be followed from then on",
		Long: `Pin writes, to standard output, a trust file that begins with one configuration
block: the channel's first, or one that 'peer channel fetch config' wrote, or, with
--channel, the one in force at a peer of your own organisation. The roots are the
organisations of that configuration; 'countersign roots follow' keeps them up to date.

Everything rests on this block. Give --hash, which you got from others on another way;
or compare the hash that pin prints with theirs ('countersign roots show').

Exit codes: 0 pinned, 1 another block than --hash names, 2 wrong usage or no
configuration block, 3 the peer could not be asked.`,
		Example: `  countersign roots pin --block supplychain.block --hash 5f0c... \
      --policy '2 of ManufacturerMSP,CarrierMSP,RetailerMSP' > trust.json
  countersign roots pin --channel supplychain --profile connection.yaml \
      --msp users/auditor/msp > trust.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if (block == "") == (channel == "") {
				return errors.New("give either --block, or --channel, to ask a peer")
			}
			if policy != "" {
				if terms.Policy, err = verify.ParsePolicy(policy); err != nil {
					return err
				}
			}
			text, err := s.configurationBlock(c.Context(), block, channel, terms.Chaincode, flags)
			if err != nil {
				return err
			}
			return s.pin(text, hash, terms)
		},
	}
	c.Flags().StringVar(&block, "block", "", "a configuration block")
	c.Flags().StringVar(&hash, "hash", "", "the block's hash, SHA-256 in hex")
	c.Flags().StringVar(&channel, "channel", "", "the channel's name, to ask a peer")
	c.Flags().StringVar(&terms.Chaincode, "chaincode", "countersign", "the chaincode's name")
	c.Flags().StringArrayVar(&terms.Versions, "version", nil, "a version of the chaincode that is accepted; any when there is none")
	c.Flags().StringVar(&policy, "policy", "", "the default policy, such as '2 of AMSP,BMSP,CMSP'")
	flags.addPeer(c)
	return c
}

// addPeer adds the flags that say how to reach a peer.
func (f *connecting) addPeer(c *cobra.Command) {
	c.Flags().StringVar(&f.profile, "profile", "", "a saved profile, or your organisation's connection profile, to ask its peer; by default the default profile")
	c.Flags().StringVar(&f.msp, "msp", "", "the MSP folder of a user of your organisation; by default the saved profile's")
	c.Flags().DurationVar(&f.timeout, "timeout", defaultTimeout, "how long the peer may take")
}

func (s streams) configurationBlock(ctx context.Context, file, channel, chaincode string, flags connecting) (text []byte, err error) {
	if file != "" {
		return s.read(file)
	}
	err = flags.ask(ctx, channel, chaincode, func(ctx context.Context, peer *client.Client) error {
		text, err = configblocks.Newest(ctx, peer, channel)
		return err
	})
	return text, err
}

// ask asks a peer. That files cannot be read is wrong usage; that the peer cannot be
// asked is not.
func (f connecting) ask(ctx context.Context, channel, chaincode string, do func(context.Context, *client.Client) error) error {
	if f.timeout <= 0 {
		return fmt.Errorf("--timeout %s: must be positive", f.timeout)
	}
	found, err := profile(f.profile)
	if err != nil {
		return err
	}
	set(&found.MSP, f.msp)
	if found.MSP == "" {
		return errors.New("say as whom: --msp with the MSP folder of a user")
	}
	for _, path := range []string{found.Connection, found.MSP} {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	peer, err := client.Connect(ctx, client.WithProfile(found.Connection), client.WithMSP(found.MSP),
		client.WithChannel(channel), client.WithChaincode(chaincode))
	if err != nil {
		return ofLedger(err)
	}
	if err := errors.Join(do(ctx, peer), peer.Close()); err != nil {
		return unread(fmt.Errorf("the configuration could not be read: %w", err))
	}
	return nil
}

// pin writes the trust file, and says on standard error what was pinned.
func (s streams) pin(block []byte, hash string, terms verify.Terms) error {
	if hash != "" {
		var want [sha256.Size]byte
		if n, err := hex.Decode(want[:], []byte(hash)); err != nil || n != len(want) || len(hash) != 2*len(want) {
			return fmt.Errorf("--hash takes %d hexadecimal digits", 2*len(want))
		}
		if _, err := channelconfig.PinByHash(block, want); errors.Is(err, channelconfig.ErrHash) {
			fmt.Fprintln(s.err, "countersign:", err)
			return errBad
		}
	}
	trust, err := verify.Pin(block, terms)
	if err != nil {
		return err
	}
	if _, err := trust.Roots(); err != nil {
		return err
	}
	text, err := trust.Encode()
	if err != nil {
		return err
	}
	if _, err := s.out.Write(text); err != nil {
		return err
	}
	described, err := describeTrust(trust)
	if err != nil {
		return err
	}
	fmt.Fprint(s.err, described)
	return nil
}
