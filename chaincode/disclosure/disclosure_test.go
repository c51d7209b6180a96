package disclosure_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func ref(id string) disclosure.RefRequest { return disclosure.RefRequest{Request: id} }

func finding(id, hash string) disclosure.Finding {
	return disclosure.Finding{Request: id, Hash: hash, Verdict: disclosure.Verified}
}

func TestADisclosureRunsFromRequestToErasure(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.ask(r, "r-1")
	require.Equal(t, Carrier+"/r-1", id)
	s := w.status(id)
	require.Equal(t, disclosure.Requested, s.State)
	require.Equal(t, []string{Manufacturer}, s.Voters)
	require.Equal(t, s.Voters, s.Missing)

	require.NoError(t, w.vote(Manufacturer, id, true))
	require.Equal(t, disclosure.Approved, w.status(id).State)
	require.NoError(t, w.deliver(r, id))
	delivery := must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	require.Equal(t, disclosure.Delivered, w.status(id).State)

	got, err := query(w, Carrier, disclosure.Received, ref(id))
	require.NoError(t, err)
	require.Equal(t, r.fields[:2], got.Fields)
	require.Equal(t, r.ID, got.Record)
	require.Equal(t, Manufacturer, got.Owner)
	require.Equal(t, delivery.Hash, got.Hash)
	must(w, Carrier, ledger.RoleOperator, disclosure.Acknowledge, finding(id, delivery.Hash))
	require.Equal(t, disclosure.Verified, w.status(id).Acknowledgement.Verdict)

	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "the audit is over"})
	require.Equal(t, disclosure.Revoked, w.status(id).State)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
	must(w, Retailer, ledger.RoleOperator, disclosure.RecordErasure, ref(id))
	s = w.status(id)
	require.Equal(t, disclosure.Erased, s.State)
	require.Equal(t, delivery, *s.Delivery, "what was given stays on record")
	_, err = query(w, Carrier, disclosure.Received, ref(id))
	require.ErrorIs(t, err, fault.NotFound)
	for _, act := range []disclosure.Act{s.Act, s.Votes[0].Act, s.Delivery.Act, s.Acknowledgement.Act, s.Revocation.Act, s.Erasure.Act} {
		require.NotEmpty(t, act.By.MSP)
		require.NotEmpty(t, act.By.Subject)
		require.NotEmpty(t, act.Transaction)
		require.Equal(t, w.Now, act.Recorded)
	}
}

// Whose consent it takes is computed once, from the record.
func TestTheSensitivityAndTheApproversSayWhoVotes(t *testing.T) {
	for name, c := range map[string]struct {
		sensitivity string
		approvers   []string
		recipient   string
		voters      []string
	}{
		"standard":                      {confidential.Standard, nil, Carrier, []string{Manufacturer}},
		"standard with an approver":     {confidential.Standard, []string{Retailer}, Carrier, []string{Manufacturer, Retailer}},
		"mutual":                        {confidential.Mutual, nil, Carrier, []string{Manufacturer, Retailer}},
		"personal":                      {confidential.PersonalData, nil, Carrier, []string{Manufacturer, Retailer}},
		"mutual with a third approving": {confidential.Mutual, []string{Carrier}, Regulator, []string{Carrier, Manufacturer, Retailer}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.publish(func(m *confidential.Manifest) { m.Sensitivity, m.Approvers = c.sensitivity, c.approvers })
			id := must(w, Manufacturer, ledger.RoleAdmin, disclosure.Request, disclosure.RequestRequest{Name: "r", Recipient: c.recipient, Terms: w.terms(r)}).ID
			s := w.status(id)
			require.Equal(t, c.voters, s.Voters)
			require.Len(t, s.Votes, 1, "to offer is to consent")
			require.Equal(t, Manufacturer, s.Votes[0].MSP)
			for i, msp := range s.Missing {
				require.Equal(t, disclosure.Requested, s.State)
				require.NoError(t, w.vote(msp, id, true))
				s = w.status(id)
				require.Len(t, s.Votes, 2+i)
			}
			require.Equal(t, disclosure.Approved, s.State)
		})
	}
}

