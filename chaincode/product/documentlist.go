package product

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// WithdrawDocumentRequest names a document that the caller's organisation linked.
type WithdrawDocumentRequest struct {
	// Subject is what the document was linked to, in any form.
	Subject string `json:"subject"`
	// SHA256 is the hash of its content.
	SHA256 string `json:"sha256" jsonschema:"minLength=64,maxLength=64"`
	// Reason is for people: 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=500"`
}

// WithdrawDocument marks a link that the caller's organisation made: it stands by
// it no longer. The record stays. By an operator, a quality person or an admin.
//
// Refusals: those of [participant.Require], fault.InvalidRequest,
// fault.LimitExceeded, fault.InvalidIdentifier, fault.Unsupported, fault.NotFound
// where the organisation linked no such document; fault.AlreadyRecorded (detail
// transaction) when it is withdrawn.
func WithdrawDocument(tx *ledger.Tx, req WithdrawDocumentRequest) (Document, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Document{}, err
	}
	subject, err := documentSubject(req.Subject)
	if err != nil {
		return Document{}, fault.Of(err).At("/subject")
	}
	hash := strings.ToLower(req.SHA256)
	if !hashForm.MatchString(hash) {
		return Document{}, errSHA256("/sha256")
	}
	if err := plainText("/reason", req.Reason, 1, MaxReason); err != nil {
		return Document{}, err
	}
	key := documentKey(subject, hash, caller.MSP)
	d, found, err := ledger.Load[Document](tx, key)
	switch {
	case err != nil:
		return Document{}, err
	case !found:
		return Document{}, fault.New(fault.NotFound, "%s linked no such document", caller.MSP).At("/sha256")
	case d.Withdrawn != nil:
		return Document{}, fault.New(fault.AlreadyRecorded, "the document has been withdrawn").With("transaction", d.Withdrawn.Transaction)
	}
	d.Withdrawn = &Withdrawal{Reason: req.Reason, Time: tx.Time(), Transaction: tx.ID()}
	return d, ledger.Store(tx, key, d)
}

// ListDocumentsRequest asks for a page of the documents about something.
type ListDocumentsRequest struct {
	// Subject is an object, lot or class in any GS1 form, or an event by its
	// hash.
	Subject string `json:"subject"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDocumentsResponse is a page of documents.
type ListDocumentsResponse struct {
	// Documents are by hash and author, withdrawn ones included.
	Documents []Document `json:"documents"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListDocuments lists the documents that organisations linked to something,
// withdrawn ones included. Those about an object's lot and class are asked for by
// the lot and the class. Anyone may. It fails with fault.InvalidIdentifier,
// fault.Unsupported, and fault.LimitExceeded for a size out of range.
func ListDocuments(tx *ledger.Tx, req ListDocumentsRequest) (ListDocumentsResponse, error) {
	subject, err := documentSubject(req.Subject)
	if err != nil {
		return ListDocumentsResponse{}, fault.Of(err).At("/subject")
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("document", subject), req.Size, req.Bookmark)
	if err != nil {
		return ListDocumentsResponse{}, err
	}
	page := ListDocumentsResponse{Documents: make([]Document, len(entries)), Bookmark: next}
	for i, e := range entries {
		if page.Documents[i], err = ledger.Decode[Document](e.Key, e.Value); err != nil {
			return ListDocumentsResponse{}, err
		}
	}
	return page, nil
}
