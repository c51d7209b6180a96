package shipment

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadDiscrepancyRequest names a discrepancy.
type ReadDiscrepancyRequest struct {
	// Discrepancy is its id.
	Discrepancy string `json:"discrepancy"`
}

// ReadDiscrepancy returns a discrepancy as it stands; fault.NotFound. Anyone may.
func ReadDiscrepancy(tx *ledger.Tx, req ReadDiscrepancyRequest) (Discrepancy, error) {
	d, err := loadDiscrepancy(tx, req.Discrepancy)
	if err != nil {
		return Discrepancy{}, err
	}
	return d.at(tx.Time()), nil
}

// ListDiscrepanciesRequest asks for a page of the discrepancies of an
// organisation, or of a shipment.
type ListDiscrepanciesRequest struct {
	// Organisation is the MSP id of one that claimed, or is claimed from.
	Organisation string `json:"organisation,omitempty"`
	// Unsettled leaves out what was agreed or withdrawn.
	Unsettled bool `json:"unsettled,omitempty"`
	// Shipment is the hash of a shipping event, ShippedBy its recorder, absent
	// for the first.
	Shipment  string `json:"shipment,omitempty"`
	ShippedBy string `json:"shippedBy,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDiscrepanciesResponse is a page of discrepancies, the latest claim first.
type ListDiscrepanciesResponse struct {
	Discrepancies []Discrepancy `json:"discrepancies"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDiscrepancies lists what an organisation claims or is claimed from it, or
// what was claimed of a shipment. Anyone may. It fails with fault.InvalidRequest,
// fault.NotFound for a shipment, and fault.LimitExceeded for a size out of range.
func ListDiscrepancies(tx *ledger.Tx, req ListDiscrepanciesRequest) (ListDiscrepanciesResponse, error) {
	prefix, err := req.prefix(tx)
	if err != nil {
		return ListDiscrepanciesResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return ListDiscrepanciesResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts() // ..., time, id
		keys[i] = discrepancyKey(parts[len(parts)-1])
	}
	found, err := ledger.LoadMany[Discrepancy](tx, keys)
	if err != nil {
		return ListDiscrepanciesResponse{}, err
	}
	page := ListDiscrepanciesResponse{Discrepancies: make([]Discrepancy, len(found)), Bookmark: next}
	for i, d := range found {
		if d == nil {
			return ListDiscrepanciesResponse{}, fault.New(fault.Internal, "the ledger lacks %s", keys[i])
		}
		page.Discrepancies[i] = d.at(tx.Time())
	}
	return page, nil
}

func (r *ListDiscrepanciesRequest) prefix(tx *ledger.Tx) (ledger.Key, error) {
	switch {
	case (r.Organisation == "") == (r.Shipment == ""):
		return "", fault.New(fault.InvalidRequest, "name an organisation by its MSP id, or a shipment").At("/organisation")
	case r.Unsettled && r.Shipment != "":
		return "", fault.New(fault.InvalidRequest, "of a shipment, all are listed").At("/unsettled")
	case r.Unsettled:
		return ledger.NewKey(unsettledOf, r.Organisation), nil
	case r.Organisation != "":
		return ledger.NewKey(discrepanciesOf, r.Organisation), nil
	}
	offer, err := findOffer(tx, r.Shipment, r.ShippedBy)
	if err != nil {
		return "", fault.Of(err).At("/shipment")
	}
	return ledger.NewKey(discrepanciesIn, offer.Event, offer.By), nil
}
