package shipment

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
)

// ClaimRequest says what differs of a shipment.
type ClaimRequest struct {
	// Shipment is the CBV 2.0 hash id of the shipping event, or the 64
	// hexadecimal digits in it; ShippedBy is the MSP id of its recorder, absent
	// for the first.
	Shipment  string `json:"shipment"`
	ShippedBy string `json:"shippedBy,omitempty"`
	// Receipt is the hash of an event by which the receiver received of it: the
	// time to claim then counts from its recording.
	Receipt string `json:"receipt,omitempty"`
	// Kind is short, damaged or wrong, or over of a lot.
	Kind Kind `json:"kind" jsonschema:"enum=over,enum=short,enum=damaged,enum=wrong"`
	// Objects are the objects in any GS1 form, at most 100; or Lot is a lot or
	// class that the shipping event lists, with Amount, a decimal, and Unit as
	// it has them there, for how much of it differs.
	Objects []string `json:"objects,omitempty"`
	Lot     string   `json:"lot,omitempty"`
	Amount  string   `json:"amount,omitempty"`
	Unit    string   `json:"unit,omitempty"`
	// Note is for people, at most 500 bytes as JSON. Documents are SHA-256
	// hashes, 64 hexadecimal digits, of photographs, delivery notes and the
	// like, at most 4.
	Note      string   `json:"note,omitempty"`
	Documents []string `json:"documents,omitempty"`
}

// Claim puts on record what differs of a shipment, by an operator or admin of
// either side of it, within 30 days of the shipping, or of a receipt of it that
// the claim names. It changes nothing: what is short stays offered, and with the
// shipper.
//
// Of objects, those can be claimed that the shipping event lists, that are in a
// container that it lists, or that the receiver has and had last from the
// shipper. Short are objects that are offered still, or that have not been
// received by themselves; damaged and wrong are those that are no longer offered.
// What arrived and was not shipped there, is a receipt with the disposition
// mismatch_instance.
//
// Refusals: those of participant.Require, fault.InvalidRequest,
// fault.InvalidIdentifier, fault.Unsupported, fault.LimitExceeded; fault.NotFound
// for a shipment, receipt, object or lot; fault.NotParty; fault.Closed after the
// window and for what has been received or called off; fault.InTransit for what
// is on its way still; and fault.AlreadyExists, with the discrepancy as a detail,
// for what the caller has claimed of the shipment before.
func Claim(tx *ledger.Tx, req ClaimRequest) (Discrepancy, error) {
	caller, err := participant.Require(tx, ledger.RoleOperator, ledger.RoleAdmin)
	if err != nil {
		return Discrepancy{}, err
	}
	if err := req.check(); err != nil {
		return Discrepancy{}, err
	}
	c := claim{tx: tx, req: req}
	if c.offer, err = findOffer(tx, req.Shipment, req.ShippedBy); err != nil {
		return Discrepancy{}, fault.Of(err).At("/shipment")
	}
	d := Discrepancy{
		Kind: req.Kind, Shipment: refOf(c.offer.Ref()), Claimant: caller.MSP, Note: req.Note, Documents: req.Documents,
	}
	if d.Other, err = c.otherSide(caller.MSP); err != nil {
		return Discrepancy{}, err
	}
	if d.Receipt, err = c.inTime(); err != nil {
		return Discrepancy{}, err
	}
	if err := c.subject(&d); err != nil {
		return Discrepancy{}, err
	}
	return store(tx, newDiscrepancy(tx, "claim", d))
}

// store puts a claim on record, unless the same has been claimed.
func store(tx *ledger.Tx, d *Discrepancy) (Discrepancy, error) {
	keys := d.claimKeys()
	before, err := claimedBefore(tx, keys)
	if err != nil {
		return Discrepancy{}, err
	}
	for i, key := range keys {
		if before[i] != nil {
			return Discrepancy{}, errClaimed(before[i]).At("/kind")
		}
		if err := ledger.Store(tx, key, mention{V: Version, ID: d.ID}); err != nil {
			return Discrepancy{}, err
		}
	}
	for _, key := range d.listings() {
		if err := ledger.Store(tx, key, mention{V: Version}); err != nil {
			return Discrepancy{}, err
		}
	}
	return *d, ledger.Store(tx, discrepancyKey(d.ID), d)
}

