package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/countersign-ledger/countersign/client"
)

// fabric-gateway#261: an event stream dies with its peer, and the application has to
// build it up again.
func TestGateway261AStreamOutlivesItsPeer(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	other := connect(t, n, carrier, "operator")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	theirs, err := bare(t, n, manufacturer).gateway.GetNetwork(n.Topology().Channel).BlockEvents(ctx)
	require.NoError(t, err)
	ours := make(chan string, 100)
	var following errgroup.Group
	following.Go(func() error {
		for item, err := range c.FollowEvents(client.FromNow()).Items(ctx) {
			if err != nil {
				return err
			}
			ours <- item.Record.EventID
		}
		return nil
	})
	record := func() string {
		text := document(step(newObject(carrier), 1, uuid(runOfComplaints, 99, 1, serials.Add(1)), moment()))
		_, err := other.Capture(t.Context(), text)
		require.NoError(t, err)
		return eventID(t, text)
	}
	for begun := false; !begun; { // the stream begins at some moment from here on
		record()
		select {
		case <-ours:
			begun = true
		case <-time.After(pauseBetween):
		}
	}
	require.NoError(t, n.KillNode(t.Context(), "peer0.manufacturer"))
	for range theirs {
	} // it ends: whoever does not look notices nothing, and hears no more
	var wanted []string
	for range 3 {
		wanted = append(wanted, record())
	}
	require.NoError(t, n.KillNode(t.Context(), "peer1.manufacturer"))
	require.NoError(t, n.StartNode(t.Context(), "peer0.manufacturer"))
	for range 3 {
		wanted = append(wanted, record())
	}
	require.NoError(t, n.StartNode(t.Context(), "peer1.manufacturer"))
	var seen []string
	for len(seen) < len(wanted) || seen[len(seen)-1] != wanted[len(wanted)-1] {
		seen = append(seen, <-ours)
	}
	require.Equal(t, wanted, seen[len(seen)-len(wanted):], "each once, in order, through two deaths")
	cancel()
	err = following.Wait()
	require.ErrorIs(t, err, context.Canceled)
}

func eventID(t *testing.T, text []byte) string {
	t.Helper()
	var read struct {
		Body struct {
			Events []struct {
				ID string `json:"eventID"`
			} `json:"eventList"`
		} `json:"epcisBody"`
	}
	require.NoError(t, json.Unmarshal(text, &read))
	return read.Body.Events[0].ID
}

// fabric-gateway#407: what a checkpoint means depends on how it was made, so that a
// block is read twice, or not at all.
func TestGateway407ACheckpointHasOneMeaning(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	b := bare(t, n, manufacturer)
	start := uint64(0)
	for i := range 4 {
		captured, err := c.Capture(t.Context(), document(
			step(newObject(manufacturer), 1, uuid(runOfComplaints, 99, 2, serials.Add(1)), moment()),
			step(newObject(manufacturer), 1, uuid(runOfComplaints, 99, 2, serials.Add(1)), moment())))
		require.NoError(t, err)
		if i == 0 {
			start = captured.Block
		}
	}
	// Fabric's: a block's last transaction was handled, and the block comes again.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	drain := func(events <-chan *peer.FilteredBlock) { // else its goroutine is left behind
		cancel()
		for range events {
		}
		ctx, cancel = context.WithCancel(t.Context())
	}
	checkpoint := new(gateway.InMemoryCheckpointer)
	blocks := b.gateway.GetNetwork(b.channel)
	events, err := blocks.FilteredBlockEvents(ctx, gateway.WithStartBlock(start))
	require.NoError(t, err)
	first := <-events
	last := first.GetFilteredTransactions()[len(first.GetFilteredTransactions())-1].GetTxid()
	drain(events)
	checkpoint.CheckpointTransaction(first.GetNumber(), last)
	events, err = blocks.FilteredBlockEvents(ctx, gateway.WithCheckpoint(checkpoint))
	require.NoError(t, err)
	require.Equal(t, first.GetNumber(), (<-events).GetNumber(), "all of it was handled")
	drain(events)

	// Ours: stopped behind every item in turn, also between two of one transaction.
	var whole, pieces []string
	stream := func(options ...client.FollowOption) *client.Stream[any] {
		return c.Follow(append(options, client.Kinds(client.KindEvent), client.UntilNow())...)
	}
	for item, err := range stream(client.FromBlock(start)).Items(t.Context()) {
		require.NoError(t, err)
		whole = append(whole, fmt.Sprint(item.Block, item.Index, item.Write))
	}
	require.GreaterOrEqual(t, len(whole), 8)
	at := client.Checkpoint{Block: start}
	for range whole {
		for item, err := range stream(client.From(at)).Items(t.Context()) {
			require.NoError(t, err)
			pieces = append(pieces, fmt.Sprint(item.Block, item.Index, item.Write))
			at = item.Checkpoint
			break
		}
	}
	require.Equal(t, whole, pieces)
}
