package participant

import (
	"slices"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// Version is the schema version of the records of this package.
const Version = 1

// Organisation is what the participants have agreed about one of them.
type Organisation struct {
	// MSP is the organisation's Fabric MSP id.
	MSP string `json:"msp"`
	// Name is its name, for people.
	Name string `json:"name"`
	// Country is where it is established, and so the jurisdiction that a
	// disclosure to it goes to: an officially assigned code of ISO 3166-1 alpha-2,
	// such as "DE". Absent: not on record, and then nothing that may go to certain
	// countries only can be disclosed to it.
	Country string `json:"country,omitempty"`
	// Reader says that it reads only: it neither votes nor writes.
	Reader bool `json:"reader,omitempty"`
	// Roles are its roles in trade, such as manufacturer, carrier, retailer:
	// lower case, for people and for routing; no rule depends on them.
	Roles []string `json:"roles,omitempty"`
	// GLNs identify it as a party (GS1 application identifier 417). Any GS1
	// form is taken; the ledger keeps the canonical one, "/417/9506000134352".
	GLNs []string `json:"glns,omitempty"`
	// Licences are the GS1 keys that it may commission.
	Licences []Licence `json:"licences,omitempty"`
	// IdentityRoots are the certificates, PEM, of the authorities that
	// certify the persons who sign decisions for the organisation.
	IdentityRoots []string `json:"identityRoots,omitempty"`
}

// Licence is the right to commission GS1 keys: those that begin with a company
// prefix, or a single key. Exactly one of Prefix and Key is set.
type Licence struct {
	// Prefix is a GS1 company prefix, 4 to 12 digits.
	Prefix string `json:"prefix,omitempty"`
	// Key is a single key, such as a GTIN: any GS1 form is taken, the ledger
	// keeps the canonical one, "/01/09506000134352". It comes before any prefix.
	Key string `json:"key,omitempty"`
	// From is when the licence begins, in ledger time; absent: always.
	From time.Time `json:"from,omitzero"`
	// To is when it has ended, in ledger time; absent: never.
	To time.Time `json:"to,omitzero"`
}

// Participant is an organisation as it stands on the ledger.
type Participant struct {
	// V is the schema version.
	V int `json:"v"`
	Organisation
	// Proposal is the id of the proposal that gave the organisation its
	// present form.
	Proposal string `json:"proposal"`
	// Since is the ledger time at which that proposal took effect.
	Since time.Time `json:"since"`
	// Divided are those of its licences, by prefix or key, inside which another
	// organisation has one, in whatever term. All others say who holds an
	// identifier without a look at what is registered under each of the prefixes
	// that it begins with.
	Divided []string `json:"divided,omitempty"`
}

// organisationVersion is the schema version of [Participant]. Before it, a record does
// not say what is divided.
const organisationVersion = 2

func organisationKey(msp string) ledger.Key { return ledger.NewKey("organisation", msp) }

// Load returns the organisation of an MSP id, nil when it is not on record.
func Load(tx *ledger.Tx, msp string) (*Participant, error) {
	found, ok, err := ledger.Load[Participant](tx, organisationKey(msp))
	if err != nil || !ok {
		return nil, err
	}
	return &found, nil
}

// Require returns the caller's organisation if the caller may write: the
// organisation is on record, is no reader, and the caller's certificate has
// one of the roles. Without roles, any will do.
//
// It fails with fault.NotParticipant, fault.ReaderOnly and fault.RoleRequired.
func Require(tx *ledger.Tx, roles ...string) (Organisation, error) {
	caller := tx.Caller()
	found, err := Load(tx, caller.MSP)
	switch {
	case err != nil:
		return Organisation{}, err
	case found == nil:
		return Organisation{}, fault.New(fault.NotParticipant,
			"%s is not a participant: have its admission proposed and approved", caller.MSP)
	case found.Reader:
		return Organisation{}, fault.New(fault.ReaderOnly, "%s is on record as a reader and may not write", caller.MSP)
	}
	return found.Organisation, requireRole(caller, roles)
}

func requireRole(caller ledger.Caller, roles []string) error {
	if len(roles) == 0 || slices.Contains(roles, caller.Role) {
		return nil
	}
	return fault.New(fault.RoleRequired, "this takes a certificate with the attribute %s=%s, not %q",
		ledger.RoleAttribute, strings.Join(roles, " or "), caller.Role)
}

// all returns every organisation on record by MSP id, in that order. They are
// few: an admission is read and decided by people.
func all(tx *ledger.Tx) ([]Participant, error) {
	entries, err := tx.Scan(ledger.NewKey("organisation"))
	if err != nil {
		return nil, err
	}
	found := make([]Participant, len(entries))
	for i, entry := range entries {
		if found[i], err = ledger.Decode[Participant](entry.Key, entry.Value); err != nil {
			return nil, err
		}
	}
	return found, nil
}
