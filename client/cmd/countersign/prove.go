package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
)

func (s streams) proveCommand() *cobra.Command {
	c := group("prove", "Prove one thing of many, and show no other: readings, fields, events, a place in a container",
		s.proveReadingsCommand(), s.proveFieldsCommand(), s.proveEventsCommand(), s.proveContainedCommand())
	c.Long = `Prove has several organisations sign what the ledger says of the whole, and puts
beside it what is to be shown and how it belongs to that. The file verifies offline:
'countersign verify'. Nothing that would not verify is handed out.`
	return c
}

// proving is a command that makes evidence.
func (s streams) proving(c *cobra.Command, prove func(ctx context.Context, c *client.Client, args, by []string) (evidence.Evidence, error)) *cobra.Command {
	a := &attesting{onLedger: onLedger{streams: s}}
	return a.add(c, func(ctx context.Context, c *client.Client, args []string) (evidence.Evidence, error) {
		return prove(ctx, c, args, a.by)
	})
}

func (s streams) proveReadingsCommand() *cobra.Command {
	var from, count int
	c := &cobra.Command{
		Use: "readings RECORDING", Short: "Readings of a recording, with the path to its root", Args: cobra.ExactArgs(1),
		Long: `Readings shows some of the readings of a recording that is on record. RECORDING is
the file that was recorded. With them come those of the same chunks.`,
	}
	c.Flags().IntVar(&from, "from", 0, "the first reading, counted from 0")
	c.Flags().IntVar(&count, "count", 1, "how many readings")
	return s.proving(c, func(ctx context.Context, c *client.Client, args, by []string) (evidence.Evidence, error) {
		text, err := s.read(args[0])
		if err != nil {
			return nil, err
		}
		recording, err := telemetry.Decode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", args[0], err)
		}
		return piece(c.ProveReadings(ctx, recording, from, from+count, by...))
	})
}

func (s streams) proveFieldsCommand() *cobra.Command {
	var names, with []string
	c := &cobra.Command{
		Use: "fields RECORD", Short: "Fields of a private record, and no others", Args: cobra.ExactArgs(1),
		Long: `Fields shows fields of a private record that your organisation is a member of. The
file holds them in plain text, for whoever has it.`,
	}
	c.Flags().StringSliceVar(&names, "field", nil, "the fields, by their JSON pointers, such as /price (required)")
	c.Flags().StringSliceVar(&with, "with", nil, "the members of the record other than your organisation, MSP ids; by default whom the ledger names")
	c = s.proving(c, func(ctx context.Context, c *client.Client, args, by []string) (evidence.Evidence, error) {
		record, err := readRecord(ctx, c, args[0], with)
		if err != nil {
			return nil, err
		}
		fields, err := fieldsNamed(record, names)
		if err != nil {
			return nil, err
		}
		return piece(c.ShowFields(ctx, args[0], fields, by...))
	})
	return required(c, "field")
}

// readRecord reads a private record that is shared with others; without them, with
// those whom its manifest on the ledger names.
func readRecord(ctx context.Context, c *client.Client, id string, with []string) (*client.ConfidentialRecord, error) {
	with, err := others(ctx, c, id, with)
	if err != nil {
		return nil, err
	}
	return c.ReadConfidential(ctx, id, with...)
}

// others are the members of a record other than the client's organisation: those that
// were named, or else those whom its manifest on the ledger names.
func others(ctx context.Context, c *client.Client, id string, with []string) ([]string, error) {
	if len(with) > 0 {
		return with, nil
	}
	standing, err := c.ConfidentialRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(standing.Published.Manifest.Members), func(msp string) bool { return msp == c.MSP() }), nil
}

func fieldsNamed(record *client.ConfidentialRecord, names []string) (fields []selective.Field, err error) {
	for _, name := range names {
		field, ok := record.Field(name)
		if !ok {
			var all []string
			for _, f := range record.Content.Fields {
				if !f.Decoy() {
					all = append(all, f.Name)
				}
			}
			return nil, fmt.Errorf("the record has no field %q; there are: %q", name, all)
		}
		fields = append(fields, field)
	}
	return fields, nil
}

func (s streams) proveEventsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "events ID NUMBER...", Short: "Events in the history of an object, by their numbers, as they were recorded", Args: cobra.MinimumNArgs(2),
	}
	return s.proving(c, func(ctx context.Context, c *client.Client, args, by []string) (evidence.Evidence, error) {
		numbers := make([]uint64, len(args)-1)
		for i, arg := range args[1:] {
			number, err := strconv.ParseUint(arg, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("an event's number in a history is one from 1, not %q", arg)
			}
			numbers[i] = number
		}
		return piece(c.ProveEvents(ctx, args[0], numbers, by...))
	})
}

func (s streams) proveContainedCommand() *cobra.Command {
	var at, clock string
	c := &cobra.Command{
		Use: "contained ID CONTAINER", Short: "That an object is in a container, or was at a time", Args: cobra.ExactArgs(2),
	}
	c.Flags().StringVar(&at, "at", "", "the time, RFC 3339 (default now)")
	c.Flags().StringVar(&clock, "clock", string(product.Recorded), "recorded or occurred, for --at")
	return s.proving(c, func(ctx context.Context, c *client.Client, args, by []string) (evidence.Evidence, error) {
		if at == "" {
			return piece(c.ProveContained(ctx, args[0], args[1], by...))
		}
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return nil, fmt.Errorf("--at takes a time such as 2026-03-01T12:00:00Z, not %q", at)
		}
		return piece(c.ProveContainedAsOf(ctx, args[0], args[1], when, product.Clock(clock), by...))
	})
}

// piece keeps a nil pointer from becoming evidence that is not nil.
func piece[E evidence.Evidence](made E, err error) (evidence.Evidence, error) {
	if err != nil {
		return nil, err
	}
	return made, nil
}
