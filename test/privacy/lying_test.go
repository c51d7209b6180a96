package privacy_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// reads is how many times a reader reads while an owner lies.
const reads = 30

// A reader's gateway picks whose peer answers a query, and nothing keeps it from the
// altered owner's. An owner that delivers a forged price, or one without consent, and
// answers every query so that it looks right, deceives no reader all the same.
func TestAnOwnerThatLiesInQueriesMakesNoForgedDeliveryVerify(t *testing.T) {
	w := start(t)
	s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	w.publish(t, s)
	forgedPrice := s.field(t, "/price")
	forgedPrice.Value = "11.5"
	forgedID := w.request(t, s, regulator, "forged-with-lies", "/price")

	m := w.write(t, mutual(t), manufacturer, retailer)
	w.publish(t, m)
	unvotedID := w.request(t, m, regulator, "unvoted-with-lies", "/price")

	lies(t, w, "confidential:Record", confidential.RecordRequest{ID: s.draft.ID}, func(answer *confidential.Standing) {
		commitments := answer.Published.Manifest.Commitments
		was, err := selective.Commit(s.draft.ID, s.field(t, "/price"))
		require.NoError(t, err)
		is, err := selective.Commit(s.draft.ID, forgedPrice)
		require.NoError(t, err)
		commitments[slices.Index(commitments, was)] = is
		slices.Sort(commitments)
	})
	lies(t, w, "disclosure:Status", disclosure.RefRequest{Request: unvotedID}, func(answer *disclosure.Status) {
		for _, msp := range answer.Missing {
			vote := answer.Votes[0]
			vote.MSP = msp
			answer.Votes = append(answer.Votes, vote)
		}
		answer.Missing, answer.State = nil, disclosure.Approved
	})

	from := uint64(0)
	for _, forging := range []call{
		w.forging(t, s, regulator, forgedID, forgedPrice),
		w.forging(t, m, regulator, unvotedID, m.field(t, "/price")),
	} {
		settled, err := w.submit(t, forging)
		require.NoError(t, err)
		require.Equal(t, peer.TxValidationCode_VALID, settled.Code)
		if from == 0 {
			from = settled.BlockNumber
		}
		w.reaches(t, regulator, settled.BlockNumber+1)
	}
	lied := 0
	for range reads {
		got := w.followed(t, from)
		require.Len(t, got, 2)
		require.ErrorIs(t, got[0].err, fault.HashMismatch)
		require.ErrorIs(t, got[1].err, fault.NotConsented)
		standing, err := w.client(t, regulator, "auditor").ConfidentialRecord(t.Context(), s.draft.ID)
		require.NoError(t, err)
		if !slices.Equal(standing.Published.Manifest.Commitments, s.manifest.Commitments) {
			lied++
		}
	}
	t.Logf("%d of %d answers to the regulator were lies", lied, reads)
}

// lies has the altered chaincodes answer a query with a lie from now on.
func lies[T any](t *testing.T, w *world, function string, request any, change func(answer *T)) {
	t.Helper()
	asking := call{organisation: manufacturer, function: function, request: asJSON(t, request), endorsers: []string{manufacturerMSP}}
	truth, err := w.evaluate(t, asking)
	require.NoError(t, err)
	var answer T
	require.NoError(t, json.Unmarshal(truth, &answer))
	change(&answer)
	lie := deed.Lie{Function: function, Request: asking.request, Answer: asJSON(t, answer)}
	for _, msp := range []string{manufacturerMSP, carrierMSP} {
		asking.endorsers = []string{msp}
		telling := asking
		telling.function, telling.request, telling.deeds = metadata, "", &deed.Deeds{Lie: []deed.Lie{lie}}
		_, err := w.evaluate(t, telling)
		require.NoError(t, err)
		said, err := w.evaluate(t, asking)
		require.NoError(t, err)
		require.Equal(t, lie.Answer, string(said))
	}
}
