package privacy_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// An owner's peer endorses its deliveries alone, so an owner with altered chaincode
// can deliver what it likes. Its recipient finds out: by the chaincode of its own
// peer, and, where that runs none, by its client, which reads the blocks.
func TestAForgedDisclosureIsFoundOutByItsRecipient(t *testing.T) {
	w := start(t)
	price := map[string]string{"/price": "12.5"}
	s := w.write(t, draft(t, "terms", price), manufacturer, retailer)
	w.publish(t, s)
	another := w.write(t, draft(t, "terms", price), manufacturer, retailer)
	w.publish(t, another)
	changed, resalted := s.field(t, "/price"), s.field(t, "/price")
	changed.Value, resalted.Salt = "11.5", randomText(t)

	for name, c := range map[string]struct {
		field  selective.Field
		forged bool
	}{
		"honest":             {s.field(t, "/price"), false},
		"another-value":      {changed, true},
		"another-salt":       {resalted, true},
		"of-another-record":  {another.field(t, "/price"), true},
		"a-decoy-in-its-way": {selective.Field{Name: "/price", Value: "0", Salt: s.field(t, "").Salt}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, recipient := range []string{carrier, regulator} {
				id := w.request(t, s, recipient, name+"-to-"+recipient, "/price")
				if c.forged { // the honest chaincode refuses to
					honest := w.delivering(t, s, id, "/price")
					honest.transient["delivery"] = []byte(asJSON(t, disclosure.Draft{V: 1, Fields: []selective.Field{c.field}}))
					_, err := w.submit(t, honest)
					requireRefused(t, err, fault.HashMismatch)
				}
				settled, err := w.submit(t, w.forging(t, s, recipient, id, c.field))
				require.NoError(t, err)
				require.Equal(t, peer.TxValidationCode_VALID, settled.Code)
				w.must(t, onRequest(t, manufacturer, "operator", "disclosure:RecordDelivery", id))
				if recipient == carrier {
					w.receives(t, id, c.forged)
				} else {
					w.follows(t, id, settled.BlockNumber, c.forged)
				}
			}
		})
	}
}

// The owner's peer alone endorses what is purged of its deliveries, too, so that it
// can always revoke: a legal hold binds honest chaincode only. What remains on record
// is that it was delivered, and that the ledger has its hash no more.
func TestAnOwnerWithAlteredChaincodeCanEraseADeliveryUnderALegalHold(t *testing.T) {
	w := start(t)
	s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	w.publish(t, s)
	id := w.disclose(t, s, carrier, "held", "/price")
	w.must(t, call{organisation: retailer, user: "quality", function: "confidential:PlaceLegalHold", request: asJSON(t, map[string]any{"record": s.draft.ID, "reason": "a dispute"})})
	w.must(t, call{organisation: manufacturer, user: "admin", function: "disclosure:Revoke", request: asJSON(t, map[string]string{"request": id, "reason": "over"})})
	erase := onRequest(t, manufacturer, "admin", "disclosure:Erase", id, manufacturerMSP)
	_, err := w.submit(t, erase)
	requireRefused(t, err, fault.Retained)

	erase.deeds = &deed.Deeds{Purge: []deed.Private{{Collection: collections.Disclosure(manufacturerMSP, carrierMSP), Key: string(ledger.NewKey("delivery", id))}}}
	settled, err := w.submit(t, erase)
	require.NoError(t, err)
	require.Equal(t, peer.TxValidationCode_VALID, settled.Code)
	w.reaches(t, carrier, settled.BlockNumber+1)
	_, err = w.evaluate(t, onRequest(t, carrier, "auditor", "disclosure:Received", id, carrierMSP))
	requireRefused(t, err, fault.NotFound)
}

// forging puts a field into the collection of the manufacturer and a recipient as
// the delivery on a request, past the rules. It looks at all that the rules do: a
// follower holds a delivery against what its transaction has read.
func (w *world) forging(t *testing.T, s stored, recipient, request string, field selective.Field) call {
	t.Helper()
	content := disclosure.Content{V: 1, Request: request, Record: s.draft.ID, Fields: []selective.Field{field}}
	look := []string{
		string(ledger.NewKey("disclosure", request)), string(ledger.NewKey("record", s.draft.ID)), string(ledger.NewKey("disclosurerevoked", request)),
	}
	for _, msp := range msps {
		look = append(look, string(ledger.NewKey("consent", request, msp)))
	}
	return call{organisation: manufacturer, function: metadata, endorsers: []string{manufacturerMSP}, deeds: &deed.Deeds{
		Look: look,
		Write: []deed.Private{{
			Collection: collections.Disclosure(manufacturerMSP, msps[recipient]),
			Key:        string(ledger.NewKey("delivery", request)),
			Value:      []byte(asJSON(t, content)),
		}},
	}}
}

// receives has the carrier read what was delivered to it at its own peer.
func (w *world) receives(t *testing.T, request string, forged bool) {
	t.Helper()
	received := onRequest(t, carrier, "auditor", "disclosure:Received", request, carrierMSP)
	if !forged {
		var got disclosure.ReceivedResponse
		require.NoError(t, json.Unmarshal(w.ask(t, received), &got))
		require.Equal(t, "12.5", got.Fields[0].Value)
		return
	}
	soon(t, func(context.Context) error {
		_, err := w.evaluate(t, received)
		refused, ok := fault.Find(err.Error())
		require.True(t, ok, err)
		if refused.Code == fault.NotFound || refused.Code == fault.NotHere {
			return err // on its way
		}
		require.ErrorIs(t, refused, fault.HashMismatch)
		return nil
	})
}

// follows has the regulator, whose peer runs no chaincode, read what was delivered
// to it out of its peer's blocks.
func (w *world) follows(t *testing.T, request string, block uint64, forged bool) {
	t.Helper()
	for _, got := range w.followed(t, block) {
		if got.Request != request {
			continue
		}
		if forged {
			require.ErrorIs(t, got.err, fault.HashMismatch)
		} else {
			require.NoError(t, got.err)
			require.Equal(t, "12.5", got.Fields[0].Value)
		}
		return
	}
	t.Fatal("the follower passed the delivery over")
}
