package disclosure_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

// Two members with altered chaincode put back what is on record as purged: to the
// last byte, so that the ledger has the hash again. It is not disclosed any more.
func TestWhatIsOnRecordAsPurgedIsNotDisclosedAgain(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	approved := w.ask(r, "approved")
	require.NoError(t, w.vote(Manufacturer, approved, true))
	given := w.delivered(r, "given")
	w.purge(r)
	must(w, Manufacturer, ledger.RoleAdmin, confidential.RecordPurge, confidential.RecordPurgeRequest{ID: r.ID, Reason: confidential.ErasureRequest})
	content, err := json.Marshal(r.fields)
	require.NoError(t, err)
	require.NoError(t, w.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		return tx.PutPrivate(collections.Relation(r.Members...), ledger.NewKey("content", r.ID), content)
	}))

	require.ErrorIs(t, w.deliver(r, approved), fault.NotFound)
	_, err = call(w, Carrier, ledger.RoleOperator, disclosure.Request, disclosure.RequestRequest{Name: "late", Terms: w.terms(r)})
	require.ErrorIs(t, err, fault.NotFound)
	_, err = call(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(given))
	require.NoError(t, err, "and what was delivered can be erased")
}

// held puts a hold of a record on the ledger, whoever that is of.
func (w *world) held(r record, msp string) {
	w.t.Helper()
	require.NoError(w.t, w.As(Retailer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		return ledger.Store(tx, ledger.NewKey("legalhold", r.ID, msp), confidential.LegalHold{V: 1, Record: r.ID, MSP: msp, Reason: "x", Placed: w.Now})
	}))
}

// The recipient, which is no member, holds a record of its own under the same id.
func TestARecipientKeepsNothingByAHoldOfItsOwn(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.delivered(r, "r")
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "done"})
	w.held(r, Carrier)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
}

// What is endorsed counts only while what it rests on stands when it commits.
func TestARaceNeverDeliversOrErasesAgainstWhatStands(t *testing.T) {
	for name, c := range map[string]struct {
		erase bool
		first func(w *world, r record)
	}{
		"the recipient's country": {first: func(w *world, _ record) { w.move(Carrier, "US") }},
		"a purge of the record":   {first: func(w *world, r record) { w.purge(r) }},
		"a hold":                  {erase: true, first: func(w *world, r record) { w.held(r, Retailer) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.publish(func(m *confidential.Manifest) {
				m.Transfer = &confidential.Transfer{Rule: "EEA", Countries: []string{"DE", "FR", "NL"}}
			})
			late := func() bool {
				id := w.ask(r, "r")
				require.NoError(t, w.vote(Manufacturer, id, true))
				run, err := simulate(w, Manufacturer, ledger.RoleOperator, Manufacturer, w.draft(r, "/currency", "/price"), disclosure.Deliver, ref(id))
				require.NoError(t, err)
				c.first(w, r)
				return w.commits(run.id, run.Results)
			}
			if c.erase {
				late = func() bool {
					id := w.delivered(r, "r")
					must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "done"})
					run, err := simulate(w, Manufacturer, ledger.RoleAdmin, Manufacturer, nil, disclosure.Erase, ref(id))
					require.NoError(t, err)
					c.first(w, r)
					return w.commits(run.id, run.Results)
				}
			}
			require.False(t, late())
		})
	}
}

// Nothing is delivered or consented to in the very millisecond in which the term is
// over, and what was delivered can be erased from then on.
func TestATermEndsAtItsVeryMillisecond(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id, given := w.ask(r, "r"), w.delivered(r, "given")
	require.NoError(t, w.vote(Manufacturer, id, true))
	w.Now = w.status(id).Until.Add(-time.Millisecond)
	_, err := call(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(given))
	require.ErrorIs(t, err, fault.Retained)
	w.Now = w.Now.Add(time.Millisecond)
	require.ErrorIs(t, w.deliver(r, id), fault.NotConsented)
	require.ErrorIs(t, w.vote(Manufacturer, id, false), fault.Closed)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(given))
}

// stale is a peer whose private values are not those on the ledger.
type stale struct{ ledger.Backend }

func (s stale) GetPrivate(collection string, key ledger.Key) ([]byte, error) {
	value, err := s.Backend.GetPrivate(collection, key)
	return append(value, ' '), err
}

func TestWhatIsReceivedIsWhatTheLedgerHasTheHashOf(t *testing.T) {
	w := newWorld(t)
	id := w.delivered(w.publish(), "r")
	p := memledger.Proposal{Time: w.Now, Caller: ledger.Caller{MSP: Carrier, Role: ledger.RoleAuditor}}
	_, err := disclosure.Received(ledger.BeginQuery(stale{w.Ledger.Simulate(p, Carrier)}), ref(id))
	require.ErrorIs(t, err, fault.HashMismatch)
	require.Equal(t, w.status(id).Delivery.Hash, fault.Of(err).Detail["hash"], "which can be disputed")
}

// A statement is endorsed with a card that is revoked before it commits.
func TestARaceNeverRecordsWhatARevokedCardSigned(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	lost := w.person(Regulator, ledger.RoleAuditor)
	request, err := simulate(w, Carrier, ledger.RoleOperator, Carrier, nil, disclosure.CarryRequest, w.carried(lost, w.statement(r, "r")))
	require.NoError(t, err)
	w.revoke(lost)
	require.False(t, w.commits(request.id, request.Results))
}

// An owner with altered chaincode purges what it has delivered while the disclosure
// runs, or under a hold. Whoever puts on record that it is gone puts that there, too.
func TestAnErasureAgainstTheRulesShows(t *testing.T) {
	for name, c := range map[string]struct {
		revoke, hold bool
		early        bool
		holds        []string
	}{
		"as it should be": {revoke: true},
		"while it runs":   {early: true},
		"under a hold":    {revoke: true, hold: true, holds: []string{Retailer}},
		"both":            {hold: true, early: true, holds: []string{Retailer}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.publish()
			id := w.delivered(r, "r")
			if c.revoke {
				must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "done"})
			}
			if c.hold {
				w.held(r, Retailer)
			}
			require.NoError(t, w.As(Manufacturer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
				return tx.Purge(w.collection(Carrier), ledger.NewKey("delivery", id))
			}))
			must(w, Carrier, ledger.RoleOperator, disclosure.RecordErasure, ref(id))
			erasure := w.status(id).Erasure
			require.Equal(t, c.early, erasure.Early)
			require.Equal(t, c.holds, erasure.Holds)
		})
	}
}
