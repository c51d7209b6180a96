package determinism_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/evaluation"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client/verify"
)

const (
	logger  = "/8004/9506000LOGGER1"
	outside = "/417/7612345000060" // a party without an MSP
)

// The main job, each transaction of it at every peer and many times over.
func TestEveryFunctionGivesEveryEndorserTheSameBytes(t *testing.T) {
	w := newWorld(t)
	w.participants()
	goods := w.shipments()
	w.recalls(goods)
	w.discrepancies()
	w.documents(goods[0])
	w.lots()
	w.contents()
	w.genealogy()
	w.conditions(goods)
	w.devices()
	w.recordings()
	w.lifeCycle()
	w.exposure()
	w.heldLot()
	w.secrets(goods[0])
	w.disclosures(goods[0])
	w.queries(goods[0])
	w.identity()
	w.refusals(goods)
	for _, f := range api.Functions() {
		require.Positive(t, w.ran[f.FullName()], "%s was not run: add it to the script", f.FullName())
		if verify.Lists(f.FullName()) {
			require.Positive(t, w.notary.listed[f.FullName()], "no list of %s was held against what was read", f.FullName())
		}
	}
}

// participants founds the consortium, and changes it by a majority.
func (w *world) participants() {
	w.Helper()
	must(w, api.Versions, w.as(Regulator, ledger.RoleAuditor), api.VersionsRequest{}, nil)
	propose := func(organisations ...participant.Organisation) string {
		return must(w, api.Propose, w.as(Manufacturer, ledger.RoleAdmin), participant.Proposal{Organisations: organisations}, nil).Proposal
	}
	approve := func(id string, by ...string) {
		for _, msp := range by {
			must(w, api.Approve, w.as(msp, ledger.RoleAdmin), participant.ApproveRequest{Proposal: id}, nil)
		}
	}
	founders := w.founders()
	approve(propose(founders...), Manufacturer, Carrier, Retailer)
	changed := founders[2]
	changed.Roles = []string{"retailer", "importer"}
	for i := range 20 {
		changed.Licences = append(changed.Licences, participant.Licence{Prefix: fmt.Sprintf("40%08d", i)})
	}
	id := propose(changed)
	approve(id, Manufacturer, Retailer)
	must(w, api.Proposal, w.as(Regulator, ledger.RoleAuditor), participant.ReadProposalRequest{Proposal: id}, nil)

	der, err := x509.MarshalPKIXPublicKey(w.device.Public())
	require.NoError(w, err)
	must(w, api.RegisterDevice, w.as(Manufacturer, ledger.RoleOperator), participant.RegisterDeviceRequest{
		ID: logger, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: participant.EdDSA,
		Measures: "Temperature", Unit: "CEL", Accuracy: "0.5", CalibratedUntil: Begin.AddDate(0, 6, 0),
	}, nil)
	w.trust()
}

// trust has licences delegated and parties without an MSP registered.
func (w *world) trust() {
	w.Helper()
	admin := w.as(Manufacturer, ledger.RoleAdmin)
	for _, to := range []string{Retailer, Carrier} {
		must(w, api.Delegate, admin, participant.DelegateRequest{Prefix: Prefixes[Manufacturer], Delegate: to, To: Begin.AddDate(1, 0, 0)}, nil)
	}
	must(w, api.EndDelegation, admin, participant.EndDelegationRequest{Prefix: Prefixes[Manufacturer], Delegate: Carrier, Reason: "over"}, nil)
	for _, gln := range []string{outside, "/417/7612345000077"} {
		must(w, api.RegisterParty, admin, participant.RegisterPartyRequest{GLN: gln, Name: "Pharmacy"}, nil)
	}
	must(w, api.EndParty, admin, participant.EndPartyRequest{GLN: "/417/7612345000077"}, nil)
}

// capture captures a document for an organisation.
func (w *world) capture(msp string, events ...Event) {
	w.Helper()
	w.scene.Now = w.scene.Now.Add(time.Minute)
	must(w, api.Capture, w.as(msp, ledger.RoleOperator), shipment.CaptureRequest{}, w.scene.Document(events...))
}

