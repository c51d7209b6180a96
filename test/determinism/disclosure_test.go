package determinism_test

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// disclosures takes requests for fields of a record from being asked to being erased.
// What is private is run at the owner, and refused by the others.
func (w *world) disclosures(subject string) {
	w.Helper()
	record := w.shared(subject)
	operator, admin, auditor := w.as(Manufacturer, ledger.RoleOperator), w.as(Manufacturer, ledger.RoleAdmin), w.as(Regulator, ledger.RoleAuditor)
	terms := disclosure.Terms{
		Record: record.ID, Fields: []string{"/tiers/0/price", "/tiers/3/price"}, Until: w.scene.Now.AddDate(0, 1, 0),
		Purpose: disclosure.Purpose{Code: "audit", Text: "<year> \"end\""}, LegalBasis: disclosure.LegalBasis{Code: disclosure.NoBasis},
	}
	asked := must(w, api.RequestDisclosure, w.as(Carrier, ledger.RoleOperator), disclosure.RequestRequest{Name: "r-1", Terms: terms}, nil).ID
	signed := disclosure.Statement{Organisation: Regulator, Name: "case-1", Terms: terms, Time: w.scene.Now}
	message, err := disclosure.RequestBytes("trade", signed)
	require.NoError(w, err)
	carried := must(w, api.CarryDisclosureRequest, w.as(Carrier, ledger.RoleOperator), disclosure.CarryRequestRequest{
		Statement: signed, Proof: w.signed(auditor, message),
	}, nil).ID
	must(w, api.SignedDisclosureRequest, auditor, disclosure.RefRequest{Request: carried}, nil)
	for _, id := range []string{asked, carried} {
		ref := disclosure.RefRequest{Request: id}
		for _, voter := range []string{Retailer, Manufacturer} {
			must(w, api.VoteDisclosure, w.as(voter, ledger.RoleQuality), disclosure.VoteRequest{Request: id, Approve: true, Reason: "<yes>"}, nil)
		}
		must(w, api.DeliverDisclosure, operator, ref, w.delivery(record, terms.Fields), Manufacturer)
		must(w, api.RecordDelivery, operator, ref, nil)
	}
	received := must(w, api.ReceivedDisclosure, w.as(Carrier, ledger.RoleOperator), disclosure.RefRequest{Request: asked}, nil, Carrier)
	finding := disclosure.Finding{Request: asked, Hash: received.Hash, Verdict: disclosure.Verified}
	must(w, api.AcknowledgeDisclosure, w.as(Carrier, ledger.RoleOperator), finding, nil)
	w.readersWord(carried)
	for _, id := range []string{carried, asked} {
		ref := disclosure.RefRequest{Request: id}
		must(w, api.RevokeDisclosure, w.as(Retailer, ledger.RoleAdmin), disclosure.RevokeRequest{Request: id, Reason: "over"}, nil)
		must(w, api.EraseDisclosure, admin, ref, nil, Manufacturer)
		must(w, api.RecordErasure, admin, ref, nil)
		require.Equal(w, disclosure.Erased, must(w, api.DisclosureStatus, auditor, ref, nil).State)
	}
	for _, request := range []disclosure.ListRequest{{Record: record.ID}, {Owner: Manufacturer}, {Recipient: Carrier}} {
		require.NotEmpty(w, must(w, api.Disclosures, auditor, request, nil).Requests)
	}
}

// shared returns a published record that manufacturer and retailer share, whose
// disclosure takes the consent of both.
func (w *world) shared(subject string) confidential.Draft {
	w.Helper()
	draft := w.draft(subject)
	draft.Sensitivity, draft.Approvers = confidential.Mutual, nil
	text, err := json.Marshal(draft)
	require.NoError(w, err)
	members := []string{Manufacturer, Retailer}
	operator := w.as(Manufacturer, ledger.RoleOperator)
	must(w, api.WriteConfidential, operator, confidential.WriteRequest{With: []string{Retailer}}, text, members...)
	read := must(w, api.ReadConfidential, operator, confidential.ReadRequest{With: []string{Retailer}, ID: draft.ID}, nil, Manufacturer)
	must(w, api.PublishConfidential, operator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	return draft
}

// delivery is what the owner delivers, out of order.
func (w *world) delivery(record confidential.Draft, names []string) []byte {
	w.Helper()
	draft := disclosure.Draft{V: disclosure.Version}
	for _, name := range names {
		for _, f := range record.Fields {
			if f.Name == name {
				draft.Fields = append([]selective.Field{f}, draft.Fields...)
			}
		}
	}
	text, err := json.Marshal(draft)
	require.NoError(w, err)
	return text
}

// readersWord has a reader acknowledge a delivery, and revoke a certificate.
func (w *world) readersWord(id string) {
	w.Helper()
	delivery := must(w, api.DisclosureStatus, w.as(Regulator, ledger.RoleAuditor), disclosure.RefRequest{Request: id}, nil).Delivery
	statement := disclosure.AcknowledgementStatement{Organisation: Regulator, Time: w.scene.Now, Finding: disclosure.Finding{
		Request: id, Hash: delivery.Hash, Verdict: disclosure.Disputed, Reason: "not <what> was asked",
	}}
	message, err := disclosure.AcknowledgementBytes("trade", statement)
	require.NoError(w, err)
	must(w, api.CarryDisclosureAcknowledgement, w.as(Retailer, ledger.RoleOperator), disclosure.CarryAcknowledgementRequest{
		Statement: statement, Proof: w.signed(w.as(Regulator, ledger.RoleAuditor), message),
	}, nil)
	revocation := personal.Revocation{
		Organisation: Regulator, Issuer: strings.Repeat("0a", 32), Serial: "ff", Reason: "card lost",
		Since: w.scene.Now.Add(-time.Hour), Time: w.scene.Now,
	}
	message, err = personal.RevocationBytes("trade", revocation)
	require.NoError(w, err)
	must(w, api.CarryCertificateRevocation, w.as(Carrier, ledger.RoleOperator), personal.CarryRevocationRequest{
		Statement: revocation, Proof: w.signed(w.as(Regulator, ledger.RoleAdmin), message),
	}, nil)
}
