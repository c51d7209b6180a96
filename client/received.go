package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/internal/gateways"
	"github.com/countersign-ledger/countersign/collections"
)

// Delivery is what an owner put into its collection with the client's organisation:
// fields of a private record, or that they were erased.
type Delivery struct {
	// Owner delivered it to Recipient, MSP ids.
	Owner, Recipient string
	// Request is the request that it answers, and Record the record, by id. Record is
	// empty of an erasure and of what is not at the peer; Request, when nobody asked.
	Request, Record string
	// Fields are in order of name, with their salts: see [Client.ShowFields].
	Fields []selective.Field
	// Block and Transaction are where it is on the ledger.
	Block       uint64
	Transaction string
	// Hash is the SHA-256 of the private value in hexadecimal, as the ledger has it:
	// what an acknowledgement names. An erasure has none.
	Hash string
	// Erased tells that what had been delivered on the request was purged.
	Erased bool

	value []byte
}

// Verify checks the delivery against what was asked and the public manifest of the
// record: that owner and recipient are those of the request, and as
// [disclosure.Open]. It asks nobody: who trusts no single peer takes both from
// attested statements of api.DisclosureStatus and api.ConfidentialRecord.
//
// It fails with fault.HashMismatch for what was forged or is of another request,
// record or field, fault.InvalidRequest for what is no delivery, and fault.NotHere for
// one without a value.
func (d *Delivery) Verify(asked disclosure.Disclosure, record confidential.Manifest) error {
	switch {
	case d.value == nil:
		return fault.New(fault.NotHere, "there is no value to verify")
	case asked.Owner != d.Owner || record.Owner != d.Owner:
		return fault.New(fault.HashMismatch, "it was delivered by %s, and the record is of %s", d.Owner, record.Owner)
	case asked.Recipient != d.Recipient:
		return fault.New(fault.HashMismatch, "it was delivered to %s, and asked for %s", d.Recipient, asked.Recipient)
	}
	_, err := disclosure.Open(asked, d.Hash, record, d.value)
	return err
}

// Deliveries yields what owners have delivered to the client's organisation, and what
// of it they erased, in the order of the ledger, from a block up to the peer's last. It
// reads blocks with private data at the peer that the client is connected to, which
// should be the organisation's own: no chaincode runs there, so that organisations that
// only read can.
//
// Each delivery is verified as [Delivery.Verify] does, against the request, the manifest
// and the votes as they stood when it was delivered: in the blocks of that same peer. A
// delivery names the blocks, in what its transaction read, and is not valid if anything
// there had changed meanwhile. So nobody else's peer is believed, and none can hide a
// vote that was taken back; the peer must have those blocks. Only to name the request of
// what the peer has no value of is any peer asked: it can leave the name out
// (Delivery.Request is empty), and cannot give a false one.
//
// An error beside a delivery is about that delivery, and the next follows:
// fault.NotHere when the peer does not have the value (it has not arrived yet: read
// from that block again later; or it was erased since), or not a block of the request,
// record or votes; fault.HashMismatch when it has another value than the ledger's hash,
// or what was delivered was forged; fault.InvalidRequest for what is no delivery;
// fault.NotFound when nobody asked for it; fault.NotConsented when not all had
// consented, when it had been revoked, and when it was delivered past the rules, by
// chaincode that has not looked at request, record and votes: then nothing is known of
// the fields; and those of [Client.Evaluate]. Fields are given even so where there are
// any: believe and use none of them. A [BlocksError] is the last.
func (c *Client) Deliveries(ctx context.Context, from uint64) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		r := newReceiver(c, from)
		asking, at := gateways.Noting(ctx)
		last, err := c.session().blocks.newest(asking)
		if r.at = at(); err == nil && from <= last {
			err = r.read(ctx, last, yield)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Delivery{}, err)
		}
	}
}

// FollowDeliveries is [Client.Deliveries] without an end: having reached the peer's
// last block it waits for the next, until the context ends. When the peer is lost it
// waits for the return of that very one, since another organisation's has none of the
// values, and goes on behind the last delivery: however long that takes, so that an
// observer ([WithObserver]) is who hears of it. To go over to another peer of the
// organisation, end the context.
//
// Its last error is a [BlocksError]: of the context, or of a peer that refuses again and
// again; else it is of a block that cannot be read. Another call goes on from the
// BlocksError's block, of which deliveries may then come a second time.
func (c *Client) FollowDeliveries(ctx context.Context, from uint64) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		r := newReceiver(c, from)
		r.waits = true
		if err := r.follow(ctx, yield); !errors.Is(err, errEnough) {
			yield(Delivery{}, err)
		}
	}
}

