package shipment

import (
	"encoding/json"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// TransientDocument is the entry of the transient map in which the document
// travels.
const TransientDocument = "document"

// EventName is the name of the chaincode event that a capture sets. It is a
// hint that there is something to read, nothing to act on.
const EventName = "countersign"

// CaptureRequest asks to record the EPCIS 2.0 document (JSON) in the transient
// map under "document".
type CaptureRequest struct {
	// SHA256 is the document's SHA-256, hexadecimal. When it is there, the
	// document must match: it then stands in the signed proposal, which the
	// transient map does not.
	SHA256 string `json:"sha256,omitempty"`
}

// CaptureResponse lists the events of the document, in its order.
type CaptureResponse struct {
	// Events are all events of the document.
	Events []CapturedEvent `json:"events"`
}

// CapturedEvent is one event of a captured document.
type CapturedEvent struct {
	// Index is the event's place in the document, from 0.
	Index int `json:"index"`
	// Event is its CBV 2.0 hash id.
	Event string `json:"event"`
	// Declaration is the hash of the error declaration that the event carries
	// ([product.DeclarationHash]); absent without one.
	Declaration string `json:"declaration,omitempty"`
	// EPCs is the number of objects it is about.
	EPCs int `json:"epcs"`
	// Transaction is the one that recorded the event before; absent when this
	// one does.
	Transaction string `json:"transaction,omitempty"`
	// Discrepancies are the ids of those that the event, a receipt, opened.
	Discrepancies []string `json:"discrepancies,omitempty"`
}

// Capture records an EPCIS document for the caller's organisation: every event
// of it, or none. It takes an operator or admin. An event that the organisation
// has recorded already, with the same id, is passed over; when that goes for all
// of them, the answer is fault.AlreadyRecorded with the first transaction as a
// detail. What another organisation recorded is no repeat.
//
// Limits: 4 MB a document, 1 MB an event, 10,000 objects a document.
//
// Refusals, each with the event's index, the object and a JSON pointer where
// they apply:
//   - the document: fault.InvalidDocument, fault.InvalidIdentifier,
//     fault.Unsupported, fault.LimitExceeded, fault.HashMismatch
//   - the caller: fault.NotParticipant, fault.ReaderOnly, fault.RoleRequired
//   - identity: fault.AlreadyRecorded, fault.DuplicateContent,
//     fault.EventIDConflict
//   - time: fault.TimeAhead
//   - commissioning: fault.NotLicensee, fault.AlreadyExists
//   - everything else: fault.NotFound, fault.ObjectEnded, fault.NotCustodian,
//     fault.NotOwner, fault.InTransit, fault.Held, fault.Undetermined (where a
//     policy that asks for it watches what passes), fault.NotOffered,
//     fault.NotYetShipped, fault.NotEnough, fault.Closed
func Capture(tx *ledger.Tx, req CaptureRequest) (CaptureResponse, error) {
	c := &capture{tx: tx, caller: tx.Caller().MSP}
	unclear := c.understand(req)
	if unclear == nil {
		if err := c.prefetch(); err != nil {
			return CaptureResponse{}, err
		}
	}
	// Who is no participant is told that, and not what is wrong with the document.
	if _, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin); err != nil {
		return CaptureResponse{}, err
	}
	if unclear != nil {
		return CaptureResponse{}, unclear
	}
	if err := c.identify(); err != nil {
		return CaptureResponse{}, err
	}
	if err := c.read(); err != nil {
		return CaptureResponse{}, err
	}
	if err := c.openGates(); err != nil {
		return CaptureResponse{}, err
	}
	for _, p := range c.plans {
		if p.repeats != nil {
			continue
		}
		if len(p.lines) > 0 && !p.rule.lots {
			return CaptureResponse{}, p.refuse(fault.New(fault.Unsupported, "this version does not record quantities of a class or lot in this event").At(p.lines[0].at))
		}
		if err := c.apply(p); err != nil {
			return CaptureResponse{}, p.refuse(err)
		}
	}
	return c.write()
}

