package client_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestAnAttestedAnswerVerifiesFromItsFile(t *testing.T) {
	c := founded(t)
	regulator := c.Client(t, "regulator", "auditor")
	height := c.Ledger().Height()
	statement, err := client.Attest(t.Context(), regulator, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"},
		"RetailerMSP", "ManufacturerMSP", "CarrierMSP")
	require.NoError(t, err)
	require.Equal(t, height, c.Ledger().Height(), "nothing was submitted")
	require.Len(t, statement.Endorsements, 3)

	file, err := statement.Encode()
	require.NoError(t, err)
	read, err := evidence.Decode(file)
	require.NoError(t, err)
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	report := v.Verify(read, c.Roots().Policy, now)
	require.True(t, report.Verified(), "%s", report)
	require.Equal(t, now, report.Claimed)
	require.Equal(t, "participant:Organisation", report.Function)
}

func TestAttestingAsksForOrganisationsAndAQuery(t *testing.T) {
	c := founded(t)
	auditor := c.Client(t, "retailer", "auditor")
	request := participant.ReadOrganisationRequest{MSP: "CarrierMSP"}
	_, err := client.Attest(t.Context(), auditor, api.Organisation, request)
	require.ErrorContains(t, err, "name the organisations")
	_, err = client.Attest(t.Context(), auditor, api.Approve, participant.ApproveRequest{}, "CarrierMSP")
	require.ErrorContains(t, err, "only queries")
	_, err = client.Attest(t.Context(), auditor, api.Organisation, participant.ReadOrganisationRequest{MSP: "NobodyMSP"}, "CarrierMSP")
	require.ErrorIs(t, err, fault.NotFound)
	_, err = client.Attest(t.Context(), c.Client(t, "retailer", "auditor", client.WithTries(1)), api.Organisation, request, "RegulatorMSP")
	var failed *client.Error
	require.ErrorAs(t, err, &failed, "the reader's peer runs no chaincode")
}

func TestAttestingIsRepeatedWhilePeersDiffer(t *testing.T) {
	c := founded(t)
	auditor := c.Client(t, "retailer", "auditor")
	differ := refusals(codes.Aborted, "failed to collect enough transaction endorsements", "RetailerMSP", "ProposalResponsePayloads do not match")
	c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: differ}, clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "gone")})
	_, err := client.Attest(t.Context(), auditor, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, "CarrierMSP", "RetailerMSP")
	require.NoError(t, err)
}
