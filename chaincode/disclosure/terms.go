package disclosure

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
)

// Version is the schema version of the records of this package.
const Version = 1

// Limits.
const (
	// MaxFields bounds the fields of one request, MaxFieldNames their names together,
	// in bytes: the request stands on the ledger whole.
	MaxFields, MaxFieldNames = 64, 4 << 10
	// MaxText bounds purposes and reasons, MaxReference the reference of a legal
	// basis, in bytes.
	MaxText, MaxReference = 500, 200
	// MaxYears is how long a disclosure may run, and MaxPersonalYears one of a record
	// of sensitivity personal.
	MaxYears, MaxPersonalYears = 10, 1
)

// Purposes and LegalBases are the codes that requests can name. The latter are those
// of Article 6(1) GDPR, and NoBasis where no personal data are asked for.
var (
	Purposes   = []string{"audit", "customs", "dueDiligence", "investigation", "quality", "recall", "other"}
	LegalBases = []string{"consent", "contract", "legalObligation", "vitalInterest", "publicTask", "legitimateInterest", NoBasis}
)

// NoBasis says that there is no legal basis because none is needed.
const NoBasis = "none"

// otherPurpose is the purpose that only its text tells.
const otherPurpose = "other"

// Purpose is what the fields are wanted for.
type Purpose struct {
	// Code is one of [Purposes].
	Code string `json:"code" jsonschema:"enum=audit,enum=customs,enum=dueDiligence,enum=investigation,enum=quality,enum=recall,enum=other"`
	// Text says more, at most 500 bytes; needed for other. It is public.
	Text string `json:"text,omitempty" jsonschema:"maxLength=500"`
}

// LegalBasis is by what right personal data are asked for.
type LegalBasis struct {
	// Code is one of [LegalBases].
	Code string `json:"code" jsonschema:"enum=consent,enum=contract,enum=legalObligation,enum=vitalInterest,enum=publicTask,enum=legitimateInterest,enum=none"`
	// Reference names a law, contract or file, at most 200 bytes. It is public.
	Reference string `json:"reference,omitempty" jsonschema:"maxLength=200"`
}

// Terms are what is asked for, and on what terms.
type Terms struct {
	// Record is the id of the published record.
	Record string `json:"record" jsonschema:"maxLength=43"`
	// Fields are the names of the fields wanted: JSON pointers (RFC 6901), sorted,
	// none twice, 1 to 64. Whether the record has them, nobody but its members can
	// tell. They are public.
	Fields     []string   `json:"fields" jsonschema:"maxItems=64"`
	Purpose    Purpose    `json:"purpose"`
	LegalBasis LegalBasis `json:"legalBasis"`
	// Until is when the disclosure ends: no delivery after it, and what was delivered
	// is then erased. Ledger time, to the millisecond, at most ten years ahead; of a
	// record of sensitivity personal at most one.
	Until time.Time `json:"until"`
}

var (
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	pointerForm = regexp.MustCompile(`^(/([^~/]|~[01])*)+$`)
)

// check holds the terms against what can be said without the ledger.
func (t Terms) check(at string) error {
	if _, ok := selective.Decode(t.Record); !ok {
		return fault.New(fault.InvalidRequest, "a record's id is 32 bytes in base64url").At(at + "/record")
	}
	if err := checkFields(t.Fields); err != nil {
		return fault.Of(err).At(at + "/fields")
	}
	switch {
	case !slices.Contains(Purposes, t.Purpose.Code):
		return fault.New(fault.InvalidRequest, "the purpose is one of %v", Purposes).At(at + "/purpose/code")
	case t.Purpose.Text == "" && t.Purpose.Code == otherPurpose:
		return fault.New(fault.InvalidRequest, "say what the purpose is").At(at + "/purpose/text")
	case !slices.Contains(LegalBases, t.LegalBasis.Code):
		return fault.New(fault.InvalidRequest, "the legal basis is one of %v", LegalBases).At(at + "/legalBasis/code")
	case !personal.Exact(t.Until):
		return fault.New(fault.InvalidRequest, "say until when, to the millisecond").At(at + "/until")
	}
	if err := checkText(t.Purpose.Text, 0, MaxText); err != nil {
		return fault.Of(err).At(at + "/purpose/text")
	}
	if err := checkText(t.LegalBasis.Reference, 0, MaxReference); err != nil {
		return fault.Of(err).At(at + "/legalBasis/reference")
	}
	return nil
}

func checkFields(names []string) error {
	if len(names) == 0 || len(names) > MaxFields {
		return fault.New(fault.LimitExceeded, "a request is for 1 to %d fields", MaxFields)
	}
	size := 0
	for i, name := range names {
		size += len(name)
		switch {
		case len(name) > selective.MaxName || !pointerForm.MatchString(name) || !plain(name):
			return fault.New(fault.InvalidRequest, "field %d is no JSON pointer of at most %d bytes, such as /price", i, selective.MaxName)
		case i > 0 && names[i-1] >= name:
			return fault.New(fault.InvalidRequest, "fields are sorted, and each stands there once: field %d is not", i)
		}
	}
	if size > MaxFieldNames {
		return fault.New(fault.LimitExceeded, "the names of the fields have %d bytes together; at most %d are taken", size, MaxFieldNames)
	}
	return nil
}

// checkText holds what people write and everybody reads.
func checkText(text string, least, most int) error {
	if len(text) < least || len(text) > most || !plain(text) {
		return fault.New(fault.InvalidRequest, "a text of %d to %d bytes, UTF-8, without control characters", least, most)
	}
	return nil
}

func plain(text string) bool {
	return utf8.ValidString(text) && collections.IsPlain(text)
}

// inSchema refuses names that no record of a kind can have. Whether this one has them,
// its commitments hide.
func inSchema(kind string, names []string) error {
	for i, name := range names {
		var wrong *collections.FieldError
		if err := collections.CheckField(kind, name, "x"); errors.As(err, &wrong) && wrong.Name == "" {
			return fault.New(fault.InvalidRequest, "a record of kind %s has no field %s", kind, name).At("/fields/" + strconv.Itoa(i))
		}
	}
	return nil
}

// allowed holds the terms against the record and the ledger's time.
func (t Terms) allowed(m confidential.Manifest, now time.Time) error {
	if err := inSchema(m.Kind, t.Fields); err != nil {
		return err
	}
	years := MaxYears
	if m.Sensitivity == confidential.PersonalData {
		years = MaxPersonalYears
		if t.LegalBasis.Code == NoBasis {
			return fault.New(fault.InvalidRequest, "the record holds personal data: name the legal basis").At("/legalBasis/code")
		}
	}
	if !t.Until.After(now) || t.Until.After(now.AddDate(years, 0, 0)) {
		return fault.New(fault.InvalidRequest, "a disclosure of this record ends after it is asked for, within %d years", years).At("/until")
	}
	return nil
}
