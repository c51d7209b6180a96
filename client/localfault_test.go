package client_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// What is found before a peer is asked is said in the words of the rules; the token,
// which takes a fault past a peer's wrapping, is not for those who read it.
func TestFaultsThatNoPeerHasSeenAreShownWithoutAToken(t *testing.T) {
	c := founded(t)
	card, err := c.User("regulator", "auditor")
	require.NoError(t, err)
	auditor := client.Signatory{Certificate: card.Certificate, Key: card.Key}
	for name, local := range map[string]struct {
		call  func() error
		code  fault.Code
		shown string
	}{
		"a request for what is no field": {func() error {
			_, err := client.SignDisclosureRequest(clienttest.Channel, disclosure.Statement{
				Organisation: "RegulatorMSP", Terms: disclosure.Terms{Record: terms(t).ID, Fields: []string{"price"}},
			}, auditor)
			return err
		}, fault.InvalidRequest, "client: the request: InvalidRequest: "},
		"an acknowledgement of nothing": {func() error {
			_, err := client.SignAcknowledgement(clienttest.Channel, disclosure.AcknowledgementStatement{}, auditor)
			return err
		}, fault.InvalidRequest, "client: the acknowledgement: InvalidRequest: "},
		"a hold of no record": {func() error {
			_, err := client.SignLegalHold(clienttest.Channel, confidential.PlaceHold, confidential.HoldStatement{}, auditor)
			return err
		}, fault.InvalidRequest, "client: the legal hold: InvalidRequest: "},
		"a revocation of no certificate": {func() error {
			_, err := client.SignCertificateRevocation(clienttest.Channel, personal.Revocation{}, auditor)
			return err
		}, fault.InvalidRequest, "client: the revocation: InvalidRequest: "},
		"a purge without a reason": {func() error {
			_, err := c.Client(t, "manufacturer", "admin").PurgeConfidential(t.Context(), confidential.RecordPurgeRequest{ID: terms(t).ID, Reason: "because"}, "CarrierMSP")
			return err
		}, fault.InvalidRequest, "client: the purge: InvalidRequest: "},
		"a delivery without a value": {func() error {
			return new(client.Delivery).Verify(disclosure.Disclosure{}, confidential.Manifest{})
		}, fault.NotHere, "NotHere: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := local.call()
			require.ErrorIs(t, err, local.code)
			var refused *fault.Error
			require.ErrorAs(t, err, &refused)
			require.ErrorContains(t, err, local.shown)
			require.ErrorContains(t, err, refused.Message)
			require.NotContains(t, err.Error(), "countersign/1/")
		})
	}
}
