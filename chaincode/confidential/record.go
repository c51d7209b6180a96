package confidential

import (
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// What has become of a published record.
const (
	// StateKept: the ledger has the hash of its content.
	StateKept = "kept"
	// StatePurged: its content is gone, and somebody has put on record why.
	StatePurged = "purged"
	// StateMissing: its content is gone, and nobody has said why: it was purged, or
	// its collection keeps values for a number of blocks that is over.
	StateMissing = "missing"
)

// Standing is how a published record stands as of the transaction.
type Standing struct {
	// Published is the record as it was published.
	Published Published `json:"published"`
	// State is kept, purged or missing.
	State string `json:"state" jsonschema:"enum=kept,enum=purged,enum=missing"`
	// Kept says that the ledger has the hash of the content; in a state of purged it
	// never should.
	Kept bool `json:"kept"`
	// KeepUntil is when the record may be purged, absent when it can be at any time;
	// EraseBy when it is due to be, absent for never.
	KeepUntil time.Time `json:"keepUntil,omitzero"`
	EraseBy   time.Time `json:"eraseBy,omitzero"`
	// Due says that the time to purge has come, and nothing stands against it.
	Due bool `json:"due,omitempty"`
	// Holds are the legal holds that it is under, by MSP id.
	Holds []LegalHold `json:"holds"`
}

// RecordRequest names a published record.
type RecordRequest struct {
	// ID is the record's.
	ID string `json:"id"`
}

// Record returns a published record and how it stands; fault.NotFound. Anyone may.
func Record(tx *ledger.Tx, req RecordRequest) (Standing, error) {
	p, err := mustLoad(tx, req.ID)
	if err != nil {
		return Standing{}, err
	}
	kept, err := p.Kept(tx)
	if err != nil {
		return Standing{}, err
	}
	holds, err := Holds(tx, &p.Manifest)
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Published: *p, State: StateMissing, Kept: kept, KeepUntil: p.Manifest.KeepUntil(), EraseBy: p.Manifest.EraseBy(), Holds: holds}
	switch {
	case p.Purged != nil:
		s.State = StatePurged
	case kept:
		s.State = StateKept
	}
	s.Due = kept && len(holds) == 0 && !s.EraseBy.IsZero() && !tx.Time().Before(s.EraseBy)
	return s, nil
}

func mustLoad(tx *ledger.Tx, id string) (*Published, error) {
	p, err := Load(tx, id)
	if err == nil && p == nil {
		err = fault.New(fault.NotFound, "no such record has been published").At("/id")
	}
	return p, err
}

// RecordsRequest asks for published records, about something or of an owner.
type RecordsRequest struct {
	// Subject is what they are about: a GS1 identifier in any form, or the hash id
	// of an event. Exactly one of Subject and Owner is set.
	Subject string `json:"subject,omitempty"`
	// Owner is the MSP id of who wrote them.
	Owner string `json:"owner,omitempty"`
	// Size is the number wanted, 1 to 500; 0 stands for 50.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// RecordsResponse is a page of records, in the order of their ids, which says
// nothing.
type RecordsResponse struct {
	Records []Published `json:"records"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// Records lists what has been published about something, or by an owner. Anyone may.
//
// Refusals: fault.InvalidRequest, fault.InvalidIdentifier, fault.LimitExceeded.
func Records(tx *ledger.Tx, req RecordsRequest) (RecordsResponse, error) {
	prefix, err := req.prefix()
	if err != nil {
		return RecordsResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 50
	}
	entries, bookmark, err := tx.Page(prefix, req.Size, req.Bookmark)
	if err != nil {
		return RecordsResponse{}, err
	}
	keys := make([]ledger.Key, len(entries))
	for i, entry := range entries {
		_, parts := entry.Key.Parts()
		keys[i] = recordKey(parts[len(parts)-1])
	}
	found, err := ledger.LoadMany[Published](tx, keys)
	if err != nil {
		return RecordsResponse{}, err
	}
	page := RecordsResponse{Records: []Published{}, Bookmark: bookmark}
	for i, p := range found {
		if p == nil {
			return RecordsResponse{}, fault.New(fault.Internal, "the record under %s is missing", keys[i])
		}
		page.Records = append(page.Records, *p)
	}
	return page, nil
}

func (r RecordsRequest) prefix() (ledger.Key, error) {
	if (r.Subject == "") == (r.Owner == "") {
		return "", fault.New(fault.InvalidRequest, "name either what the records are about or who wrote them").At("/subject")
	}
	if r.Owner != "" {
		return ownerKey(r.Owner), nil
	}
	if hash, err := product.EventHash(r.Subject); err == nil {
		return subjectKey(product.EventURI(hash)), nil
	}
	id, err := gs1.Parse(r.Subject)
	if err != nil {
		return "", fault.New(fault.InvalidIdentifier, "%w", err).At("/subject")
	}
	return subjectKey(id.Path()), nil
}

// concerns reports whether an organisation shares the record, or approves what is
// disclosed of it.
func (m *Manifest) concerns(msp string) bool {
	return slices.Contains(m.Members, msp) || slices.Contains(m.Approvers, msp)
}
