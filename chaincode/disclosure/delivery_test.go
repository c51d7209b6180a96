package disclosure_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// A refusal reaches the gateway, its log and the client: it never quotes what was to
// be delivered.
func TestADeliveryThatIsNotWhatWasAskedForIsRefusedAndNotQuoted(t *testing.T) {
	w := newWorld(t)
	r, other := w.publish(), w.publish()
	id := w.ask(r, "r")
	require.ErrorIs(t, w.deliver(r, id), fault.NotConsented)
	require.NoError(t, w.vote(Manufacturer, id, true))

	draft := func(change func(*disclosure.Draft)) []byte {
		d := disclosure.Draft{V: 1, Fields: slices.Clone(r.fields[:2])}
		change(&d)
		text, err := json.Marshal(d)
		require.NoError(t, err)
		return text
	}
	good := w.draft(r, "/currency", "/price")
	for name, c := range map[string]struct {
		text []byte
		code fault.Code
	}{
		"nothing":            {nil, fault.InvalidRequest},
		"no JSON":            {[]byte(canary), fault.InvalidRequest},
		"an unknown member":  {[]byte(`{"v":1,"` + canary + `":1}`), fault.InvalidRequest},
		"a wrong type":       {[]byte(`{"v":"` + canary + `"}`), fault.InvalidRequest},
		"more behind":        {append(slices.Clone(good), []byte(`"`+canary+`"`)...), fault.InvalidRequest},
		"too large":          {[]byte(strings.Repeat(canary, 1000)), fault.LimitExceeded},
		"another schema":     {draft(func(d *disclosure.Draft) { d.V = 2 }), fault.InvalidRequest},
		"a field missing":    {w.draft(r, "/price"), fault.InvalidRequest},
		"a field too many":   {w.draft(r, "/currency", "/price", "/quantity"), fault.InvalidRequest},
		"another field":      {w.draft(r, "/currency", "/quantity"), fault.InvalidRequest},
		"a decoy":            {draft(func(d *disclosure.Draft) { d.Fields[0] = selective.Field{Salt: d.Fields[0].Salt} }), fault.InvalidRequest},
		"a field twice":      {draft(func(d *disclosure.Draft) { d.Fields[0] = d.Fields[1] }), fault.InvalidRequest},
		"a forged value":     {draft(func(d *disclosure.Draft) { d.Fields[1].Value += canary }), fault.HashMismatch},
		"a forged salt":      {draft(func(d *disclosure.Draft) { d.Fields[1].Salt = salt(t) }), fault.HashMismatch},
		"a weak salt":        {draft(func(d *disclosure.Draft) { d.Fields[1].Salt = canary }), fault.InvalidRequest},
		"a field of another": {draft(func(d *disclosure.Draft) { d.Fields = other.fields[:2] }), fault.HashMismatch},
		"two fields interchanged": {draft(func(d *disclosure.Draft) {
			d.Fields[0].Value, d.Fields[1].Value = d.Fields[1].Value, d.Fields[0].Value
		}), fault.HashMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := with(w, Manufacturer, ledger.RoleOperator, c.text, disclosure.Deliver, ref(id))
			require.ErrorIs(t, err, c.code)
			require.NotContains(t, err.Error(), canary)
			for _, f := range append(r.fields, other.fields...) {
				require.NotContains(t, err.Error(), f.Salt)
			}
		})
	}
	for name, c := range map[string]struct {
		msp, role, peer string
		code            fault.Code
	}{
		"the recipient":       {Carrier, ledger.RoleOperator, Carrier, fault.NotParty},
		"another member":      {Retailer, ledger.RoleOperator, Retailer, fault.NotParty},
		"a reader":            {Regulator, ledger.RoleAdmin, Regulator, fault.ReaderOnly},
		"an auditor":          {Manufacturer, ledger.RoleAuditor, Manufacturer, fault.RoleRequired},
		"at the recipient's":  {Manufacturer, ledger.RoleOperator, Carrier, fault.NotMember},
		"at another member's": {Manufacturer, ledger.RoleOperator, Retailer, fault.NotMember},
		"at a reader's":       {Manufacturer, ledger.RoleOperator, Regulator, fault.NotMember},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := simulate(w, c.msp, c.role, c.peer, good, disclosure.Deliver, ref(id))
			require.ErrorIs(t, err, c.code)
			require.Empty(t, got.Private, "nothing is left at a peer that may not have it")
		})
	}
	require.NoError(t, w.deliver(r, id))
	require.ErrorIs(t, w.deliver(r, id), fault.AlreadyRecorded)
	must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	require.ErrorIs(t, w.deliver(r, id), fault.AlreadyRecorded)
}

// What has changed between request and delivery is looked at again.
func TestADeliveryAsksAgainWhatMayHaveChanged(t *testing.T) {
	w := newWorld(t)
	gone := w.publish()
	german := w.publish(func(m *confidential.Manifest) {
		m.Transfer = &confidential.Transfer{Rule: "EEA only", Countries: []string{"NL"}}
	})
	first, second, third := w.ask(gone, "gone"), w.ask(german, "german"), w.ask(german, "late")
	for _, id := range []string{first, second, third} {
		require.NoError(t, w.vote(Manufacturer, id, true))
	}
	w.purge(gone)
	require.ErrorIs(t, w.deliver(gone, first), fault.NotFound)
	w.move(Carrier, "US")
	err := w.deliver(german, second)
	require.ErrorIs(t, err, fault.Jurisdiction)
	require.Equal(t, "EEA only", fault.Of(err).Detail["rule"])
	w.move(Carrier, "")
	require.ErrorIs(t, w.deliver(german, second), fault.Jurisdiction, "no country is none where it may go")
	w.move(Carrier, "NL")
	require.NoError(t, w.deliver(german, second))
	w.Now = w.terms(german).Until
	err = w.deliver(german, third)
	require.ErrorIs(t, err, fault.NotConsented)
	require.Equal(t, "expired", fault.Of(err).Detail["state"])
}

