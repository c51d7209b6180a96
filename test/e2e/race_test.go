package e2e_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// Two operators of one company ship the same object to two parties at once.
// One wins. The other gets the business fault that its call now deserves, not
// the conflict that it lost by.
func TestOfTwoWhoRaceOneWinsAndTheOtherLearnsWhy(t *testing.T) {
	r := start(t)
	for range 5 {
		goods := objects(1)
		must(t, r, manufacturer, commission(goods))
		racers := map[string]*client.Client{
			carrier:  r.client(t, manufacturer, "operator"),
			retailer: r.client(t, manufacturer, "admin"),
		}
		var (
			together sync.WaitGroup
			mu       sync.Mutex
			won      []string
			lost     []error
		)
		for to, racer := range racers {
			text := document(t, ship(goods, to))
			together.Go(func() {
				_, err := racer.Capture(t.Context(), text)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won = append(won, to)
				} else {
					lost = append(lost, err)
				}
			})
		}
		together.Wait()
		require.Len(t, won, 1)
		require.True(t, errors.Is(lost[0], fault.InTransit), "%v", lost[0])
		twin, err := racers[carrier].Twin(t.Context(), goods[0])
		require.NoError(t, err)
		require.Equal(t, msps[won[0]], twin.Offer.To)
		require.EqualValues(t, 2, twin.Events, "the loser left something behind")
	}
}

// Two companies race for one object: the shipper calls its shipment off while the
// receiver receives. One wins, the other hears what is so now, and nothing is
// half-done: of a pallet with what is on it, too.
func TestOfTwoCompaniesThatRaceOneWins(t *testing.T) {
	r := start(t)
	faults := map[string]error{manufacturer: fault.NotCustodian, retailer: fault.NotYetShipped}
	for n := range 6 {
		goods := objects(2)
		pallet := fmt.Sprintf("urn:epc:id:sscc:9521321.8%09d", n)
		packing := objectEvent("ADD", "packing", nil)
		delete(packing, "epcList")
		packing["type"], packing["parentID"], packing["childEPCs"] = "AggregationEvent", pallet, goods
		must(t, r, manufacturer, commission(goods), packing, ship([]string{pallet}, retailer))
		calls := map[string][]byte{
			manufacturer: document(t, objectEvent("OBSERVE", "void_shipping", []string{pallet})),
			retailer:     document(t, receive([]string{pallet})),
		}
		var together sync.WaitGroup
		outcome := map[string]error{}
		var mu sync.Mutex
		for who, text := range calls {
			racer := r.client(t, who, "operator")
			together.Go(func() {
				_, err := racer.Capture(t.Context(), text)
				mu.Lock()
				defer mu.Unlock()
				outcome[who] = err
			})
		}
		together.Wait()
		winner, loser := manufacturer, retailer
		if outcome[retailer] == nil {
			winner, loser = retailer, manufacturer
		}
		require.NoError(t, outcome[winner])
		require.ErrorIs(t, outcome[loser], faults[loser])
		for _, id := range []string{pallet, goods[0]} {
			twin, err := r.client(t, winner, "operator").Twin(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, msps[winner], twin.Custodian)
			require.Nil(t, twin.Offer)
		}
	}
}
