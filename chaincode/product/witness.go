package product

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// witness is the record of an event of an object by an organisation that does
// not hold it. Its key names all three, and nobody else writes it: what a
// witness says takes no number in the history and leaves the twin unwritten, so
// that it never conflicts with what the custodian does meanwhile.
type witness struct {
	V         int    `json:"v"`
	By        string `json:"by,omitempty"` // Ref.By: empty when the event has an effect elsewhere
	Custodian string `json:"custodian"`
	Flags     []Flag `json:"flags,omitempty"`
}

func witnessKey(path, hash, msp string) ledger.Key { return ledger.NewKey("witness", path, hash, msp) }

// ReadWitnessesRequest asks for a page of what others observed of an object.
type ReadWitnessesRequest struct {
	// ID is the object, lot or class in any GS1 form.
	ID string `json:"id"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadWitnessesResponse is a page of what others observed of an object.
type ReadWitnessesResponse struct {
	// ID is the object, lot or class, canonical.
	ID string `json:"id"`
	// Witnesses are in the order of their events' hashes, which is none in
	// time.
	Witnesses []Witness `json:"witnesses"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// Witness is what an organisation that did not hold an object, or that much of a
// lot, said of it.
// Nothing followed from it.
type Witness struct {
	// Record is of the event: what, when, and recorded by whom. The event
	// itself is read by its hash and recorder.
	Record EventRecord `json:"record"`
	// Custodian is the MSP id of who answered for the object then; absent for a
	// lot, which several organisations can have.
	Custodian string `json:"custodian,omitempty"`
	// Flags mark what is implausible about it.
	Flags []Flag `json:"flags,omitempty"`
}

// ReadWitnesses lists what organisations observed of an object while another
// held it. Such events are not in its history. Anyone may. It fails with
// fault.NotFound, fault.InvalidIdentifier, fault.Unsupported, and
// fault.LimitExceeded for a size out of range.
func ReadWitnesses(tx *ledger.Tx, req ReadWitnessesRequest) (ReadWitnessesResponse, error) {
	path, err := witnessed(tx, req.ID)
	if err != nil {
		return ReadWitnessesResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("witness", path), req.Size, req.Bookmark)
	if err != nil {
		return ReadWitnessesResponse{}, err
	}
	page := ReadWitnessesResponse{ID: path, Witnesses: make([]Witness, len(entries)), Bookmark: next}
	refs := make([]Ref, len(entries))
	for i, entry := range entries {
		said, err := ledger.Decode[witness](entry.Key, entry.Value)
		if err != nil {
			return ReadWitnessesResponse{}, err
		}
		_, parts := entry.Key.Parts() // object, hash, MSP id
		refs[i] = Ref{Hash: parts[1], By: said.By}
		page.Witnesses[i] = Witness{Custodian: said.Custodian, Flags: said.Flags}
	}
	events, err := LoadEvents(tx, refs)
	if err != nil {
		return ReadWitnessesResponse{}, err
	}
	for i, record := range events {
		if record == nil {
			return ReadWitnessesResponse{}, fault.New(fault.Internal, "the ledger lacks event %s", refs[i].Hash).About(path)
		}
		page.Witnesses[i].Record = *record
	}
	return page, nil
}

// witnessed returns the path of an object, lot or class that is on the ledger.
func witnessed(tx *ledger.Tx, text string) (string, error) {
	if id, err := gs1.Parse(text); err == nil && IsLot(id) {
		lot, _, err := presentLot(tx, text)
		if err != nil {
			return "", err
		}
		return lot.ID, nil
	}
	_, twin, err := present(tx, text)
	if err != nil {
		return "", err
	}
	return twin.ID, nil
}
