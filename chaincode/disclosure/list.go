package disclosure

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// ReadStatus returns a request and what became of it, or fault.NotFound. Anyone may.
func ReadStatus(tx *ledger.Tx, req RefRequest) (Status, error) {
	s, err := loadStatus(tx, req.Request)
	if err != nil {
		return Status{}, err
	}
	return *s, nil
}

// ReadSignedRequest returns what proves a carried request, or fault.NotFound. Anyone
// may.
func ReadSignedRequest(tx *ledger.Tx, req RefRequest) (SignedRequest, error) {
	signed, found, err := ledger.Load[SignedRequest](tx, signedRequestKey(req.Request))
	if err != nil {
		return SignedRequest{}, err
	}
	if !found {
		return SignedRequest{}, fault.New(fault.NotFound, "there is no carried request of this id").At("/request")
	}
	return signed, nil
}

// MaxListed bounds a page of requests.
const MaxListed = 100

const defaultListed = 50

// ListRequest asks for the requests of one record, owner or recipient. Exactly one is
// named.
type ListRequest struct {
	// Record is an id, Owner and Recipient are MSP ids.
	Record    string `json:"record,omitempty" jsonschema:"maxLength=43"`
	Owner     string `json:"owner,omitempty" jsonschema:"maxLength=128"`
	Recipient string `json:"recipient,omitempty" jsonschema:"maxLength=128"`
	// Size is the number wanted, 1 to 100; 0 stands for 50.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListResponse is a page of requests, by id.
type ListResponse struct {
	Requests []Status `json:"requests"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// List lists requests: who has asked for what of a record or an owner, and what a
// recipient was given. Anyone may. It fails with fault.InvalidRequest and
// fault.LimitExceeded.
func List(tx *ledger.Tx, req ListRequest) (ListResponse, error) {
	var prefix ledger.Key
	for _, index := range [][2]string{{byRecord, req.Record}, {byOwner, req.Owner}, {byRecipient, req.Recipient}} {
		if index[1] == "" {
			continue
		}
		if prefix != "" {
			return ListResponse{}, fault.New(fault.InvalidRequest, "name a record, an owner or a recipient: one of them")
		}
		prefix = ledger.NewKey(index[0], index[1])
	}
	if req.Size == 0 {
		req.Size = defaultListed
	}
	switch {
	case prefix == "":
		return ListResponse{}, fault.New(fault.InvalidRequest, "name a record, an owner or a recipient")
	case req.Size < 0 || req.Size > MaxListed:
		return ListResponse{}, fault.New(fault.LimitExceeded, "a page has 1 to %d requests", MaxListed).At("/size")
	}
	entries, next, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return ListResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, e := range entries {
		_, parts := e.Key.Parts()
		keys[i] = disclosureKey(parts[len(parts)-1])
	}
	found, err := ledger.LoadMany[Disclosure](tx, keys)
	if err != nil {
		return ListResponse{}, err
	}
	asked := make([]Disclosure, len(found))
	for i, d := range found {
		if d == nil {
			return ListResponse{}, fault.New(fault.Internal, "%s stands in an index and nowhere else", keys[i])
		}
		asked[i] = *d
	}
	statuses, err := loadSteps(tx, asked)
	if err != nil {
		return ListResponse{}, err
	}
	return ListResponse{Requests: statuses, Bookmark: next}, nil
}
