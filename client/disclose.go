package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
)

// Disclosed is the answer to [Client.Disclose].
type Disclosed struct {
	// Delivered is the transaction that delivered; nil when that was done before.
	Delivered *Receipt
	// Recorded is the transaction that put it on record; nil when that was done
	// before.
	Recorded *Receipt
	// Delivery is what is on record.
	Delivery *disclosure.Delivery
}

// Disclose gives the recipient what was asked for, for the owner of the record: it
// reads the record at the owner's own peer, puts the fields into the collection of
// owner and recipient, and puts on record that it did. The peer of the owner alone
// sees and endorses the fields. The call can be repeated: what is done is not done
// again. When only what follows the delivery fails, Disclosed says so, too.
//
// It fails as disclosure.Deliver and disclosure.RecordDelivery do, and with
// fault.NotFound for a field that the record does not have: refuse the request
// ([Client.RefuseDisclosure]).
func (c *Client) Disclose(ctx context.Context, request string) (*Disclosed, error) {
	asked, err := c.Disclosure(ctx, request)
	if err != nil {
		return nil, err
	}
	if asked.Delivery != nil {
		return &Disclosed{Delivery: asked.Delivery}, nil
	}
	fields, err := c.fieldsOf(ctx, asked)
	if err != nil {
		return nil, err
	}
	receipt, err := c.DeliverDisclosure(ctx, request, fields)
	if err != nil && !errors.Is(err, fault.AlreadyRecorded) {
		return nil, err
	}
	disclosed := &Disclosed{Delivered: receipt}
	disclosed.Delivery, disclosed.Recorded, err = c.recordDelivery(ctx, request)
	return disclosed, err
}

// fieldsOf reads the fields that were asked for, as the owner has them.
func (c *Client) fieldsOf(ctx context.Context, asked *disclosure.Status) ([]selective.Field, error) {
	standing, err := c.ConfidentialRecord(ctx, asked.Record)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(standing.Published.Manifest.Members), func(msp string) bool { return msp == c.msp })
	record, err := c.ReadConfidential(ctx, asked.Record, others...)
	if err != nil {
		return nil, err
	}
	fields := make([]selective.Field, len(asked.Fields))
	for i, name := range asked.Fields {
		field, found := record.Field(name)
		if !found {
			return nil, fmt.Errorf("client: disclose %s: %w: the record has no field %s", asked.ID, fault.NotFound, name)
		}
		fields[i] = field
	}
	return fields, nil
}

// DeliverDisclosure delivers fields of a record: the first half of [Client.Disclose].
func (c *Client) DeliverDisclosure(ctx context.Context, request string, fields []selective.Field) (*Receipt, error) {
	text, err := json.Marshal(disclosure.Draft{V: disclosure.Version, Fields: fields})
	if err != nil {
		return nil, fmt.Errorf("client: write the delivery: %w", err)
	}
	_, receipt, err := Call(ctx, c, api.DeliverDisclosure, disclosure.RefRequest{Request: request}, EndorsedBy(c.msp), WithTransient(text))
	return receipt, err
}

// RecordDelivery puts on record that something was delivered: the second half of
// [Client.Disclose], which any organisation that writes may do.
func (c *Client) RecordDelivery(ctx context.Context, request string) (*disclosure.Delivery, *Receipt, error) {
	response, receipt, err := Call(ctx, c, api.RecordDelivery, disclosure.RefRequest{Request: request})
	if err != nil {
		return nil, nil, err
	}
	return &response, receipt, nil
}

// recordDelivery is [Client.RecordDelivery] right after the delivery: a peer that is a
// block behind has no hash of it yet.
func (c *Client) recordDelivery(ctx context.Context, request string) (delivery *disclosure.Delivery, receipt *Receipt, err error) {
	err = c.afterwards(ctx, fault.NotFound, func() error {
		delivery, receipt, err = c.RecordDelivery(ctx, request)
		return err
	})
	if !errors.Is(err, fault.AlreadyRecorded) {
		return delivery, receipt, err
	}
	asked, err := c.Disclosure(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	return asked.Delivery, nil, nil
}

// afterwards repeats a call that other peers refuse with a code until they have the
// block before, as often as the client repeats other calls.
func (c *Client) afterwards(ctx context.Context, behind fault.Code, call func() error) error {
	pauses := newPauses()
	for try := 1; ; try++ {
		if err := call(); !says(err, behind) || try >= c.tries || !pause(ctx, pauses) {
			return err
		}
	}
}

// says reports whether an error, or what some organisation said in it, is of a code.
func says(err error, code fault.Code) bool {
	var failed *Error
	if errors.As(err, &failed) {
		for _, said := range failed.ByOrganisation {
			if said.Fault != nil && said.Fault.Code == code {
				return true
			}
		}
	}
	return errors.Is(err, code)
}

// ErasedDisclosure is the answer to [Client.EraseDisclosure].
type ErasedDisclosure struct {
	// Removed is the transaction that removed what was delivered; nil when it was gone
	// before.
	Removed *Receipt
	// Recorded is the transaction that put it on record, Erasure what stands there;
	// nil for what was never on record as a delivery.
	Recorded *Receipt
	Erasure  *disclosure.Erasure
}

// EraseDisclosure removes what was delivered, once the disclosure is revoked or has
// expired, from owner and recipient, and puts on record that it is gone. It is gone
// from queries at once, and from the peers' storage after Fabric's purge interval; what
// the recipient has copied elsewhere is beyond any ledger. The call can be repeated.
// When only what follows the removal fails, ErasedDisclosure says so, too.
//
// It fails as disclosure.Erase and disclosure.RecordErasure do.
func (c *Client) EraseDisclosure(ctx context.Context, request string) (*ErasedDisclosure, error) {
	removed, err := c.RemoveDisclosure(ctx, request)
	gone := errors.Is(err, fault.NotFound)
	if err != nil && !gone {
		return nil, err
	}
	asked, following := c.Disclosure(ctx, request)
	erased := &ErasedDisclosure{Removed: removed}
	switch {
	case following != nil:
		return erased, following
	case asked.Erasure != nil:
		erased.Erasure = asked.Erasure
		return erased, nil
	case asked.Delivery == nil && gone:
		return nil, err
	case asked.Delivery == nil: // it had never been consented to
		return erased, nil
	}
	following = c.afterwards(ctx, fault.OutOfSequence, func() error {
		response, receipt, err := Call(ctx, c, api.RecordErasure, disclosure.RefRequest{Request: request})
		if err == nil {
			erased.Recorded, erased.Erasure = receipt, &response
		}
		return err
	})
	return erased, following
}

// RemoveDisclosure removes what was delivered, and says nothing of it: the first half
// of [Client.EraseDisclosure].
func (c *Client) RemoveDisclosure(ctx context.Context, request string) (*Receipt, error) {
	_, receipt, err := Call(ctx, c, api.EraseDisclosure, disclosure.RefRequest{Request: request}, EndorsedBy(c.msp))
	return receipt, err
}
