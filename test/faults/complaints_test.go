package faults_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/network"
)

// Each test here is named after what users of Fabric's client libraries complained
// about, provokes it on a real network, and shows what a user of this client gets to
// see; all but three show what a user of Fabric's own sees in the same place, too
// ([bare]). docs/reliability.md has the table.

var serials atomic.Uint64

// runOfComplaints tells their objects from those of the chaos.
var runOfComplaints = uint32(time.Now().UnixNano() >> 10)

// newObject is an object that nobody has used.
func newObject(p party) string { return sgtin(p, runOfComplaints, 99, serials.Add(1)) }

// one is a document with one event of an object: the first commissions it.
func one(object string, number int) []byte {
	return document(step(object, number, uuid(runOfComplaints, 99, 0, serials.Add(1)), moment()))
}

// made commissions an object.
func made(t *testing.T, c *client.Client, p party) string {
	t.Helper()
	object := newObject(p)
	_, err := c.Capture(t.Context(), one(object, 1))
	require.NoError(t, err)
	return object
}

// bare is Fabric's own client, at the first peer of an organisation.
func bare(t *testing.T, n *network.Network, p party) *bystander {
	t.Helper()
	for _, b := range bystandersAt(t, n) {
		if b.peer.Name == "peer0."+p.name {
			return b
		}
	}
	t.Fatalf("no peer of %s", p.name)
	return nil
}

// proposal makes, with Fabric's own client, the same call that Capture makes.
func (b *bystander) proposal(t *testing.T, n *network.Network, document []byte, options ...gateway.ProposalOption) *gateway.Proposal {
	t.Helper()
	digest := sha256.Sum256(document)
	request, err := json.Marshal(map[string]string{"sha256": hex.EncodeToString(digest[:])})
	require.NoError(t, err)
	proposal, err := b.contract(n).NewProposal("shipment:Capture", append(options,
		gateway.WithBytesArguments(request), gateway.WithTransient(map[string][]byte{"document": document}))...)
	require.NoError(t, err)
	return proposal
}

// fabric#3748: MVCC_READ_CONFLICT is documented nowhere, and what to do about it is
// left to every application.
func TestFabric3748ALostRaceIsRunAgain(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator")
	object := made(t, c, manufacturer)
	b := bare(t, n, manufacturer)
	var raced []*gateway.Transaction
	for i := range 2 {
		endorsed, err := b.proposal(t, n, one(object, 2+i)).Endorse()
		require.NoError(t, err)
		raced = append(raced, endorsed)
	}
	won, err := raced[0].Submit()
	require.NoError(t, err)
	result, err := won.Status()
	require.NoError(t, err)
	require.True(t, result.Successful)
	lost, err := raced[1].Submit()
	require.NoError(t, err)
	result, err = lost.Status()
	require.NoError(t, err, "Fabric's client calls this no error, unless it is asked for the whole submit")
	require.Equal(t, peer.TxValidationCode_MVCC_READ_CONFLICT, result.Code)

	// Eight callers at once on one object: all but one of a block lose the race, and
	// nobody gets to see it.
	watch := &stages{}
	watched := connect(t, n, manufacturer, "operator", client.WithObserver(watch))
	var all errgroup.Group
	for i := range 8 {
		all.Go(func() error {
			_, err := watched.Capture(t.Context(), one(object, 2+i))
			return err
		})
	}
	require.NoError(t, all.Wait())
	require.Positive(t, watch.count(client.StageRetry), "somebody lost a race")
	history, err := historyOf(t.Context(), c, object)
	require.NoError(t, err)
	require.Len(t, history, 1+1+8)
	require.Contains(t, validationHelp(), "#", "and docs/errors.md says what it means")
}

// validationHelp is where the client sends whoever may not run again.
func validationHelp() string {
	return (&client.Error{Stage: client.StageCommit, Validation: peer.TxValidationCode_MVCC_READ_CONFLICT.String()}).Help()
}

// fabric-gateway#278: when a chaincode runs too long somewhere, the error does not
// say so: its details say DeadlineExceeded, if anything. They do where the peer gives
// the chaincode up before the gateway gives up the peer.
func TestGateway278AChaincodeThatHangsIsNamedWithItsOrganisation(t *testing.T) {
	n := running(t)
	c := connect(t, n, manufacturer, "operator", client.WithTries(1))
	require.NoError(t, n.StopNode(t.Context(), "peer1.carrier"))
	require.NoError(t, n.FreezeNode("chaincode.carrier"))
	text := one(newObject(manufacturer), 1)
	proposed := bare(t, n, manufacturer).proposal(t, n, one(newObject(manufacturer), 1), gateway.WithEndorsingOrganizations(manufacturer.msp, carrier.msp))
	var theirs error
	var waiting sync.WaitGroup
	waiting.Go(func() { _, theirs = proposed.Endorse() })
	_, err := c.Capture(t.Context(), text, client.EndorsedBy(manufacturer.msp, carrier.msp))
	waiting.Wait()
	require.NoError(t, n.ThawNode("chaincode.carrier"))
	require.NoError(t, n.StartNode(t.Context(), "peer1.carrier"))
	require.ErrorContains(t, theirs, "see attached details for more info")
	require.Equal(t, codes.Aborted, status.Code(theirs), "as of whatever keeps anybody from endorsing; who hung is text")
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEndorse, failed.Stage)
	require.NotEmpty(t, failed.ByOrganisation)
	require.Equal(t, carrier.msp, failed.ByOrganisation[0].MSP)
	require.Contains(t, failed.Error(), carrier.msp)
	require.Contains(t, failed.Error(), "timeout expired while executing transaction")
	require.Contains(t, failed.Help(), "took-too-long")

	eventually(t, func() error { // nothing was recorded
		_, err := c.Capture(t.Context(), text, client.EndorsedBy(manufacturer.msp, carrier.msp))
		if errors.Is(err, fault.AlreadyRecorded) {
			return nil
		}
		return err
	})
}

// fabric-gateway#294: 4 DEADLINE_EXCEEDED does not say which time-out it was.
func TestGateway294ATimeoutSaysWhichItWas(t *testing.T) {
	n := running(t)
	short := client.Timeouts{Evaluate: 300 * time.Millisecond, Endorse: 300 * time.Millisecond}
	c := connect(t, n, manufacturer, "operator", client.WithTimeouts(short), client.WithTries(1))
	object := made(t, connect(t, n, manufacturer, "operator"), manufacturer)

	require.NoError(t, n.FreezeNode("chaincode.manufacturer"))
	_, evaluated := c.Twin(t.Context(), object)
	_, endorsed := c.Capture(t.Context(), one(object, 2))
	theirs, cancel := context.WithTimeout(t.Context(), short.Endorse)
	defer cancel()
	_, bareError := bare(t, n, manufacturer).proposal(t, n, one(object, 3)).EndorseWithContext(theirs)
	require.NoError(t, n.ThawNode("chaincode.manufacturer"))

	require.Equal(t, codes.DeadlineExceeded, status.Code(bareError))
	for stage, err := range map[client.Stage]error{client.StageEvaluate: evaluated, client.StageEndorse: endorsed} {
		var failed *client.Error
		require.ErrorAs(t, err, &failed, stage)
		require.Equal(t, stage, failed.Stage)
		require.Contains(t, err.Error(), string(stage))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}

	// Where something was handed over, a time-out is no answer: it is found out.
	patient := connect(t, n, manufacturer, "operator", client.WithTimeouts(client.Timeouts{Commit: time.Nanosecond}))
	eventually(t, func() error {
		_, err := patient.Capture(t.Context(), one(newObject(manufacturer), 1))
		return err
	})
}
