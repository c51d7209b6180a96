package condition_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/collections"
)

// archiving is a world with the collection of recordings and a watch whose policy
// wants them kept.
func archiving(t *testing.T) *world {
	w := newWorldOn(t, memledger.New("trade", memledger.Collection{Name: collections.Readings, Members: []string{maker, carrier}, MemberOnly: true}))
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Archive = true })
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	return w
}

// readings of a recording at the peer of an organisation, asked by somebody.
func (w *world) archived(who person, peer string, sequence uint64) (resp condition.ReadReadingsResponse, err error) {
	sim := w.ledger.Simulate(memledger.Proposal{Time: w.now, Caller: who.Caller}, peer)
	return condition.ReadReadings(ledger.BeginQuery(sim), condition.ReadReadingsRequest{Device: deviceID, Sequence: sequence})
}

func TestReadingsAreArchivedWhereAPolicySaysSo(t *testing.T) {
	w := archiving(t)
	recordings := w.sealMany(readings(0, 50, 5, 50), readings(10, 60))
	resp, err := w.submitMany(recordings...)
	require.NoError(t, err)
	for i, recording := range recordings {
		require.True(t, resp.Recordings[i].Archived)
		for _, msp := range []string{maker, carrier} {
			got, err := w.archived(w.as(msp, ledger.RoleAuditor), msp, uint64(i+1))
			require.NoError(t, err)
			data, err := base64.StdEncoding.DecodeString(got.Recording)
			require.NoError(t, err)
			require.Equal(t, recording.Bytes(), data)
		}
	}
	for _, entry := range w.ledger.Dump() {
		require.NotContains(t, string(entry.Value), string(recordings[0].Bytes()[:64]), "the ledger holds no readings")
	}
}

func TestWhoReadsArchivedReadings(t *testing.T) {
	w := archiving(t)
	_, err := w.submitMany(w.sealMany(readings(0, 50))...)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		msp, peer string
		sequence  uint64
		want      error
	}{
		"a reader, at its own peer":       {reader, reader, 1, fault.NotMember},
		"a reader, at a trader's peer":    {reader, maker, 1, fault.NotMember},
		"a trader, at another's peer":     {carrier, maker, 1, fault.NotMember},
		"a trader, what was not archived": {carrier, carrier, 2, fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.archived(w.as(c.msp, ledger.RoleOperator), c.peer, c.sequence)
			require.ErrorIs(t, err, c.want)
		})
	}
	w.ledger.Lose(collections.Readings, carrier, true)
	_, err = w.archived(w.as(carrier, ledger.RoleOperator), carrier, 1)
	require.ErrorIs(t, err, fault.NotHere)
}

func TestNothingIsArchivedWithoutAPolicyThatSaysSo(t *testing.T) {
	w := watching(t)
	require.False(t, w.record(0, 50).Recordings[0].Archived, "the world of this test has no collection at all")

	w = newWorld(t)
	w.definePolicy(func(r *condition.DefinePolicyRequest) { r.Archive = true })
	_, err := w.startWatch(watchName, w.commission(1, nil))
	require.NoError(t, err)
	_, err = w.submitMany(w.sealMany(readings(0, 50))...)
	require.ErrorIs(t, err, fault.NotFound, "the channel lacks the collection that the policy asks for")
}

// A recording of the largest size fits the archive.
func TestTheLargestRecordingCanBeArchived(t *testing.T) {
	require.GreaterOrEqual(t, ledger.MaxArchived, telemetry.MaxBytes)
}
