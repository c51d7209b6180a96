package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/client"
)

// What capture says of an event.
const (
	eventRecorded = "recorded"
	eventKnown    = "already recorded"
	eventRefused  = "refused"
	// eventLeft: nothing is wrong with it, and another event of its document was
	// refused.
	eventLeft = "not recorded"
	// eventUnknown: it may be on the ledger, or come to be.
	eventUnknown = "unknown"
)

// capturedLine is what capture says of an event, or of a document that is none.
type capturedLine struct {
	File string `json:"file"`
	// Index is the event's place in the document, from 0; absent when it is not about
	// one event.
	Index  *int   `json:"index,omitempty"`
	Status string `json:"status"`
	// Event is its CBV 2.0 hash id, Declaration the hash of its error declaration.
	Event       string `json:"event,omitempty"`
	Declaration string `json:"declaration,omitempty"`
	// Transaction is where it was recorded, now or before.
	Transaction   string   `json:"transaction,omitempty"`
	Block         uint64   `json:"block,omitempty"`
	Discrepancies []string `json:"discrepancies,omitempty"`
	Problem       *problem `json:"problem,omitempty"`
}

func (s streams) captureCommand() *cobra.Command {
	l := &capturing{onLedger: onLedger{streams: s}}
	c := &cobra.Command{
		Use:   "capture FILE...",
		Short: "Record the events of EPCIS documents, JSON-LD or XML",
		Long: `Capture records EPCIS documents, each of them whole or not at all, and prints one
JSON object an event: whether it was recorded, was already, was refused and why, or
was left because another event of its document was refused. The file "-" is standard
input. Events that the ledger has already are passed over, so that it is safe to
run the command again.

With --each every event goes on its own, and one that is refused does not keep the
others out: they are grouped into transactions, those of one object in their order.

With --split the events of a document go in transactions of at most so many events,
one after the other, for documents that are larger than one transaction; it stops at
the first that is refused.

Exit codes: 0 all on record, 1 something was refused or is no EPCIS document, 2 wrong
usage or a file cannot be read, 3 it is not known of an event whether it is on record,
or the ledger could not be reached.`,
		Example: `  countersign capture shipping.jsonld
  erp-export | countersign capture - > results.jsonl`,
		Args: cobra.MinimumNArgs(1),
	}
	c.Flags().BoolVar(&l.each, "each", false, "let no event depend on another")
	c.Flags().IntVar(&l.split, "split", 0, "the most events of one transaction; 0 for whole documents")
	c.MarkFlagsMutuallyExclusive("each", "split")
	c = l.add(c, l.capture)
	c.Flags().Lookup("json").Usage = errorsAsJSON
	return c
}

type capturing struct {
	onLedger

	split int
	each  bool
}

func (l *capturing) capture(ctx context.Context, c *client.Client, files []string) error {
	if l.split < 0 {
		return fmt.Errorf("--split takes a number of events, not %d", l.split)
	}
	var worst error
	for _, name := range files {
		text, err := l.read(name)
		if err != nil {
			return err
		}
		err = l.captureFile(ctx, c, name, text)
		switch {
		case errors.Is(err, errUndetermined):
			worst = err
		case errors.Is(err, errBad):
			if worst == nil {
				worst = err
			}
		case err != nil:
			return err
		}
	}
	return worst
}

func (l *capturing) captureFile(ctx context.Context, c *client.Client, name string, text []byte) error {
	document, _, err := epcis.ReadAny(bytes.NewReader(text), epcis.DefaultLimits())
	if err != nil {
		return l.fail(name, err)
	}
	if len(document.Events) == 0 {
		return l.fail(name, errors.New("there are no events in it"))
	}
	if l.each {
		return l.captureEach(ctx, c, name, document.Events)
	}
	if l.split == 0 && !document.Bare && len(text) <= shipment.MaxDocument && json.Valid(text) {
		return l.captured(name, 0, len(document.Events), func() (*client.Captured, error) { return c.Capture(ctx, text) })
	}
	most := l.split
	if most == 0 {
		most = len(document.Events)
	}
	for from := 0; from < len(document.Events); from += most {
		events := document.Events[from:min(from+most, len(document.Events))]
		err := l.captured(name, from, len(events), func() (*client.Captured, error) { return c.CaptureEvents(ctx, events) })
		if err == nil {
			continue
		}
		for i := from + len(events); i < len(document.Events); i++ {
			if err := l.line(capturedLine{File: name, Index: &i, Status: eventLeft}); err != nil {
				return err
			}
		}
		return err
	}
	return nil
}

// captured captures events that go together, and prints a line for each.
func (l *capturing) captured(name string, from, events int, capture func() (*client.Captured, error)) error {
	done, err := capture()
	if err != nil {
		return l.refused(name, from, events, err)
	}
	for _, e := range done.Events {
		index := from + e.Index
		line := capturedLine{
			File: name, Index: &index, Status: eventRecorded, Event: e.Event, Declaration: e.Declaration,
			Transaction: done.Transaction, Block: done.Block, Discrepancies: e.Discrepancies,
		}
		if e.Transaction != "" {
			line.Status, line.Transaction, line.Block = eventKnown, e.Transaction, 0
		}
		if err := l.line(line); err != nil {
			return err
		}
	}
	return nil
}

// refused prints a line for each of the events that went together and are not on
// record, or may not be.
func (l *capturing) refused(name string, from, events int, err error) error {
	said := problemOf(err)
	left, verdict := eventLeft, errBad
	var answered *client.AnswerError
	var going *client.LeftError
	switch {
	case errors.Is(err, fault.AlreadyRecorded):
		left, verdict = eventKnown, nil
	case said.Unknown || errors.As(err, &answered) || errors.As(err, &going):
		left, verdict = eventUnknown, errUndetermined
	case said.Code == "" || said.Retry:
		verdict = errUndetermined
	case said.Event == nil:
		left = eventRefused // the document is
	}
	at := -1
	if said.Event != nil && left == eventLeft && !said.Retry {
		at = *said.Event
	}
	for i := range events {
		index := from + i
		line := capturedLine{File: name, Index: &index, Status: left}
		switch {
		case i == at:
			line.Status, line.Problem = eventRefused, &said
		case at < 0 && verdict != nil:
			line.Problem = &said
		case left == eventKnown:
			line.Transaction = said.Detail["transaction"]
		}
		if err := l.line(line); err != nil {
			return err
		}
	}
	return verdict
}

// captureEach captures events that do not depend on each other.
func (l *capturing) captureEach(ctx context.Context, c *client.Client, name string, events []epcis.Event) (verdict error) {
	group, err := client.NewGroup(c)
	if err != nil {
		return err
	}
	defer func() { verdict = errors.Join(verdict, group.Close(ctx)) }()
	for i, result := range group.CaptureAll(ctx, events) {
		err := l.captured(name, i, 1, func() (*client.Captured, error) {
			if result.Err != nil {
				return nil, result.Err
			}
			return &client.Captured{Receipt: result.Captured.Receipt, Events: []shipment.CapturedEvent{result.Captured.Event}}, nil
		})
		switch {
		case err == nil || errors.Is(verdict, errUndetermined):
		case errors.Is(err, errBad), errors.Is(err, errUndetermined):
			verdict = err
		default:
			return err
		}
	}
	return verdict
}

// fail prints what is wrong with a whole document.
func (l *capturing) fail(name string, why error) error {
	said := problemOf(why)
	return errors.Join(l.line(capturedLine{File: name, Status: eventRefused, Problem: &said}), errBad)
}

func (l *capturing) line(line capturedLine) error {
	encoder := json.NewEncoder(l.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(line)
}
