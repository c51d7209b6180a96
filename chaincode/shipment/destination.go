package shipment

import (
	"strconv"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
)

// destination is where a shipment goes: parties in ledger form.
type destination struct {
	possessor, owner, location string
	possessorAt, ownerAt       string // pointers below the event
}

// destinationOf reads where a shipment goes: at most one possessing_party,
// owning_party and location. Who names an owning_party alone, as is usual in the
// pharmaceutical trade of the United States, sends the goods to their new owner.
func destinationOf(e *epcis.Event) (destination, error) {
	var to destination
	for i, d := range e.DestinationList {
		at := "/destinationList/" + strconv.Itoa(i)
		field, pointer := to.field(d.Type)
		if field == nil {
			continue
		}
		if *field != "" {
			return to, fault.New(fault.InvalidDocument, "a shipment has one %s as its destination", d.Type).At(at)
		}
		*field, *pointer = place(d.ID), at+"/destination"
		if d.Type == "location" {
			continue
		}
		path, err := participant.PartyPath(d.ID)
		if err != nil {
			return to, fault.Of(err).At(*pointer)
		}
		*field = path
	}
	if to.possessor == "" {
		to.possessor, to.possessorAt = to.owner, to.ownerAt
	}
	return to, nil
}

func (to *destination) field(kind string) (value, pointer *string) {
	switch kind {
	case "possessing_party":
		return &to.possessor, &to.possessorAt
	case "owning_party":
		return &to.owner, &to.ownerAt
	case "location":
		return &to.location, new(string)
	}
	return nil, nil
}
