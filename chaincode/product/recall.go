package product

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// Limits on a recall.
const (
	// MaxRecallSubjects bounds what one recall names.
	MaxRecallSubjects = 500
	// MaxRecallID bounds its id and its codes, in bytes.
	MaxRecallID = 64
	// MaxReason bounds reasons and notes for people, in bytes.
	MaxReason = 500
)

// Recall calls products back: lots, classes, or single objects. Whatever belongs
// to a subject reads as recalled while the recall runs, without a write: see
// [View]. It forbids nothing, since what is recalled must travel back; what moves
// all the same is flagged, see [FlagRecalled].
type Recall struct {
	// V is the schema version.
	V int `json:"v"`
	// By is the MSP id of the organisation that recalls, and ID what it calls
	// the recall: the two together name it.
	By string `json:"by"`
	ID string `json:"id"`
	// Reason is for people.
	Reason string `json:"reason"`
	// Severity is the recaller's code for how grave it is, such as "class-1".
	Severity string `json:"severity,omitempty"`
	// Reference is the number of a notice, such as an authority's; Document is
	// the SHA-256 of the notice itself, 64 hexadecimal digits.
	Reference string `json:"reference,omitempty"`
	Document  string `json:"document,omitempty"`
	// Subjects is how many lots, classes and objects it names.
	Subjects int `json:"subjects"`
	// Since is the ledger time from which it runs, and Transaction the one that
	// recorded it.
	Since       time.Time `json:"since"`
	Transaction string    `json:"transaction"`
	// Ended says that it is over; absent while it runs.
	Ended *RecallEnd `json:"ended,omitempty"`
	// Content is the SHA-256 of what the recaller said, which tells a repeat
	// from another recall of the same id.
	Content string `json:"content"`
}

// RecallEnd is the end of a recall.
type RecallEnd struct {
	// Reason is for people.
	Reason string `json:"reason"`
	// Time is the ledger time, and Transaction the one that recorded it.
	Time        time.Time `json:"time"`
	Transaction string    `json:"transaction"`
}

func recallKey(by, id string) ledger.Key { return ledger.NewKey("recall", by, id) }

// RecallRequest calls products back.
type RecallRequest struct {
	// ID is what the caller's organisation calls the recall: 1 to 64 bytes. It
	// uses an id once.
	ID string `json:"id" jsonschema:"minLength=1,maxLength=64"`
	// Subjects are 1 to 500 lots (GTIN with lot), classes (such as a GTIN), or
	// single objects (serialised items, logistic units, assets), in any GS1
	// form. A logistic unit alone is meant, and not what is in it.
	Subjects []string `json:"subjects"`
	// Reason is for people: 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=500"`
	// Severity is the caller's code for how grave it is, at most 64 bytes.
	Severity string `json:"severity,omitempty" jsonschema:"maxLength=64"`
	// Reference is the number of a notice, at most 200 bytes; Document is the
	// notice's SHA-256, 64 hexadecimal digits.
	Reference string `json:"reference,omitempty" jsonschema:"maxLength=200"`
	Document  string `json:"document,omitempty" jsonschema:"maxLength=64"`
}

