package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadLotHoldsRequest asks for the holds of a lot.
type ReadLotHoldsRequest struct {
	// ID is the lot or class in any GS1 form.
	ID string `json:"id"`
	// Organisation is the MSP id of the one whose account is asked about; absent:
	// all of them.
	Organisation string `json:"organisation,omitempty" jsonschema:"maxLength=128"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadLotHoldsResponse is a page of the holds of a lot.
type ReadLotHoldsResponse struct {
	// ID is the lot or class, canonical.
	ID string `json:"id"`
	// Holds are in the order of the organisations' MSP ids, and of their own ids.
	Holds []LotHold `json:"holds"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// LotHold is a hold on what an organisation has of a lot.
type LotHold struct {
	// Organisation is the MSP id of who has it.
	Organisation string `json:"organisation"`
	Hold
}

// ReadLotHolds lists the holds of a lot, of one organisation's account or of all.
// Anyone may. It fails with fault.InvalidIdentifier, fault.Unsupported, and
// fault.LimitExceeded for a size out of range. A lot that is not on the ledger has
// none.
func ReadLotHolds(tx *ledger.Tx, req ReadLotHoldsRequest) (ReadLotHoldsResponse, error) {
	id, err := ParseLot(req.ID)
	if err != nil {
		return ReadLotHoldsResponse{}, fault.Of(err).At("/id")
	}
	parts := []string{id.Path()}
	if req.Organisation != "" {
		parts = append(parts, req.Organisation)
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("lothold", parts...), req.Size, req.Bookmark)
	if err != nil {
		return ReadLotHoldsResponse{}, err
	}
	page := ReadLotHoldsResponse{ID: id.Path(), Holds: make([]LotHold, len(entries)), Bookmark: next}
	for i, e := range entries {
		record, err := ledger.Decode[holdRecord](e.Key, e.Value)
		if err != nil {
			return ReadLotHoldsResponse{}, err
		}
		_, parts := e.Key.Parts() // lot, MSP id, hold
		page.Holds[i] = LotHold{Organisation: parts[1], Hold: record.Hold}
	}
	return page, nil
}
