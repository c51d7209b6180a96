package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/client"
)

// kindNames are the kinds of items that can be followed, for help and completion.
var kindNames = []string{
	string(client.KindEvent), string(client.KindBreach), string(client.KindAffected),
	string(client.KindDiscrepancy), string(client.KindRecall), string(client.KindDisclosure),
}

// following is the flags of 'countersign follow'.
type following struct {
	onLedger

	kinds      []string
	about, by  []string
	from       uint64
	fromNow    bool
	untilNow   bool
	checkpoint string
}

// followedItem is an item as it is printed.
type followedItem struct {
	Kind        client.Kind `json:"kind"`
	Block       uint64      `json:"block"`
	Index       uint64      `json:"index"`
	Write       uint64      `json:"write"`
	Transaction string      `json:"transaction"`
	Time        time.Time   `json:"time"`
	Record      any         `json:"record"`
}

func (s streams) followCommand() *cobra.Command {
	f := &following{onLedger: onLedger{streams: s}}
	c := &cobra.Command{
		Use:   "follow",
		Short: "Print what happens on the ledger, in its order, as it happens",
		Long: `Follow prints events, breaches, discrepancies, recalls and disclosures as valid
transactions record them, from the ledger's beginning, a block, or now on. It outlives
the death of a gateway, and goes on at another exactly where it was.

With --checkpoint FILE it goes on where it ended the last time, also after a crash:
each item is printed at least once, the last one before a crash perhaps twice (block,
index and write tell). It ends when it is interrupted, or with --until-now when all
that is there has been printed.

Exit codes: 0 ended, or interrupted, 2 wrong usage, 3 the stream cannot go on.`,
		Example: `  countersign follow --kind breach,recall --json --checkpoint alarms.checkpoint
  countersign follow --until-now --about urn:epc:id:sgtin:0614141.107346.2017`,
		Args: cobra.NoArgs,
	}
	f.add(c, f.follow)
	f.timeout = 0
	c.Flags().Lookup("timeout").DefValue = "0s"
	flags := c.Flags()
	flags.StringSliceVar(&f.kinds, "kind", nil, fmt.Sprintf("only these kinds: %q", kindNames))
	flags.StringSliceVar(&f.about, "about", nil, "only what is about these things, in any GS1 form; a class has its lots and serials")
	flags.StringSliceVar(&f.by, "by", nil, "only what has to do with these organisations, MSP ids")
	flags.Uint64Var(&f.from, "from", 0, "the block to begin at, when there is no checkpoint")
	flags.BoolVar(&f.fromNow, "from-now", false, "leave out what is there already, when there is no checkpoint")
	flags.BoolVar(&f.untilNow, "until-now", false, "end behind what is there")
	flags.StringVar(&f.checkpoint, "checkpoint", "", "the file that keeps the place")
	c.MarkFlagsMutuallyExclusive("from", "from-now")
	if err := c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kindNames, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		c.RunE = func(*cobra.Command, []string) error { return err }
	}
	return c
}

func (f *following) stream(c *client.Client) *client.Stream[any] {
	options := []client.FollowOption{client.FromBlock(f.from), client.About(f.about...), client.By(f.by...)}
	if f.fromNow {
		options = append(options, client.FromNow())
	}
	if f.untilNow {
		options = append(options, client.UntilNow())
	}
	if len(f.kinds) > 0 {
		wanted := make([]client.Kind, len(f.kinds))
		for i, name := range f.kinds {
			wanted[i] = client.Kind(name)
		}
		options = append(options, client.Kinds(wanted...))
	}
	return c.Follow(options...)
}

func (f *following) follow(ctx context.Context, c *client.Client, _ []string) error {
	show := func(_ context.Context, item client.Item) error {
		return f.item(f.out, followedItem{item.Kind, item.Block, item.Index, item.Write, item.Transaction, item.Time, item.Record})
	}
	err := f.through(ctx, f.stream(c), show)
	if ctx.Err() != nil { // it was interrupted, or its time is over
		return nil
	}
	return err
}

func (f *following) through(ctx context.Context, stream *client.Stream[any], show func(context.Context, client.Item) error) (err error) {
	if f.checkpoint == "" {
		for item, err := range stream.Items(ctx) {
			if err != nil {
				return err
			}
			if err := show(ctx, item); err != nil {
				return err
			}
		}
		return nil
	}
	file, err := client.OpenCheckpointFile(f.checkpoint)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return client.Process(ctx, stream, file, show)
}
