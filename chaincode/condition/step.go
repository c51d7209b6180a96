package condition

import (
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
)

// Kinds of steps of a breach.
const (
	StepOpened       = "opened"       // readings, or a review, opened it
	StepExtended     = "extended"     // a later recording shows more of it
	StepConfirmed    = "confirmed"    // see Step.How
	StepRefuted      = "refuted"      // the other devices show that the policy was kept
	StepAcknowledged = "acknowledged" // a person took note
	StepInvestigated = "investigated" // a person put findings on record
	StepDecided      = "decided"      // the quality unit decided
	StepReversed     = "reversed"     // another person of it took that back
	StepDisputed     = "disputed"     // an organisation disputes it
	StepAnswered     = "answered"     // a new decision answers the dispute
	StepPermitted    = "permitted"    // the quality unit permits what a hold forbids
	StepReopened     = "reopened"     // readings that came late opened another breach
)

// What confirmed a breach.
const (
	// ByReadings: the policy asks for nothing more.
	ByReadings = "readings"
	// ByDuration: what is out of range lasted.
	ByDuration = "duration"
	// ByDevices: other devices show the same.
	ByDevices = "devices"
	// ByPerson: a person of the quality unit.
	ByPerson = "person"
)

// MaxDocuments bounds the documents of a step.
const MaxDocuments = 16

// Step is something that became of a breach. It never changes.
type Step struct {
	// V is the schema version.
	V int `json:"v"`
	// Number counts from 1.
	Number int `json:"number"`
	// Kind is what happened, State is how the breach stands after it.
	Kind  string `json:"kind" jsonschema:"enum=opened,enum=extended,enum=confirmed,enum=refuted,enum=acknowledged,enum=investigated,enum=decided,enum=reversed,enum=disputed,enum=answered,enum=permitted,enum=reopened"`
	State string `json:"state" jsonschema:"enum=suspected,enum=confirmed,enum=refuted,enum=decided,enum=disputed"`
	// By did it: who signed, or else who submitted the transaction.
	By personal.Person `json:"by"`
	// Time is when, by that person; absent for what the ledger found.
	Time evaluation.Moment `json:"time,omitempty"`
	// Recorded is the ledger time, Transaction the transaction.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
	// Reason, and RootCause of an investigation, are for people.
	Reason    string `json:"reason,omitempty"`
	RootCause string `json:"rootCause,omitempty"`
	// Documents are what a person rests upon.
	Documents []Document `json:"documents,omitempty"`
	// How says what confirmed the breach.
	How string `json:"how,omitempty" jsonschema:"enum=readings,enum=duration,enum=devices,enum=person"`
	// Rules are those that readings broke, Recording the sequence number of the
	// recording with them.
	Rules     []string `json:"rules,omitempty"`
	Recording uint64   `json:"recording,omitempty"`
	// Statement is the id of the signed statement, "MSP/id", Meaning what it means.
	Statement string `json:"statement,omitempty"`
	Meaning   string `json:"meaning,omitempty"`
	// Other is the breach that this one takes up again, or that takes this one up.
	Other string `json:"other,omitempty"`
}

// Document is a document by its hash. The ledger does not have its content.
type Document struct {
	// SHA256 is the hash of the content, 64 hexadecimal digits in lower case.
	SHA256 string `json:"sha256" jsonschema:"maxLength=64"`
	// Name is for people, 1 to 100 bytes.
	Name string `json:"name" jsonschema:"maxLength=100"`
	// MediaType is what the content is, such as application/pdf.
	MediaType string `json:"mediaType" jsonschema:"maxLength=100"`
}

var (
	hashForm  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	mediaForm = regexp.MustCompile(`^[a-z0-9][a-z0-9!#$&^_.+-]{0,48}/[a-z0-9][a-z0-9!#$&^_.+-]{0,48}$`)
)

func checkDocuments(documents []Document, at string) error {
	if len(documents) > MaxDocuments {
		return fault.New(fault.LimitExceeded, "at most %d documents", MaxDocuments).At(at)
	}
	for i, d := range documents {
		at := at + "/" + strconv.Itoa(i)
		switch {
		case !hashForm.MatchString(d.SHA256):
			return fault.New(fault.InvalidRequest, "a document is named by its SHA-256: 64 hexadecimal digits in lower case").At(at + "/sha256")
		case d.Name == "" || len(d.Name) > 100 || !utf8.ValidString(d.Name):
			return fault.New(fault.InvalidRequest, "a document has a name of 1 to 100 bytes, UTF-8").At(at + "/name")
		case !mediaForm.MatchString(d.MediaType):
			return fault.New(fault.InvalidRequest, "a media type is one such as application/pdf").At(at + "/mediaType")
		}
	}
	return nil
}

// checkText refuses a text that is longer than most bytes, or no UTF-8, or empty
// when it is asked for.
func checkText(text string, least, most int, at string) error {
	if len(text) < least || len(text) > most || !utf8.ValidString(text) {
		return fault.New(fault.InvalidRequest, "a text of %d to %d bytes, UTF-8", least, most).At(at)
	}
	return nil
}

func stepKey(breach string, number int) ledger.Key {
	return ledger.NewKey("breachstep", breach, ledger.Number(uint64(number)))
}

// step appends a step. The breach is stored by the caller.
func (b *Breach) step(tx *ledger.Tx, step Step) error {
	b.Steps++
	if slices.Contains([]string{StepOpened, StepExtended, StepConfirmed, StepRefuted, StepReversed, StepDisputed}, step.Kind) {
		b.Changed = tx.Time()
	}
	step.V, step.Number, step.State, step.Recorded, step.Transaction = Version, b.Steps, b.State, tx.Time(), tx.ID()
	return ledger.Store(tx, stepKey(b.ID, b.Steps), step)
}

// ListStepsRequest asks for what became of a breach.
type ListStepsRequest struct {
	// Breach is its id.
	Breach string `json:"breach" jsonschema:"maxLength=32"`
	// Size is the number wanted, 1 to 500; 0 stands for 100.
	Size int `json:"size,omitempty"`
	// Bookmark is that of the page before; absent for the first.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListStepsResponse is a page of steps, the first step first.
type ListStepsResponse struct {
	Steps []Step `json:"steps"`
	// Bookmark asks for the next page; absent on the last.
	Bookmark string `json:"bookmark,omitempty"`
}

// ListSteps lists what became of a breach: who did what, when and why. Anyone
// may. It fails with fault.NotFound and fault.LimitExceeded.
func ListSteps(tx *ledger.Tx, req ListStepsRequest) (ListStepsResponse, error) {
	if _, err := loadBreach(tx, req.Breach); err != nil {
		return ListStepsResponse{}, err
	}
	if req.Size == 0 {
		req.Size = 100
	}
	entries, next, err := tx.Page(ledger.NewKey("breachstep", req.Breach), req.Size, req.Bookmark)
	if err != nil {
		return ListStepsResponse{}, err
	}
	response := ListStepsResponse{Steps: make([]Step, len(entries)), Bookmark: next}
	for i, entry := range entries {
		if response.Steps[i], err = ledger.Decode[Step](entry.Key, entry.Value); err != nil {
			return ListStepsResponse{}, err
		}
	}
	return response, nil
}