func TestAnOrganisationWhoseConsentItTakesConsentsByAsking(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Approvers = []string{Carrier} })
	req := disclosure.RequestRequest{Name: "r", Terms: w.terms(r)}
	_, err := call(w, Carrier, ledger.RoleOperator, disclosure.Request, req)
	require.ErrorIs(t, err, fault.RoleRequired, "an operator does not vote")
	s := must(w, Carrier, ledger.RoleQuality, disclosure.Request, req)
	require.Equal(t, []string{Manufacturer}, s.Missing)
}

func TestOneRefusalSettlesIt(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Retailer, id, false))
	require.NoError(t, w.vote(Manufacturer, id, true))
	s := w.status(id)
	require.Equal(t, disclosure.Refused, s.State)
	require.Equal(t, "not yours to know", s.Votes[1].Reason)
	err := w.deliver(r, id)
	require.ErrorIs(t, err, fault.NotConsented)
	require.Equal(t, map[string]string{"state": "refused"}, fault.Of(err).Detail)
	require.ErrorIs(t, w.vote(Retailer, id, true), fault.Closed, "a refusal stands")
	require.ErrorIs(t, w.vote(Retailer, id, false), fault.AlreadyRecorded)
}

func TestConsentCanBeTakenBackUntilItIsDelivered(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Manufacturer, id, true))
	require.NoError(t, w.vote(Retailer, id, true))
	require.ErrorIs(t, w.vote(Retailer, id, true), fault.AlreadyRecorded)
	before := w.status(id).Votes[1].Act
	require.NoError(t, w.vote(Retailer, id, false))
	vote := w.status(id).Votes[1]
	require.False(t, vote.Approve)
	require.Equal(t, before, *vote.Before, "who had consented stays on record")

	second := w.ask(r, "r-2")
	require.NoError(t, w.vote(Manufacturer, second, true))
	require.NoError(t, w.vote(Retailer, second, true))
	require.NoError(t, w.deliver(r, second))
	require.ErrorIs(t, w.vote(Retailer, second, false), fault.Closed, "delivered, if not recorded yet")
}

// A vote and a delivery that cross: one of the two does not count.
func TestAConsentTakenBackAndADeliveryDoNotBothCount(t *testing.T) {
	for _, first := range []string{"vote", "delivery", "revocation"} {
		t.Run(first+" first", func(t *testing.T) {
			w := newWorld(t)
			r := w.publish()
			id := w.ask(r, "r")
			require.NoError(t, w.vote(Manufacturer, id, true))
			delivery, err := simulate(w, Manufacturer, ledger.RoleOperator, Manufacturer, w.draft(r, "/currency", "/price"), disclosure.Deliver, ref(id))
			require.NoError(t, err)
			vote, err := simulate(w, Manufacturer, ledger.RoleAdmin, Manufacturer, nil, disclosure.Vote, disclosure.VoteRequest{Request: id, Reason: "no"})
			require.NoError(t, err)
			revocation, err := simulate(w, Manufacturer, ledger.RoleAdmin, Manufacturer, nil, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "no"})
			require.NoError(t, err)
			var late []bool
			switch first {
			case "vote":
				w.commit(vote.id, vote.Results)
				late = []bool{w.commits(delivery.id, delivery.Results)}
			case "delivery":
				w.commit(delivery.id, delivery.Results)
				late = []bool{w.commits(vote.id, vote.Results)}
			case "revocation":
				w.commit(revocation.id, revocation.Results)
				late = []bool{w.commits(delivery.id, delivery.Results), w.commits(vote.id, vote.Results)}
			}
			require.NotContains(t, late, true)
		})
	}
}

// Votes of different organisations stand under keys of their own, so that they go
// into one block.
func TestVotesDoNotConflict(t *testing.T) {
	w := newWorld(t)
	r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
	id := w.ask(r, "r")
	yes := disclosure.VoteRequest{Request: id, Approve: true}
	first, err := simulate(w, Manufacturer, ledger.RoleAdmin, Manufacturer, nil, disclosure.Vote, yes)
	require.NoError(t, err)
	second, err := simulate(w, Retailer, ledger.RoleAdmin, Retailer, nil, disclosure.Vote, yes)
	require.NoError(t, err)
	w.commit(first.id, first.Results)
	w.commit(second.id, second.Results)
	require.Equal(t, disclosure.Approved, w.status(id).State)
}

