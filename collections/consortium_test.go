package collections_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/collections"
)

const whole = `{
  "channel": "supplychain", "chaincode": "countersign",
  "organisations": [
    {"msp": "ManufacturerMSP", "name": "Acme \u0026 Söhne", "roles": ["manufacturer"], "country": "DE"},
    {"msp": "CarrierMSP"}, {"msp": "RetailerMSP"},
    {"msp": "RegulatorMSP", "reader": true}
  ],
  "endorse": 2, "lifecycle": 3,
  "relations": [["ManufacturerMSP", "CarrierMSP", "RetailerMSP"], ["CarrierMSP", "RetailerMSP"]],
  "disclosures": [{"from": "ManufacturerMSP", "to": "RegulatorMSP"}],
  "retention": {"disclosures": 1000}
}`

func TestThePoliciesCountThoseThatTradeAndNoReader(t *testing.T) {
	c, err := collections.Parse([]byte(whole))
	require.NoError(t, err)
	require.Equal(t, "OutOf(2,'CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')", c.EndorsementPolicy())
	require.Equal(t, "AND('CarrierMSP.peer','ManufacturerMSP.peer','RetailerMSP.peer')", c.LifecyclePolicy())
	require.Equal(t, "AND('CarrierMSP.admin','ManufacturerMSP.admin','RetailerMSP.admin')", c.Admins())
	require.Equal(t, "OR('CarrierMSP.admin','CarrierMSP.client','ManufacturerMSP.admin','ManufacturerMSP.client','RetailerMSP.admin','RetailerMSP.client')", c.Writers())
	require.Equal(t, "ANY Readers", c.Readers())
}

func TestWhatIsReadIsWrittenAgain(t *testing.T) {
	c, err := collections.Parse([]byte(whole))
	require.NoError(t, err)
	text, err := json.Marshal(c)
	require.NoError(t, err)
	again, err := collections.Parse(text)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

func TestAnEmptyListSurvivesAsEmptyAndAnAbsentOneAsAbsent(t *testing.T) {
	c := three()
	c.Relations = [][]string{}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	again, err := collections.Parse(text)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

// What is wrong with a file, and where it is said to be.
func TestEveryProblemIsNamedWithItsPlace(t *testing.T) {
	for _, test := range []struct{ name, from, to, pointer, text string }{
		{"a channel that Fabric refuses", `"supplychain"`, `"Supply Chain"`, "/channel", "no channel's name"},
		{"a chaincode that Fabric refuses", `"countersign"`, `"a_"`, "/chaincode", "no chaincode's name"},
		{"an MSP that no policy can name", `{"msp": "CarrierMSP"}`, `{"msp": "Carrier'MSP"}`, "/organisations/1/msp", "no MSP identifier"},
		{"an organisation twice", `{"msp": "CarrierMSP"}`, `{"msp": "ManufacturerMSP"}`, "/organisations/1/msp", "twice"},
		{"a name of control characters", `Söhne`, `\u0007`, "/organisations/0/name", "control"},
		{"a role in capitals", `["manufacturer"]`, `["Manufacturer"]`, "/organisations/0/roles", "lower-case"},
		{"a country by its name", `"DE"`, `"Germany"`, "/organisations/0/country", "ISO 3166-1"},
		{"a country that there is not", `"DE"`, `"XX"`, "/organisations/0/country", "ISO 3166-1"},
		{"nobody endorses", `"endorse": 2`, `"endorse": 0`, "/endorse", "1 to 3"},
		{"more endorse than trade", `"endorse": 2`, `"endorse": 4`, "/endorse", "1 to 3"},
		{"nobody agrees", `"lifecycle": 3`, `"lifecycle": -1`, "/lifecycle", "1 to 3"},
		{"a relation of one", `["CarrierMSP", "RetailerMSP"]]`, `["CarrierMSP"]]`, "/relations/1", "2 to 8"},
		{"a relation with a reader", `["CarrierMSP", "RetailerMSP"]]`, `["CarrierMSP", "RegulatorMSP"]]`, "/relations/1/1", "only reads"},
		{"a relation with a stranger", `["CarrierMSP", "RetailerMSP"]]`, `["OtherMSP", "RetailerMSP"]]`, "/relations/1/0", "none of the organisations"},
		{"a relation with oneself", `["CarrierMSP", "RetailerMSP"]]`, `["CarrierMSP", "CarrierMSP"]]`, "/relations/1/1", "twice"},
		{"a relation twice", `["CarrierMSP", "RetailerMSP"]]`, `["RetailerMSP", "CarrierMSP", "ManufacturerMSP"]]`, "/relations/1", "already"},
		{"a reader that discloses", `{"from": "ManufacturerMSP"`, `{"from": "RegulatorMSP"`, "/disclosures/0/from", "only reads"},
		{"a disclosure to a stranger", `"to": "RegulatorMSP"`, `"to": "OtherMSP"`, "/disclosures/0/to", "none of the organisations"},
		{"a disclosure to oneself", `"to": "RegulatorMSP"`, `"to": "ManufacturerMSP"`, "/disclosures/0", "itself"},
		{"a disclosure twice", `[{"from"`, `[{"from": "ManufacturerMSP", "to": "RegulatorMSP"}, {"from"`, "/disclosures/1", "already"},
		{"nobody to trade with", `{"msp": "CarrierMSP"}, {"msp": "RetailerMSP"}`, `{"msp": "CarrierMSP", "reader": true}`, "/organisations", "two at least"},
		{"an unknown member", `"lifecycle"`, `"livecycle"`, "", "livecycle"},
		{"a member in another case", `"lifecycle"`, `"Lifecycle"`, "", "Lifecycle"},
		{"a known member in the wrong place", `"endorse": 2`, `"endorse": 2, "from": "CarrierMSP"`, "", "from"},
		{"a member twice", `"endorse": 2`, `"endorse": 2, "endorse": 3`, "", "twice"},
		{"null for a list", `[{"from": "ManufacturerMSP", "to": "RegulatorMSP"}]`, `null`, "", "null"},
		{"a negative retention", `1000`, `-1`, "", "-1"},
		{"text behind the end", whole, whole + ` {}`, "", "behind the end"},
		{"half a file", `"retention": {"disclosures": 1000}` + "\n}", "", "", "JSON"},
		{"half a list", `["CarrierMSP", "RetailerMSP"]],`, "", "", "not JSON"},
		{"a file that is all brackets", whole, strings.Repeat("[", 1<<19), "", "8 deep"},
		{"a member that is all brackets", `"endorse": 2`, `"endorse": ` + strings.Repeat(`{"endorse":[`, 1<<15), "", "8 deep"},
		{"no file", whole, "", "", "ends too early"},
		{"a list", whole, "[]", "", "cannot unmarshal"},
		{"a large file", `"supplychain"`, `"` + strings.Repeat("a", collections.MaxFile) + `"`, "", "more than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, whole, test.from)
			_, err := collections.Parse([]byte(strings.Replace(whole, test.from, test.to, 1)))
			var wrong *collections.ConsortiumError
			require.ErrorAs(t, err, &wrong)
			for _, p := range wrong.Problems {
				if p.Pointer == test.pointer && strings.Contains(p.Text, test.text) {
					return
				}
			}
			t.Fatalf("no problem at %q with %q: %v", test.pointer, test.text, err)
		})
	}
}

func TestAllProblemsAreListedAtOnce(t *testing.T) {
	err := collections.Consortium{Organisations: []collections.Organisation{{MSP: "A"}}}.Validate()
	var wrong *collections.ConsortiumError
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong.Problems, 5)
	require.Contains(t, err.Error(), "/lifecycle: ")
}

