package determinism_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/collections"
)

// secrets takes a record that two organisations share, and its second version, from
// being written to being purged. What is private is run at the two members, and
// refused by the others.
func (w *world) secrets(subject string) {
	w.Helper()
	members := []string{Manufacturer, Retailer}
	operator, admin, auditor := w.as(Manufacturer, ledger.RoleOperator), w.as(Manufacturer, ledger.RoleAdmin), w.as(Regulator, ledger.RoleAuditor)
	first := w.draft(subject, GLN(Manufacturer))
	second := w.draft(subject)
	second.Replaces = first.ID
	for _, draft := range []confidential.Draft{first, second} {
		text, err := json.Marshal(draft)
		require.NoError(w, err)
		must(w, api.WriteConfidential, operator, confidential.WriteRequest{With: []string{Retailer}}, text, members...)
		w.scene.Now = w.scene.Now.Add(time.Second)
	}
	for _, id := range []string{second.ID, first.ID} {
		read := must(w, api.ReadConfidential, operator, confidential.ReadRequest{With: []string{Retailer}, ID: id}, nil, Manufacturer)
		must(w, api.PublishConfidential, operator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	}
	w.held(first.ID)
	must(w, api.PurgeConfidential, admin, confidential.PurgeRequest{With: []string{Retailer}, ID: first.ID}, nil, members...)
	must(w, api.RecordConfidentialPurge, admin, confidential.RecordPurgeRequest{ID: first.ID, Reason: confidential.Replaced, Text: "by <the> next"}, nil)
	standing := must(w, api.ConfidentialRecord, auditor, confidential.RecordRequest{ID: first.ID}, nil)
	require.Equal(w, confidential.StatePurged, standing.State)
	require.Equal(w, second.ID, standing.Published.Next)
	for _, request := range []confidential.RecordsRequest{{Subject: subject}, {Owner: Manufacturer}} {
		require.Len(w, must(w, api.ConfidentialRecords, auditor, request, nil).Records, 2)
	}
}

// draft returns a record of many fields, each of whose lists is out of order.
func (w *world) draft(subjects ...string) confidential.Draft {
	w.Helper()
	draft := confidential.Draft{
		V: confidential.Version, ID: randomText(w.T), Kind: collections.KindTerms, Subjects: subjects,
		Approvers: []string{Carrier}, Transfer: nil, Retention: confidential.Retention{Basis: "<none>"},
	}
	for i := range 10 {
		draft.Fields = append(draft.Fields, selective.Field{Name: fmt.Sprintf("/tiers/%d/price", i), Value: "12.50", Salt: randomText(w.T)})
	}
	for range 6 {
		draft.Fields = append(draft.Fields, selective.Field{Salt: randomText(w.T)})
	}
	return draft
}

// held places holds of a record and lifts them, that of a reader by its signature.
func (w *world) held(id string) {
	w.Helper()
	quality := w.as(Carrier, ledger.RoleQuality)
	request := confidential.HoldRequest{Record: id, Reason: "a \"dispute\"", Reference: "4711"}
	must(w, api.PlaceLegalHold, quality, request, nil)
	must(w, api.CarryLegalHold, w.as(Retailer, ledger.RoleOperator), w.signedHold(id, confidential.PlaceHold), nil)
	standing := must(w, api.ConfidentialRecord, w.as(Regulator, ledger.RoleAuditor), confidential.RecordRequest{ID: id}, nil)
	require.Len(w, standing.Holds, 2)
	w.scene.Now = w.scene.Now.Add(time.Second)
	must(w, api.CarryLiftedLegalHold, w.as(Carrier, ledger.RoleOperator), w.signedHold(id, confidential.LiftHold), nil)
	must(w, api.LiftLegalHold, quality, request, nil)
	steps := must(w, api.LegalHoldSteps, w.as(Regulator, ledger.RoleAuditor), confidential.HoldStepsRequest{Record: id}, nil)
	require.Len(w, steps.Steps, 4)
}

func (w *world) signedHold(id, meaning string) confidential.CarryHoldRequest {
	w.Helper()
	statement := confidential.HoldStatement{Organisation: Regulator, Record: id, Reason: "an inquiry", Time: w.scene.Now}
	message, err := confidential.HoldBytes("trade", meaning, statement)
	require.NoError(w, err)
	return confidential.CarryHoldRequest{Statement: statement, Proof: w.signed(w.as(Regulator, ledger.RoleAuditor), message)}
}