// BeginRecall recalls products, from ledger time on, by a quality person or an
// admin of an organisation that may recall each of the subjects: who holds the
// licence of its key now; for a single object also who owns it now, unless its
// origin is unproven; for a lot also who commissioned some of it for the holder.
//
// A single object must be on the ledger. A lot or class need not be, so that
// stock from before the ledger is recalled once somebody adopts it.
//
// Refusals: those of [participant.Require], fault.InvalidRequest,
// fault.InvalidIdentifier, fault.Unsupported for what is neither object, lot nor
// class, fault.LimitExceeded, fault.NotFound, fault.NotLicensee (detail
// licensee); fault.AlreadyRecorded (detail transaction) for the same recall
// again, and fault.AlreadyExists for another of the same id.
func BeginRecall(tx *ledger.Tx, req RecallRequest) (Recall, error) {
	caller, err := participant.Require(tx, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Recall{}, err
	}
	subjects, err := req.check()
	if err != nil {
		return Recall{}, err
	}
	r := Recall{
		V: Version, By: caller.MSP, ID: req.ID, Reason: req.Reason, Severity: req.Severity, Reference: req.Reference,
		Document: req.Document, Subjects: len(subjects), Since: tx.Time(), Transaction: tx.ID(),
	}
	if r.Content, err = req.digest(subjects); err != nil {
		return Recall{}, err
	}
	if err := r.distinct(tx); err != nil {
		return Recall{}, err
	}
	if err := mayRecall(tx, caller.MSP, subjects); err != nil {
		return Recall{}, err
	}
	if err := changeRecalled(tx, subjects, +1); err != nil {
		return Recall{}, err
	}
	for _, s := range subjects {
		if err := r.list(tx, s.id.Path()); err != nil {
			return Recall{}, err
		}
	}
	return r, ledger.Store(tx, recallKey(r.By, r.ID), r)
}

// distinct refuses an id that the organisation has used.
func (r *Recall) distinct(tx *ledger.Tx) error {
	before, found, err := ledger.Load[Recall](tx, recallKey(r.By, r.ID))
	switch {
	case err != nil || !found:
		return err
	case before.Content == r.Content:
		return fault.New(fault.AlreadyRecorded, "this recall is on record").With("transaction", before.Transaction).At("/id")
	}
	return fault.New(fault.AlreadyExists, "another recall of %s has this id", r.By).With("transaction", before.Transaction).At("/id")
}

// recallSubject is a subject of a request.
type recallSubject struct {
	id gs1.ID
	at string // pointer into the request
}

// check reads the subjects, sorted, and refuses what is not well-formed.
func (req *RecallRequest) check() ([]recallSubject, error) {
	if err := codeText("/id", req.ID, 1); err != nil {
		return nil, err
	}
	if err := codeText("/severity", req.Severity, 0); err != nil {
		return nil, err
	}
	if err := plainText("/reason", req.Reason, 1, MaxReason); err != nil {
		return nil, err
	}
	if err := plainText("/reference", req.Reference, 0, MaxText); err != nil {
		return nil, err
	}
	if req.Document != "" && !hashForm.MatchString(req.Document) {
		return nil, errSHA256("/document")
	}
	switch n := len(req.Subjects); {
	case n == 0:
		return nil, fault.New(fault.InvalidRequest, "a recall names what is recalled").At("/subjects")
	case n > MaxRecallSubjects:
		return nil, fault.New(fault.LimitExceeded, "a recall names at most %d subjects: recall the lot, or split it", MaxRecallSubjects).At("/subjects")
	}
	return readSubjects(req.Subjects)
}

func readSubjects(texts []string) ([]recallSubject, error) {
	subjects := make([]recallSubject, len(texts))
	for i, text := range texts {
		at := "/subjects/" + strconv.Itoa(i)
		id, err := parseSubject(text)
		if err != nil {
			return nil, fault.Of(err).At(at)
		}
		subjects[i] = recallSubject{id: id, at: at}
	}
	slices.SortFunc(subjects, func(a, b recallSubject) int { return strings.Compare(a.id.Path(), b.id.Path()) })
	for i := 1; i < len(subjects); i++ {
		if subjects[i].id == subjects[i-1].id {
			return nil, fault.New(fault.InvalidRequest, "the subject stands there twice").About(subjects[i].id.Path()).At("/subjects")
		}
	}
	return subjects, nil
}

// parseSubject reads the identifier of an object, or of a lot or class that
// objects can belong to.
func parseSubject(text string) (gs1.ID, error) {
	id, err := gs1.Parse(text)
	switch {
	case err != nil:
		return id, fault.New(fault.InvalidIdentifier, "%w", err)
	case IsObject(id), id.Kind() == gs1.LGTIN, isObjectClass(id):
		return id, nil
	}
	return id, fault.New(fault.Unsupported, "this takes an object, a lot or a class; this identifies a %s of type %s", id.Level(), id.Kind()).About(id.Path())
}

