package participant

import (
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
)

// RegisterPartyRequest describes a party without an MSP.
type RegisterPartyRequest struct {
	// GLN identifies it, in any GS1 form, as a party (417) or location (414).
	GLN string `json:"gln"`
	// Name is its name, for people: 1 to 200 bytes.
	Name string `json:"name"`
}

// RegisterParty puts a party outside of the channel on record, by an admin of
// the organisation that will record for it: its sponsor, the caller. A sponsor
// that registers its party again gives it another name.
//
// Nobody proves that a party wants its sponsor, and the first one has it: what is
// shipped to the party is offered to the sponsor, so a shipper looks at who that
// is. A GLN under a licence that another organisation holds is that one's to
// give, and refused without a delegation. When a party joins the channel, the
// proposal that admits it takes its GLN from the sponsor, unasked.
//
// Refusals: those of [Require], fault.InvalidRequest, fault.InvalidIdentifier,
// fault.NotLicensee (detail licensee), and fault.AlreadyExists (detail msp) when
// the GLN is an organisation's or has another sponsor.
func RegisterParty(tx *ledger.Tx, req RegisterPartyRequest) (Party, error) {
	caller, err := Require(tx, ledger.RoleAdmin)
	if err != nil {
		return Party{}, err
	}
	if req.Name == "" || len(req.Name) > MaxName {
		return Party{}, fault.New(fault.InvalidRequest, "a name has 1 to %d bytes", MaxName).At("/name")
	}
	path, err := PartyPath(req.GLN)
	if err != nil {
		return Party{}, fault.Of(err).At("/gln")
	}
	record := party{V: Version, MSP: caller.MSP, Outside: true, Name: req.Name, Registered: tx.Time()}
	if err := record.replace(tx, path); err != nil {
		return Party{}, err
	}
	if err := mayRegister(tx, caller.MSP, path); err != nil {
		return Party{}, err
	}
	return record.of(path, &Participant{Organisation: caller}), ledger.Store(tx, partyKey(path), record)
}

// replace refuses a GLN that is on record for another, and keeps since when it
// has been for this sponsor.
func (p *party) replace(tx *ledger.Tx, path string) error {
	before, found, err := ledger.Load[party](tx, partyKey(path))
	switch {
	case err != nil || !found:
		return err
	case !before.Outside:
		return fault.New(fault.AlreadyExists, "this is a GLN of %s, which records for itself", before.MSP).With("msp", before.MSP).At("/gln")
	case before.MSP != p.MSP:
		return fault.New(fault.AlreadyExists, "%s is the sponsor of this party", before.MSP).With("msp", before.MSP).At("/gln")
	}
	p.Registered = before.Registered
	return nil
}

// mayRegister refuses a GLN that another organisation has to give: else a rival
// could have what is bound for one of its sites offered to itself.
func mayRegister(tx *ledger.Tx, msp, path string) error {
	id, err := gs1.Parse(path)
	if err != nil {
		return fault.New(fault.InvalidIdentifier, "%w", err).At("/gln")
	}
	rights, err := Rights(tx, []gs1.ID{id}, msp)
	if err != nil {
		return err
	}
	if holder := rights[0].Holder; holder != "" && !rights[0].May {
		return fault.New(fault.NotLicensee, "this GLN stands under a licence of %s, which can sponsor the party or delegate the key", holder).
			With("licensee", holder).At("/gln")
	}
	return nil
}

// EndPartyRequest names a party that the caller's organisation sponsors.
type EndPartyRequest struct {
	// GLN is its number in any GS1 form.
	GLN string `json:"gln"`
}

// EndParty takes a party outside of the channel off the record, by an admin of
// its sponsor, and returns what it was. What has been recorded about it stays,
// and so do goods in its hands: the sponsor answers for them. The GLN is free for
// another sponsor.
//
// Refusals: those of [Require], fault.InvalidIdentifier, fault.NotFound when no
// such party is on record, and fault.NotOwner (detail msp) for an organisation's
// GLN and for a party of another sponsor.
func EndParty(tx *ledger.Tx, req EndPartyRequest) (Party, error) {
	caller, err := Require(tx, ledger.RoleAdmin)
	if err != nil {
		return Party{}, err
	}
	path, err := PartyPath(req.GLN)
	if err != nil {
		return Party{}, fault.Of(err).At("/gln")
	}
	record, found, err := ledger.Load[party](tx, partyKey(path))
	switch {
	case err != nil:
		return Party{}, err
	case !found:
		return Party{}, fault.New(fault.NotFound, "no party on record has this GLN").At("/gln")
	case !record.Outside || record.MSP != caller.MSP:
		return Party{}, fault.New(fault.NotOwner, "this GLN is on record for %s", record.MSP).With("msp", record.MSP).At("/gln")
	}
	return record.of(path, &Participant{Organisation: caller}), tx.Delete(partyKey(path))
}

// FindPartyRequest names a party.
type FindPartyRequest struct {
	// GLN is its number in any GS1 form, as a party (417) or location (414).
	GLN string `json:"gln"`
}

// FindPartyResponse is a party with the organisation that records for it.
type FindPartyResponse struct {
	Party
	// Organisation is the party itself or, for one outside of the channel, its
	// sponsor.
	Organisation Participant `json:"organisation"`
}

// FindParty returns who stands behind a GLN: an organisation, or a party outside
// of the channel with its sponsor; fault.NotFound or fault.InvalidIdentifier.
// Anyone may.
func FindParty(tx *ledger.Tx, req FindPartyRequest) (FindPartyResponse, error) {
	path, err := PartyPath(req.GLN)
	if err != nil {
		return FindPartyResponse{}, fault.Of(err).At("/gln")
	}
	records, organisations, err := loadParties(tx, []string{path})
	switch {
	case err != nil:
		return FindPartyResponse{}, err
	case records[0] == nil || organisations[0] == nil:
		return FindPartyResponse{}, fault.New(fault.NotFound, "nobody on record has this GLN").At("/gln")
	}
	return FindPartyResponse{Party: records[0].of(path, organisations[0]), Organisation: *organisations[0]}, nil
}
