package confidential_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func (w *world) hold(msp, role, meaning string, req confidential.HoldRequest) (confidential.LegalHold, error) {
	w.Helper()
	if meaning == confidential.LiftHold {
		return do(w, api.LiftLegalHold, msp, role, req, nil)
	}
	return do(w, api.PlaceLegalHold, msp, role, req, nil)
}

// signedHold is what the regulator's auditor signs now.
func (w *world) signedHold(meaning, id string) confidential.CarryHoldRequest {
	w.Helper()
	return w.signedHoldBy(ledger.RoleAuditor, meaning, confidential.HoldStatement{Organisation: Regulator, Record: id, Reason: "an inquiry", Time: w.Now})
}

func (w *world) signedHoldBy(role, meaning string, s confidential.HoldStatement) confidential.CarryHoldRequest {
	w.Helper()
	message, err := confidential.HoldBytes("trade", meaning, s)
	require.NoError(w, err)
	return confidential.CarryHoldRequest{Statement: s, Proof: w.sign(role, message)}
}

func TestARecordUnderAnyHoldIsNotPurged(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	d.Approvers = []string{Carrier}
	w.published(d)
	request := confidential.HoldRequest{Record: d.ID, Reason: "a claim", Reference: "4711"}
	for _, msp := range []string{Manufacturer, Carrier, Retailer} {
		_, err := w.hold(msp, ledger.RoleQuality, confidential.PlaceHold, request)
		require.NoError(t, err)
	}
	must(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, w.signedHold(confidential.PlaceHold, d.ID), nil)
	err := w.purge(d.ID)
	require.ErrorIs(t, err, fault.Retained)
	require.Equal(t, map[string]string{"holds": strings.Join([]string{Carrier, Manufacturer, Regulator, Retailer}, ",")}, fault.Of(err).Detail)
	require.Len(t, w.standing(d.ID).Holds, 4)

	for _, msp := range []string{Carrier, Manufacturer, Retailer} {
		_, err := w.hold(msp, ledger.RoleAdmin, confidential.LiftHold, confidential.HoldRequest{Record: d.ID, Reason: "settled"})
		require.NoError(t, err)
		require.ErrorIs(t, w.purge(d.ID), fault.Retained)
	}
	w.Now = w.Now.Add(time.Minute)
	must(w, api.CarryLiftedLegalHold, Carrier, ledger.RoleOperator, w.signedHold(confidential.LiftHold, d.ID), nil)
	require.Empty(t, w.standing(d.ID).Holds)
	require.NoError(t, w.purge(d.ID))

	steps := must(w, api.LegalHoldSteps, Regulator, ledger.RoleAuditor, confidential.HoldStepsRequest{Record: d.ID}, nil).Steps
	require.Len(t, steps, 8)
	require.Equal(t, []string{Carrier, Carrier, Manufacturer, Manufacturer}, []string{steps[0].MSP, steps[1].MSP, steps[2].MSP, steps[3].MSP})
	require.Equal(t, []string{confidential.PlaceHold, confidential.LiftHold}, []string{steps[0].Meaning, steps[1].Meaning})
	require.Equal(t, "settled", steps[1].Reason)
	_, err = w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.ErrorIs(t, err, fault.NotFound, "what is gone cannot be held")
}

func TestWhoHoldsARecord(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.published(d)
	request := confidential.HoldRequest{Record: d.ID, Reason: "a claim"}
	for _, c := range []struct {
		msp, role string
		code      fault.Code
	}{
		{Carrier, ledger.RoleAdmin, fault.NotParty},
		{Retailer, ledger.RoleOperator, fault.RoleRequired},
		{Regulator, ledger.RoleAdmin, fault.ReaderOnly},
		{Outsider, ledger.RoleAdmin, fault.NotParticipant},
	} {
		_, err := w.hold(c.msp, c.role, confidential.PlaceHold, request)
		require.ErrorIs(t, err, c.code, "%v", c)
	}
	_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.LiftHold, request)
	require.ErrorIs(t, err, fault.NotFound, "there is none")
	placed, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.NoError(t, err)
	_, err = w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.ErrorIs(t, err, fault.AlreadyExists)
	require.Equal(t, placed.Transaction, fault.Of(err).Detail["transaction"])
	_, err = w.hold(Manufacturer, ledger.RoleAdmin, confidential.LiftHold, request)
	require.ErrorIs(t, err, fault.NotFound, "another's hold is not its to lift")
	for _, bad := range []confidential.HoldRequest{
		{Reason: "x"},
		{Record: d.ID},
		{Record: d.ID, Reason: strings.Repeat("x", confidential.MaxHoldReason+1)},
		{Record: d.ID, Reason: "x", Reference: strings.Repeat("x", confidential.MaxHoldReference+1)},
	} {
		_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, bad)
		require.ErrorIs(t, err, fault.InvalidRequest)
	}
}

