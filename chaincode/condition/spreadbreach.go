package condition

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// SpreadBreachRequest names a breach.
type SpreadBreachRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
}

// SpreadBreachResponse is how far a breach has come.
type SpreadBreachResponse struct {
	// Breach is its id.
	Breach string `json:"breach"`
	// Done says that nothing is left: all that is affected has been found, and is
	// on hold or free as the breach says. Otherwise call again.
	Done bool `json:"done"`
	// Affected is the number of things that the breach names so far; what is in a
	// container that is named is affected with it, and not counted.
	Affected int `json:"affected"`
	// Placed is how many this call has named or put on hold, Released how many it
	// has freed.
	Placed   int `json:"placed,omitempty"`
	Released int `json:"released,omitempty"`
}

// SpreadBreach goes on finding what a breach affects, naming and holding it, or
// freeing it after a release, when that is more than one transaction takes: 500
// things each. Anybody registered may; it decides nothing. Of a breach that waits
// for a decision and of which all was found, it looks through all once more: what
// has been recorded since may say that other things were there then.
//
// Refusals: fault.NotParticipant, fault.ReaderOnly, fault.NotFound.
func SpreadBreach(tx *ledger.Tx, req SpreadBreachRequest) (SpreadBreachResponse, error) {
	if _, err := participant.Require(tx); err != nil {
		return SpreadBreachResponse{}, err
	}
	breach, err := loadBreach(tx, req.Breach)
	if err != nil {
		return SpreadBreachResponse{}, err
	}
	watch, err := loadWatch(tx, breach.Watch)
	if err != nil {
		return SpreadBreachResponse{}, err
	}
	response := SpreadBreachResponse{Breach: breach.ID, Done: true}
	if !breach.holdsAny() {
		released, more, err := breach.release(tx, personal.Person{Subject: "decision " + breach.Decision})
		if err != nil {
			return SpreadBreachResponse{}, err
		}
		response.Released, response.Done = released, !more
	}
	spread, err := loadSpread(tx, breach.ID)
	if err != nil {
		return SpreadBreachResponse{}, err
	}
	switch {
	case spread == nil:
		spread = breach.anew(0)
	case spread.Done && breach.undecided():
		spread = breach.anew(spread.Affected)
	}
	if response.Placed, err = breach.goOn(tx, watch, spread); err != nil {
		return SpreadBreachResponse{}, err
	}
	response.Done, response.Affected = response.Done && spread.Done, spread.Affected
	return response, nil
}

// ListAffectedRequest asks for what a breach affects.
type ListAffectedRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListAffectedResponse is a page of what a breach affects, by path.
type ListAffectedResponse struct {
	// Objects are the things named; what is in one of them is affected with it.
	Objects []string `json:"objects"`
	// Done says that all have been found, and Affected how many so far.
	Done     bool `json:"done"`
	Affected int  `json:"affected"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListAffected lists what a breach affects. Anyone may. It fails with
// fault.NotFound and fault.LimitExceeded.
func ListAffected(tx *ledger.Tx, req ListAffectedRequest) (ListAffectedResponse, error) {
	if _, err := loadBreach(tx, req.Breach); err != nil {
		return ListAffectedResponse{}, err
	}
	spread, err := loadSpread(tx, req.Breach)
	if err != nil {
		return ListAffectedResponse{}, err
	}
	if spread == nil {
		return ListAffectedResponse{}, fault.New(fault.Internal, "nothing is known of what breach %s affects", req.Breach)
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("affected", req.Breach), req.Size, req.Bookmark)
	if err != nil {
		return ListAffectedResponse{}, err
	}
	response := ListAffectedResponse{Objects: make([]string, len(entries)), Done: spread.Done, Affected: spread.Affected, Bookmark: next}
	for i, entry := range entries {
		_, parts := entry.Key.Parts() // breach, object
		response.Objects[i] = parts[1]
	}
	return response, nil
}
