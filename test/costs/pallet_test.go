package costs_test

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// pallets ships a pallet of 1, of 100 and of 10,000: it is the same.
func (s *sheet) pallets() {
	var moves [3]map[string]cost
	for i, n := range []int{1, 100, 10_000} {
		moves[i] = s.pallet(n)
	}
	for name, c := range moves[0] {
		for i, n := range []int{1, 100, 10_000} {
			other := moves[i][name]
			// Numbers of events and keys take more digits; nothing else grows.
			require.InDelta(s, c.bytesRead, other.bytesRead, 40, "%s %d", name, n)
			require.InDelta(s, c.bytesWritten, other.bytesWritten, 40, "%s %d", name, n)
			c.bytesRead, c.bytesWritten, other.bytesRead, other.bytesWritten = 0, 0, 0, 0
			require.Equal(s, c, other, "%s %d", name, n)
			c = moves[0][name]
		}
	}
	for _, name := range []string{"ship a pallet of n", "receive a pallet of n", "empty a pallet of n", "read the twin of one on it"} {
		s.row(name+", the same for 1, 100 and 10,000", moves[2][name])
	}
}

func (s *sheet) pallet(n int) map[string]cost {
	scene := New(s)
	goods, pallet := items("P", n), Pallet(Manufacturer, 1)
	for part := range slices.Chunk(goods, 5000) {
		capture(s.T, scene, Manufacturer, Commission(part...))
		packed := capture(s.T, scene, Manufacturer, Pack(pallet, part...))
		if n <= 100 {
			s.row(fmt.Sprintf("pack %d on a new pallet", n), packed)
		}
	}
	twin := func() cost { return ask(s.T, scene, product.ReadTwin, product.ReadTwinRequest{ID: goods[n-1]}) }
	return map[string]cost{
		"ship a pallet of n":         capture(s.T, scene, Manufacturer, Ship(Retailer, pallet)),
		"receive a pallet of n":      capture(s.T, scene, Retailer, Step("receiving", pallet)),
		"read the twin of one on it": twin(),
		"empty a pallet of n":        capture(s.T, scene, Retailer, Unpack(pallet)),
	}
}
