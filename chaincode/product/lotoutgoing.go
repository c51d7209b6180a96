package product

import (
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// maxOutgoing bounds the shipments that are looked through for what is left.
const maxOutgoing = 200

// Outgoing returns what is under way of a lot from an organisation, to one
// receiver or to all when to is empty: first what did not arrive of shipments
// that were received in part, then the latest shipment first; of each receiver
// the 200 latest shipments.
func (b *Batch) Outgoing(lot, from, to string) ([]*Holding, error) {
	receivers := []string{to}
	if to == "" {
		entries, err := b.tx.Scan(ledger.NewKey("lotsent", lot, from))
		if err != nil {
			return nil, err
		}
		receivers = nil
		for _, e := range entries {
			_, parts := e.Key.Parts() // lot, shipper, receiver
			receivers = append(receivers, parts[2])
		}
	}
	var short, all []*Holding
	for _, receiver := range receivers {
		left, err := b.outgoing(lot, from, receiver)
		if err != nil {
			return nil, err
		}
		for _, h := range left {
			if h.Short {
				short = append(short, h)
			} else {
				all = append(all, h)
			}
		}
	}
	return append(short, all...), nil
}

// outgoing returns what is left in one lane, the latest shipment first.
func (b *Batch) outgoing(lot, from, to string) ([]*Holding, error) {
	lanes, err := ledger.LoadMany[lane](b.tx, []ledger.Key{sentKey(lot, from, to), nextKey(lot, from, to)})
	if err != nil || lanes[0] == nil {
		return nil, err
	}
	first := uint64(1)
	if lanes[1] != nil {
		first = lanes[1].Count + 1
	}
	// How far the lane is done, its receiver tells. One that leaves something of
	// an old shipment forever does not keep the latest from being called off.
	if lanes[0].Count >= first+maxOutgoing {
		first = lanes[0].Count + 1 - maxOutgoing
	}
	var keys []ledger.Key
	for n := first; n <= lanes[0].Count; n++ {
		keys = append(keys, laneKey(lot, from, to, n))
	}
	entries, err := ledger.LoadMany[laneEntry](b.tx, keys)
	if err != nil {
		return nil, err
	}
	var left []*Holding
	for i, e := range slices.Backward(entries) {
		if e == nil {
			return nil, fault.New(fault.Internal, "the ledger lacks shipment %d to %s", first+uint64(i), to).About(lot)
		}
		some, err := b.OnOffer(lot, Ref{Hash: e.Event, By: e.By})
		if err != nil {
			return nil, err
		}
		left = append(left, some...)
	}
	return left, nil
}