// shipments captures every kind of event that this version records, and returns
// objects that the manufacturer has.
func (w *world) shipments() []string {
	w.Helper()
	var goods []string
	for i := range 120 {
		goods = append(goods, Object(Manufacturer, fmt.Sprintf("S%04d", i)))
	}
	pallets := []string{Pallet(Manufacturer, 1), Pallet(Manufacturer, 2)}
	begin := Commission(goods...)
	begin.More = map[string]any{
		"ilmd":  map[string]any{"cbvmda:lotNumber": "L1", "cbvmda:itemExpirationDate": "2027-01-31"},
		"ex:b":  map[string]any{"ex:z": 1.50, "ex:a": []any{"x", true}, "ex:m": "y"},
		"ex:a":  "first",
		"ex:zz": 2,
	}
	w.capture(Manufacturer, begin, Commission(pallets...))
	send := Ship(Carrier, goods[:80]...)
	send.Owner, send.ReadPoint = GLN(Carrier), Site(Manufacturer)
	store := Step("storing", goods[80:]...)
	store.Place = Site(Manufacturer)
	store.More = map[string]any{"persistentDisposition": map[string]any{"set": []string{"completeness_verified", "available"}}}
	w.capture(Manufacturer, send, store, Ship(Retailer, pallets...))
	w.capture(Retailer, Step("inspecting", goods...)) // a witness
	w.capture(Carrier, Step("receiving", goods[:60]...), Delete("destroying", goods[0]))
	w.capture(Manufacturer, Step("void_shipping", goods[60:80]...))
	return goods[60:]
}

// conditions records readings that keep a policy and then break it, and decides.
func (w *world) conditions(goods []string) {
	w.Helper()
	lower, upper, longest := evaluation.Amount(2e9), evaluation.Amount(8e9), int64(60_000)
	policy := condition.PolicyRef{ID: Manufacturer + "/vaccine", Version: 1}
	must(w, api.DefinePolicy, w.as(Manufacturer, ledger.RoleQuality), condition.DefinePolicyRequest{
		Name: "vaccine", Version: policy.Version, Consequences: condition.Consequences{Hold: condition.HoldAtSuspicion},
		Terms: evaluation.Terms{
			Measurement: "Temperature", Unit: "CEL", LargestGapMs: 600_000, Between: evaluation.Linear,
			Bands: []evaluation.Band{{Name: "2-8", Lower: &lower, Upper: &upper, LongestExcursionMs: &longest, AllowanceMs: &longest}},
		},
	}, nil)
	for _, name := range []string{"w-2", "w-1", "w-3"} {
		must(w, api.StartWatch, w.as(Manufacturer, ledger.RoleOperator), condition.StartWatchRequest{
			Name: name, Policy: policy, Objects: goods, Devices: []string{logger}, Start: w.scene.Now,
		}, nil)
	}
	record := func(tenths ...int64) condition.RecordResponse {
		recording := w.seal(logger, tenths...)
		return must(w, api.Record, w.as(Manufacturer, ledger.RoleGateway), condition.RecordRequest{}, recording)
	}
	require.Equal(w, evaluation.Kept, record(40, 50, 60, 55).Lanes[0].Verdict)
	broken := record(70, 95, 120, 130, 60)
	require.Len(w, broken.Lanes, 3)
	record(90, 91, 92, 50)
	for i, lane := range broken.Lanes {
		meaning := []string{condition.Release, condition.Reject, condition.Release}[i]
		statement := condition.Statement{ID: fmt.Sprintf("d-%d", i), Breach: lane.Breach, Meaning: meaning, Reason: "stability data \"cover\" it\n", Time: evaluation.MomentOf(w.scene.Now)}
		must(w, api.Decide, w.as(Manufacturer, ledger.RoleQuality), w.decide(w.as(Manufacturer, ledger.RoleQuality), statement), nil)
	}
	must(w, api.Breach, w.as(Regulator, ledger.RoleAuditor), condition.ReadBreachRequest{Breach: broken.Lanes[0].Breach}, nil)
	must(w, api.EndWatch, w.as(Manufacturer, ledger.RoleOperator), condition.EndWatchRequest{ID: Manufacturer + "/w-1"}, nil)
	must(w, api.RevokeDevice, w.as(Manufacturer, ledger.RoleAdmin), participant.RevokeDeviceRequest{ID: logger, Reason: "lost"}, nil)
}

