package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadBreachRequest names a breach.
type ReadBreachRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
}

// ReadBreachResponse is a breach and the decision on it.
type ReadBreachResponse struct {
	Breach
	// Decided is the decision that stands; absent while none does.
	Decided *Decision `json:"decided,omitempty"`
}

// ReadBreach returns a breach, or fault.NotFound. Anyone may.
func ReadBreach(tx *ledger.Tx, req ReadBreachRequest) (ReadBreachResponse, error) {
	breach, err := loadBreach(tx, req.Breach)
	if err != nil {
		return ReadBreachResponse{}, err
	}
	response := ReadBreachResponse{Breach: *breach}
	if breach.Decision == "" {
		return response, nil
	}
	response.Decided, err = loadDecision(tx, breach.Decision)
	return response, err
}

// ListBreachesRequest asks for the breaches that affect an object.
type ListBreachesRequest struct {
	// Object is the object in any GS1 form.
	Object string `json:"object"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListBreachesResponse is a page of breaches, by id.
type ListBreachesResponse struct {
	Breaches []Breach `json:"breaches"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListBreaches lists the breaches that affect an object, of all its watches.
// Anyone may. It fails with fault.InvalidIdentifier and fault.LimitExceeded.
func ListBreaches(tx *ledger.Tx, req ListBreachesRequest) (ListBreachesResponse, error) {
	id, err := gs1.Parse(req.Object)
	if err != nil {
		return ListBreachesResponse{}, fault.New(fault.InvalidIdentifier, "%w", err).At("/object")
	}
	return pageOfBreaches(tx, ledger.NewKey("breachof", id.Path()), req.Size, req.Bookmark)
}

// OpenBreachesRequest asks for what waits for a quality unit.
type OpenBreachesRequest struct {
	// Quality is the MSP id of its organisation; absent: the caller's.
	Quality string `json:"quality,omitempty" jsonschema:"maxLength=128"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// OpenBreaches lists the breaches that wait for an organisation's quality unit:
// suspected, confirmed or disputed, and those whose goods it ordered to be
// repacked and has neither released nor rejected since. Anyone may. It fails with
// fault.LimitExceeded.
func OpenBreaches(tx *ledger.Tx, req OpenBreachesRequest) (ListBreachesResponse, error) {
	if req.Quality == "" {
		req.Quality = tx.Caller().MSP
	}
	return pageOfBreaches(tx, ledger.NewKey("openbreach", req.Quality), req.Size, req.Bookmark)
}

// pageOfBreaches reads the breaches whose ids stand last in the keys of an index.
func pageOfBreaches(tx *ledger.Tx, prefix ledger.Key, size int, bookmark string) (ListBreachesResponse, error) {
	if size == 0 {
		size = 100
	}
	entries, next, err := tx.Page(prefix, size, bookmark)
	if err != nil {
		return ListBreachesResponse{}, err
	}
	response := ListBreachesResponse{Breaches: []Breach{}, Bookmark: next}
	for _, entry := range entries {
		_, parts := entry.Key.Parts()
		breach, err := loadBreach(tx, parts[len(parts)-1])
		if err != nil {
			return ListBreachesResponse{}, err
		}
		response.Breaches = append(response.Breaches, *breach)
	}
	return response, nil
}
