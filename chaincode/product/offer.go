package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Offer is a leg of a shipment, from its shipping to its receipt. One record
// stands for all that one event ships.
type Offer struct {
	// V is the schema version.
	V int `json:"v"`
	// Event is the hash of the shipping event, 64 hexadecimal digits, and By
	// its recorder when that is not the first (see [Ref]).
	Event string `json:"event"`
	By    string `json:"by,omitempty"`
	// From is the MSP id of the shipper, To that of the organisation that may
	// receive.
	From string `json:"from"`
	To   string `json:"to"`
	// ToGLN is the party that the shipper named, "/417/...". Outside says that
	// it is outside of the channel, and To is its sponsor, which records for it.
	ToGLN   string `json:"toGLN"`
	Outside bool   `json:"outside,omitempty"`
	// Owner is the MSP id of the organisation that shall own what is shipped,
	// when the event says so.
	Owner string `json:"owner,omitempty"`
	// Time is when it was shipped, by the event.
	Time time.Time `json:"time"`
	// ReadPoint is where it was shipped from; Location is where it is bound.
	ReadPoint string `json:"readPoint,omitempty"`
	Location  string `json:"location,omitempty"`
	// Return says that it goes back to whom all of it came from.
	Return bool `json:"return,omitempty"`
}

// Ref names the shipping event.
func (o *Offer) Ref() Ref { return Ref{Hash: o.Event, By: o.By} }

// OfferKey is the key of the shipment that an event opened.
func OfferKey(ref Ref) ledger.Key { return ledger.NewKey("offer", ref.Hash, ref.By) }

// Ref names the shipping event.
func (r *OfferRef) Ref() Ref { return Ref{Hash: r.Event, By: r.By} }

// Offer returns the shipment that an object is on, itself or in its container;
// nil when it is on none.
func (b *Batch) Offer(t *Twin) *Offer {
	if t.Offer == nil {
		return nil
	}
	return b.offers[t.Offer.Ref()]
}

// AddOffer puts a new shipment into the batch.
func (b *Batch) AddOffer(o *Offer) {
	b.offers[o.Ref()] = o
	b.newOffers = append(b.newOffers, o)
}

// loadOffers reads the shipments that twins are on, those not known yet.
func (b *Batch) loadOffers(twins []*Twin) error {
	var keys []ledger.Key
	var refs []Ref
	for _, t := range twins {
		if t == nil || t.Offer == nil {
			continue
		}
		ref := t.Offer.Ref()
		if _, known := b.offers[ref]; !known {
			b.offers[ref] = nil
			keys, refs = append(keys, OfferKey(ref)), append(refs, ref)
		}
	}
	found, err := ledger.LoadMany[Offer](b.tx, keys)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		b.offers[ref] = found[i]
	}
	return nil
}
