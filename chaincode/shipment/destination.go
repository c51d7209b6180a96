package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// endpoint is where something goes, or comes from: parties in ledger form.
type endpoint struct {
	possessor, owner, location string
	possessorAt, ownerAt       string // pointers below the event
}

// destinationOf reads where a shipment goes: at most one possessing_party,
// owning_party and location. Who names an owning_party alone, as is usual in the
// pharmaceutical trade of the United States, sends the goods to their new owner.
func destinationOf(e *epcis.Event) (endpoint, error) {
	to, err := endpointOf(e.DestinationList, "destination", "a shipment has one %s as its destination")
	if err == nil && to.possessor == "" {
		to.possessor, to.possessorAt = to.owner, to.ownerAt
	}
	return to, err
}

// sourceOf reads where the quantities of an event come from: at most one of each.
// An event names lots, of which the caller may have some here and some there, some
// its own and some another's; the source says which.
func sourceOf(e *epcis.Event) (endpoint, error) {
	return endpointOf(e.SourceList, "source", "quantities have one %s as their source")
}

// endpointOf reads a list whose members are of that name; what stands there twice
// is refused in those words.
func endpointOf(list []epcis.Party, member, twice string) (endpoint, error) {
	var end endpoint
	for i, party := range list {
		at := "/" + member + "List/" + strconv.Itoa(i)
		field, pointer := end.field(party.Type)
		if field == nil {
			continue
		}
		if *field != "" {
			return end, fault.New(fault.InvalidDocument, twice, party.Type).At(at)
		}
		*field, *pointer = place(party.ID), at+"/"+member
		if party.Type == "location" {
			continue
		}
		path, err := participant.PartyPath(party.ID)
		if err != nil {
			return end, fault.Of(err).At(*pointer)
		}
		*field = path
	}
	return end, nil
}

func (e *endpoint) field(kind string) (value, pointer *string) {
	switch kind {
	case "possessing_party":
		return &e.possessor, &e.possessorAt
	case "owning_party":
		return &e.owner, &e.ownerAt
	case "location":
		return &e.location, new(string)
	}
	return nil, nil
}
