package shipment

import (
	"strconv"
	"strings"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

// MaxAhead is how far an event may lie ahead of the ledger: the clocks of
// endorsers and senders differ by no more.
const MaxAhead = 15 * time.Minute

// role is what an object is to its event.
type role int

const (
	subject role = iota // epcList, quantityList
	parent              // parentID
	child               // childEPCs, childQuantityList
	input               // inputEPCList, inputQuantityList
	output              // outputEPCList, outputQuantityList
)

// item is a single object of an event.
type item struct {
	id   gs1.ID
	role role
	at   string // pointer below the event
}

// line is a quantity of a lot, or of a class, of an event.
type line struct {
	id     gs1.ID
	amount product.Amount
	unit   string // UN/ECE Rec 20; "" counts
	role   role
	at     string // pointer below the event
}

// plan is one event, understood and not yet applied.
type plan struct {
	index int
	body  *epcis.Event
	rule  rule
	items []item
	lines []line
	to    endpoint
	from  endpoint // of the lines
	seals seals
	site  string // the place that is the parent of an association; "" otherwise
	event *product.NewEvent
	flags map[string][]product.Flag // beside those that follow from the twins, by object
	// deed is what the event does with what is on hold; permits are those of the
	// holds asked about so far.
	deed    product.Deed
	permits map[string][]product.Permit
	// listed are the paths of the items; made when first asked for.
	listed map[string]bool
	// repeats is the earlier recording of the same event; nil for a new one.
	repeats *product.EventRecord
	// original is what its error declaration is about; nil without one.
	original *original
}

// plan understands every event of a document, before anything is read.
func (c *capture) plan(events []epcis.Event) error {
	objects, size := 0, 0
	for i := range events {
		p := &plan{index: i, body: &events[i]}
		if err := p.understand(c.tx); err != nil {
			return p.refuse(err)
		}
		objects += len(p.items) + len(p.lines)
		if objects > MaxObjects {
			return p.refuse(fault.New(fault.LimitExceeded, "the document lists more than %d objects and quantities: split it", MaxObjects).At("/epcList"))
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
	if err := redaction.Check(p.body); err != nil {
		return err
	}
	if err := p.identifyObjects(); err != nil {
		return err
	}
	if err := p.identifyLots(); err != nil {
		return err
	}
	if p.body.ErrorDeclaration != nil {
		return p.understandDeclaration(tx)
	}
	var err error
	if p.seals, err = sealsOf(p.body); err != nil {
		return err
	}
	if p.rule, err = ruleOf(p.body); err != nil || p.rule.check == nil {
		return err
	}
	return p.rule.check(p)
}

func (p *plan) supported() error {
	e := p.body
	if e.Type == epcis.ObjectEvent && e.Action != epcis.Observe && len(e.EPCList) == 0 && len(e.QuantityList) == 0 {
		return fault.New(fault.InvalidDocument, "what is added or deleted is listed").At("/epcList")
	}
	return nil
}

// identifyObjects reads the EPCs; the same object twice, however spelled, would
// be two events of it.
func (p *plan) identifyObjects() error {
	e := p.body
	first := map[gs1.ID]string{}
	add := func(epc string, role role, at string) error {
		id, err := product.ParseObject(epc)
		if err != nil {
			return fault.Of(err).At(at)
		}
		if before, twice := first[id]; twice {
			return fault.New(fault.InvalidDocument, "the object stands there twice, first at %s", before).About(id.Path()).At(at)
		}
		first[id] = at
		p.items = append(p.items, item{id: id, role: role, at: at})
		return nil
	}
	if p.site = siteOf(e); e.ParentID != "" && p.site == "" {
		if err := add(e.ParentID, parent, "/parentID"); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		epcs []string
		role role
		at   string
	}{
		{e.EPCList, subject, "/epcList/"},
		{e.ChildEPCs, child, "/childEPCs/"},
		{e.InputEPCList, input, "/inputEPCList/"},
		{e.OutputEPCList, output, "/outputEPCList/"},
	} {
		for i, epc := range list.epcs {
			if err := add(epc, list.role, list.at+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuse completes a refusal with the event's place in the document.
func (p *plan) refuse(err error) error {
	refused := fault.Of(err)
	if at := "/epcisBody/eventList/" + strconv.Itoa(p.index); !strings.HasPrefix(refused.Field, at) {
		refused = refused.AtEvent(p.index).At(at + refused.Field)
	}
	return refused
}

// refuseItem completes a refusal that is about one object.
func (p *plan) refuseItem(i item, err error) error {
	refused := fault.Of(err)
	if refused.EPC == "" {
		refused = refused.About(i.id.Path())
	}
	if refused.Field == "" {
		refused = refused.At(i.at)
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