// deliveryKind begins the private keys of deliveries: delivery~REQUEST.
const deliveryKind = "delivery"

// discloser returns whose disclosures to a recipient a collection has.
func discloser(collection, recipient string) (owner string, ok bool) {
	both, ok := strings.CutPrefix(collection, "disclosure-")
	if !ok {
		return "", false
	}
	escaped, _, _ := strings.Cut(both, "-")
	owner, ok = unescape(escaped)
	return owner, ok && collections.Disclosure(owner, recipient) == collection
}

// unescape reads what package collections writes for an MSP id.
func unescape(text string) (string, bool) {
	var out strings.Builder
	for {
		plain, code, more := strings.Cut(text, "_")
		out.WriteString(plain)
		if !more {
			return out.String(), true
		}
		if len(code) < 2 {
			return "", false
		}
		c, err := strconv.ParseUint(code[:2], 16, 8)
		if err != nil {
			return "", false
		}
		out.WriteByte(byte(c))
		text = code[2:]
	}
}

// receiver makes deliveries of private writes, and knows where it is.
type receiver struct {
	client *Client
	state  *state
	byKey  map[string]string // requests by the hash of their key; empty for a hash of none

	block  uint64 // the next
	handed int    // how many deliveries of it have been handed on
	at     string // the peer whose blocks they are; empty when the connection is the caller's
	waits  bool   // for what cannot be had at present
}

func newReceiver(c *Client, from uint64) *receiver {
	return &receiver{client: c, byKey: map[string]string{}, block: from}
}

// deliveryStream names the stream of deliveries to observers.
const deliveryStream = "deliveries"

// follow reads without an end, until there is what no other try heals.
func (r *receiver) follow(ctx context.Context, yield func(Delivery, error) bool) error {
	told := func(kind EventKind, err error) {
		r.client.observe(ctx, Event{Kind: kind, Name: deliveryStream, Code: CodeOf(err), Block: r.block})
	}
	for tries := newPatience(); ; {
		told(StreamOpened, nil)
		before := r.block
		err := r.read(ctx, math.MaxUint64, yield)
		if errors.Is(err, errEnough) {
			told(StreamEnded, nil)
			return err
		}
		if r.block > before {
			tries.heard()
		}
		if ctx.Err() != nil || !ofBlocks(err) || tries.exhausted(err) {
			told(StreamEnded, err)
			return err
		}
		told(StreamLost, err)
		if !tries.wait(ctx) {
			told(StreamEnded, ctx.Err())
			return &BlocksError{Block: r.block, cause: errors.Join(ctx.Err(), err)}
		}
	}
}

// read hands on what is in the blocks up to one. It fails with errEnough when no more
// is wanted.
func (r *receiver) read(ctx context.Context, to uint64, yield func(Delivery, error) bool) error {
	blocks := r.client.session().blocks // may be of another identity than before
	r.state = newState(blocks, r.client.chaincode)
	ctx, at := gateways.Noting(gateways.Only(ctx, r.at))
	for block, err := range blocks.blocks(ctx, r.block, to) {
		if address := at(); address != "" {
			r.at = address
		}
		if err != nil {
			return err
		}
		r.client.knows(r.block)
		writes, err := PrivateWrites(block, r.client.chaincode)
		if err != nil {
			return err
		}
		if err := r.deliveries(gateways.Only(ctx, r.at), block.GetBlock(), writes, yield); err != nil {
			return err
		}
		r.block, r.handed = r.block+1, 0
	}
	return nil
}

// deliveries hands on those of a block that have not been.
func (r *receiver) deliveries(ctx context.Context, block *common.Block, writes []PrivateWrite, yield func(Delivery, error) bool) error {
	found := 0
	for _, w := range writes {
		owner, ours := discloser(w.Collection, r.client.msp)
		if !ours {
			continue
		}
		if found++; found <= r.handed {
			continue
		}
		d, err := r.received(ctx, block, owner, w)
		if r.later(ctx, err) {
			return &BlocksError{Block: w.Block, cause: err}
		}
		r.handed = found
		if !yield(d, err) {
			return errEnough
		}
	}
	return nil
}

// later tells of an error that is not about a delivery: it could not be made out whether
// there is something wrong with it.
func (r *receiver) later(ctx context.Context, err error) bool {
	var call *Error
	switch {
	case err == nil:
		return false
	case ctx.Err() != nil, ofBlocks(err):
		return true
	}
	return r.waits && errors.As(err, &call) && !call.refused()
}

