package shipment

import (
	"slices"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// MaxAhead is how far an event may lie ahead of the ledger: the clocks of
// endorsers and senders differ by no more.
const MaxAhead = 15 * time.Minute

// step is what an event does, by its action and bizStep.
type step int

const (
	observe step = iota
	commission
	ship
	receive
	void
	end
)

// plan is one event, understood and not yet applied.
type plan struct {
	index   int
	body    *epcis.Event
	step    step
	objects []gs1.ID
	to      destination
	event   *product.NewEvent
	// repeats is the earlier recording of the same event; nil for a new one.
	repeats *product.EventRecord
}

// destination is where a shipment goes: parties in ledger form.
type destination struct {
	possessor, owner, location string
	possessorAt, ownerAt       string // pointers below the event
}

// plan understands every event of a document, before anything is read.
func (c *capture) plan(events []epcis.Event) error {
	objects, size := 0, 0
	for i := range events {
		p := &plan{index: i, body: &events[i]}
		if err := p.understand(c.tx); err != nil {
			return p.refuse(err)
		}
		objects += len(p.objects)
		if objects > MaxObjects {
			return p.refuse(fault.New(fault.LimitExceeded, "the document lists more than %d objects: split it", MaxObjects).At("/epcList"))
		}
		var err error
		if p.event, err = product.Prepare(c.tx, p.body); err != nil {
			return p.refuse(err)
		}
		size += p.event.Size()
		if size > MaxBodies {
			return p.refuse(fault.New(fault.LimitExceeded, "the events, each with the document's @context, have more than %d bytes: split the document", MaxBodies))
		}
		c.plans = append(c.plans, p)
	}
	return nil
}

// understand checks what the event says on its own.
func (p *plan) understand(tx *ledger.Tx) error {
	if err := p.supported(); err != nil {
		return err
	}
	if p.body.EventTime.After(tx.Time().Add(MaxAhead)) {
		return fault.New(fault.TimeAhead, "the event lies at %s, the ledger at %s: it may be at most %v ahead",
			p.body.EventTime.Format(time.RFC3339), tx.Time().Format(time.RFC3339), MaxAhead).At("/eventTime")
	}
	var err error
	if p.step, err = stepOf(p.body); err != nil {
		return err
	}
	if p.step == ship {
		if p.to, err = destinationOf(p.body); err != nil {
			return err
		}
	}
	return p.identifyObjects()
}

func (p *plan) supported() error {
	unsupported := func(field, what string) error {
		return fault.New(fault.Unsupported, "this version does not record %s", what).At(field)
	}
	switch e := p.body; {
	case e.Type != epcis.ObjectEvent:
		return unsupported("/type", "events of type "+string(e.Type))
	case e.ErrorDeclaration != nil:
		return unsupported("/errorDeclaration", "error declarations")
	case len(e.QuantityList) > 0:
		return unsupported("/quantityList", "quantities of a class or lot, only single objects in epcList")
	case len(e.EPCList) == 0:
		return unsupported("/epcList", "events about no object")
	}
	return nil
}

// endings are the business steps that end an object's life, whatever the action.
var endings = []string{"destroying", "decommissioning", "dispensing", "retail_selling", "consuming"}

func stepOf(e *epcis.Event) (step, error) {
	unsupported := fault.New(fault.Unsupported, "this version does not record %s with bizStep %q", e.Action, e.BizStep).At("/bizStep")
	switch e.Action {
	case epcis.Add:
		if e.BizStep != "commissioning" {
			return 0, unsupported
		}
		return commission, nil
	case epcis.Delete:
		if e.BizStep != "" && !slices.Contains(endings, e.BizStep) {
			return 0, unsupported
		}
		return end, nil
	}
	switch e.BizStep {
	case "shipping":
		return ship, nil
	case "receiving", "accepting":
		return receive, nil
	case "void_shipping":
		return void, nil
	}
	// What was dispensed in part is still there (CBV 2.0, section 7.2).
	if slices.Contains(endings, e.BizStep) && e.Disposition != "partially_dispensed" {
		return end, nil
	}
	return observe, nil
}

// destinationOf reads where a shipment goes: one possessing_party, at most one
// owning_party and location.
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
		return to, fault.New(fault.InvalidDocument, "a shipment names the possessing_party that it goes to").At("/destinationList")
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

// identifyObjects reads the EPCs; the same object twice, however spelled, would
// be two events of it.
func (p *plan) identifyObjects() error {
	p.objects = make([]gs1.ID, len(p.body.EPCList))
	first := make(map[gs1.ID]int, len(p.objects))
	for i, epc := range p.body.EPCList {
		id, err := product.ParseObject(epc)
		if err != nil {
			return fault.Of(err).At(epcPointer(i))
		}
		if at, twice := first[id]; twice {
			return fault.New(fault.InvalidDocument, "the object stands there twice, first at %d", at).About(id.Path()).At(epcPointer(i))
		}
		first[id] = i
		p.objects[i] = id
	}
	return nil
}

func epcPointer(i int) string { return "/epcList/" + strconv.Itoa(i) }

// refuse completes a refusal with the event's place in the document.
func (p *plan) refuse(err error) error {
	refused := fault.Of(err)
	return refused.AtEvent(p.index).At("/epcisBody/eventList/" + strconv.Itoa(p.index) + refused.Field)
}

// refuseObject completes a refusal that is about one object.
func (p *plan) refuseObject(i int, err error) error {
	refused := fault.Of(err).About(p.objects[i].Path())
	if refused.Field == "" {
		refused = refused.At(epcPointer(i))
	}
	return p.refuse(refused)
}

// place returns the ledger form of a place: a canonical GS1 path, or the URI as
// it stands.
func place(uri string) string {
	if id, err := gs1.Parse(uri); err == nil {
		return id.Path()
	}
	return uri
}
