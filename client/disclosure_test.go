package client_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/personal"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// priceOf asks for the price of a record, for a month, out of order.
func priceOf(record confidential.Draft) disclosure.Terms {
	return disclosure.Terms{
		Record: record.ID, Fields: []string{"/price", "/currency", "/price"}, Purpose: disclosure.Purpose{Code: "audit"},
		LegalBasis: disclosure.LegalBasis{Code: disclosure.NoBasis}, Until: now.AddDate(0, 1, 0),
	}
}

func TestADisclosureCanBeRepeatedAtEveryStep(t *testing.T) {
	c := founded(t)
	record := sharedTerms(t, c)
	carrier, owner, admin := c.Client(t, "carrier", "operator"), c.Client(t, "manufacturer", "operator"), c.Client(t, "manufacturer", "admin")
	request := disclosure.RequestRequest{Name: "audit-1", Terms: priceOf(record)}
	asked, err := carrier.RequestDisclosure(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, []string{"/currency", "/price"}, asked.Fields)
	_, err = carrier.RequestDisclosure(t.Context(), request)
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	_, err = owner.Disclose(t.Context(), asked.ID)
	require.ErrorIs(t, err, fault.NotConsented)
	voted, err := admin.ApproveDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	require.True(t, voted.Vote.Approve)

	// Delivered, and then the program ends: the next run finds what is done.
	_, err = owner.DeliverDisclosure(t.Context(), asked.ID, fieldsNamed(t, record, "/price", "/currency"))
	require.NoError(t, err)
	disclosed, err := owner.Disclose(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Nil(t, disclosed.Delivered)
	require.NotNil(t, disclosed.Recorded)
	again, err := owner.Disclose(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Equal(t, disclosed.Delivery, again.Delivery)
	_, _, err = carrier.RecordDelivery(t.Context(), asked.ID)
	require.ErrorIs(t, err, fault.AlreadyRecorded)

	received, err := carrier.ReceivedDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Equal(t, disclosed.Delivery.Hash, received.Hash)
	require.Equal(t, "12.50", received.Fields[1].Value)
	word, err := carrier.AcknowledgeDisclosure(t.Context(), disclosure.Finding{Request: asked.ID, Hash: received.Hash, Verdict: disclosure.Verified})
	require.NoError(t, err)
	require.Equal(t, "CarrierMSP", word.Acknowledgement.By.MSP)

	_, err = admin.EraseDisclosure(t.Context(), asked.ID)
	require.ErrorIs(t, err, fault.Retained)
	_, err = admin.RevokeDisclosure(t.Context(), asked.ID, "the audit is over")
	require.NoError(t, err)
	_, err = admin.RemoveDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	erased, err := admin.EraseDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Nil(t, erased.Removed)
	require.NotNil(t, erased.Recorded)
	erased, err = admin.EraseDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Nil(t, erased.Recorded)
	require.NotNil(t, erased.Erasure)
	_, err = carrier.ReceivedDisclosure(t.Context(), asked.ID)
	require.ErrorIs(t, err, fault.NotFound)

	second, err := carrier.RequestDisclosure(t.Context(), disclosure.RequestRequest{Name: "audit-2", Terms: priceOf(record)})
	require.NoError(t, err)
	_, err = admin.RefuseDisclosure(t.Context(), second.ID, "once is enough")
	require.NoError(t, err)
	_, err = admin.EraseDisclosure(t.Context(), second.ID)
	require.ErrorIs(t, err, fault.NotFound, "nothing was delivered")
	states := map[string]disclosure.State{}
	for s, err := range carrier.DisclosuresTo(t.Context(), "CarrierMSP") {
		require.NoError(t, err)
		states[s.ID] = s.State
	}
	require.Equal(t, map[string]disclosure.State{asked.ID: disclosure.Erased, second.ID: disclosure.Refused}, states)
	for s, err := range carrier.DisclosuresOfRecord(t.Context(), record.ID) {
		require.NoError(t, err)
		delete(states, s.ID)
	}
	require.Empty(t, states)
	for _, err := range carrier.DisclosuresBy(t.Context(), "") {
		require.ErrorIs(t, err, fault.InvalidRequest)
	}
}

// behind answers some endorsements as a peer does that lacks the block before.
type behind struct {
	grpc.ClientConnInterface
	refuse []error // by endorsement; nil goes through
}

func (b *behind) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method == string(clienttest.Endorse) && len(b.refuse) > 0 {
		err := b.refuse[0]
		b.refuse = b.refuse[1:]
		if err != nil {
			return err
		}
	}
	return b.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func TestADeliveryIsRecordedThoughAPeerIsABlockBehind(t *testing.T) {
	c := founded(t)
	record := sharedTerms(t, c)
	asked, err := c.Client(t, "manufacturer", "admin").RequestDisclosure(t.Context(), disclosure.RequestRequest{
		Name: "offer", Recipient: "CarrierMSP", Terms: priceOf(record),
	})
	require.NoError(t, err)
	require.Equal(t, disclosure.Approved, asked.State, "to offer is to consent")
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	late := status.Error(codes.Aborted, fault.New(fault.NotFound, "nothing has been delivered").Wire())
	owner := c.Client(t, "manufacturer", "operator", client.WithClientConnection(&behind{connection, []error{nil, late, late}}))
	disclosed, err := owner.Disclose(t.Context(), asked.ID)
	require.NoError(t, err)
	require.NotNil(t, disclosed.Delivered)
	require.NotNil(t, disclosed.Recorded)

	_, err = c.Client(t, "manufacturer", "admin").RevokeDisclosure(t.Context(), asked.ID, "over")
	require.NoError(t, err)
	late = status.Error(codes.Aborted, fault.New(fault.OutOfSequence, "erase it first").Wire())
	owner = c.Client(t, "manufacturer", "operator", client.WithClientConnection(&behind{connection, []error{nil, late}}))
	erased, err := owner.EraseDisclosure(t.Context(), asked.ID)
	require.NoError(t, err)
	require.NotNil(t, erased.Recorded)
}

func TestAFieldThatTheRecordDoesNotHaveIsNotDelivered(t *testing.T) {
	c := founded(t)
	record := sharedTerms(t, c)
	terms := priceOf(record)
	terms.Fields = []string{"/incoterm"}
	_, err := c.Client(t, "carrier", "operator").RequestDisclosure(t.Context(), disclosure.RequestRequest{Name: "r", Terms: terms})
	require.NoError(t, err)
	_, err = c.Client(t, "manufacturer", "admin").ApproveDisclosure(t.Context(), "CarrierMSP/r")
	require.NoError(t, err)
	_, err = c.Client(t, "manufacturer", "operator").Disclose(t.Context(), "CarrierMSP/r")
	require.ErrorIs(t, err, fault.NotFound)
	var failed *client.Error
	require.False(t, errors.As(err, &failed), "nothing was sent")
}

func TestWhatAReaderSignsIsCheckedBeforeItIsSigned(t *testing.T) {
	c := founded(t)
	record := sharedTerms(t, c)
	card, err := c.User("regulator", "admin")
	require.NoError(t, err)
	admin := client.Signatory{Certificate: card.Certificate, Key: card.Key}
	auditor, err := c.User("regulator", "auditor")
	require.NoError(t, err)

	signed, err := client.SignDisclosureRequest(clienttest.Channel, disclosure.Statement{Organisation: "RegulatorMSP", Terms: priceOf(record), Time: now}, admin)
	require.NoError(t, err)
	require.NotEmpty(t, signed.Statement.Name, "a random one")
	carrier := c.Client(t, "carrier", "operator")
	asked, err := carrier.CarryDisclosureRequest(t.Context(), *signed)
	require.NoError(t, err)
	proof, err := carrier.SignedDisclosureRequest(t.Context(), asked.ID)
	require.NoError(t, err)
	require.Equal(t, signed.Signature, proof.Signature)

	issuer, serial := participant.CertificateName(auditor.Certificate)
	revocation, err := client.SignCertificateRevocation(clienttest.Channel, personal.Revocation{
		Organisation: "RegulatorMSP", Issuer: issuer, Serial: serial, Reason: "left", Time: now.Add(-time.Minute),
	}, admin)
	require.NoError(t, err)
	revoked, err := carrier.CarryCertificateRevocation(t.Context(), *revocation)
	require.NoError(t, err)
	require.Equal(t, "CarrierMSP", revoked.Certificate.Carried.Carrier)
	late, err := client.SignDisclosureRequest(clienttest.Channel, disclosure.Statement{Organisation: "RegulatorMSP", Terms: priceOf(record), Time: now},
		client.Signatory{Certificate: auditor.Certificate, Key: auditor.Key})
	require.NoError(t, err)
	_, err = carrier.CarryDisclosureRequest(t.Context(), *late)
	require.ErrorIs(t, err, fault.BadSignature)

	for name, sign := range map[string]func() error{
		"a request": func() error { _, err := client.SignDisclosureRequest("c", disclosure.Statement{}, admin); return err },
		"an acknowledgement": func() error {
			_, err := client.SignAcknowledgement("c", disclosure.AcknowledgementStatement{}, admin)
			return err
		},
		"a revocation": func() error {
			_, err := client.SignCertificateRevocation("c", personal.Revocation{}, admin)
			return err
		},
	} {
		require.ErrorIs(t, sign(), fault.InvalidRequest, name)
	}
	_, err = client.SignDisclosureRequest(clienttest.Channel, signed.Statement, client.Signatory{})
	require.ErrorContains(t, err, "certificate and key")
}