// What stands in a block: responses, public writes, events. What is delivered is in
// the private write alone.
func TestASecretIsInThePrivateWriteAndNowhereElse(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Manufacturer, id, true))
	got, err := simulate(w, Manufacturer, ledger.RoleOperator, Manufacturer, w.draft(r, "/currency", "/price"), disclosure.Deliver, ref(id))
	require.NoError(t, err)
	require.Len(t, got.Private, 1)
	require.Contains(t, string(got.Private[0].Value), canary)
	require.Empty(t, got.Writes)
	require.Nil(t, got.Event)
	require.Len(t, got.Response.Hash, 64, "the same shape whatever was delivered")
	w.commit(got.id, got.Results)
	got.Private = nil
	public, err := json.Marshal([]any{got.Response, got.Results})
	require.NoError(t, err)
	require.NotContains(t, string(public), canary)

	must(w, Manufacturer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	must(w, Carrier, ledger.RoleOperator, disclosure.Acknowledge, finding(id, got.Response.Hash))
	for _, entry := range w.Ledger.Dump() {
		require.NotContains(t, string(entry.Value), canary, entry.Key)
		for _, f := range r.fields {
			require.NotContains(t, string(entry.Value), f.Salt, entry.Key)
		}
	}
}

func TestRequestsAreListedByRecordOwnerAndRecipient(t *testing.T) {
	w := newWorld(t)
	r, other := w.publish(), w.publish()
	for i := range 3 {
		w.ask(r, fmt.Sprint("r-", i))
	}
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Request, disclosure.RequestRequest{Name: "offer", Recipient: Regulator, Terms: w.terms(other)})
	w.delivered(other, "given")
	ids := func(req disclosure.ListRequest) (ids []string) {
		for more := true; more; more = req.Bookmark != "" {
			page, err := query(w, Regulator, disclosure.List, req)
			require.NoError(t, err)
			for _, s := range page.Requests {
				require.Equal(t, w.status(s.ID), s)
				ids = append(ids, s.ID)
			}
			req.Bookmark = page.Bookmark
		}
		return ids
	}
	asked := []string{Carrier + "/r-0", Carrier + "/r-1", Carrier + "/r-2"}
	require.Equal(t, asked, ids(disclosure.ListRequest{Record: r.ID, Size: 2}))
	require.Equal(t, append([]string{Carrier + "/given"}, asked...), ids(disclosure.ListRequest{Recipient: Carrier}))
	require.Equal(t, []string{Manufacturer + "/offer"}, ids(disclosure.ListRequest{Recipient: Regulator}))
	require.Len(t, ids(disclosure.ListRequest{Owner: Manufacturer, Size: 1}), 5)
	require.Empty(t, ids(disclosure.ListRequest{Owner: Carrier}))
	for name, c := range map[string]struct {
		req  disclosure.ListRequest
		code fault.Code
	}{
		"of nobody":    {disclosure.ListRequest{}, fault.InvalidRequest},
		"of two":       {disclosure.ListRequest{Owner: Manufacturer, Recipient: Carrier}, fault.InvalidRequest},
		"too many":     {disclosure.ListRequest{Owner: Manufacturer, Size: 101}, fault.LimitExceeded},
		"fewer than 0": {disclosure.ListRequest{Owner: Manufacturer, Size: -1}, fault.LimitExceeded},
		"a bad key":    {disclosure.ListRequest{Owner: "\x00"}, fault.InvalidRequest},
	} {
		_, err := query(w, Regulator, disclosure.List, c.req)
		require.ErrorIs(t, err, c.code, name)
	}
}

// A delivery that arrived after all, as the owner's peer was not asked to record it,
// is recorded by whoever sees the hash; and though the disclosure has ended since.
func TestWhatWasGivenIsRecordedByAnybodyAndWheneverThatIs(t *testing.T) {
	w := newWorld(t)
	r := w.publish()
	id := w.ask(r, "r")
	require.NoError(t, w.vote(Manufacturer, id, true))
	require.NoError(t, w.deliver(r, id))
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "too late"})
	w.Now = w.Now.Add(365 * 24 * time.Hour)
	_, err := call(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
	require.ErrorIs(t, err, fault.OutOfSequence, "not before it is on record")
	must(w, Retailer, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
	s := w.status(id)
	require.Equal(t, disclosure.Revoked, s.State)
	require.Equal(t, Retailer, s.Delivery.By.MSP)
	must(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
}
