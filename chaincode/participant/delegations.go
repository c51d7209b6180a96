package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ListDelegationsRequest asks for a page of delegations: those that an
// organisation gave, those that one was given, or those from one to the other.
type ListDelegationsRequest struct {
	// Holder is the MSP id of the organisation that delegated. At least one of
	// Holder and Delegate is set.
	Holder string `json:"holder,omitempty"`
	// Delegate is the MSP id of the organisation that may commission, too.
	Delegate string `json:"delegate,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListedDelegation is a delegation and whether it counts.
type ListedDelegation struct {
	Delegation
	// Counts says that the delegate may commission under it now: it runs, and
	// its prefix or key is the holder's. Under a prefix, what others hold with
	// a longer prefix or a single key stays theirs.
	Counts bool `json:"counts"`
}

// ListDelegationsResponse is a page of delegations.
type ListDelegationsResponse struct {
	// Delegations are in the order of the other organisation's MSP id, then of
	// single keys and prefixes; ended ones included.
	Delegations []ListedDelegation `json:"delegations"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDelegations lists delegations. Anyone may. It fails with
// fault.InvalidRequest and, for a size out of range, fault.LimitExceeded.
func ListDelegations(tx *ledger.Tx, req ListDelegationsRequest) (ListDelegationsResponse, error) {
	if req.Size == 0 {
		req.Size = 100
	}
	found, next, err := pageOfDelegations(tx, req)
	if err != nil {
		return ListDelegationsResponse{}, err
	}
	known := &licences{at: map[string]int{}}
	for _, d := range found {
		known.add(d.Key, d.scope().digits())
	}
	if err := known.read(tx); err != nil {
		return ListDelegationsResponse{}, err
	}
	page := ListDelegationsResponse{Delegations: make([]ListedDelegation, len(found)), Bookmark: next}
	for i, d := range found {
		counts := d.runs(tx.Time()) && known.holder(i, tx.Time()) == d.Holder
		page.Delegations[i] = ListedDelegation{Delegation: d, Counts: counts}
	}
	return page, nil
}

func pageOfDelegations(tx *ledger.Tx, req ListDelegationsRequest) ([]Delegation, string, error) {
	prefix := ledger.NewKey("delegation", req.Holder)
	switch {
	case req.Holder == "" && req.Delegate == "":
		return nil, "", fault.New(fault.InvalidRequest, "name the holder or the delegate").At("/holder")
	case req.Holder == "":
		return pageOfDelegated(tx, req)
	case req.Delegate != "":
		prefix = ledger.NewKey("delegation", req.Holder, req.Delegate)
	}
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return nil, "", err
	}
	found := make([]Delegation, len(entries))
	for i, entry := range entries {
		if found[i], err = ledger.Decode[Delegation](entry.Key, entry.Value); err != nil {
			return nil, "", err
		}
	}
	return found, next, nil
}

// pageOfDelegated pages through a delegate's index.
func pageOfDelegated(tx *ledger.Tx, req ListDelegationsRequest) ([]Delegation, string, error) {
	entries, next, err := tx.Page(ledger.NewKey("delegated", req.Delegate), req.Size, req.Bookmark)
	if err != nil {
		return nil, "", err
	}
	keys := make([]ledger.Key, len(entries))
	for i, entry := range entries {
		_, parts := entry.Key.Parts()
		keys[i] = delegationKey(parts[1], parts[0], parts[2])
	}
	records, err := ledger.LoadMany[Delegation](tx, keys)
	if err != nil {
		return nil, "", err
	}
	found := make([]Delegation, len(records))
	for i, record := range records {
		if record == nil {
			return nil, "", fault.New(fault.Internal, "no record under %s", keys[i])
		}
		found[i] = *record
	}
	return found, next, nil
}