// capture is one document on its way to the ledger.
type capture struct {
	tx     *ledger.Tx
	caller string // MSP id
	plans  []*plan
	names  names
	batch  *product.Batch
	// rights has, for each object or lot that the document may begin, who holds
	// its licence and whether the caller may begin it.
	rights map[gs1.ID]participant.Right
	// parties are who stands behind the GLNs in it, by ledger form.
	parties map[string]participant.Party
	// claims are the discrepancies that the document opens, by what each is of,
	// and opened their ids by the event.
	claims map[ledger.Key]*Discrepancy
	// processes are those that the document tells of, by key.
	processes map[ledger.Key]*process
	opened    map[*plan][]string
	gates     *condition.Gate
}

// read fetches everything that the rules look at: twins, licences and parties,
// each kind at once, however many events there are.
func (c *capture) read() error {
	about := c.about()
	var err error
	if c.batch, err = product.Open(c.tx, about.objects); err != nil {
		return err
	}
	if err := c.batch.LoadLots(about.lots, c.caller); err != nil {
		return err
	}
	rights, err := participant.Rights(c.tx, about.begin, c.caller)
	if err != nil {
		return err
	}
	c.rights = make(map[gs1.ID]participant.Right, len(about.begin))
	for i, id := range about.begin {
		c.rights[id] = rights[i]
	}
	parties, err := participant.Parties(c.tx, about.glns)
	if err != nil {
		return err
	}
	c.parties = make(map[string]participant.Party, len(about.glns))
	for i, gln := range about.glns {
		c.parties[gln] = parties[i]
	}
	return nil
}

func (c *capture) write() (CaptureResponse, error) {
	var events []*product.NewEvent
	response := CaptureResponse{Events: make([]CapturedEvent, len(c.plans))}
	for i, p := range c.plans {
		response.Events[i] = CapturedEvent{Index: i, Event: p.event.Record.Event, Declaration: p.event.Ref.Declaration, EPCs: len(p.items), Discrepancies: c.opened[p]}
		if p.repeats != nil {
			response.Events[i].Transaction = p.repeats.Transaction
			continue
		}
		events = append(events, p.event)
		if err := c.storeAlias(p); err != nil {
			return CaptureResponse{}, err
		}
	}
	if err := c.batch.Close(events); err != nil {
		return CaptureResponse{}, err
	}
	if err := c.visits(); err != nil {
		return CaptureResponse{}, err
	}
	if size := c.tx.Size() + response.size(); size > ledger.MaxTransaction {
		return CaptureResponse{}, fault.New(fault.LimitExceeded, "the transaction would have %d bytes; at most %d are ordered: split the document", size, ledger.MaxTransaction)
	}
	return response, c.wake(events)
}

// size returns at least how many bytes the response has in JSON, within a few.
func (r CaptureResponse) size() int {
	size := 0
	for _, e := range r.Events {
		size += len(`{"index":,"event":"","epcs":,"transaction":""},`) + 10 + len(e.Event) + len(e.Transaction)
		if e.Declaration != "" {
			size += len(`"declaration":"",`) + len(e.Declaration)
		}
		if n := len(e.Discrepancies); n > 0 {
			size += len(`"discrepancies":[],`) + n*len(`"01234567890123456789012345678901",`)
		}
	}
	return size
}

// maxHint bounds the events that the hint names.
const maxHint = 32

// hint is the payload of the chaincode event.
type hint struct {
	Events []string `json:"events"`
	// More says that there are more events than it names.
	More bool `json:"more,omitempty"`
}

func (c *capture) wake(events []*product.NewEvent) error {
	h := hint{Events: []string{}, More: len(events) > maxHint}
	for _, e := range events[:min(len(events), maxHint)] {
		h.Events = append(h.Events, e.Record.Event)
	}
	payload, err := json.Marshal(h)
	if err != nil {
		return fault.New(fault.Internal, "encode the hint: %w", err)
	}
	return c.tx.Event(EventName, payload)
}
