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
	require.Len(t, all, 4)
	require.Equal(t, collections.Readings, all[0].Name)
	all = all[1:]
	for _, d := range all {
		require.Positive(t, d.RequiredPeerCount, "a value that reaches nobody else is lost with its endorser")
		require.True(t, d.MemberOnlyRead && d.MemberOnlyWrite)
		require.Contains(t, d.EndorsementPolicy.SignaturePolicy, "AND(")
	}
	require.Equal(t, collections.Pair("CarrierMSP", "ManufacturerMSP"), all[0].Name)
}

func TestRecordingsAreSharedByAllThatTradeUnderTheChaincodesPolicy(t *testing.T) {
	d := collections.Definitions([]string{"RetailerMSP", "CarrierMSP", "ManufacturerMSP"})[0]
	require.Equal(t, "OR('CarrierMSP.member','ManufacturerMSP.member','RetailerMSP.member')", d.Policy)
	require.Positive(t, d.RequiredPeerCount)
	require.True(t, d.MemberOnlyRead && d.MemberOnlyWrite)
	require.Nil(t, d.EndorsementPolicy)
	text, err := collections.JSON([]collections.Definition{d})
	require.NoError(t, err)
	require.NotContains(t, string(text), "endorsementPolicy")
	require.Regexp(t, fabricName, d.Name)
	require.NotEqual(t, collections.Readings, collections.Pair("A", "B"))
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
	}, generic[1])
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
