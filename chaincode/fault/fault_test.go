package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

func TestAFaultIsRebuiltFromAnyTextAroundIt(t *testing.T) {
	refused := fault.New(fault.NotCustodian, "in the custody of %s", "CarrierMSP").
		AtEvent(3).About("/01/09506000134352/21/V1").At("/epcisBody/eventList/3").With("custodian", "CarrierMSP")
	// The shapes in which fabric-gateway hands over one chaincode error.
	for name, around := range map[string]string{
		"evaluate":                    "evaluate call to endorser returned error: chaincode response 500, %s",
		"refused by the first":        "chaincode response 500, %s",
		"bare in a detail":            "%s",
		"quoted by another programme": `rpc error: code = Aborted desc = "failed to endorse: %s" trailing [x]`,
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := fault.Find(fmt.Sprintf(around, refused.Wire()))
			require.True(t, ok)
			require.Equal(t, refused, got)
			require.ErrorIs(t, got, fault.NotCustodian)
			require.NotErrorIs(t, got, fault.NotFound)
		})
	}
}

func TestAnyFaultSurvivesQuotingAndWrapping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := fault.New(fault.NotFound, "%s", rapid.StringN(0, 80, 300).Draw(t, "message")).
			About(rapid.StringN(0, 20, 60).Draw(t, "epc")).
			At(rapid.StringN(0, 20, 60).Draw(t, "field"))
		got, ok := fault.Find("before " + strconv.Quote(sent.Wire()) + " after")
		if !ok {
			t.Fatalf("not found in %q", sent.Wire())
		}
		if got.EPC != sent.EPC || got.Field != sent.Field || got.Message != sent.Message || got.Code != sent.Code {
			t.Fatalf("sent %#v, got %#v", sent, got)
		}
	})
}

func TestAnOversizeMessageIsCutNotLost(t *testing.T) {
	got, ok := fault.Find(fault.New(fault.Held, "%s", strings.Repeat("é", 5000)).Wire())
	require.True(t, ok)
	require.ErrorIs(t, got, fault.Held)
	require.LessOrEqual(t, len(got.Message), fault.MaxMessage)
}

func TestOfGivesEveryErrorACode(t *testing.T) {
	require.Nil(t, fault.Of(nil))
	require.ErrorIs(t, fault.Of(io.ErrUnexpectedEOF), fault.Internal)
	require.ErrorIs(t, fault.Of(io.ErrUnexpectedEOF), io.ErrUnexpectedEOF)
	wrapped := fmt.Errorf("ship: %w", fault.New(fault.Held, "on hold"))
	require.ErrorIs(t, fault.Of(wrapped), fault.Held)
	require.ErrorIs(t, fault.Of(errors.New("peer says: "+fault.New(fault.Held, "on hold").Wire())), fault.Held)
}

func TestTheInnermostEventIndexStays(t *testing.T) {
	i, ok := fault.New(fault.Held, "x").AtEvent(0).AtEvent(7).EventIndex()
	require.True(t, ok)
	require.Equal(t, 0, i)
	_, ok = fault.New(fault.Held, "x").EventIndex()
	require.False(t, ok)
}

func TestPeopleAreShownNoToken(t *testing.T) {
	held := fault.New(fault.Held, "on hold for %q", "b1").AtEvent(2).About("/01/09506000134352/21/V1").At("/epcisBody")
	require.Equal(t, `Held: event 2: /01/09506000134352/21/V1: on hold for "b1" (at /epcisBody)`, held.Error())
	outer := fault.New(fault.Unsupported, "policy %d: %w", 7, held)
	require.Equal(t, "Unsupported: policy 7: "+held.Error(), outer.Error())
	require.ErrorIs(t, outer, fault.Held)

	require.NotContains(t, fmt.Errorf("client: %w", outer).Error(), "countersign/1/")
	require.Contains(t, outer.Wire(), outer.Error(), "whoever has no Find reads the text")
	require.Equal(t, 1, strings.Count(outer.Wire(), "countersign/1/"))
}

func FuzzFind(f *testing.F) {
	f.Add(fault.New(fault.NotFound, "x").Wire())
	f.Add("[countersign/1/NotFound/]")
	f.Add("[countersign/1/NotFound/e30]")
	f.Fuzz(func(t *testing.T, text string) {
		if found, ok := fault.Find(text); ok {
			again, ok := fault.Find(found.Wire())
			if !ok || again.Code != found.Code {
				t.Fatalf("%q does not survive a second trip", text)
			}
		}
	})
}
