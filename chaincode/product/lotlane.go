package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// A receiver names lots, not shipments: which shipments it can draw on is told by
// the lane from each shipper to it. In ordinary trade no key of a lane is written
// by one side and read by the other at the same time: the shipper counts in a key
// of its own and numbers what it ships; the receiver keeps in another up to which
// number nothing is left. That a shipper has shipped of a lot to a receiver at
// all is noted once.
//
//	lotsent~LOT~FROM~TO      lane: how many shipments there were
//	lotnext~LOT~FROM~TO      lane: how many of them are done
//	lotlane~LOT~FROM~TO~N    laneEntry: the Nth
//	lotfrom~LOT~TO~FROM      mark
type lane struct {
	V     int    `json:"v"`
	Count uint64 `json:"count"`
}

// laneEntry is a shipment in a lane.
type laneEntry struct {
	V     int    `json:"v"`
	Event string `json:"e"`
	By    string `json:"b,omitempty"`
	// Recorded is the ledger time of its recording, in Unix milliseconds.
	Recorded int64 `json:"r"`
}

func sentKey(lot, from, to string) ledger.Key { return ledger.NewKey("lotsent", lot, from, to) }
func nextKey(lot, from, to string) ledger.Key { return ledger.NewKey("lotnext", lot, from, to) }

func laneKey(lot, from, to string, number uint64) ledger.Key {
	return ledger.NewKey("lotlane", lot, from, to, ledger.Number(number))
}

// enterLane gives a shipment of a lot its number in the lane, the same to all
// lines of one event.
func (b *Batch) enterLane(lot string, o *Offer) (uint64, error) {
	sent, _, err := ledger.Load[lane](b.tx, sentKey(lot, o.From, o.To))
	if err != nil {
		return 0, err
	}
	if sent.Count > 0 {
		last, _, err := ledger.Load[laneEntry](b.tx, laneKey(lot, o.From, o.To, sent.Count))
		if err != nil || last.Event == o.Event && last.By == o.By {
			return sent.Count, err
		}
	}
	number := sent.Count + 1
	if err := ledger.Store(b.tx, sentKey(lot, o.From, o.To), lane{V: Version, Count: number}); err != nil {
		return 0, err
	}
	if number == 1 {
		if err := ledger.Store(b.tx, ledger.NewKey("lotfrom", lot, o.To, o.From), mark{V: Version}); err != nil {
			return 0, err
		}
	}
	return number, ledger.Store(b.tx, laneKey(lot, o.From, o.To, number), laneEntry{
		V: Version, Event: o.Event, By: o.By, Recorded: millis(b.tx.Time()),
	})
}

// Incoming goes through the shipments of a lot that an organisation may receive,
// in the order in which they were recorded, and after all others those of which
// the rest was said not to have arrived. It reads no further than it is asked
// to, so that a shipper which ships more meanwhile is not in the way.
type Incoming struct {
	b     *Batch
	lot   string
	to    string
	lanes []*incomingLane
	short []*laneEntry // what did not arrive of them is for last
}

type incomingLane struct {
	from  string
	done  uint64 // shipments of which nothing is left, as far as known
	at    uint64 // number of the head
	ended bool
	entry *laneEntry // the head; nil: not read
	left  []*Holding // of the head
}

// Incoming begins with the oldest shipment that has something left; of one
// shipper, or of all when from is empty.
func (b *Batch) Incoming(lot, to, from string) (*Incoming, error) {
	in := &Incoming{b: b, lot: lot, to: to}
	shippers := []string{from}
	if from == "" {
		entries, err := b.tx.Scan(ledger.NewKey("lotfrom", lot, to))
		if err != nil {
			return nil, err
		}
		shippers = nil
		for _, e := range entries {
			_, parts := e.Key.Parts() // lot, receiver, shipper
			shippers = append(shippers, parts[2])
		}
	}
	keys := make([]ledger.Key, len(shippers))
	for i, shipper := range shippers {
		keys[i] = nextKey(lot, shipper, to)
	}
	done, err := ledger.LoadMany[lane](b.tx, keys)
	if err != nil {
		return nil, err
	}
	for i, shipper := range shippers {
		l := &incomingLane{from: shipper}
		if done[i] != nil {
			l.done = done[i].Count
		}
		l.at = l.done
		in.lanes = append(in.lanes, l)
	}
	return in, nil
}

