package e2e_test

import (
	"errors"
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
