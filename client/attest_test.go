package client_test

import (
	"context"
	"testing"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

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

func TestAnAttestedProposalVerifies(t *testing.T) {
	c := founded(t)
	proposed, err := c.Client(t, "carrier", "admin").Propose(t.Context(), participant.Proposal{
		Organisations: []participant.Organisation{{MSP: "RetailerMSP", Name: "Retailer and Sons"}},
	})
	require.NoError(t, err)
	statement, err := client.Attest(t.Context(), c.Client(t, "regulator", "auditor"), api.Proposal,
		participant.ReadProposalRequest{Proposal: proposed.Proposal}, "RetailerMSP", "CarrierMSP")
	require.NoError(t, err)
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	report := v.Verify(statement, c.Roots().Policy, now)
	require.True(t, report.Verified(), "%s", report)
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

// stuck is a gateway that gives every endorsement the answer to the first.
type stuck struct {
	grpc.ClientConnInterface
	first *pb.EndorseResponse
}

func (s *stuck) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	answer, endorsing := reply.(*pb.EndorseResponse)
	if endorsing && s.first != nil {
		proto.Merge(answer, s.first)
		return nil
	}
	err := s.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	if endorsing && err == nil {
		s.first = proto.CloneOf(answer)
	}
	return err
}

func TestAGatewayCannotPassOffAnotherAnswer(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("retailer")
	require.NoError(t, err)
	auditor := c.Client(t, "retailer", "auditor", client.WithClientConnection(&stuck{ClientConnInterface: connection}))
	attest := func(msp string, by ...string) error {
		_, err := client.Attest(t.Context(), auditor, api.Organisation, participant.ReadOrganisationRequest{MSP: msp}, by...)
		return err
	}
	require.NoError(t, attest("CarrierMSP", "CarrierMSP"))
	require.ErrorIs(t, attest("RetailerMSP", "CarrierMSP"), client.ErrOtherTransaction)
	require.ErrorIs(t, attest("CarrierMSP", "CarrierMSP", "RetailerMSP"), client.ErrOtherTransaction)
	require.ErrorIs(t, attest("CarrierMSP", "CarrierMSP"), client.ErrOtherTransaction, "of another time")
}

// lazy asks one organisation, however many it is told to ask.
type lazy struct{ grpc.ClientConnInterface }

func (l lazy) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if request, ok := args.(*pb.EndorseRequest); ok {
		request.EndorsingOrganizations = request.GetEndorsingOrganizations()[:1]
	}
	return l.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func TestAGatewayCannotLeaveOutAnOrganisation(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("retailer")
	require.NoError(t, err)
	auditor := c.Client(t, "retailer", "auditor", client.WithClientConnection(lazy{connection}))
	_, err = client.Attest(t.Context(), auditor, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, "CarrierMSP", "RetailerMSP")
	require.ErrorContains(t, err, "no endorsement by RetailerMSP")
}