func ofBlocks(err error) bool {
	var broken *BlocksError
	return errors.As(err, &broken)
}

// received makes a delivery of a private write, and verifies it.
func (r *receiver) received(ctx context.Context, block *common.Block, owner string, w PrivateWrite) (d Delivery, err error) {
	d = Delivery{Owner: owner, Recipient: r.client.msp, Block: w.Block, Transaction: w.Transaction, Hash: hex.EncodeToString(w.Hash), Erased: w.Deleted}
	if d.Request, err = r.under(ctx, w); err != nil {
		return d, err
	}
	switch {
	case w.Deleted:
		return d, nil
	case w.Missing:
		return d, fault.New(fault.NotHere, "what %s delivered in block %d is not at this peer: it has not arrived, or was erased since", owner, w.Block)
	case w.Altered:
		return d, fault.New(fault.HashMismatch, "what this peer has of block %d is not what %s delivered", w.Block, owner)
	}
	d.value = w.Value
	var content disclosure.Content
	if json.Unmarshal(w.Value, &content) != nil {
		return d, fault.New(fault.InvalidRequest, "what %s put there is no delivery", owner)
	}
	d.Record, d.Fields = content.Record, content.Fields
	if content.Request != d.Request {
		return d, fault.New(fault.HashMismatch, "the delivery stands under the key of another request")
	}
	on, err := r.state.basisOf(block, w.Transaction)
	if err != nil {
		return d, err
	}
	return d, checkDelivery(ctx, on, &d)
}

// under returns the id of the request that a write answers; empty for none. A peer that
// has purged a value gives out the hash of its key alone, also of the purge: the
// request is then looked for among those on record. Whoever is asked can hide it, and
// cannot make one up: the hash is that of its id.
func (r *receiver) under(ctx context.Context, w PrivateWrite) (string, error) {
	if kind, parts := ledger.Key(w.Key).Parts(); kind == deliveryKind && len(parts) == 1 {
		r.byKey[string(w.KeyHash)] = parts[0]
	}
	if id, known := r.byKey[string(w.KeyHash)]; known || w.Key != "" {
		return id, nil
	}
	for status, err := range r.client.DisclosuresTo(ctx, r.client.msp) {
		if err != nil {
			return "", err
		}
		hash := sha256.Sum256([]byte(ledger.NewKey(deliveryKind, status.ID)))
		r.byKey[string(hash[:])] = status.ID
	}
	id := r.byKey[string(w.KeyHash)]
	r.byKey[string(w.KeyHash)] = id // asked once
	return id, nil
}

// checkDelivery verifies a delivery against what its transaction was built on: the
// request, the published record and the votes.
func checkDelivery(ctx context.Context, on *basis, d *Delivery) error {
	asked, err := stood[disclosure.Disclosure](ctx, on, ledger.NewKey("disclosure", d.Request))
	if err != nil {
		return err
	}
	if asked == nil {
		return fault.New(fault.NotFound, "nobody has asked for it")
	}
	record, err := stood[confidential.Published](ctx, on, ledger.NewKey("record", asked.Record))
	if err != nil {
		return err
	}
	if record == nil || asked.ID != d.Request || record.Manifest.ID != asked.Record {
		return fault.New(fault.HashMismatch, "the request is for no published record")
	}
	if err := d.Verify(*asked, record.Manifest); err != nil {
		return err
	}
	return consented(ctx, on, asked)
}

// consented fails for what was delivered without the votes that it takes, or after it
// had been revoked: owners endorse their deliveries alone, and one with altered
// chaincode may not ask for them.
func consented(ctx context.Context, on *basis, asked *disclosure.Disclosure) error {
	for _, msp := range asked.Voters {
		vote, err := stood[disclosure.Consent](ctx, on, ledger.NewKey("consent", asked.ID, msp))
		switch {
		case err != nil:
			return err
		case vote == nil:
			return fault.New(fault.NotConsented, "it was delivered, and %s had not consented", msp)
		case !vote.Approve:
			return fault.New(fault.NotConsented, "it was delivered, and %s had refused", msp)
		}
	}
	revoked, err := stood[disclosure.Revocation](ctx, on, ledger.NewKey("disclosurerevoked", asked.ID))
	if err == nil && revoked != nil {
		err = fault.New(fault.NotConsented, "it was delivered, and %s had revoked it", revoked.By.MSP)
	}
	return err
}
