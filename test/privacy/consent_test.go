package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// mutual is a draft whose disclosure takes the consent of owner, member and carrier.
func mutual(t *testing.T) confidential.Draft {
	t.Helper()
	d := draft(t, "terms", map[string]string{"/price": "12.5"})
	d.Sensitivity, d.Approvers = confidential.Mutual, []string{carrierMSP}
	d.Transfer = &confidential.Transfer{Rule: "within the agreement", Countries: []string{"BE", "DE", "US"}}
	d.Retention = confidential.Retention{Keep: "P6Y", Basis: "commercial law"}
	return d
}

// The owner's peer alone endorses a delivery, so it alone holds the owner to the
// votes of others: the retailer's, whose chaincode is the honest one.
func TestAnHonestOwnersPeerEndorsesNoDeliveryBeforeEveryVote(t *testing.T) {
	w := start(t)
	s := w.write(t, mutual(t), retailer, manufacturer)
	w.publish(t, s)
	vote := func(request, voter string, approve bool) {
		_, block := w.must(t, call{organisation: voter, user: "admin", function: "disclosure:Vote", request: asJSON(t, map[string]any{
			"request": request, "approve": approve, "reason": "as agreed",
		})})
		w.reaches(t, retailer, block+1)
	}
	refused := func(request, state string, missing ...string) {
		_, err := w.submit(t, w.delivering(t, s, request, "/price"))
		requireRefused(t, err, fault.NotConsented)
		because := fault.Of(err).Detail
		require.Equal(t, state, because["state"])
		require.Equal(t, strings.Join(missing, ","), because["missing"])
	}
	granted, denied := w.request(t, s, regulator, "granted", "/price"), w.request(t, s, regulator, "denied", "/price")
	refused(granted, "requested", carrierMSP, manufacturerMSP)
	vote(granted, manufacturer, true)
	refused(granted, "requested", carrierMSP)
	vote(granted, carrier, true)
	_, block := w.must(t, w.delivering(t, s, granted, "/price"))
	w.follows(t, granted, block, false)

	vote(denied, carrier, true)
	vote(denied, manufacturer, false)
	refused(denied, "refused")
}

// An owner with altered chaincode does not ask for the votes. Its recipient reads from
// the blocks who had voted, and that they were looked at.
func TestWhatAnOwnerDeliversWithoutTheVotesIsNotBelieved(t *testing.T) {
	w := start(t)
	s := w.write(t, mutual(t), manufacturer, retailer)
	w.publish(t, s)
	for _, looks := range []bool{true, false} {
		forging := w.forging(t, s, regulator, w.request(t, s, regulator, "unvoted", "/price"), s.field(t, "/price"))
		if !looks {
			forging.deeds.Look = nil
		}
		settled, err := w.submit(t, forging)
		require.NoError(t, err)
		require.Equal(t, peer.TxValidationCode_VALID, settled.Code)
		got := w.followed(t, settled.BlockNumber)
		require.Len(t, got, 1)
		require.ErrorIs(t, got[0].err, fault.NotConsented)
	}
}

// What is published of a record is what its members endorsed: each peer, a
// stranger's too, holds the manifest against the hash in the members' collection.
func TestNoHonestPeerEndorsesAManifestThatWasNotWritten(t *testing.T) {
	w := start(t)
	s := w.write(t, mutual(t), retailer, manufacturer)
	for name, change := range map[string]func(*confidential.Manifest){
		"a commitment to another price": func(m *confidential.Manifest) {
			price := s.field(t, "/price")
			price.Value = "11.5"
			other, err := selective.Commit(m.ID, price)
			require.NoError(t, err)
			m.Commitments[0] = other
			slices.Sort(m.Commitments)
		},
		"of one field less":            func(m *confidential.Manifest) { m.Commitments = m.Commitments[1:] },
		"its owner alone consents":     func(m *confidential.Manifest) { m.Sensitivity = confidential.Standard },
		"nobody else approves":         func(m *confidential.Manifest) { m.Approvers = nil },
		"it may go anywhere":           func(m *confidential.Manifest) { m.Transfer = nil },
		"it may be purged at any time": func(m *confidential.Manifest) { m.Retention = confidential.Retention{} },
		"written at another time":      func(m *confidential.Manifest) { m.Written = m.Written.AddDate(0, 0, -1) },
	} {
		t.Run(name, func(t *testing.T) {
			lie := s
			lie.manifest.Commitments = slices.Clone(s.manifest.Commitments)
			change(&lie.manifest)
			publishing := lie.publishing(t)
			for _, msp := range []string{retailerMSP, manufacturerMSP, carrierMSP} {
				publishing.endorsers = []string{msp}
				_, err := w.submit(t, publishing)
				requireRefused(t, err, fault.HashMismatch)
			}
		})
	}
	w.publish(t, s)
}