// queries asks everything that anybody may ask.
func (w *world) queries(object string) {
	w.Helper()
	who := w.as(Regulator, ledger.RoleAuditor)
	for _, clock := range []product.Clock{product.Recorded, product.Occurred} {
		must(w, api.TwinAsOf, who, product.ReadTwinAsOfRequest{ID: object, Time: w.scene.Now.Add(-time.Minute), Clock: clock}, nil)
	}
	history := must(w, api.History, who, product.ReadHistoryRequest{ID: object}, nil)
	must(w, api.Twin, who, product.ReadTwinRequest{ID: object}, nil)
	must(w, api.Event, who, product.ReadEventRequest{Event: history.Entries[0].Event}, nil)
	must(w, api.Witnesses, who, product.ReadWitnessesRequest{ID: object}, nil)
	must(w, api.Organisation, who, participant.ReadOrganisationRequest{MSP: Carrier}, nil)
	must(w, api.Organisations, who, participant.ListOrganisationsRequest{Size: 2}, nil)
	must(w, api.Party, who, participant.FindPartyRequest{GLN: GLN(Carrier)}, nil)
	must(w, api.Party, who, participant.FindPartyRequest{GLN: outside}, nil)
	must(w, api.Delegations, who, participant.ListDelegationsRequest{Holder: Manufacturer}, nil)
	must(w, api.Delegations, who, participant.ListDelegationsRequest{Delegate: Retailer}, nil)
	must(w, api.Device, who, participant.ReadDeviceRequest{ID: logger}, nil)
	must(w, api.Policy, who, condition.PolicyRef{ID: Manufacturer + "/vaccine", Version: 1}, nil)
	must(w, api.Watch, who, condition.ReadWatchRequest{ID: Manufacturer + "/w-1"}, nil)
	must(w, api.Recording, who, condition.ReadRecordingRequest{Device: logger}, nil)
	must(w, api.Breaches, who, condition.ListBreachesRequest{Object: object}, nil)
}

// refusals are the same everywhere, too: a client compares them by organisation.
func (w *world) refusals(goods []string) {
	w.Helper()
	refused := func(code fault.Code, f *api.Function, msp, role string, request any, transient []byte) {
		o := w.try(f, w.as(msp, role), request, transient)
		found, ok := fault.Find(o.Refusal)
		require.True(w, ok, o.Refusal)
		require.ErrorIs(w, found, code)
		require.Empty(w, o.Results.Writes)
		require.Empty(w, o.Results.Event)
	}
	refused(fault.Held, api.Capture.Function, Manufacturer, ledger.RoleOperator, shipment.CaptureRequest{}, w.scene.Document(Ship(Carrier, goods...)))
	refused(fault.NotCustodian, api.Capture.Function, Retailer, ledger.RoleOperator, shipment.CaptureRequest{}, w.scene.Document(Ship(Carrier, goods...)))
	refused(fault.ReaderOnly, api.Capture.Function, Regulator, ledger.RoleOperator, shipment.CaptureRequest{}, w.scene.Document(Step("storing", goods...)))
	refused(fault.InvalidDocument, api.Capture.Function, Carrier, ledger.RoleOperator, shipment.CaptureRequest{},
		bytes.ReplaceAll(w.scene.Document(Step("storing", goods...)), []byte(`"action"`), []byte(`"acton"`)))
	refused(fault.RoleRequired, api.Propose.Function, Carrier, ledger.RoleOperator, participant.Proposal{Organisations: w.founders()}, nil)
	refused(fault.NotLicensee, api.Delegate.Function, Retailer, ledger.RoleAdmin, participant.DelegateRequest{Prefix: Prefixes[Manufacturer], Delegate: Carrier}, nil)
	refused(fault.AlreadyExists, api.RegisterParty.Function, Retailer, ledger.RoleAdmin, participant.RegisterPartyRequest{GLN: outside, Name: "mine"}, nil)
	refused(fault.AlreadyExists, api.Propose.Function, Carrier, ledger.RoleAdmin, participant.Proposal{Organisations: []participant.Organisation{
		{MSP: "NewMSP", Name: "new", GLNs: []string{GLN(Carrier), GLN(Retailer)}},
	}}, nil)
}

// The comparison itself is seen to bite: a rule in the order of a map is found
// out.
func TestARuleInTheOrderOfAMapIsFoundOut(t *testing.T) {
	l := memledger.New("trade")
	found := everywhere(t, l, memledger.Proposal{ID: "t", Time: Begin}, func(b ledger.Backend) ([]byte, error) {
		tx := ledger.Begin(b)
		var value []byte
		for name := range map[string]bool{"a": true, "b": true, "c": true} {
			value = append(value, name...)
		}
		if err := tx.Put(ledger.NewKey("thing"), value); err != nil {
			return nil, err
		}
		return nil, tx.Flush()
	})
	_, err := agreed(t, found, peers)
	require.Error(t, err)
}

// A rule may refuse by the peer that it runs at, but what it writes must be the
// same at all that endorse.
func TestARuleThatDependsOnItsPeerIsFoundOut(t *testing.T) {
	l := memledger.New("trade")
	found := everywhere(t, l, memledger.Proposal{ID: "t", Time: Begin}, func(b ledger.Backend) ([]byte, error) {
		return []byte(ledger.Begin(b).PeerMSP()), nil
	})
	_, err := agreed(t, found, peers)
	require.Error(t, err)
}
