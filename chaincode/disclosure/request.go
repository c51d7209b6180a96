package disclosure

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/collections"
)

// Act is who did something, and when.
type Act struct {
	By personal.Person `json:"by"`
	// Recorded is the ledger time, Transaction the transaction.
	Recorded    time.Time `json:"recorded"`
	Transaction string    `json:"transaction"`
}

// acted is the act of whoever calls.
func acted(tx *ledger.Tx) Act {
	return Act{By: personal.Of(tx.Caller()), Recorded: tx.Time(), Transaction: tx.ID()}
}

// Disclosure is what was asked. It never changes.
type Disclosure struct {
	// V is the schema version.
	V int `json:"v"`
	// ID is "MSP/name": the organisation that asks, and the name that it chose.
	ID string `json:"id"`
	Terms
	// Owner is the record's, Recipient who is to be given the fields, by MSP id.
	Owner     string `json:"owner"`
	Recipient string `json:"recipient"`
	// Voters are the organisations whose consent it takes, sorted.
	Voters []string `json:"voters"`
	// Act is who asked: of a carried request the person who signed it.
	Act
	// Signed is when that person signed, by his own clock; absent when nothing was
	// carried.
	Signed time.Time `json:"signed,omitzero"`
	// Carrier is the organisation that carried the request; absent when nothing was.
	Carrier string `json:"carrier,omitempty"`
}

// RequestRequest asks for fields of a record.
type RequestRequest struct {
	// Name names the request among those of the caller's organisation: 1 to 64
	// letters, digits, '.', '_' and '-'. Its id is "MSP/name".
	Name string `json:"name" jsonschema:"maxLength=64"`
	// Recipient is who is to be given the fields, by MSP id; absent: the caller's
	// organisation.
	Recipient string `json:"recipient,omitempty" jsonschema:"maxLength=128"`
	Terms
}

// Request asks that fields of a record be disclosed: to the caller's organisation,
// or, by a member of the record, to another. An organisation whose consent it takes
// consents by asking, so it takes an admin or a person of its quality unit; others
// ask by an operator as well.
//
// Refusals: fault.InvalidRequest, fault.LimitExceeded; fault.AlreadyRecorded for the
// same request, fault.AlreadyExists for another of that name; fault.NotFound for a
// record that is not published or no longer kept, and where the channel has no
// collection for what the owner discloses to the recipient; fault.NotParticipant for
// a recipient, or a voter, that is not on record, fault.ReaderOnly for a voter that
// cannot vote; fault.NotParty for who asks on behalf of another; fault.Jurisdiction,
// which names the record's rule, when the recipient's country is not one where the
// record may go.
func Request(tx *ledger.Tx, req RequestRequest) (Status, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleQuality, ledger.RoleAdmin)
	if err != nil {
		return Status{}, err
	}
	if err := req.check(""); err != nil {
		return Status{}, err
	}
	if !nameForm.MatchString(req.Name) {
		return Status{}, fault.New(fault.InvalidRequest, "a name has 1 to 64 letters, digits, '.', '_' and '-'").At("/name")
	}
	if req.Recipient == "" {
		req.Recipient = caller.MSP
	}
	return open(tx, Disclosure{V: Version, ID: caller.MSP + "/" + req.Name, Terms: req.Terms, Recipient: req.Recipient, Act: acted(tx)})
}

// open puts a request on record that has been checked as far as it goes by itself.
func open(tx *ledger.Tx, d Disclosure) (Status, error) {
	d.Until = d.Until.UTC()
	if err := d.repeated(tx); err != nil {
		return Status{}, err
	}
	record, recipient, err := d.parties(tx)
	if err != nil {
		return Status{}, err
	}
	if err := d.allowed(record.Manifest, tx.Time()); err != nil {
		return Status{}, err
	}
	if err := mayGo(record.Manifest, recipient); err != nil {
		return Status{}, err
	}
	d.Owner = record.Manifest.Owner
	if d.Voters, err = voters(tx, record.Manifest); err != nil {
		return Status{}, err
	}
	if _, err := d.hash(tx); err != nil { // refused where the channel has no such collection
		return Status{}, err
	}
	status := Status{Disclosure: d, Votes: []Consent{}}
	if slices.Contains(d.Voters, d.By.MSP) {
		if err := status.consentByAsking(tx); err != nil {
			return Status{}, err
		}
	}
	status.settle(tx.Time())
	return status, d.store(tx)
}

