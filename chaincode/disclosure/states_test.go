package disclosure_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// naive is what anybody would say has become of a request, step by step.
type naive struct {
	yes, no                                       map[string]bool
	there, delivered, revoked, erased, over, gone bool
}

func (n *naive) state(voters []string) disclosure.State {
	all := func(set map[string]bool) bool {
		return !slices.ContainsFunc(voters, func(v string) bool { return !set[v] })
	}
	switch {
	case n.erased:
		return disclosure.Erased
	case n.revoked:
		return disclosure.Revoked
	case len(n.no) > 0:
		return disclosure.Refused
	case n.over:
		return disclosure.Expired
	case n.delivered:
		return disclosure.Delivered
	case all(n.yes):
		return disclosure.Approved
	}
	return disclosure.Requested
}

// Whatever is tried in whatever order, the state is what the steps say, and what is
// refused changes nothing.
func TestTheStateIsWhatTheStepsSayInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		voters := []string{Manufacturer, Retailer}
		r := w.publish(func(m *confidential.Manifest) { m.Sensitivity = confidential.Mutual })
		id := w.ask(r, "r")
		until := w.terms(r).Until
		n := &naive{yes: map[string]bool{}, no: map[string]bool{}}
		consented := func() bool { return len(n.no) == 0 && n.yes[Manufacturer] && n.yes[Retailer] }
		given := func() bool { return n.there || n.delivered }

		steps := map[string]func(*rapid.T){
			"vote": func(t *rapid.T) {
				msp, approve := rapid.SampledFrom(voters).Draw(t, "msp"), rapid.IntRange(0, 3).Draw(t, "no") > 0
				possible := !n.over && !n.revoked && !given() && !n.no[msp] && (!approve || !n.yes[msp])
				err := w.vote(msp, id, approve)
				require.Equal(t, possible, err == nil, "%v", err)
				if !possible {
					return
				}
				delete(n.yes, msp)
				if approve {
					n.yes[msp] = true
				} else {
					n.no[msp] = true
				}
			},
			"deliver": func(t *rapid.T) {
				possible := consented() && !n.over && !n.revoked && !n.erased && !n.gone && !given()
				err := w.deliver(r, id)
				require.Equal(t, possible, err == nil, "%v", err)
				n.there = n.there || possible
			},
			"record the delivery": func(t *rapid.T) {
				possible := n.there && !n.delivered && consented()
				_, err := call(w, Carrier, ledger.RoleOperator, disclosure.RecordDelivery, ref(id))
				require.Equal(t, possible, err == nil, "%v", err)
				n.delivered = n.delivered || possible
			},
			"revoke": func(t *rapid.T) {
				possible := !n.revoked && len(n.no) == 0 && !n.erased
				_, err := call(w, rapid.SampledFrom(voters).Draw(t, "msp"), ledger.RoleQuality, disclosure.Revoke, disclosure.RevokeRequest{Request: id, Reason: "over"})
				require.Equal(t, possible, err == nil, "%v", err)
				n.revoked = n.revoked || possible
			},
			"erase": func(t *rapid.T) {
				possible := n.there && (n.revoked || n.over || n.gone) && n.delivered
				_, err := call(w, Manufacturer, ledger.RoleAdmin, disclosure.Erase, ref(id))
				require.Equal(t, possible, err == nil, "%v", err)
				n.there = n.there && !possible
			},
			"record the erasure": func(t *rapid.T) {
				possible := n.delivered && !n.there && !n.erased
				_, err := call(w, Retailer, ledger.RoleOperator, disclosure.RecordErasure, ref(id))
				require.Equal(t, possible, err == nil, "%v", err)
				n.erased = n.erased || possible
			},
			"time": func(t *rapid.T) {
				w.Now = w.Now.Add(time.Duration(rapid.IntRange(1, 10).Draw(t, "days")) * 24 * time.Hour)
				n.over = !w.Now.Before(until)
			},
			"purge the record": func(t *rapid.T) {
				if !n.gone && rapid.IntRange(0, 3).Draw(t, "purge") == 0 {
					w.purge(r)
					n.gone = true
				}
			},
			"": func(t *rapid.T) {
				s := w.status(id)
				require.Equal(t, n.state(voters), s.State)
				require.Len(t, s.Votes, len(n.yes)+len(n.no))
				_, err := query(w, Carrier, disclosure.Received, ref(id))
				if n.there {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, fault.NotFound)
				}
				if s.State == disclosure.Delivered || s.State == disclosure.Erased {
					require.True(t, consented(), "nothing counts as delivered without everybody's consent")
				}
			},
		}
		t.Repeat(steps)
	})
}