// A legal hold on the record keeps what was delivered of it, too.
func TestALegalHoldOnTheRecordKeepsWhatWasDelivered(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.delivered(r, "r")
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "over"})
	hold := confidential.HoldRequest{Record: r.ID, Reason: "a lawsuit"}
	must(w, Retailer, ledger.RoleAdmin, confidential.PlaceLegalHold, hold)
	_, err := call(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
	require.ErrorIs(t, err, fault.Retained)
	require.Equal(t, Retailer, fault.Of(err).Detail["holds"])
	must(w, Retailer, ledger.RoleAdmin, confidential.LiftLegalHold, hold)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
}

// When the record itself has been purged, nobody needs to revoke what was delivered.
func TestWhatWasDeliveredOfARecordThatIsGoneCanBeErased(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.delivered(r, "r")
	w.purge(r)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.RecordErasure, ref(id))
	require.Equal(t, disclosure.Erased, w.status(id).State)
}

func TestOnlyOwnerAndRecipientReadADelivery(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id, open := w.delivered(r, "r"), w.ask(r, "open")
	for msp, code := range map[string]fault.Code{Retailer: fault.NotParty, Regulator: fault.ReaderOnly, Outsider: fault.NotParticipant} {
		_, err := query(w, msp, disclosure.Received, ref(id))
		require.ErrorIs(t, err, code, msp)
	}
	for _, msp := range []string{Manufacturer, Carrier} {
		_, err := query(w, msp, disclosure.Received, ref(id))
		require.NoError(t, err)
		_, err = query(w, msp, disclosure.Received, ref(open))
		require.ErrorIs(t, err, fault.NotFound, "nothing was delivered")
	}
	_, err := simulate(w, Carrier, ledger.RoleOperator, Manufacturer, nil, disclosure.Received, ref(id))
	require.ErrorIs(t, err, fault.NotMember, "at another's peer")
	w.Ledger.Lose(w.collection(Carrier), Carrier, true)
	_, err = query(w, Carrier, disclosure.Received, ref(id))
	require.ErrorIs(t, err, fault.NotHere)
}

// An owner with altered chaincode writes into the collection what it likes: the
// recipient finds it out, and disputes it.
func TestAForgedDeliveryIsFoundOutByTheRecipient(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Manufacturer, id, true))
	forged := disclosure.Content{V: 1, Request: id, Record: r.ID, Fields: slices.Clone(r.fields[:2])}
	forged.Fields[1].Value = "1.00"
	value, err := json.Marshal(forged)
	require.NoError(t, err)
	require.NoError(t, w.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		return tx.PutPrivate(w.collection(Carrier), ledger.NewKey("delivery", id), value)
	}))
	delivery := must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	_, err = query(w, Carrier, disclosure.Received, ref(id))
	require.ErrorIs(t, err, fault.HashMismatch)
	require.Equal(t, delivery.Hash, fault.Of(err).Detail["hash"])
	must(w, Carrier, ledger.RoleOperator, disclosure.Acknowledge, disclosure.Finding{
		Request: id, Hash: delivery.Hash, Verdict: disclosure.Disputed, Reason: "a field opens no commitment",
	})
	require.Equal(t, disclosure.Disputed, w.status(id).Acknowledgement.Verdict)
	err = w.deliver(r, id)
	require.ErrorIs(t, err, fault.AlreadyExists, "another delivery takes another request")
}

// The same forgery without consent never counts as a delivery.
func TestWhatIsWrittenWithoutConsentIsNotOnRecordAsADelivery(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Manufacturer, id, true))
	require.NoError(t, w.As(Manufacturer, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		return tx.PutPrivate(w.collection(Carrier), ledger.NewKey("delivery", id), []byte(`{}`))
	}))
	_, err := call(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	require.ErrorIs(t, err, fault.NotConsented)
	require.Equal(t, Retailer, fault.Of(err).Detail["missing"])
	must(w, Retailer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "I never agreed"})
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
}

func TestOpenTakesNothingButTheVeryDelivery(t *testing.T) {
	w := newWorld(t)
	r, other := w.publish(), w.publish()
	d := must(w, Carrier, ledger.RoleOperator, disclosure.Request, disclosure.RequestRequest{Name: "r", Terms: w.terms(r)}).Disclosure
	content := disclosure.Content{V: 1, Request: d.ID, Record: r.ID, Fields: r.fields[:2]}
	open := func(c any, m confidential.Manifest) error {
		value, err := json.Marshal(c)
		require.NoError(t, err)
		_, err = disclosure.Open(d, hexHash(value), m, value)
		return err
	}
	require.NoError(t, open(content, r.Manifest))
	_, err := disclosure.Open(d, hexHash(nil), r.Manifest, []byte(`{}`))
	require.ErrorIs(t, err, fault.HashMismatch)
	require.ErrorIs(t, open(content, other.Manifest), fault.HashMismatch)
	require.ErrorIs(t, open(json.RawMessage(`{"`+canary+`":1}`), r.Manifest), fault.InvalidRequest)
	for name, change := range map[string]func(*disclosure.Content){
		"another request": func(c *disclosure.Content) { c.Request = "x" },
		"another record":  func(c *disclosure.Content) { c.Record = other.ID },
		"other fields":    func(c *disclosure.Content) { c.Fields = other.fields[:2] },
	} {
		changed := content
		change(&changed)
		require.ErrorIs(t, open(changed, r.Manifest), fault.HashMismatch, name)
	}
}
