package shipment

import (
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// findOffer returns the shipment that an event opened, by the event's hash and
// the MSP id of its recorder, which is needed when several recorded the same. It
// fails with fault.InvalidRequest and fault.NotFound.
func findOffer(tx *ledger.Tx, event, recordedBy string) (*product.Offer, error) {
	hash, err := product.EventHash(event)
	if err != nil {
		return nil, err
	}
	// The first to record an event is not named in its key.
	keys := []ledger.Key{product.OfferKey(product.Ref{Hash: hash, By: recordedBy}), product.OfferKey(product.Ref{Hash: hash})}
	found, err := ledger.LoadMany[product.Offer](tx, keys)
	if err != nil {
		return nil, err
	}
	for _, offer := range found {
		if offer != nil && (recordedBy == "" || offer.From == recordedBy) {
			return offer, nil
		}
	}
	return nil, fault.New(fault.NotFound, "no shipment on record was opened by this event")
}

// shippedLine is a quantity of a lot or class in the body of an event.
type shippedLine struct {
	EPCClass string      `json:"epcClass"`
	Quantity json.Number `json:"quantity"`
	UOM      string      `json:"uom"`
}

// manifest is what the body of an event lists.
type manifest struct {
	EPCList      []string      `json:"epcList"`
	QuantityList []shippedLine `json:"quantityList"`
}

func readManifest(tx *ledger.Tx, ref product.Ref) (*manifest, error) {
	body, err := product.LoadBody(tx, ref)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fault.New(fault.Internal, "the body of event %s cannot be read: %w", ref.Hash, err)
	}
	return &m, nil
}

// paths returns the objects in ledger form.
func (m *manifest) paths() map[string]bool {
	paths := make(map[string]bool, len(m.EPCList)+len(m.QuantityList))
	for _, epc := range m.EPCList {
		if id, err := gs1.Parse(epc); err == nil {
			paths[id.Path()] = true
		}
	}
	for _, line := range m.QuantityList {
		if id, err := gs1.Parse(line.EPCClass); err == nil {
			paths[id.Path()] = true
		}
	}
	return paths
}

// ReadShipmentRequest asks for a shipment and a stretch of what is on it.
type ReadShipmentRequest struct {
	// Event is the CBV 2.0 hash id of the shipping event, or the 64 hexadecimal
	// digits in it.
	Event string `json:"event"`
	// RecordedBy is the MSP id of who recorded it; absent: the first.
	RecordedBy string `json:"recordedBy,omitempty"`
	// From is the place in the list at which to begin, from 0.
	From int `json:"from,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
}

// ReadShipmentResponse is a shipment and a stretch of what is on it.
type ReadShipmentResponse struct {
	// Offer is the shipment.
	Offer product.Offer `json:"offer"`
	// Record says who recorded the shipping event, and when.
	Record product.EventRecord `json:"record"`
	// Length is that of the whole list: objects, then quantities, as the
	// shipping event lists them.
	Length int `json:"length"`
	// Items are the stretch of it.
	Items []ShippedItem `json:"items"`
	// Next is From of the next stretch; absent at the end.
	Next int `json:"next,omitempty"`
}

// ShippedItem is an object, or a quantity of a lot or class, of a shipment.
type ShippedItem struct {
	// ID is the object, lot or class, canonical.
	ID string `json:"id"`
	// Quantity and Unit are how much of a lot or class was shipped; absent for
	// an object.
	Quantity string `json:"quantity,omitempty"`
	Unit     string `json:"unit,omitempty"`
	// Offered says that the object is on this shipment still, neither received
	// nor called off. It is not said of quantities.
	Offered bool `json:"offered,omitempty"`
	// Custodian and Party are who has the object now.
	Custodian string `json:"custodian,omitempty"`
	Party     string `json:"party,omitempty"`
}

// ReadShipment returns a shipment and, of each object in a stretch of it, whether
// it is on it still. Anyone may. It fails with fault.NotFound,
// fault.InvalidRequest, and fault.LimitExceeded for a size out of range.
func ReadShipment(tx *ledger.Tx, req ReadShipmentRequest) (ReadShipmentResponse, error) {
	if req.Size == 0 {
		req.Size = 100
	}
	switch {
	case req.Size < 1 || req.Size > ledger.MaxPage:
		return ReadShipmentResponse{}, fault.New(fault.LimitExceeded, "a stretch has 1 to %d items, not %d", ledger.MaxPage, req.Size).At("/size")
	case req.From < 0:
		return ReadShipmentResponse{}, fault.New(fault.InvalidRequest, "places count from 0").At("/from")
	}
	offer, err := findOffer(tx, req.Event, req.RecordedBy)
	if err != nil {
		return ReadShipmentResponse{}, fault.Of(err).At("/event")
	}
	records, err := product.LoadEvents(tx, []product.Ref{offer.Ref()})
	if err != nil {
		return ReadShipmentResponse{}, err
	}
	if records[0] == nil {
		return ReadShipmentResponse{}, fault.New(fault.Internal, "the ledger lacks event %s", offer.Event)
	}
	list, err := readManifest(tx, offer.Ref())
	if err != nil {
		return ReadShipmentResponse{}, err
	}
	response := ReadShipmentResponse{Offer: *offer, Record: *records[0], Length: len(list.EPCList) + len(list.QuantityList), Items: []ShippedItem{}}
	from := min(req.From, response.Length)
	to := min(from+req.Size, response.Length)
	if to < response.Length {
		response.Next = to
	}
	response.Items, err = list.items(tx, offer, from, to)
	return response, err
}

// items are the entries of a list from a place to before another.
func (m *manifest) items(tx *ledger.Tx, offer *product.Offer, from, to int) ([]ShippedItem, error) {
	objects := len(m.EPCList)
	var ids []gs1.ID
	for _, epc := range m.EPCList[min(from, objects):min(to, objects)] {
		id, err := gs1.Parse(epc)
		if err != nil {
			return nil, fault.New(fault.Internal, "event %s lists what cannot be read: %w", offer.Event, err)
		}
		ids = append(ids, id)
	}
	twins, err := product.LoadTwins(tx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]ShippedItem, 0, to-from)
	for i, t := range twins {
		if t == nil {
			return nil, fault.New(fault.Internal, "an object that was shipped is not on the ledger").About(ids[i].Path())
		}
		items = append(items, ShippedItem{
			ID: t.ID, Offered: t.Offer != nil && t.Offer.Ref() == offer.Ref(), Custodian: t.Custodian, Party: t.Party,
		})
	}
	for _, line := range m.QuantityList[max(from-objects, 0):max(to-objects, 0)] {
		id, err := gs1.Parse(line.EPCClass)
		if err != nil {
			return nil, fault.New(fault.Internal, "event %s lists what cannot be read: %w", offer.Event, err)
		}
		items = append(items, ShippedItem{ID: id.Path(), Quantity: line.Quantity.String(), Unit: line.UOM})
	}
	return items, nil
}
