package product

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Done is what an organisation did about a recall.
type Done string

const (
	// Noted: the recall has been read; what will be done is open.
	Noted Done = "noted"
	// NoneHere: the organisation has looked, and has nothing of it.
	NoneHere Done = "none"
	// Quarantined: what there is has been set apart.
	Quarantined Done = "quarantined"
	// SentBack: what there was has been sent back.
	SentBack Done = "returned"
	// Destroyed: what there was has been destroyed.
	Destroyed Done = "destroyed"
	// Corrected: what there was has been put right where it is.
	Corrected Done = "corrected"
)

func (d Done) known() bool {
	switch d {
	case Noted, NoneHere, Quarantined, SentBack, Destroyed, Corrected:
		return true
	}
	return false
}

// Acknowledgement is one organisation's answer to a recall, as it stands. What it
// said before is in the history that Fabric keeps of the key.
type Acknowledgement struct {
	// V is the schema version.
	V int `json:"v"`
	// MSP is the organisation.
	MSP string `json:"msp"`
	// Done is what it did: "noted", "none" (it has nothing of it),
	// "quarantined", "returned", "destroyed" or "corrected".
	Done Done `json:"done" jsonschema:"enum=noted,enum=none,enum=quarantined,enum=returned,enum=destroyed,enum=corrected"`
	// Note is for people.
	Note string `json:"note,omitempty"`
	// Subject is the certificate's subject of the person who said so.
	Subject string `json:"subject"`
	// First is the ledger time of the organisation's first answer, Time that
	// of this one; Answers counts them.
	First   time.Time `json:"first"`
	Time    time.Time `json:"time"`
	Answers int       `json:"answers"`
	// Transaction is the one that recorded it.
	Transaction string `json:"transaction"`
}

func acknowledgedKey(by, id, msp string) ledger.Key {
	return ledger.NewKey("acknowledged", by, id, msp)
}

// AcknowledgeRecallRequest answers a recall.
type AcknowledgeRecallRequest struct {
	// By is the MSP id of the organisation that recalls, ID what it calls the
	// recall.
	By string `json:"by"`
	ID string `json:"id"`
	// Done is what the caller's organisation did: "noted", "none" (it has
	// nothing of it), "quarantined", "returned", "destroyed" or "corrected".
	Done Done `json:"done" jsonschema:"enum=noted,enum=none,enum=quarantined,enum=returned,enum=destroyed,enum=corrected"`
	// Note is for people, at most 500 bytes.
	Note string `json:"note,omitempty" jsonschema:"maxLength=500"`
}

// AcknowledgeRecall says what the caller's organisation did about a recall, by
// an operator, a quality person or an admin. Any organisation on record may, and
// for itself alone; a later answer takes the place of the one before.
//
// Refusals: those of [participant.Require], fault.InvalidRequest,
// fault.LimitExceeded, fault.NotFound, fault.Closed when the recall has ended,
// and fault.AlreadyRecorded (detail transaction) for the answer that stands.
func AcknowledgeRecall(tx *ledger.Tx, req AcknowledgeRecallRequest) (Acknowledgement, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Acknowledgement{}, err
	}
	if !req.Done.known() {
		return Acknowledgement{}, fault.New(fault.InvalidRequest, "say what was done: %s, %s, %s, %s, %s or %s", Noted, NoneHere, Quarantined, SentBack, Destroyed, Corrected).At("/done")
	}
	if err := plainText("/note", req.Note, 0, MaxReason); err != nil {
		return Acknowledgement{}, err
	}
	r, err := loadRecall(tx, req.By, req.ID)
	switch {
	case err != nil:
		return Acknowledgement{}, err
	case r.Ended != nil:
		return Acknowledgement{}, fault.New(fault.Closed, "the recall has ended").With("transaction", r.Ended.Transaction).At("/id")
	}
	key := acknowledgedKey(r.By, r.ID, caller.MSP)
	a, found, err := ledger.Load[Acknowledgement](tx, key)
	switch {
	case err != nil:
		return Acknowledgement{}, err
	case found && a.Done == req.Done && a.Note == req.Note:
		return Acknowledgement{}, fault.New(fault.AlreadyRecorded, "this answer is on record").With("transaction", a.Transaction)
	case !found:
		a = Acknowledgement{V: Version, MSP: caller.MSP, First: tx.Time()}
	}
	a.Done, a.Note, a.Subject = req.Done, req.Note, tx.Caller().Subject
	a.Time, a.Transaction, a.Answers = tx.Time(), tx.ID(), a.Answers+1
	return a, ledger.Store(tx, key, a)
}

// ReadRecallRequest names a recall, and asks for a page of its answers.
type ReadRecallRequest struct {
	// By is the MSP id of the organisation that recalls, ID what it calls the
	// recall.
	By string `json:"by"`
	ID string `json:"id"`
	// Size is the number of acknowledgements wanted, 1 to 100; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadRecallResponse is a recall and how it stands.
type ReadRecallResponse struct {
	// Recall is the record.
	Recall Recall `json:"recall"`
	// Subjects are the lots, classes and objects that it names, sorted; on the
	// first page only.
	Subjects []string `json:"subjects,omitempty"`
	// Acknowledgements are a page of what organisations answered, by MSP id.
	Acknowledgements []Acknowledgement `json:"acknowledgements"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ReadRecall returns a recall, what it names, and a page of the answers to it.
// Anyone may. It fails with fault.NotFound, and fault.LimitExceeded for a size out
// of range.
func ReadRecall(tx *ledger.Tx, req ReadRecallRequest) (ReadRecallResponse, error) {
	size, err := pageSize(req.Size)
	if err != nil {
		return ReadRecallResponse{}, err
	}
	r, err := loadRecall(tx, req.By, req.ID)
	if err != nil {
		return ReadRecallResponse{}, err
	}
	response := ReadRecallResponse{Recall: r}
	if req.Bookmark == "" {
		if response.Subjects, err = r.subjects(tx); err != nil {
			return ReadRecallResponse{}, err
		}
	}
	entries, next, err := tx.Page(ledger.NewKey("acknowledged", r.By, r.ID), size, req.Bookmark)
	if err != nil {
		return ReadRecallResponse{}, err
	}
	response.Bookmark, response.Acknowledgements = next, make([]Acknowledgement, len(entries))
	for i, e := range entries {
		if response.Acknowledgements[i], err = ledger.Decode[Acknowledgement](e.Key, e.Value); err != nil {
			return ReadRecallResponse{}, err
		}
	}
	return response, nil
}
