package redaction_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

// forge has an event commit to a disclosure, by the documented formula and nothing
// of this package but the event's model.
func forge(e *epcis.Event, d redaction.Disclosure) (*epcis.Event, error) {
	core := *e
	core.BizTransactionList, core.ILMD, core.Extensions = nil, nil, nil
	owner := func(p epcis.Party) bool { return p.Type == "owning_party" }
	core.SourceList = slices.DeleteFunc(slices.Clone(core.SourceList), owner)
	core.DestinationList = slices.DeleteFunc(slices.Clone(core.DestinationList), owner)
	id, err := core.HashID()
	if err != nil {
		return nil, err
	}
	binding, err := hex.DecodeString(strings.TrimSuffix(strings.TrimPrefix(id, "ni:///sha-256;"), "?ver=CBV2.0"))
	if err != nil {
		return nil, err
	}
	text, err := d.MarshalText()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(slices.Concat([]byte("countersign redaction 1\n"), binding, text))
	forged := *e
	forged.Extensions = append(slices.Clone(e.Extensions), epcis.Member{
		Name: "countersign:commitments", Value: epcis.Text(base64.RawURLEncoding.EncodeToString(sum[:])),
	})
	return &forged, nil
}

func TestACommitmentIsWhatTheDocumentationSays(t *testing.T) {
	event, disclosures := redacted(t)
	listed, err := redaction.Commitments(event)
	require.NoError(t, err)
	for _, d := range disclosures {
		computed, err := forge(event, d)
		require.NoError(t, err)
		require.Contains(t, listed, computed.Extensions[len(computed.Extensions)-1].Value.Text)
	}
}

func TestMalformedCommitmentsAreRefusedWithTheirPlace(t *testing.T) {
	one := func(fill byte) epcis.Value {
		return epcis.Text(base64.RawURLEncoding.EncodeToString(slices.Repeat([]byte{fill}, 32)))
	}
	array := func(items ...epcis.Value) epcis.Value { return epcis.Value{Kind: epcis.Array, Items: items} }
	var many []epcis.Value
	for i := range redaction.MaxCommitments + 1 {
		many = append(many, one(byte(i)))
	}
	slices.SortFunc(many, func(a, b epcis.Value) int { return strings.Compare(a.Text, b.Text) })
	const at = "/countersign:commitments"
	for name, c := range map[string]struct {
		value   epcis.Value
		pointer string // "" is well-formed
	}{
		"one":                   {array(one(1)), ""},
		"one without an array":  {one(1), ""},
		"64":                    {array(many[:redaction.MaxCommitments]...), ""},
		"none":                  {array(), at},
		"65":                    {array(many...), at},
		"twice the same":        {array(one(1), one(1)), at + "/1"},
		"not sorted":            {array(one(1), one(3), one(2)), at + "/2"},
		"31 bytes":              {array(one(1), epcis.Text(base64.RawURLEncoding.EncodeToString(make([]byte, 31)))), at + "/1"},
		"padded":                {array(epcis.Text(base64.URLEncoding.EncodeToString(make([]byte, 32)))), at + "/0"},
		"bits that say nothing": {array(epcis.Text(strings.Repeat("A", 42) + "B")), at + "/0"},
		"with a line break":     {array(epcis.Text(strings.Repeat("A", 42) + "\n")), at + "/0"},
		"a number":              {array(epcis.Value{Kind: epcis.Numeric, Text: strings.Repeat("1", 42) + "0"}), at + "/0"},
		"a short text":          {epcis.Text("none"), at},
		"an object":             {epcis.Value{Kind: epcis.Object}, at},
	} {
		t.Run(name, func(t *testing.T) {
			event := sample()
			event.Extensions = append(event.Extensions, epcis.Member{Name: "countersign:commitments", Value: c.value})
			err := redaction.Check(event)
			if c.pointer == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, fault.InvalidDocument)
			require.Equal(t, c.pointer, fault.Of(err).Field)
		})
	}
}

func TestCommitmentsStandOnceUnderANameThatIsDeclared(t *testing.T) {
	event := sample()
	require.NoError(t, redaction.Check(event))
	event, _ = redacted(t)
	twice := *event
	twice.Context = epcis.NewContext("ext", "https://ns.example.com/epcis/", "countersign", redaction.Namespace, "cs", redaction.Namespace)
	list, _ := event.Extensions.Lookup("countersign:commitments")
	twice.Extensions = append(slices.Clone(event.Extensions), epcis.Member{Name: "cs:commitments", Value: list})
	require.ErrorIs(t, redaction.Check(&twice), fault.InvalidDocument)

	full := sample()
	full.Extensions = epcis.Extensions{{Name: redaction.Namespace + "commitments", Value: list}}
	err := redaction.Check(full)
	require.ErrorIs(t, err, fault.InvalidDocument)
	require.Equal(t, "/https:~1~1github.com~1countersign-ledger~1countersign~1ns~1commitments", fault.Of(err).Field)

	// What others call so is theirs.
	others := sample()
	others.Extensions = epcis.Extensions{{Name: "ext:commitments", Value: epcis.Text("none")}, {Name: "undeclared:commitments", Value: epcis.Text("none")}}
	require.NoError(t, redaction.Check(others))
	none, err := redaction.Commitments(others)
	require.NoError(t, err)
	require.Nil(t, none)
}
