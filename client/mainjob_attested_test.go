package client_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// attested takes statements of every kind of answer.
func (j *job) attested(c *client.Client, event, breach string) map[string]func() (*evidence.Statement, error) {
	ctx := j.Context()
	by := []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}
	return map[string]func() (*evidence.Statement, error){
		"twin":    func() (*evidence.Statement, error) { return c.AttestTwin(ctx, j.object, by...) },
		"history": func() (*evidence.Statement, error) { return c.AttestHistory(ctx, j.object, 2, by...) },
		"event": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Event, product.ReadEventRequest{Event: event}, by...)
		},
		"watch": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Watch, condition.ReadWatchRequest{ID: "ManufacturerMSP/w-1"}, by...)
		},
		"breaches": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Breaches, condition.ListBreachesRequest{Object: j.object}, by...)
		},
		"breach": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Breach, condition.ReadBreachRequest{Breach: breach}, by...)
		},
		"witnesses": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Witnesses, product.ReadWitnessesRequest{ID: j.object}, by...)
		},
		"last recording": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Recording, condition.ReadRecordingRequest{Device: loggerID}, by...)
		},
		"party": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Party, participant.FindPartyRequest{GLN: shipmenttest.GLN(shipmenttest.Carrier)}, by...)
		},
		"policy": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Policy, condition.PolicyRef{ID: "ManufacturerMSP/2-8", Version: 1}, by...)
		},
		"recording": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Recording, condition.ReadRecordingRequest{Device: loggerID, Sequence: 2}, by...)
		},
		"organisation": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, by...)
		},
		"objects of a class": func() (*evidence.Statement, error) {
			class, _, _ := strings.Cut(j.object, "/21/")
			return client.Attest(ctx, c, api.RecallScope, product.ReadRecallScopeRequest{Subject: class, Bookmark: "objects:"}, by...)
		},
		"device": func() (*evidence.Statement, error) {
			return client.Attest(ctx, c, api.Device, participant.ReadDeviceRequest{ID: loggerID}, by...)
		},
	}
}

func newJob(t *testing.T) *job {
	_, device, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return &job{T: t, device: device, object: shipmenttest.Object(shipmenttest.Manufacturer, "V1")}
}

func TestTheMainJobFromCommissioningToEvidence(t *testing.T) {
	c := founded(t)
	quality, err := c.User("manufacturer", "quality")
	require.NoError(t, err)
	j := newJob(t)
	j.client = func(organisation, user string) *client.Client { return c.Client(t, organisation, user) }
	j.signatory = client.Signatory{Certificate: quality.Certificate, Key: quality.Key}
	clock := now
	j.start, j.advance = now, func(d time.Duration) { c.Advance(d); clock = clock.Add(d) }
	j.documents = &shipmenttest.Scene{TB: t, Now: now.Add(-time.Hour)}
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	j.run(v, c.Roots().Policy, func() time.Time { return clock })
}