// isObjectClass reports whether single objects have this for their class.
func isObjectClass(id gs1.ID) bool {
	return id.IsClass() && (id.Kind() == gs1.GTIN || slices.Contains(kinds, id.Kind()))
}

// digest is the SHA-256 of what a recall says, subjects in their one spelling
// and order.
func (req RecallRequest) digest(subjects []recallSubject) (string, error) {
	req.Subjects = make([]string, len(subjects))
	for i, s := range subjects {
		req.Subjects[i] = s.id.Path()
	}
	text, err := json.Marshal(req)
	if err != nil {
		return "", fault.New(fault.Internal, "encode the recall: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func errSHA256(at string) error {
	return fault.New(fault.InvalidRequest, "a SHA-256 is 64 hexadecimal digits, lower case").At(at)
}

// codeText refuses what is no short code or id.
func codeText(at, text string, least int) error { return plainText(at, text, least, MaxRecallID) }

// plainText refuses a text of another length, and one with control characters,
// which could show people something else than what is signed.
func plainText(at, text string, least, most int) error {
	switch {
	case len(text) < least:
		return fault.New(fault.InvalidRequest, "this must not be empty").At(at)
	case len(text) > most:
		return fault.New(fault.LimitExceeded, "this has %d bytes; at most %d are taken", len(text), most).At(at)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return fault.New(fault.InvalidRequest, "this has control characters").At(at)
	}
	return nil
}

// EndRecallRequest ends a recall of the caller's organisation.
type EndRecallRequest struct {
	// ID is the recall's.
	ID string `json:"id"`
	// Reason is for people: 1 to 500 bytes.
	Reason string `json:"reason" jsonschema:"minLength=1,maxLength=500"`
}

// EndRecall ends a recall of the caller's organisation, by a quality person or an
// admin. Nothing reads as recalled by it any more; it stays on record, and
// [ListRecalls] lists it as ended.
//
// Refusals: those of [participant.Require], fault.InvalidRequest,
// fault.LimitExceeded, fault.NotFound when the caller's organisation has no such
// recall; fault.AlreadyRecorded (detail transaction) when it ended for the same
// reason, and fault.Closed for another.
func EndRecall(tx *ledger.Tx, req EndRecallRequest) (Recall, error) {
	caller, err := participant.Require(tx, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Recall{}, err
	}
	if err := plainText("/reason", req.Reason, 1, MaxReason); err != nil {
		return Recall{}, err
	}
	r, err := loadRecall(tx, caller.MSP, req.ID)
	if err != nil {
		return Recall{}, err
	}
	if r.Ended != nil {
		code := fault.Closed
		if r.Ended.Reason == req.Reason {
			code = fault.AlreadyRecorded
		}
		return Recall{}, fault.New(code, "the recall has ended").With("transaction", r.Ended.Transaction).At("/id")
	}
	paths, err := r.subjects(tx)
	if err != nil {
		return Recall{}, err
	}
	subjects, err := readSubjects(paths)
	if err != nil {
		return Recall{}, err
	}
	if err := changeRecalled(tx, subjects, -1); err != nil {
		return Recall{}, err
	}
	r.Ended = &RecallEnd{Reason: req.Reason, Time: tx.Time(), Transaction: tx.ID()}
	for _, path := range paths {
		if err := r.list(tx, path); err != nil {
			return Recall{}, err
		}
	}
	return r, ledger.Store(tx, recallKey(r.By, r.ID), r)
}

func loadRecall(tx *ledger.Tx, by, id string) (Recall, error) {
	r, found, err := ledger.Load[Recall](tx, recallKey(by, id))
	if err == nil && !found {
		err = fault.New(fault.NotFound, "%s has no recall of this id", by).At("/id")
	}
	return r, err
}