// repeated refuses a request that is on record.
func (d Disclosure) repeated(tx *ledger.Tx) error {
	known, found, err := ledger.Load[Disclosure](tx, disclosureKey(d.ID))
	if err != nil || !found {
		return err
	}
	if a, b := known.asked(), d.asked(); a != nil && bytes.Equal(a, b) {
		return fault.New(fault.AlreadyRecorded, "the request is on record").With("transaction", known.Transaction)
	}
	return fault.New(fault.AlreadyExists, "another request of %s has this name", d.By.MSP).With("transaction", known.Transaction).At("/name")
}

// asked is what must be equal in a repeated request.
func (d Disclosure) asked() []byte {
	text, err := json.Marshal(Disclosure{ID: d.ID, Terms: d.Terms, Recipient: d.Recipient, Signed: d.Signed})
	if err != nil {
		return nil
	}
	return text
}

// parties returns the record and the recipient of a request.
func (d Disclosure) parties(tx *ledger.Tx) (*confidential.Published, *participant.Participant, error) {
	record, err := keptRecord(tx, d.Record)
	if err != nil {
		return nil, nil, err
	}
	recipient, err := participant.Load(tx, d.Recipient)
	if err != nil {
		return nil, nil, err
	}
	members := record.Manifest.Members
	switch {
	case recipient == nil:
		return nil, nil, fault.New(fault.NotParticipant, "%s is not on record", d.Recipient).At("/recipient")
	case slices.Contains(members, d.Recipient):
		return nil, nil, fault.New(fault.InvalidRequest, "%s is a member of the record, and has it; name the recipient", d.Recipient).At("/recipient")
	case d.By.MSP != d.Recipient && !slices.Contains(members, d.By.MSP):
		return nil, nil, fault.New(fault.NotParty, "who is no member of the record asks for itself only").At("/recipient")
	}
	return record, recipient, nil
}

// keptRecord returns a record that is published and whose content is kept.
func keptRecord(tx *ledger.Tx, id string) (*confidential.Published, error) {
	record, err := confidential.Load(tx, id)
	if err != nil {
		return nil, err
	}
	if record == nil {
		return nil, fault.New(fault.NotFound, "no record of this id has been published").At("/record")
	}
	kept, err := record.Kept(tx)
	if err != nil {
		return nil, err
	}
	if !kept || record.Purged != nil { // what its members bring back is on record as gone
		return nil, fault.New(fault.NotFound, "the content of the record is no longer kept").At("/record")
	}
	return record, nil
}

// mayGo refuses a recipient in a country where the record may not go.
func mayGo(m confidential.Manifest, recipient *participant.Participant) error {
	if err := m.Transfer.Admit(recipient.Organisation); err != nil {
		return fault.Of(err).With("country", recipient.Country).At("/recipient")
	}
	return nil
}

// voters returns the organisations whose consent a disclosure of a record takes.
func voters(tx *ledger.Tx, m confidential.Manifest) ([]string, error) {
	all := append([]string{m.Owner}, m.Approvers...)
	if m.Sensitivity != confidential.Standard {
		all = append(all, m.Members...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, msp := range all {
		switch organisation, err := participant.Load(tx, msp); {
		case err != nil:
			return nil, err
		case organisation == nil:
			return nil, fault.New(fault.NotParticipant, "%s, whose consent a disclosure of this record takes, is not on record", msp).At("/record")
		case organisation.Reader:
			return nil, fault.New(fault.ReaderOnly, "%s, whose consent a disclosure of this record takes, only reads", msp).At("/record")
		}
	}
	return all, nil
}

func disclosureKey(id string) ledger.Key { return ledger.NewKey("disclosure", id) }

// deliveryKey is the private key of what is delivered.
func deliveryKey(id string) ledger.Key { return ledger.NewKey("delivery", id) }

// collection is where the owner puts what the recipient is given.
func (d Disclosure) collection() string { return collections.Disclosure(d.Owner, d.Recipient) }

// hash returns the SHA-256 that the ledger has of what was delivered; nil when
// nothing was, or it is erased.
func (d Disclosure) hash(tx *ledger.Tx) ([]byte, error) {
	return tx.GetPrivateHash(d.collection(), deliveryKey(d.ID))
}

// entry is what stands in an index.
type entry struct {
	V int `json:"v"`
}

// The indexes: by record, by owner and by recipient.
const byRecord, byOwner, byRecipient = "disclosureof", "disclosureby", "disclosureto"

func (d Disclosure) store(tx *ledger.Tx) error {
	for _, index := range [][2]string{{byRecord, d.Record}, {byOwner, d.Owner}, {byRecipient, d.Recipient}} {
		if err := ledger.Store(tx, ledger.NewKey(index[0], index[1], d.ID), entry{V: Version}); err != nil {
			return err
		}
	}
	return ledger.Store(tx, disclosureKey(d.ID), d)
}
