package client_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// counter counts what a gateway is asked to have endorsed.
type counter struct {
	grpc.ClientConnInterface
	endorsements atomic.Int32
}

func (c *counter) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method == gateway.Gateway_Endorse_FullMethodName {
		c.endorsements.Add(1)
	}
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func counted(t *testing.T, c *clienttest.Consortium, organisation, user string) (*client.Client, *counter) {
	t.Helper()
	connection, err := c.Connection(organisation)
	require.NoError(t, err)
	count := &counter{ClientConnInterface: connection}
	return c.Client(t, organisation, user, client.WithClientConnection(count)), count
}

func TestNobodyWaitsForAnOrganisationThatDoesNotEndorse(t *testing.T) {
	c := founded(t)
	for name, named := range map[string]struct {
		msp  string
		code fault.Code
	}{
		"a mistyped MSP id": {"CarierMSP", fault.NotParticipant},
		"a reader":          {"RegulatorMSP", fault.ReaderOnly},
	} {
		t.Run(name, func(t *testing.T) {
			operator, count := counted(t, c, "manufacturer", "operator")
			_, writing := operator.WriteConfidential(t.Context(), terms(t), named.msp)
			_, attesting := client.Attest(t.Context(), operator, api.Organisation, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, "ManufacturerMSP", named.msp)
			for _, err := range []error{writing, attesting} {
				require.ErrorIs(t, err, named.code)
				require.ErrorContains(t, err, string(named.code)+": ")
				require.ErrorContains(t, err, named.msp)
				var failed *client.Error
				require.ErrorAs(t, err, &failed)
				require.Equal(t, []string{named.msp}, failed.Absent)
				require.False(t, failed.Retry)
				require.Equal(t, codes.Unavailable, status.Code(failed), "what the gateway said is underneath")
			}
			require.EqualValues(t, 2, count.endorsements.Load(), "each asked once")
		})
	}
}

func TestAReaderIsToldWhyItHasNoPrivateRecords(t *testing.T) {
	c := founded(t)
	_, err := c.Client(t, "regulator", "auditor").ReadConfidential(t.Context(), terms(t).ID, "ManufacturerMSP")
	require.ErrorIs(t, err, fault.ReaderOnly)
}

// A peer that starts again is not known to the gateway for a moment: it is waited for.
func TestAPeerThatIsAwayForAMomentIsWaitedFor(t *testing.T) {
	c := founded(t)
	away := clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "failed to find any endorsing peers for org(s): CarrierMSP")}
	operator, count := counted(t, c, "manufacturer", "operator")
	c.Interrupt(away, away)
	_, err := operator.WriteConfidential(t.Context(), terms(t), "CarrierMSP")
	require.NoError(t, err)
	require.EqualValues(t, 3, count.endorsements.Load())

	c.Interrupt(away)
	_, err = c.Client(t, "manufacturer", "operator", client.WithTries(1)).WriteConfidential(t.Context(), terms(t), "CarrierMSP")
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Nil(t, failed.Fault)
	require.True(t, failed.Retry)
	require.Equal(t, []string{"CarrierMSP"}, failed.Absent)
	require.ErrorContains(t, err, "the gateway knows of no peer of CarrierMSP that could endorse")
}

// A record's other members do without one that no longer trades.
func TestAMemberWithoutAPeerDoesNotKeepTheOthersFromPurging(t *testing.T) {
	c := founded(t, clienttest.WithRelations([]string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}))
	away := clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "failed to find any endorsing peers for org(s): CarrierMSP")}
	draft := terms(t)
	_, err := c.Client(t, "manufacturer", "operator").WriteConfidential(t.Context(), draft, "CarrierMSP", "RetailerMSP")
	require.NoError(t, err)
	c.Interrupt(away)
	_, err = c.Client(t, "manufacturer", "admin", client.WithTries(1)).RemoveConfidential(t.Context(), draft.ID, "CarrierMSP", "RetailerMSP")
	require.NoError(t, err)
}

func TestBeforeTheConsortiumIsFoundedNobodyIsCalledAStranger(t *testing.T) {
	c := clienttest.New(t)
	_, _, err := client.Call(t.Context(), c.Client(t, "manufacturer", "admin", client.WithTries(1)), api.Propose,
		participant.Proposal{Organisations: []participant.Organisation{{MSP: "ManufacturerMSP", Name: "manufacturer"}}}, client.EndorsedBy("ManufacturerMSP", "CarierMSP"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, []string{"CarierMSP"}, failed.Absent)
	require.Nil(t, failed.Fault)
}
