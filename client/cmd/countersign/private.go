package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

func (s streams) privateCommand() *cobra.Command {
	return group("private", "Share private records with those whom they concern, publish that they exist, keep and purge them (docs/private-records.md)",
		s.draftCommand(), s.writeRecordCommand(),
		membersCommand(s, "read ID", "Show a record to which your organisation belongs, from your own peer", recordShown),
		named(membersCommand(s, "publish ID", "Publish that a record exists: its manifest, against which each field can be checked",
			func(ctx context.Context, c *client.Client, id string, with []string) (*client.Published, error) {
				return c.PublishConfidential(ctx, id, with...)
			})),
		askOf(s, "show ID", "Show what is public of a record, and how it stands", (*client.Client).ConfidentialRecord),
		listOf(s, "about ID", "List what is public of the records about an object, lot, class or event", (*client.Client).RecordsAbout),
		listOf(s, "of MSP", "List what is public of an organisation's records", (*client.Client).RecordsOf),
		s.purgeCommand(),
		send(s, "hold", "Keep a record from being purged", "confidential:PlaceLegalHold", (*client.Client).PlaceLegalHold),
		send(s, "lift", "End your organisation's hold of a record", "confidential:LiftLegalHold", (*client.Client).LiftLegalHold),
		listOf(s, "holds ID", "List each time that a hold of a record was placed or lifted", (*client.Client).LegalHoldSteps),
		s.signHoldCommand("sign-hold", "Sign that a record is to be held, for an organisation that only reads", confidential.PlaceHold, "CarryLegalHold", "carry-hold"),
		send(s, "carry-hold", "Put a hold on record that 'private sign-hold' signed", "confidential:CarryLegalHold", (*client.Client).CarryLegalHold),
		s.signHoldCommand("sign-lift", "Sign that a hold has ended, for an organisation that only reads", confidential.LiftHold, "CarryLiftedLegalHold", "carry-lift"),
		send(s, "carry-lift", "Put on record that a hold has ended, as 'private sign-lift' signed", "confidential:CarryLiftedLegalHold", (*client.Client).CarryLiftedLegalHold),
	)
}

// draftCommand makes a record, which touches no ledger: with it kept, writing it can be
// repeated.
func (s streams) draftCommand() *cobra.Command {
	var about []string
	var replaces, keep, basis, eraseAfter, out string
	var show output
	c := &cobra.Command{
		Use: "draft KIND PAYLOAD", Short: "Make a record of a payload, with id and salts", Args: cobra.ExactArgs(2),
		Long: `Draft makes a record of a payload: one of ` + strings.Join(collections.Kinds(), ", ") + `. PAYLOAD
is a file that holds a JSON object, - for standard input, or the object itself (which
others on the machine can then see), with the members that docs/private-records.md gives
for the kind. What comes out has a new id and new salts: keep it, and as secret as the
payload. It needs no connection, and replaces no file that is there.

To write the same draft again is refused and does no harm, so that a write whose
outcome is not known can be repeated. Members that no flag sets (approvers, transfer,
sensitivity) are added to the file.

Exit codes: 0 made, 1 the payload is not as the kind asks, 2 wrong usage.`,
		Example: `  countersign private draft terms price.json --about urn:epc:class:lgtin:0614141.107346.L42 -o terms.json
  countersign private write terms.json --with RetailerMSP`,
		RunE: func(_ *cobra.Command, args []string) error {
			draft, err := s.draft(args[0], args[1], about)
			if err != nil {
				return err
			}
			draft.Replaces = replaces
			draft.Retention = confidential.Retention{Keep: keep, Basis: basis, EraseAfter: eraseAfter}
			text, err := json.MarshalIndent(draft, "", "  ")
			if err != nil {
				return err
			}
			return s.writeNew(out, append(text, '\n'), 0o600)
		},
	}
	show.add(c)
	flags := c.Flags()
	flags.Lookup("json").Usage = errorsAsJSON
	flags.StringSliceVar(&about, "about", nil, "the objects, lots, classes or events that it is about")
	flags.StringVar(&replaces, "replaces", "", "the id of the record of which it is the next version")
	flags.StringVar(&keep, "keep", "", "how long it is kept at least, in years: P6Y")
	flags.StringVar(&basis, "basis", "", "why it is kept, such as a law")
	flags.StringVar(&eraseAfter, "erase-after", "", "after how many years it is due to be purged: P10Y; nothing purges by itself")
	flags.StringVarP(&out, "out", "o", standardIn, "the file to write, for your eyes only; - for standard output")
	return c
}