// check looks at the request alone.
func (r *ClaimRequest) check() error {
	switch {
	case (len(r.Objects) > 0) == (r.Lot != ""):
		return fault.New(fault.InvalidRequest, "a claim is about objects, or about a lot").At("/objects")
	case len(r.Objects) > MaxClaimed:
		return fault.New(fault.LimitExceeded, "a claim is about at most %d objects", MaxClaimed).At("/objects")
	case r.Lot == "" && (r.Amount != "" || r.Unit != ""):
		return fault.New(fault.InvalidRequest, "objects have no amount").At("/amount")
	case len(r.Documents) > MaxDocuments:
		return fault.New(fault.LimitExceeded, "a claim has at most %d documents", MaxDocuments).At("/documents")
	}
	for i, hash := range r.Documents {
		if digest, err := hex.DecodeString(hash); err != nil || len(digest) != 32 {
			return fault.New(fault.InvalidRequest, "a document is named by its SHA-256, 64 hexadecimal digits").At("/documents/" + strconv.Itoa(i))
		}
	}
	if err := checkNote(r.Note); err != nil {
		return err
	}
	return r.checkKind()
}

func (r *ClaimRequest) checkKind() error {
	switch r.Kind {
	case Short, Damaged, Wrong:
		return nil
	case Over:
		if r.Lot == "" {
			return fault.New(fault.InvalidRequest, "of a single object there is never more: receive it with the disposition %s", mismatchDisposition).At("/kind")
		}
		return nil
	case Unannounced:
		return fault.New(fault.InvalidRequest, "what nobody shipped is received with the disposition %s", mismatchDisposition).At("/kind")
	}
	return fault.New(fault.InvalidRequest, "what differs is short, damaged, wrong or over").At("/kind")
}

func checkNote(note string) error {
	if jsonSize(note) > MaxNote {
		return fault.New(fault.LimitExceeded, "a note has at most %d bytes", MaxNote).At("/note")
	}
	return nil
}

// claim is a claim that is looked into.
type claim struct {
	tx    *ledger.Tx
	req   ClaimRequest
	offer *product.Offer
}

// otherSide returns the side of the shipment that the caller is not.
func (c *claim) otherSide(caller string) (string, error) {
	switch {
	case c.offer.From == c.offer.To && caller == c.offer.From:
		return "", fault.New(fault.InvalidRequest, "both sides of the shipment are the caller").At("/shipment")
	case caller == c.offer.To:
		return c.offer.From, nil
	case caller == c.offer.From:
		return c.offer.To, nil
	}
	return "", fault.New(fault.NotParty, "the shipment went from %s to %s", c.offer.From, c.offer.To).At("/shipment")
}

// inTime refuses a claim that comes too late, and names the receipt.
func (c *claim) inTime() (receipt *EventRef, err error) {
	refs := []product.Ref{c.offer.Ref()}
	if c.req.Receipt != "" {
		found, err := c.receipt()
		if err != nil {
			return nil, fault.Of(err).At("/receipt")
		}
		refs, receipt = []product.Ref{found}, refOf(found)
	}
	records, err := product.LoadEvents(c.tx, refs)
	switch {
	case err != nil:
		return nil, err
	case records[0] == nil:
		return nil, fault.New(fault.Internal, "the ledger lacks event %s", refs[0].Hash)
	}
	if until := records[0].Recorded.Add(Window); c.tx.Time().After(until) {
		return nil, fault.New(fault.Closed, "claims could be raised until %s", until.Format(time.RFC3339)).With("until", until.Format(time.RFC3339))
	}
	return receipt, nil
}

// receipt finds the event that received of the shipment.
func (c *claim) receipt() (product.Ref, error) {
	hash, err := product.EventHash(c.req.Receipt)
	if err != nil {
		return product.Ref{}, err
	}
	refs := []product.Ref{{Hash: hash}, {Hash: hash, By: c.offer.To}}
	keys := []ledger.Key{receiptKey(c.offer.Ref(), refs[0]), receiptKey(c.offer.Ref(), refs[1])}
	found, err := ledger.LoadMany[leg](c.tx, keys)
	if err != nil {
		return product.Ref{}, err
	}
	for i, ref := range refs {
		if found[i] != nil {
			return ref, nil
		}
	}
	return product.Ref{}, fault.New(fault.NotFound, "nothing of the shipment was received by this event")
}