// Next returns the next shipment and what is left of the lot on it; nil when
// there is no other.
func (in *Incoming) Next() (*Offer, []*Holding, error) {
	var first *incomingLane
	for _, l := range in.lanes {
		if err := in.advance(l); err != nil {
			return nil, nil, err
		}
		if !l.ended && (first == nil || l.entry.Recorded < first.entry.Recorded) {
			first = l
		}
	}
	if first == nil {
		return in.nextShort()
	}
	offer, err := in.b.OfferOf(Ref{Hash: first.entry.Event, By: first.entry.By})
	left := first.left
	first.entry, first.left = nil, nil
	return offer, left, err
}

// nextShort returns the next shipment of which the rest did not arrive.
func (in *Incoming) nextShort() (*Offer, []*Holding, error) {
	if len(in.short) == 0 {
		return nil, nil, nil
	}
	ref := Ref{Hash: in.short[0].Event, By: in.short[0].By}
	in.short = in.short[1:]
	offer, err := in.b.OfferOf(ref)
	if err != nil {
		return nil, nil, err
	}
	left, err := in.b.OnOffer(in.lot, ref)
	return offer, left, err
}

// advance moves a lane to its next shipment with something left, and notes up to
// where nothing is.
func (in *Incoming) advance(l *incomingLane) error {
	before := l.done
	for !l.ended && l.entry == nil {
		e, found, err := ledger.Load[laneEntry](in.b.tx, laneKey(in.lot, l.from, in.to, l.at+1))
		if err != nil {
			return err
		}
		if !found {
			l.ended = true
			break
		}
		left, err := in.b.OnOffer(in.lot, Ref{Hash: e.Event, By: e.By})
		if err != nil {
			return err
		}
		l.at++
		switch {
		case len(left) > 0 && left[0].Short:
			in.short = append(in.short, &e)
		case len(left) > 0:
			l.entry, l.left = &e, left
		case l.done == l.at-1:
			l.done = l.at
		}
	}
	if l.done == before {
		return nil
	}
	return ledger.Store(in.b.tx, nextKey(in.lot, l.from, in.to), lane{V: Version, Count: l.done})
}

// reopenLane lets a receiver find a shipment again of which something is left
// after all.
func (b *Batch) reopenLane(lot, from, to string, number uint64) error {
	done, found, err := ledger.Load[lane](b.tx, nextKey(lot, from, to))
	if err != nil || !found || done.Count < number {
		return err
	}
	return ledger.Store(b.tx, nextKey(lot, from, to), lane{V: Version, Count: number - 1})
}

// OfferOf returns the shipment that an event opened.
func (b *Batch) OfferOf(ref Ref) (*Offer, error) {
	if o := b.offers[ref]; o != nil {
		return o, nil
	}
	o, found, err := ledger.Load[Offer](b.tx, OfferKey(ref))
	if err == nil && !found {
		err = fault.New(fault.Internal, "the ledger lacks the shipment %s", ref.Hash)
	}
	if err != nil {
		return nil, err
	}
	b.offers[ref] = &o
	return &o, nil
}

// ShipLot moves amounts of a lot from what an organisation has at hand onto a
// shipment, of which [Batch.AddOffer] has the record.
func (b *Batch) ShipLot(lot *Lot, o *Offer, event *NewEvent, moves []LotMove, disposition string, more ...Flag) error {
	number, err := b.enterLane(lot.ID, o)
	if err != nil {
		return err
	}
	for _, m := range moves {
		h, err := b.holding(lot.ID, m.To)
		if err != nil {
			return err
		}
		h.To, h.Lane, h.Now = o.To, number, disposition
		if o.Outside {
			h.ToParty = o.ToGLN
		}
	}
	return b.MoveLots(lot, o.From, event, Shipped, moves, more...)
}

// AllIncoming returns all that is under way of a lot to an organisation, from one
// shipper or from all when from is empty: the oldest shipment first, and last
// what did not arrive of those that were received in part.
func (b *Batch) AllIncoming(lot, to, from string) ([]*Holding, error) {
	in, err := b.Incoming(lot, to, from)
	if err != nil {
		return nil, err
	}
	var all []*Holding
	for {
		offer, left, err := in.Next()
		if err != nil || offer == nil {
			return all, err
		}
		all = append(all, left...)
	}
}

// Short notes that what is left of a lot on a shipment, in one unit, did not
// arrive with what its receiver has received of it.
func (b *Batch) Short(lot string, shipment Ref, unit string) error {
	left, err := b.OnOffer(lot, shipment)
	for _, h := range left {
		if h.Unit == unit && !h.Short {
			h.Short = true
			b.book.touch(holdingKey(lot, &h.Stock))
		}
	}
	return err
}
