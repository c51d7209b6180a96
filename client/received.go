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

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
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
// only read can. Each delivery is verified ([Delivery.Verify]) against what the ledger
// has on record; the queries for that go where all queries go.
//
// An error beside a delivery is about that delivery, and the next follows:
// fault.NotHere when the peer does not have the value (it has not arrived yet: read
// from that block again later; or it was erased since); fault.HashMismatch when it has
// another value than the ledger's hash, or what was delivered was forged;
// fault.NotFound when nobody asked for it; fault.NotConsented when the fields are the
// record's and not all had consented, as far as the peer that was asked has blocks; and
// those of [Client.Evaluate]. Fields are given even so where there are any: believe and
// use none of them. A [BlocksError] is the last.
func (c *Client) Deliveries(ctx context.Context, from uint64) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		last, err := c.blocks.newest(ctx)
		switch {
		case err != nil:
			yield(Delivery{}, err)
		case from <= last:
			c.deliveries(ctx, from, last)(yield)
		}
	}
}

// FollowDeliveries is [Client.Deliveries] without an end: having reached the peer's
// last block it waits for the next, until the context ends. Its last error is then a
// [BlocksError], from whose block another call goes on.
func (c *Client) FollowDeliveries(ctx context.Context, from uint64) iter.Seq2[Delivery, error] {
	return c.deliveries(ctx, from, math.MaxUint64)
}

func (c *Client) deliveries(ctx context.Context, from, to uint64) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		asked := requests{client: c, byKey: map[string]string{}}
		for block, err := range c.blocks.blocks(ctx, from, to) {
			var writes []PrivateWrite
			if err == nil {
				writes, err = PrivateWrites(block, c.contract.ChaincodeName())
			}
			if err != nil {
				yield(Delivery{}, err)
				return
			}
			for _, w := range writes {
				owner, ours := discloser(w.Collection, c.msp)
				if !ours {
					continue
				}
				if !yield(c.received(ctx, &asked, owner, w)) {
					return
				}
			}
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

// received makes a delivery of a private write, and verifies it.
func (c *Client) received(ctx context.Context, asked *requests, owner string, w PrivateWrite) (d Delivery, err error) {
	d = Delivery{Owner: owner, Recipient: c.msp, Block: w.Block, Transaction: w.Transaction, Hash: hex.EncodeToString(w.Hash)}
	if d.Request, err = asked.under(ctx, w); err != nil {
		return d, err
	}
	switch {
	case w.Deleted:
		d.Erased = true
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
	return d, c.checkDelivery(ctx, &d)
}

// requests finds requests by the hashes of the keys under which they are answered: a
// peer that has purged a value gives out the hash alone, also of the purge.
type requests struct {
	client *Client
	byKey  map[string]string // empty for a hash that is of no request
}

// under returns the id of the request that a write answers; empty for none.
func (r *requests) under(ctx context.Context, w PrivateWrite) (string, error) {
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

// checkDelivery verifies a delivery against what a peer says is on record.
func (c *Client) checkDelivery(ctx context.Context, d *Delivery) error {
	asked, err := c.Disclosure(ctx, d.Request)
	if err != nil {
		return err
	}
	record, err := c.ConfidentialRecord(ctx, asked.Record)
	if err != nil {
		return err
	}
	if asked.ID != d.Request || record.Published.Manifest.ID != asked.Record {
		return errors.New("client: the gateway answered about another request or record")
	}
	if err := d.Verify(asked.Disclosure, record.Published.Manifest); err != nil {
		return err
	}
	return consented(asked)
}

// consented fails for what has been delivered without the votes that it takes: owners
// endorse their deliveries alone, and one with altered chaincode may not ask for them.
func consented(asked *disclosure.Status) error {
	if len(asked.Missing) > 0 {
		return fault.New(fault.NotConsented, "it was delivered, and %s had not consented", strings.Join(asked.Missing, ", "))
	}
	for _, vote := range asked.Votes {
		if !vote.Approve {
			return fault.New(fault.NotConsented, "it was delivered, and %s had refused", vote.MSP)
		}
	}
	return nil
}