// subject settles what the claim is about.
func (c *claim) subject(d *Discrepancy) error {
	list, err := readManifest(c.tx, c.offer.Ref())
	if err != nil {
		return err
	}
	if c.req.Lot != "" {
		return c.lot(d, list)
	}
	var ids []gs1.ID
	seen := map[gs1.ID]bool{}
	size := 0
	for i, text := range c.req.Objects {
		at := "/objects/" + strconv.Itoa(i)
		id, err := product.ParseObject(text)
		if err != nil {
			return fault.Of(err).At(at)
		}
		if seen[id] {
			return fault.New(fault.InvalidRequest, "the object stands there twice").About(id.Path()).At(at)
		}
		seen[id] = true
		ids, d.Objects = append(ids, id), append(d.Objects, id.Path())
		if size += jsonSize(id.Path()); size > maxPaths {
			return fault.New(fault.LimitExceeded, "the objects' names have more than %d bytes: split the claim", maxPaths).At("/objects")
		}
	}
	twins, err := product.LoadTwins(c.tx, ids)
	if err != nil {
		return err
	}
	listed := list.paths()
	for i, t := range twins {
		if err := c.object(t, listed); err != nil {
			return fault.Of(err).About(ids[i].Path()).At("/objects/" + strconv.Itoa(i))
		}
	}
	return nil
}

// object refuses an object of which the kind of claim cannot be.
func (c *claim) object(t *product.Twin, listed map[string]bool) error {
	if t == nil || !c.cameWith(t, listed) {
		return fault.New(fault.NotFound, "the object was not on the shipment")
	}
	offered := t.Offer != nil && t.Offer.Ref() == c.offer.Ref()
	switch {
	case c.req.Kind != Short && offered:
		return fault.New(fault.InTransit, "the object is on its way still: receive it, or refuse it, first")
	case c.req.Kind == Short && !offered && listed[t.ID]:
		return fault.New(fault.Closed, "the object was received, or its shipment called off")
	}
	return nil
}

// cameWith reports whether an object is one of a shipment, as far as the ledger
// can tell without looking into all that was shipped.
func (c *claim) cameWith(t *product.Twin, listed map[string]bool) bool {
	if listed[t.ID] {
		return true
	}
	for _, container := range t.Ancestors() {
		if listed[container.ID] {
			return true
		}
	}
	return t.Custodian == c.offer.To && t.From == c.offer.From
}

// lot settles what the claim says of a lot or class.
func (c *claim) lot(d *Discrepancy, list *manifest) error {
	id, err := gs1.Parse(c.req.Lot)
	if err != nil {
		return fault.New(fault.InvalidIdentifier, "%w", err).At("/lot")
	}
	if d.Amount, err = product.ParseAmount(c.req.Amount); err != nil {
		return fault.Of(err).At("/amount")
	}
	d.Lot, d.Unit = id.Path(), c.req.Unit
	shipped, found, err := list.amount(id, c.req.Unit)
	switch {
	case err != nil:
		return err
	case !found:
		return fault.New(fault.NotFound, "none of it was on the shipment in this unit").About(d.Lot).At("/lot")
	case d.Kind != Over && d.Amount > shipped:
		return fault.New(fault.InvalidRequest, "%s of it were on the shipment", shipped).About(d.Lot).At("/amount")
	}
	return nil
}

// amount returns how much of a lot or class the manifest lists in a unit.
func (m *manifest) amount(id gs1.ID, unit string) (sum product.Amount, found bool, err error) {
	for _, line := range m.QuantityList {
		listed, err := gs1.Parse(line.EPCClass)
		if err != nil || listed != id || line.UOM != unit {
			continue
		}
		one, err := product.ParseAmount(line.Quantity.String())
		if err != nil {
			return 0, false, fault.New(fault.Internal, "a quantity on record cannot be read: %w", err)
		}
		if sum, err = sum.Plus(one); err != nil {
			return 0, false, err
		}
		found = true
	}
	return sum, found, nil
}