func (s streams) draft(kind, argument string, about []string) (confidential.Draft, error) {
	text, err := s.argument(argument)
	if err != nil {
		return confidential.Draft{}, err
	}
	payload, err := collections.ParsePayload(kind, text)
	if errors.Is(err, collections.ErrUnknownKind) {
		return confidential.Draft{}, fmt.Errorf("%w: %q is none of %q", err, kind, collections.Kinds())
	}
	if err != nil {
		return confidential.Draft{}, &exitError{exitBad, err}
	}
	draft, err := client.NewRecord(payload, about...)
	if err != nil {
		return confidential.Draft{}, &exitError{exitBad, err}
	}
	return draft, nil
}

func (s streams) writeRecordCommand() *cobra.Command {
	c := membersCommand(s, "write DRAFT", "Share a record with other organisations, and nobody else",
		func(ctx context.Context, c *client.Client, draft string, with []string) (*client.Written, error) {
			var record confidential.Draft
			if err := s.request(draft, &record); err != nil {
				return nil, err
			}
			if record.ID == "" {
				return nil, errors.New("the draft has no id: with 'countersign private draft' it has one that you know, so that to write it again does no harm")
			}
			return c.WriteConfidential(ctx, record, with...)
		})
	c.Long = c.Short + `.

DRAFT is what 'countersign private draft' wrote: a file, or - for standard input. Peers
of the members alone see it, and their ledger's hashes are all that others have of it.
The ID that is printed names the record towards its members.`
	return named(c)
}

// named has the members named, where nobody else knows them yet.
func named(c *cobra.Command) *cobra.Command {
	c.Flags().Lookup("with").Usage = "the members other than your organisation, MSP ids (required)"
	return required(c, "with")
}

// membersCommand acts on a record that members share.
func membersCommand[T any](s streams, use, short string, act func(ctx context.Context, c *client.Client, arg string, with []string) (T, error)) *cobra.Command {
	var with []string
	c := ask(s, use, short, func(ctx context.Context, c *client.Client, args []string) (T, error) {
		return act(ctx, c, args[0], with)
	})
	c.Flags().StringSliceVar(&with, "with", nil, "the members other than your organisation, MSP ids; by default whom the ledger names, if the record is published")
	return c
}

// recordRead is a record as it is shown to a member.
type recordRead struct {
	ID       string                `json:"id"`
	Kind     string                `json:"kind"`
	Payload  any                   `json:"payload"`
	Manifest confidential.Manifest `json:"manifest"`
}

func recordShown(ctx context.Context, c *client.Client, id string, with []string) (*recordRead, error) {
	record, err := readRecord(ctx, c, id, with)
	if err != nil {
		return nil, err
	}
	payload, err := record.Payload()
	if err != nil {
		return nil, err
	}
	return &recordRead{ID: id, Kind: record.Manifest.Kind, Payload: payload, Manifest: record.Manifest}, nil
}

func (s streams) purgeCommand() *cobra.Command {
	c := membersCommand(s, "purge REQUEST", "Remove a record of your organisation from all its members, and put on record why",
		func(ctx context.Context, c *client.Client, request string, with []string) (*client.Purged, error) {
			var why confidential.RecordPurgeRequest
			if err := s.request(request, &why); err != nil {
				return nil, err
			}
			with, err := others(ctx, c, why.ID, with)
			if err != nil {
				return nil, err
			}
			return c.PurgeConfidential(ctx, why, with...)
		})
	c.Long = c.Short + `.

REQUEST is a JSON object, a file that holds one, or - for standard input; its members
are those of the request of confidential:RecordPurge in docs/contract. Such as:

  '{"id":"Zz7P...","reason":"contractEnded"}'

What is removed cannot be brought back.`
	return c
}

func (s streams) signHoldCommand(use, short, meaning, function, carrier string) *cobra.Command {
	return signCommand(s, use, short, `confidential:`+function+`
in docs/contract; "time" can be left out. 'countersign private `+carrier+`' takes
what is written.`, func(channel string, statement confidential.HoldStatement, by client.Signatory) (*confidential.CarryHoldRequest, error) {
		return client.SignLegalHold(channel, meaning, statement, by)
	})
}