func TestSizesAreBounded(t *testing.T) {
	var c collections.Consortium
	c.Channel, c.Chaincode, c.Endorse, c.Lifecycle = "c", "c", 1, 1
	grow := func(n int) {
		for len(c.Organisations) < n {
			c.Organisations = append(c.Organisations, collections.Organisation{MSP: fmt.Sprintf("Org%d", len(c.Organisations))})
		}
	}
	grow(collections.MaxOrganisations)
	require.ErrorContains(t, c.Validate(), "name the relations and disclosures that are needed")
	c.Relations, c.Disclosures = [][]string{}, []collections.Flow{}
	require.NoError(t, c.Validate())
	grow(collections.MaxOrganisations + 1)
	require.ErrorContains(t, c.Validate(), "/organisations: there are 65")
	c.Organisations = c.Organisations[:4]
	c.Relations = make([][]string, collections.MaxCollections+1)
	c.Disclosures = make([]collections.Flow, collections.MaxCollections+1)
	require.ErrorContains(t, c.Validate(), "/relations: there are 501")
	require.ErrorContains(t, c.Validate(), "/disclosures: there are 501")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"organisations":[{"msp":"A"}],"relations":[[]]}`))
	f.Add([]byte(`{"a":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := collections.Parse(text)
		var wrong *collections.ConsortiumError
		switch {
		case err != nil && !errors.As(err, &wrong):
			t.Fatalf("%v is a %T", err, err)
		case err != nil && len(wrong.Problems) == 0:
			t.Fatal("an error without a problem")
		case err != nil:
			return
		}
		if n := len(c.Definitions()); n == 0 || n > collections.MaxCollections {
			t.Fatalf("%d collections", n)
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := collections.Parse(again); err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
	})
}
