package client_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

func requireVersion(t *testing.T, err error, says ...string) {
	t.Helper()
	var other *client.VersionError
	require.ErrorAs(t, err, &other)
	require.Equal(t, api.Version, other.Client)
	for _, text := range append(says, api.Version, "release of the client") {
		require.ErrorContains(t, err, text)
	}
}

func TestAChaincodeOfAnotherVersionIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		speaks []string
		says   string
	}{
		"a later one":                   {[]string{"3.0"}, "version 3.0"},
		"one that speaks two others":    {[]string{"4.0", "3.0"}, "version 4.0, 3.0"},
		"one too old to have an answer": {nil, "an earlier version"},
	} {
		t.Run(name, func(t *testing.T) {
			consortium := founded(t)
			consortium.Upgrade("renamed", c.speaks...)
			_, err := consortium.Connect(t.Context(), "carrier", "operator")
			requireVersion(t, err, c.says)
		})
	}
	consortium := founded(t)
	consortium.Upgrade("3.0", "3.0", api.Version)
	_, err := consortium.Client(t, "carrier", "operator").Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err, "it serves clients of the version before")
}

// A chaincode is upgraded under a client: nothing of the old version is signed after
// the new one has endorsed it.
func TestAnUpgradeUnderAClientIsNoticedBeforeAnythingIsSubmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		admin := c.Client(t, "manufacturer", "admin")
		_, err := admin.RegisterDevice(t.Context(), logger("1"))
		require.NoError(t, err)
		height := c.Ledger().Height()

		time.Sleep(2 * time.Second)
		c.Upgrade("3.0", "3.0")
		_, err = admin.RegisterDevice(t.Context(), logger("2"))
		requireVersion(t, err, "version 3.0")
		require.Equal(t, height, c.Ledger().Height())
		_, err = admin.Organisation(t.Context(), "CarrierMSP")
		requireVersion(t, err, "version 3.0")

		c.Upgrade("3.1", "3.1", api.Version)
		_, err = admin.RegisterDevice(t.Context(), logger("2"))
		require.NoError(t, err, "it is asked anew, and serves")
	})
}

// What is only read shows an upgrade within a minute.
func TestTheVersionIsAskedForAgainAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		auditor := c.Client(t, "carrier", "auditor")
		c.Upgrade("3.0", "3.0")
		_, err := auditor.Organisation(t.Context(), "CarrierMSP")
		require.NoError(t, err)
		time.Sleep(time.Minute)
		_, err = auditor.Organisation(t.Context(), "CarrierMSP")
		requireVersion(t, err, "version 3.0")
	})
}

// refusing makes the first queries fail as a peer without the chaincode does.
type refusing struct {
	grpc.ClientConnInterface
	left int
	with error
}

func (r *refusing) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if method == pb.Gateway_Evaluate_FullMethodName && r.left > 0 {
		r.left--
		return r.with
	}
	return r.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

func TestWhoCannotAskForTheVersionAsksBeforeTheFirstCall(t *testing.T) {
	c := founded(t)
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	undeployed := status.Error(codes.FailedPrecondition, "no peers available to evaluate chaincode countersign in channel supplychain")
	over := &refusing{ClientConnInterface: connection, left: 2, with: undeployed}
	auditor := c.Client(t, "carrier", "auditor", client.WithClientConnection(over), client.WithTries(1))
	require.Equal(t, 1, over.left, "connecting asked, and went on")
	_, err = auditor.Organisation(t.Context(), "CarrierMSP")
	require.Equal(t, codes.FailedPrecondition, status.Code(err), "the call asked, and told what it was told")
	c.Upgrade("3.0", "3.0")
	_, err = auditor.Organisation(t.Context(), "CarrierMSP")
	requireVersion(t, err, "version 3.0")
	c.Upgrade(api.Version, api.Version)
	_, err = auditor.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
}

func TestAnUnknownFunctionHasTheVersionAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		auditor := c.Client(t, "carrier", "auditor")
		gone := api.Function{Contract: "participant", Name: "Gone", Kind: api.Query}
		call := client.Invocation{Function: &gone, Request: []byte(`{}`)}
		_, err := auditor.Evaluate(t.Context(), call)
		require.ErrorIs(t, err, fault.UnknownFunction)
		time.Sleep(2 * time.Second)
		c.Upgrade("3.0", "3.0")
		_, err = auditor.Evaluate(t.Context(), call)
		requireVersion(t, err, "version 3.0")
	})
}

func TestTheAnswerAboutVersionsCanBeAttested(t *testing.T) {
	c := founded(t)
	auditor := c.Client(t, "regulator", "auditor")
	statement, err := client.Attest(t.Context(), auditor, api.Versions, api.VersionsRequest{}, "ManufacturerMSP", "CarrierMSP")
	require.NoError(t, err)
	require.Contains(t, string(statement.Result), api.Version)
}