// Its owner alone publishes a record: a member need not wait for that.
func TestAMemberHoldsARecordThatIsNotPublished(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	request := confidential.HoldRequest{Record: d.ID, Reason: "a claim"}
	_, err := w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.ErrorIs(t, err, fault.NotFound)
	request.With = []string{Manufacturer}
	_, err = w.hold(Carrier, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.ErrorIs(t, err, fault.NotFound, "the carrier shares no such record")
	_, err = w.hold(Retailer, ledger.RoleAdmin, confidential.PlaceHold, request)
	require.NoError(t, err)
	require.ErrorIs(t, w.purge(d.ID), fault.Retained)
	_, err = w.publish(d.ID)
	require.NoError(t, err)
	require.Len(t, w.standing(d.ID).Holds, 1)
}

func TestAReadersHoldIsWhatAPersonOfItSigned(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.published(d)
	good := w.signedHold(confidential.PlaceHold, d.ID)
	for name, c := range map[string]struct {
		change func(*confidential.CarryHoldRequest)
		code   fault.Code
	}{
		"another record": {func(r *confidential.CarryHoldRequest) { r.Statement.Record = salt(t) }, fault.NotFound},
		"another reason": {func(r *confidential.CarryHoldRequest) { r.Statement.Reason = "x" }, fault.BadSignature},
		"another time":   {func(r *confidential.CarryHoldRequest) { r.Statement.Time = w.Now.Add(time.Second) }, fault.BadSignature},
		"a member's":     {func(r *confidential.CarryHoldRequest) { r.Statement.Organisation = Retailer }, fault.InvalidRequest},
		"nobody's":       {func(r *confidential.CarryHoldRequest) { r.Statement.Organisation = "" }, fault.InvalidRequest},
		"a stranger's":   {func(r *confidential.CarryHoldRequest) { r.Statement.Organisation = Outsider }, fault.NotParticipant},
		"an operator's": {func(r *confidential.CarryHoldRequest) {
			*r = w.signedHoldBy(ledger.RoleOperator, confidential.PlaceHold, good.Statement)
		}, fault.RoleRequired},
		"one to lift": {func(r *confidential.CarryHoldRequest) {
			*r = w.signedHoldBy(ledger.RoleAuditor, confidential.LiftHold, good.Statement)
		}, fault.BadSignature},
		"without a reason": {func(r *confidential.CarryHoldRequest) { r.Statement.Reason = "" }, fault.InvalidRequest},
		"ahead": {func(r *confidential.CarryHoldRequest) {
			ahead := good.Statement
			ahead.Time = w.Now.Add(time.Hour)
			*r = w.signedHoldBy(ledger.RoleAuditor, confidential.PlaceHold, ahead)
		}, fault.TimeAhead},
		"of another channel": {func(r *confidential.CarryHoldRequest) {
			message, err := confidential.HoldBytes("other", confidential.PlaceHold, good.Statement)
			require.NoError(t, err)
			r.Proof = w.sign(ledger.RoleAuditor, message)
		}, fault.BadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			request := good
			c.change(&request)
			_, err := do(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, request, nil)
			require.ErrorIs(t, err, c.code)
		})
	}
	_, err := do(w, api.CarryLegalHold, Regulator, ledger.RoleAuditor, good, nil)
	require.ErrorIs(t, err, fault.ReaderOnly, "the reader itself submits nothing")
	for _, role := range []string{ledger.RoleAuditor, ledger.RoleAdmin, ledger.RoleQuality} {
		must(w, api.CarryLegalHold, Carrier, ledger.RoleOperator, w.signedHoldBy(role, confidential.PlaceHold, confidential.HoldStatement{
			Organisation: Regulator, Record: d.ID, Reason: "an inquiry", Time: w.Now,
		}), nil)
		w.Now = w.Now.Add(time.Second)
		must(w, api.CarryLiftedLegalHold, Carrier, ledger.RoleOperator, w.signedHold(confidential.LiftHold, d.ID), nil)
		w.Now = w.Now.Add(time.Second)
	}
}

// What was signed for a hold that has been lifted places no other one, and lifts none.
func TestAStatementCountsOnce(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.published(d)
	carry := func(f api.Declared[confidential.CarryHoldRequest, confidential.LegalHold], request confidential.CarryHoldRequest) error {
		_, err := do(w, f, Carrier, ledger.RoleOperator, request, nil)
		return err
	}
	placed := w.signedHold(confidential.PlaceHold, d.ID)
	require.NoError(t, carry(api.CarryLegalHold, placed))
	require.ErrorIs(t, carry(api.CarryLegalHold, placed), fault.AlreadyRecorded)
	require.ErrorIs(t, carry(api.CarryLiftedLegalHold, w.signedHold(confidential.LiftHold, d.ID)), fault.OutOfSequence, "not later than the hold")
	w.Now = w.Now.Add(time.Second)
	lifted := w.signedHold(confidential.LiftHold, d.ID)
	require.NoError(t, carry(api.CarryLiftedLegalHold, lifted))
	require.ErrorIs(t, carry(api.CarryLiftedLegalHold, lifted), fault.AlreadyRecorded)
	require.ErrorIs(t, carry(api.CarryLegalHold, placed), fault.OutOfSequence)
	w.Now = w.Now.Add(time.Second)
	require.NoError(t, carry(api.CarryLegalHold, w.signedHold(confidential.PlaceHold, d.ID)))
	require.ErrorIs(t, carry(api.CarryLiftedLegalHold, lifted), fault.OutOfSequence)
	require.Len(t, w.standing(d.ID).Holds, 1)
}

func TestWhatIsSignedIsWrittenInOneWay(t *testing.T) {
	text, err := confidential.HoldBytes("supplychain", confidential.PlaceHold, confidential.HoldStatement{
		Organisation: Regulator, Record: strings.Repeat("A", 43), Reason: "Inquiry.", Reference: "4711/26", Time: Begin,
	})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf(`{"channel":"supplychain","organisation":"RegulatorMSP","reason":"Inquiry.","record":%q,"reference":"4711/26","time":"2026-03-01T08:00:00.000Z","type":"countersign.legalhold.v1"}`, strings.Repeat("A", 43)), string(text))
	_, err = confidential.HoldBytes("supplychain", confidential.PlaceHold, confidential.HoldStatement{
		Organisation: Regulator, Record: "A", Reason: "Inquiry.", Time: Begin.Add(1),
	})
	require.ErrorIs(t, err, fault.InvalidRequest, "finer than a millisecond")
}
