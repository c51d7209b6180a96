package clienttest_test

import (
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func founded(t *testing.T) *clienttest.Consortium {
	c := clienttest.New(t, clienttest.WithTime(at))
	require.NoError(t, c.Found(t.Context(), shipmenttest.Founders()...))
	return c
}

func TestAStrangersClientFindsAGateway(t *testing.T) {
	c := founded(t)
	user, err := c.User("carrier", "auditor")
	require.NoError(t, err)
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	id, err := identity.NewX509Identity(user.MSP, user.Certificate)
	require.NoError(t, err)
	sign, err := identity.NewPrivateKeySign(user.Key)
	require.NoError(t, err)
	stranger, err := gateway.Connect(id, gateway.WithSign(sign), gateway.WithClientConnection(connection))
	require.NoError(t, err)
	defer func() { require.NoError(t, stranger.Close()) }()
	contract := stranger.GetNetwork(clienttest.Channel).GetContract(clienttest.Chaincode)

	answer, err := contract.EvaluateTransaction("participant:Organisation", `{"msp":"CarrierMSP"}`)
	require.NoError(t, err)
	require.Contains(t, string(answer), `"Carrier"`)
	for name, arguments := range map[string][]string{
		"participant:organisation": {`{"msp":"CarrierMSP"}`}, "participant:Organisation": {}, "nothing": {`{}`}, "participant:Device": {`{}`, `{}`},
	} {
		_, err := contract.EvaluateTransaction(name, arguments...)
		found, ok := fault.Find(err.Error())
		require.True(t, ok)
		require.Equal(t, fault.UnknownFunction, found.Code, name)
	}
	_, err = stranger.GetNetwork("other").GetContract(clienttest.Chaincode).EvaluateTransaction("participant:Organisation", `{}`)
	require.Equal(t, codes.FailedPrecondition, status.Code(err))
}

func TestAnIdentityOfNobodyIsRefused(t *testing.T) {
	c, other := founded(t), clienttest.New(t)
	stranger, err := other.User("carrier", "operator")
	require.NoError(t, err)
	own, err := c.User("carrier", "operator")
	require.NoError(t, err)
	for name, identity := range map[string]client.Option{
		"from another authority":     client.WithIdentity("CarrierMSP", stranger.Certificate, stranger.Key),
		"of another organisation":    client.WithIdentity("RetailerMSP", own.Certificate, own.Key),
		"of an unknown organisation": client.WithIdentity("NobodyMSP", own.Certificate, own.Key),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Connect(t.Context(), "carrier", "operator", identity)
			require.ErrorContains(t, err, "access denied")
			var refused *client.ConnectError
			require.ErrorAs(t, err, &refused)
		})
	}
}

func TestTheClockStandsUntilItIsMovedOn(t *testing.T) {
	c := founded(t)
	admin := c.Client(t, "carrier", "admin")
	propose := func(reason string) time.Time {
		proposed, err := admin.Propose(t.Context(), participant.Proposal{Reason: reason, Organisations: []participant.Organisation{{MSP: "NewMSP", Name: "new"}}})
		require.NoError(t, err)
		read, err := admin.Proposal(t.Context(), proposed.Proposal)
		require.NoError(t, err)
		return read.Proposed
	}
	require.Equal(t, at, propose("first"))
	c.Advance(time.Hour)
	require.Equal(t, at.Add(time.Hour), propose("second"))
}

func TestPrivateDataNeedsBothMembers(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	subject := shipmenttest.Object(shipmenttest.Manufacturer, "V1")
	scene := &shipmenttest.Scene{TB: t, Now: at}
	_, err := operator.Capture(t.Context(), scene.Document(shipmenttest.Commission(subject)))
	require.NoError(t, err)
	record, err := client.NewRecord(collections.Terms{Price: "1"}, subject)
	require.NoError(t, err)
	written, err := operator.WriteConfidential(t.Context(), record, "RetailerMSP")
	require.NoError(t, err)
	_, err = operator.ReadConfidential(t.Context(), written.ID, "RetailerMSP")
	require.NoError(t, err)
	_, err = c.Client(t, "carrier", "operator").ReadConfidential(t.Context(), written.ID, "RetailerMSP")
	require.ErrorIs(t, err, fault.NotFound, "another pair's collection")

	// One member alone, as somebody might try: endorsed, and found invalid.
	admin := c.Client(t, "manufacturer", "admin")
	purge := confidential.PurgeRequest{With: []string{"RetailerMSP"}, ID: written.ID}
	_, _, err = client.Call(t.Context(), admin, api.PurgeConfidential, purge, client.EndorsedBy("ManufacturerMSP"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "ENDORSEMENT_POLICY_FAILURE", failed.Validation)
	_, err = operator.ReadConfidential(t.Context(), written.ID, "RetailerMSP")
	require.NoError(t, err, "it is still there")

	_, err = admin.RemoveConfidential(t.Context(), written.ID, "RetailerMSP")
	require.NoError(t, err)
	_, err = operator.ReadConfidential(t.Context(), written.ID, "RetailerMSP")
	require.ErrorIs(t, err, fault.NotFound)
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	_, err := clienttest.Start(clienttest.WithRequired(4))
	require.ErrorContains(t, err, "cannot be asked")
	c := clienttest.New(t, clienttest.WithOrganisations(clienttest.Organisation{Name: "a", MSP: "AMSP"}), clienttest.WithRequired(1))
	_, err = c.User("b", "admin")
	require.ErrorContains(t, err, `no organisation "b"`)
	_, err = c.User("a", "king")
	require.ErrorContains(t, err, `no user "king"`)
	_, err = c.Connect(t.Context(), "b", "admin")
	require.Error(t, err)
	_, err = c.Peer("b")
	require.Error(t, err)
}
