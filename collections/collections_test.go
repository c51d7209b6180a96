package collections_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/collections"
)

func TestEveryTradingPairHasOneCollectionThatBothEndorse(t *testing.T) {
	all := collections.Definitions([]string{"RetailerMSP", "CarrierMSP", "ManufacturerMSP"})
	require.Len(t, all, 3)
	for _, d := range all {
		require.Positive(t, d.RequiredPeerCount, "a value that reaches nobody else is lost with its endorser")
		require.True(t, d.MemberOnlyRead && d.MemberOnlyWrite)
		require.Contains(t, d.EndorsementPolicy.SignaturePolicy, "AND(")
	}
	require.Equal(t, collections.Pair("CarrierMSP", "ManufacturerMSP"), all[0].Name)
}

func TestTheJSONIsWhatFabricReads(t *testing.T) {
	text, err := collections.JSON(collections.Definitions([]string{"A", "B"}))
	require.NoError(t, err)
	var generic []map[string]any
	require.NoError(t, json.Unmarshal(text, &generic))
	require.Equal(t, map[string]any{
		"name": "pair-A-B", "policy": "OR('A.member','B.member')",
		"requiredPeerCount": 1.0, "maxPeerCount": 3.0, "blockToLive": 0.0,
		"memberOnlyRead": true, "memberOnlyWrite": true,
		"endorsementPolicy": map[string]any{"signaturePolicy": "AND('A.peer','B.peer')"},
	}, generic[0])
}

// Fabric's rule for collection names: core/chaincode/lifecycle.
var fabricName = regexp.MustCompile(`^[A-Za-z0-9]+([A-Za-z0-9_-]+)*$`)

func TestPairNamesAreFabricNamesAndNeverCollide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		msp := rapid.StringMatching(`[A-Za-z0-9._-]{1,12}`)
		a, b, c := msp.Draw(t, "a"), msp.Draw(t, "b"), msp.Draw(t, "c")
		if collections.Pair(a, b) != collections.Pair(b, a) {
			t.Fatal("the order of the two matters")
		}
		if !fabricName.MatchString(collections.Pair(a, b)) {
			t.Fatalf("%q is no collection name", collections.Pair(a, b))
		}
		if c != a && c != b && (collections.Pair(a, b) == collections.Pair(a, c) || collections.Pair(a, b) == collections.Pair(c, b)) {
			t.Fatalf("%s, %s and %s collide", a, b, c)
		}
	})
}
