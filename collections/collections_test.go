package collections_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/collections"
)

// three trade, and one reads.
func three() collections.Consortium {
	return collections.Consortium{
		Channel: "supplychain", Chaincode: "countersign", Endorse: 2, Lifecycle: 2,
		Organisations: []collections.Organisation{{MSP: "RetailerMSP"}, {MSP: "CarrierMSP"}, {MSP: "RegulatorMSP", Reader: true}, {MSP: "ManufacturerMSP"}},
	}
}

func find(t *testing.T, c collections.Consortium, name string) collections.Definition {
	t.Helper()
	all := c.Definitions()
	i := slices.IndexFunc(all, func(d collections.Definition) bool { return d.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return all[i]
}

func TestEveryTwoThatTradeHaveOneCollectionThatBothEndorse(t *testing.T) {
	d := find(t, three(), collections.Relation("ManufacturerMSP", "CarrierMSP"))
	require.Equal(t, collections.Relation("CarrierMSP", "ManufacturerMSP"), d.Name)
	require.Equal(t, "OR('CarrierMSP.member','ManufacturerMSP.member')", d.Policy)
	require.Equal(t, "AND('CarrierMSP.peer','ManufacturerMSP.peer')", d.EndorsementPolicy.SignaturePolicy)
}

func TestOfMoreThanTwoAnyTwoEndorse(t *testing.T) {
	c := three()
	c.Relations = [][]string{{"RetailerMSP", "ManufacturerMSP", "CarrierMSP"}}
	d := find(t, c, "relation-CarrierMSP-ManufacturerMSP-RetailerMSP")
	require.Equal(t, "OR('CarrierMSP.member','ManufacturerMSP.member','RetailerMSP.member')", d.Policy)
	require.Equal(t, "OutOf(2,'CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')", d.EndorsementPolicy.SignaturePolicy)
}

func TestADisclosureIsTheOwnersToWriteAndToEraseAndItsRecipientsToRead(t *testing.T) {
	d := find(t, three(), collections.Disclosure("ManufacturerMSP", "CarrierMSP"))
	require.Equal(t, "OR('CarrierMSP.member','ManufacturerMSP.member')", d.Policy)
	require.Equal(t, "OR('ManufacturerMSP.peer')", d.EndorsementPolicy.SignaturePolicy)
	require.NotEqual(t, d.Name, collections.Disclosure("CarrierMSP", "ManufacturerMSP"))
}

func TestAReaderReceivesFromAllThatTradeAndDisclosesNothing(t *testing.T) {
	var names []string
	for _, d := range three().Definitions() {
		names = append(names, d.Name)
	}
	require.Equal(t, []string{
		"readings",
		"relation-CarrierMSP-ManufacturerMSP", "relation-CarrierMSP-RetailerMSP", "relation-ManufacturerMSP-RetailerMSP",
		"disclosure-CarrierMSP-ManufacturerMSP", "disclosure-CarrierMSP-RegulatorMSP", "disclosure-CarrierMSP-RetailerMSP",
		"disclosure-ManufacturerMSP-CarrierMSP", "disclosure-ManufacturerMSP-RegulatorMSP", "disclosure-ManufacturerMSP-RetailerMSP",
		"disclosure-RetailerMSP-CarrierMSP", "disclosure-RetailerMSP-ManufacturerMSP", "disclosure-RetailerMSP-RegulatorMSP",
	}, names)
}

func TestNoRelationsAndNoDisclosuresCanBeSaid(t *testing.T) {
	c := three()
	c.Relations, c.Disclosures = [][]string{}, []collections.Flow{}
	require.Len(t, c.Definitions(), 1)
}

func TestNoCollectionLosesAValueOrServesAnOutsider(t *testing.T) {
	c := three()
	c.Retention = collections.Retention{Readings: 3, Relations: 1, Disclosures: 2}
	kept := map[uint64]int{}
	for _, d := range c.Definitions() {
		require.Positive(t, d.RequiredPeerCount, "a value that reaches nobody else is lost with its endorser")
		require.GreaterOrEqual(t, d.MaxPeerCount, d.RequiredPeerCount)
		require.True(t, d.MemberOnlyRead && d.MemberOnlyWrite)
		kept[d.BlockToLive]++
	}
	require.Equal(t, map[uint64]int{3: 1, 1: 3, 2: 9}, kept)
}

func TestAnEndorserSendsTheValuesOfARelationToEveryMember(t *testing.T) {
	for members, most := range map[int]int{2: 3, 4: 3, 5: 4, 8: 7} {
		var c collections.Consortium
		var all []string
		for i := range members {
			all = append(all, string(rune('A'+i))+"MSP")
			c.Organisations = append(c.Organisations, collections.Organisation{MSP: all[i]})
		}
		c.Relations = [][]string{all}
		require.Equal(t, most, find(t, c, collections.Relation(all...)).MaxPeerCount, members)
	}
}

func TestRecordingsAreSharedByAllThatTradeUnderTheChaincodesPolicy(t *testing.T) {
	d := three().Definitions()[0]
	require.Equal(t, collections.Readings, d.Name)
	require.Equal(t, "OR('CarrierMSP.member','ManufacturerMSP.member','RetailerMSP.member')", d.Policy)
	require.Nil(t, d.EndorsementPolicy)
	text, err := collections.JSON([]collections.Definition{d})
	require.NoError(t, err)
	require.NotContains(t, string(text), "endorsementPolicy")
}

func TestTheJSONIsWhatFabricReads(t *testing.T) {
	c := collections.Consortium{Organisations: []collections.Organisation{{MSP: "A"}, {MSP: "B"}}}
	text, err := collections.JSON(c.Definitions())
	require.NoError(t, err)
	var generic []map[string]any
	require.NoError(t, json.Unmarshal(text, &generic))
	require.Equal(t, map[string]any{
		"name": "relation-A-B", "policy": "OR('A.member','B.member')",
		"requiredPeerCount": 1.0, "maxPeerCount": 3.0, "blockToLive": 0.0,
		"memberOnlyRead": true, "memberOnlyWrite": true,
		"endorsementPolicy": map[string]any{"signaturePolicy": "AND('A.peer','B.peer')"},
	}, generic[1])
}

// Fabric's rule for collection names: core/chaincode/lifecycle.
var fabricName = regexp.MustCompile(`^[A-Za-z0-9]+([A-Za-z0-9_-]+)*$`)

func TestNamesAreFabricsAndNeverCollide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		msp := rapid.StringMatching(`[A-Za-z0-9._-]{1,12}`)
		members := rapid.SliceOfNDistinct(msp, 2, 8, rapid.ID)
		a, b := members.Draw(t, "a"), members.Draw(t, "b")
		owner, recipient := msp.Draw(t, "owner"), msp.Draw(t, "recipient")
		same := slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
		if same != (collections.Relation(a...) == collections.Relation(b...)) {
			t.Fatalf("%q and %q collide", a, b)
		}
		backward := slices.Clone(a)
		slices.Reverse(backward)
		if collections.Relation(a...) != collections.Relation(backward...) {
			t.Fatal("the order of the members matters")
		}
		if owner != recipient && collections.Disclosure(owner, recipient) == collections.Disclosure(recipient, owner) {
			t.Fatal("a disclosure has no direction")
		}
		for _, name := range []string{collections.Relation(a...), collections.Disclosure(owner, recipient)} {
			if !fabricName.MatchString(name) || name == collections.Readings {
				t.Fatalf("%q is no collection's name", name)
			}
		}
	})
}
