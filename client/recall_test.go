package client_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
)

func TestARecallsScopeNamesEachThingOnceWhateverTheRecallNames(t *testing.T) {
	c := founded(t)
	operator, quality := c.Client(t, "manufacturer", "operator"), c.Client(t, "manufacturer", "quality")
	gtin, _, _ := strings.Cut(Object(Manufacturer, "X"), "/21/")
	commission := func(lot string, from, to int) {
		var epcs []string
		for i := from; i < to; i++ {
			epcs = append(epcs, gs1.Authority+Object(Manufacturer, fmt.Sprintf("S%04d", i)))
		}
		ilmd := ""
		if lot != "" {
			ilmd = fmt.Sprintf(`, "ilmd": {"cbvmda:lotNumber": %q}`, lot)
		}
		text := strings.Replace(string(event(`"action": "ADD", "bizStep": "commissioning"`+ilmd)), object, strings.Join(epcs, `","`), 1)
		_, err := operator.Capture(t.Context(), []byte(text))
		require.NoError(t, err)
	}
	commission("L1", 0, 150)
	commission("L2", 150, 170)
	commission("", 170, 180)

	ids := func(seq func(func(product.Affected, error) bool)) map[string]int {
		found := map[string]int{}
		for a, err := range seq {
			require.NoError(t, err)
			found[a.ID]++
		}
		for id, n := range found {
			require.Equal(t, 1, n, id)
		}
		return found
	}
	require.Len(t, ids(quality.Scope(t.Context(), gtin)), 180)
	recall := func(id string, subjects ...string) {
		_, err := quality.Recall(t.Context(), product.RecallRequest{ID: id, Subjects: subjects, Reason: "r"})
		require.NoError(t, err)
	}
	recall("all", gtin, gtin+"/10/L1", Object(Manufacturer, "S0000"), Object(Manufacturer, "S0175"))
	require.Len(t, ids(quality.RecallScope(t.Context(), Manufacturer, "all")), 180)
	recall("some", gtin+"/10/L1", Object(Manufacturer, "S0000"), Object(Manufacturer, "S0175"))
	require.Len(t, ids(quality.RecallScope(t.Context(), Manufacturer, "some")), 151)

	tally, err := client.TallyScope(quality.RecallScope(t.Context(), Manufacturer, "some"))
	require.NoError(t, err)
	require.Equal(t, &client.ScopeTally{
		Things: 151, States: map[product.Whereabouts]int{product.StillHeld: 151}, Holders: map[string]int{Manufacturer: 151},
		Amounts: map[product.Whereabouts]map[string]product.Amount{},
	}, tally)
	_, err = client.TallyScope(quality.RecallScope(t.Context(), Manufacturer, "none"))
	require.ErrorIs(t, err, fault.NotFound)
	for _, err := range quality.RecallScope(t.Context(), Manufacturer, "all") {
		require.NoError(t, err)
		break // whoever has seen enough stops
	}

	ended, err := quality.EndRecall(t.Context(), "some", "over")
	require.NoError(t, err)
	require.Equal(t, ended.Transaction, ended.Recall.Ended.Transaction)
	var running []bool
	for r, err := range quality.Recalls(t.Context(), Object(Manufacturer, "S0175")) {
		require.NoError(t, err)
		running = append(running, r.Ended == nil)
	}
	require.Equal(t, []bool{true, false}, running)
}

func TestATallyAddsUpAmountsByUnit(t *testing.T) {
	things := []product.Affected{
		{State: product.StillHeld, Custodian: Retailer, Amounts: []product.Measured{{Amount: 1e6, Unit: "KGM"}, {Amount: 2e6}}},
		{State: product.StillHeld, Custodian: Carrier, Amounts: []product.Measured{{Amount: 3e6, Unit: "KGM"}}},
		{State: product.Transformed, Custodian: Carrier, Amounts: []product.Measured{{Amount: 5e6, Unit: "KGM"}}},
	}
	all := func(yield func(product.Affected, error) bool) {
		for _, thing := range things {
			if !yield(thing, nil) {
				return
			}
		}
	}
	tally, err := client.TallyScope(all)
	require.NoError(t, err)
	require.Equal(t, map[product.Whereabouts]map[string]product.Amount{
		product.StillHeld: {"KGM": 4e6, "": 2e6}, product.Transformed: {"KGM": 5e6},
	}, tally.Amounts)
	require.Equal(t, map[string]int{Retailer: 1, Carrier: 1}, tally.Holders, "what was used up is with nobody")
	things[0].Amounts[0].Amount = math.MaxInt64
	_, err = client.TallyScope(all)
	require.ErrorIs(t, err, fault.LimitExceeded)
}

func TestFlagsAreListedByTheDay(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	late := strings.ReplaceAll(string(event(`"action": "ADD", "bizStep": "commissioning"`)), "2026-03-01T11:00:00Z", "2026-02-01T11:00:00Z")
	_, err := operator.Capture(t.Context(), []byte(late))
	require.NoError(t, err)
	found := 0
	for f, err := range operator.Flags(t.Context(), now) {
		require.NoError(t, err)
		require.Equal(t, []product.Flag{product.FlagLate}, f.Flags)
		found++
	}
	require.Equal(t, 1, found)
	for _, err := range operator.Flags(t.Context(), now.AddDate(0, 0, 1)) {
		require.NoError(t, err)
		t.Fatal("nothing was recorded on that day")
	}
}
