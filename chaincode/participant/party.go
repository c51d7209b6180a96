package participant

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

func partyKey(gln string) ledger.Key { return ledger.NewKey("party", gln) }

// party is the index from a GLN to its organisation, or the record of a party
// outside of the channel.
type party struct {
	V   int    `json:"v"`
	MSP string `json:"msp"`
	// Outside says that MSP is not the party itself but its sponsor.
	Outside    bool      `json:"outside,omitempty"`
	Name       string    `json:"name,omitempty"`
	Registered time.Time `json:"registered,omitzero"`
}

// Party is who stands behind a GLN.
type Party struct {
	// GLN is the party in its one spelling, "/417/9506000134352".
	GLN string `json:"gln"`
	// MSP is the MSP id of the organisation that the GLN belongs to, or of the
	// sponsor of a party outside of the channel.
	MSP string `json:"msp"`
	// Outside says that the party has no MSP: its sponsor records for it.
	Outside bool `json:"outside,omitempty"`
	// Name is the party's name, for people.
	Name string `json:"name"`
	// Reader says that the organisation MSP is on record as a reader, so that
	// nobody can record for the party.
	Reader bool `json:"reader,omitempty"`
	// Registered is the ledger time at which the sponsor put it on record;
	// absent for an organisation's own GLN.
	Registered time.Time `json:"registered,omitzero"`
}

// Parties returns who stands behind GLNs, each as [PartyPath] spells it, in
// their order and in two trips: organisations, and parties outside of the
// channel with their sponsor. The zero Party stands for a GLN that is on record
// as neither.
func Parties(tx *ledger.Tx, paths []string) ([]Party, error) {
	records, organisations, err := loadParties(tx, paths)
	if err != nil {
		return nil, err
	}
	parties := make([]Party, len(paths))
	for i, record := range records {
		if record != nil && organisations[i] != nil {
			parties[i] = record.of(paths[i], organisations[i])
		}
	}
	return parties, nil
}

func (p *party) of(path string, o *Participant) Party {
	found := Party{GLN: path, MSP: p.MSP, Outside: p.Outside, Name: o.Name, Reader: o.Reader, Registered: p.Registered}
	if p.Outside {
		found.Name = p.Name
	}
	return found
}

// loadParties returns the records of GLNs with the organisation of each, nil
// where there is none.
func loadParties(tx *ledger.Tx, paths []string) ([]*party, []*Participant, error) {
	keys := make([]ledger.Key, len(paths))
	for i, path := range paths {
		keys[i] = partyKey(path)
	}
	records, err := ledger.LoadMany[party](tx, keys)
	if err != nil {
		return nil, nil, err
	}
	var known []ledger.Key
	for _, record := range records {
		if record != nil {
			known = append(known, organisationKey(record.MSP))
		}
	}
	loaded, err := ledger.LoadMany[Participant](tx, known)
	if err != nil {
		return nil, nil, err
	}
	organisations := make([]*Participant, len(paths))
	for i, record := range records {
		if record != nil {
			organisations[i], loaded = loaded[0], loaded[1:]
		}
	}
	return records, organisations, nil
}

// ByParty returns the organisations of parties, each as [PartyPath] spells it,
// in their order and in two trips; nil where none is on record. Parties outside
// of the channel have none: [Parties] knows them.
func ByParty(tx *ledger.Tx, paths []string) ([]*Participant, error) {
	records, organisations, err := loadParties(tx, paths)
	if err != nil {
		return nil, err
	}
	for i, record := range records {
		if record != nil && record.Outside {
			organisations[i] = nil
		}
	}
	return organisations, nil
}
