package client_test

import (
	"context"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
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

func TestASubmitReturnsItsPlaceOnTheLedger(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	height := c.Ledger().Height()
	registered, err := operator.RegisterDevice(t.Context(), logger("1"))
	require.NoError(t, err)
	require.Equal(t, height, registered.Block)
	require.NotEmpty(t, registered.Transaction)
	require.Equal(t, now, registered.Registered)
	device, err := operator.Device(t.Context(), registered.ID)
	require.NoError(t, err)
	require.Equal(t, registered.Device, *device)
	outcome, err := operator.Outcome(t.Context(), registered.Transaction)
	require.NoError(t, err)
	require.Equal(t, &registered.Receipt, outcome)
}

func TestARefusalIsTheContractsOwn(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	_, err := operator.Device(t.Context(), "/8004/9506000404")
	require.ErrorIs(t, err, fault.NotFound)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEvaluate, failed.Stage)

	_, err = c.Client(t, "carrier", "operator").RegisterDevice(t.Context(), logger("2"))
	require.ErrorIs(t, err, fault.NotLicensee)
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageEndorse, failed.Stage)
	require.Equal(t, "/id", failed.Fault.Field)
	require.False(t, failed.Retry)
	require.Len(t, failed.ByOrganisation, 1)
	require.Equal(t, "CarrierMSP", failed.ByOrganisation[0].MSP)
	require.NotContains(t, err.Error(), "[countersign/", "the token is for programs")
	var endorse *gateway.EndorseError
	require.ErrorAs(t, err, &endorse, "fabric-gateway's own error stays reachable")
}

func TestALostRaceEndsInTheContractsRefusal(t *testing.T) {
	c := founded(t)
	first := c.Client(t, "manufacturer", "operator")
	device := logger("3")
	second := beforeStep(t, c, "manufacturer", "gateway", clienttest.Submit, func() {
		_, err := first.RegisterDevice(context.Background(), device)
		require.NoError(t, err)
	})
	_, err := second.RegisterDevice(t.Context(), device)
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestALostRaceIsReportedWhenTheClientMayNotRepeat(t *testing.T) {
	c := founded(t)
	first := c.Client(t, "manufacturer", "operator")
	device := logger("4")
	second := beforeStep(t, c, "manufacturer", "gateway", clienttest.Submit, func() {
		_, err := first.RegisterDevice(context.Background(), device)
		require.NoError(t, err)
	}, client.WithTries(1))
	_, err := second.RegisterDevice(t.Context(), device)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageCommit, failed.Stage)
	require.Equal(t, "MVCC_READ_CONFLICT", failed.Validation)
	require.True(t, failed.Retry)
}

func TestTheOutcomeIsFoundOutAfterALostConnection(t *testing.T) {
	lost := status.Error(codes.Unavailable, "connection lost")
	late := status.Error(codes.DeadlineExceeded, "too late")
	for name, interruptions := range map[string][]clienttest.Interruption{
		"the answer to the submit":  {{Step: clienttest.Submit, After: true, Err: lost}},
		"a submit that times out":   {{Step: clienttest.Submit, After: true, Err: late}},
		"the status":                {{Step: clienttest.CommitStatus, Err: lost}},
		"a status that times out":   {{Step: clienttest.CommitStatus, Err: late}},
		"both, and the status anew": {{Step: clienttest.Submit, After: true, Err: lost}, {Step: clienttest.CommitStatus, Err: lost}, {Step: clienttest.CommitStatus, Err: lost}},
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator := c.Client(t, "manufacturer", "operator")
			c.Interrupt(interruptions...)
			height := c.Ledger().Height()
			registered, err := operator.RegisterDevice(t.Context(), logger("5"))
			require.NoError(t, err)
			require.Equal(t, height, registered.Block)
			require.Equal(t, height+1, c.Ledger().Height(), "submitted once")
		})
	}
}

// Outcome has all the time that its context has, and does not depend on one gateway.
func TestAnOutcomeIsAskedForUntilSomebodyTells(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	registered, err := operator.RegisterDevice(t.Context(), logger("17"))
	require.NoError(t, err)
	late := clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(codes.DeadlineExceeded, "its ledger stands still")}
	lost := clienttest.Interruption{Step: clienttest.CommitStatus, Err: status.Error(codes.Unavailable, "connection refused")}
	c.Interrupt(late, lost, late, late, lost)
	receipt, err := operator.Outcome(t.Context(), registered.Transaction)
	require.NoError(t, err)
	require.Equal(t, registered.Receipt, *receipt)
}

func TestATransactionThatMayNotHaveArrivedIsHandedOverAgain(t *testing.T) {
	c := founded(t)
	lost := clienttest.Interruption{Step: clienttest.Submit, Err: status.Error(codes.Unavailable, "no orderers could successfully process transaction")}
	c.Interrupt(lost, lost)
	height := c.Ledger().Height()
	registered, err := c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), logger("14"))
	require.NoError(t, err)
	require.Equal(t, height, registered.Block)
	require.Equal(t, height+1, c.Ledger().Height())
}

func TestNothingIsHandedOverAgainForACallerWhoHasGone(t *testing.T) {
	c := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	operator := beforeStep(t, c, "manufacturer", "operator", clienttest.Submit, cancel, client.WithTimeouts(client.Timeouts{Resolve: 600 * time.Millisecond}))
	height := c.Ledger().Height()
	_, err := operator.RegisterDevice(ctx, logger("15"))
	var unknown *client.OutcomeUnknownError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, height, c.Ledger().Height())
}

func TestAnOutcomeThatCannotBeFoundOutIsSaidToBeUnknown(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator", client.WithTimeouts(client.Timeouts{Resolve: 50 * time.Millisecond}))
	c.Interrupt(clienttest.Interruption{Step: clienttest.Submit, Err: status.Error(codes.Unavailable, "connection lost")})
	height := c.Ledger().Height()
	_, err := operator.RegisterDevice(t.Context(), logger("6"))
	var unknown *client.OutcomeUnknownError
	require.ErrorAs(t, err, &unknown)
	require.NotEmpty(t, unknown.Transaction)
	var failed *client.Error
	require.NotErrorAs(t, err, &failed, "an Error says that nothing has changed")
	require.Equal(t, height, c.Ledger().Height(), "not submitted again by itself")

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = operator.Outcome(ctx, unknown.Transaction)
	require.ErrorAs(t, err, &unknown)
}

func TestTheEndOfTheCallersContextDoesNotHideTheOutcome(t *testing.T) {
	c := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	operator := beforeStep(t, c, "manufacturer", "operator", clienttest.CommitStatus, cancel)
	registered, err := operator.RegisterDevice(ctx, logger("7"))
	require.NoError(t, err)
	require.NotZero(t, registered.Block)
}

// leaving is a caller who goes when an endorsement has arrived.
type leaving struct {
	grpc.ClientConnInterface
	leave context.CancelFunc
}

func (l leaving) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	err := l.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	if method == string(clienttest.Endorse) {
		l.leave()
	}
	return err
}

func TestACallerWhoGoesBeforeTheHandingOverLearnsThatNothingChanged(t *testing.T) {
	c := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	operator := c.Client(t, "manufacturer", "operator", client.WithClientConnection(leaving{connection, cancel}))
	height := c.Ledger().Height()
	_, err = operator.RegisterDevice(ctx, logger("16"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageSubmit, failed.Stage)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, failed.Retry)
	require.Equal(t, height, c.Ledger().Height())
}

// What a proxy or a connection that is torn down says may come after the
// transaction has gone through: made anew, it would stand there twice.
func TestAStreamThatIsCutShortIsNotTakenForARefusal(t *testing.T) {
	c := founded(t)
	c.Interrupt(clienttest.Interruption{Step: clienttest.Submit, After: true, Err: status.Error(codes.ResourceExhausted, "stream terminated by RST_STREAM with error code: ENHANCE_YOUR_CALM")})
	height := c.Ledger().Height()
	registered, err := c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), logger("17"))
	require.NoError(t, err)
	require.Equal(t, height, registered.Block)
	require.Equal(t, height+1, c.Ledger().Height())
}

func TestACallThatMayNotBeMadeInTimeEndsWithItsContext(t *testing.T) {
	c := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Client(t, "manufacturer", "operator").RegisterDevice(ctx, logger("8"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestWhatIsSafeIsRepeated(t *testing.T) {
	overloaded := status.Error(codes.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)")
	for name, interruption := range map[string]clienttest.Interruption{
		"a gateway out of reach":              {Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "no connection")},
		"an overloaded gateway, endorsing":    {Step: clienttest.Endorse, Err: overloaded},
		"an overloaded gateway, submitting":   {Step: clienttest.Submit, Err: overloaded},
		"a gateway that knows too few peers":  {Step: clienttest.Endorse, Err: status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: no peer combination can satisfy the endorsement policy")},
		"a gateway that has heard of too few": {Step: clienttest.Endorse, Err: status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: required chaincodes are not installed on sufficient peers")},
		"peers of different height":           {Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to collect enough transaction endorsements", "RetailerMSP", "ProposalResponsePayloads do not match")},
		"a peer that is behind, and refuses":  {Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to collect enough transaction endorsements", "RetailerMSP", "chaincode response 500, "+fault.New(fault.NotFound, "x").Wire())},
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			c.Interrupt(interruption)
			_, err := c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), logger("9"))
			require.NoError(t, err)
			c.Interrupt(interruption)
			_, err = c.Client(t, "manufacturer", "operator", client.WithTries(1)).RegisterDevice(t.Context(), logger("10"))
			var failed *client.Error
			require.ErrorAs(t, err, &failed)
			require.True(t, failed.Retry)
		})
	}
}

func TestWhatCannotSucceedIsNotRepeated(t *testing.T) {
	for name, interruption := range map[string]clienttest.Interruption{
		"a refusal by the caller's own organisation": {Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", "chaincode response 500, "+fault.New(fault.Held, "x").Wire())},
		"a refusal by the orderer":                   {Step: clienttest.Submit, Err: status.Error(codes.Aborted, "received unsuccessful response from orderer: status=FORBIDDEN")},
		"no such chaincode":                          {Step: clienttest.Endorse, Err: status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode x in channel y")},
		"an answer that is too large":                {Step: clienttest.Endorse, Err: status.Error(codes.ResourceExhausted, "grpc: received message larger than max (20000000 vs. 16777216)")},
		"an invalid request":                         {Step: clienttest.Endorse, Err: status.Error(codes.InvalidArgument, "no")},
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			c.Interrupt(interruption)
			height := c.Ledger().Height()
			_, err := c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), logger("11"))
			var failed *client.Error
			require.ErrorAs(t, err, &failed)
			require.False(t, failed.Retry)
			require.Equal(t, height, c.Ledger().Height())
		})
	}
}

func TestAReaderReadsAndCannotWrite(t *testing.T) {
	c := founded(t)
	regulator := c.Client(t, "regulator", "auditor")
	organisation, err := regulator.Organisation(t.Context(), "CarrierMSP")
	require.NoError(t, err)
	require.Equal(t, "Carrier", organisation.Name)
	var names []string
	for o, err := range regulator.Organisations(t.Context()) {
		require.NoError(t, err)
		names = append(names, o.Name)
	}
	require.Equal(t, []string{"Carrier", "Manufacturer", "Regulator", "Retailer"}, names)

	_, err = c.Client(t, "regulator", "operator").RegisterDevice(t.Context(), logger("12"))
	require.ErrorIs(t, err, fault.ReaderOnly)
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.False(t, failed.Retry, "the first peer that was asked refused")
}

func TestTheOrdererRefusesAReader(t *testing.T) {
	c := clienttest.New(t) // not founded: an admin of a founder may propose, and the regulator's says that it is one
	_, _, err := client.Call(t.Context(), c.Client(t, "regulator", "admin"), api.Propose, participant.Proposal{Organisations: []participant.Organisation{
		{MSP: "RegulatorMSP", Name: "regulator"}, {MSP: "CarrierMSP", Name: "carrier"},
	}}, client.EndorsedBy("ManufacturerMSP", "CarrierMSP"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, client.StageSubmit, failed.Stage)
	require.ErrorContains(t, err, "FORBIDDEN")
	require.False(t, failed.Retry)
}

func TestTooFewEndorsementsAreFoundInvalid(t *testing.T) {
	c := founded(t)
	_, _, err := client.Call(t.Context(), c.Client(t, "manufacturer", "operator"), api.RegisterDevice, logger("13"), client.EndorsedBy("ManufacturerMSP"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "ENDORSEMENT_POLICY_FAILURE", failed.Validation)
	require.False(t, failed.Retry)
}

func TestAQueryIsNotSubmitted(t *testing.T) {
	c := founded(t)
	height := c.Ledger().Height()
	_, _, err := c.Client(t, "manufacturer", "operator").Submit(t.Context(), client.Invocation{Function: api.Organisation.Function, Request: []byte(`{}`)})
	require.ErrorContains(t, err, "only reads")
	require.Equal(t, height, c.Ledger().Height())
}

func TestWhatIsPrivateIsHandedToNamedMembersOnly(t *testing.T) {
	c := founded(t)
	height := c.Ledger().Height()
	_, _, err := client.Call(t.Context(), c.Client(t, "manufacturer", "operator"), api.WriteConfidential,
		confidential.WriteRequest{With: []string{"CarrierMSP"}}, client.WithTransient([]byte(`{}`)))
	require.ErrorContains(t, err, "name the members")
	require.Equal(t, height, c.Ledger().Height())
}

func TestARecordWrittenAgainIsKnown(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	subject := shipmenttest.Object(shipmenttest.Manufacturer, "V1")
	record, err := client.NewRecord(collections.Terms{Price: "1"}, subject)
	require.NoError(t, err)
	_, err = operator.WriteConfidential(t.Context(), record, "CarrierMSP")
	require.NoError(t, err)
	_, err = operator.WriteConfidential(t.Context(), record, "CarrierMSP")
	require.ErrorIs(t, err, fault.AlreadyRecorded)
}

func TestATransactionWhoseAnswerCannotBeReadIsNotLost(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	height := c.Ledger().Height()
	newer := api.Declared[participant.RegisterDeviceRequest, []string]{Function: api.RegisterDevice.Function}
	_, receipt, err := client.Call(t.Context(), operator, newer, logger("18"))
	var unread *client.AnswerError
	require.ErrorAs(t, err, &unread)
	require.Equal(t, height, unread.Receipt.Block)
	require.Equal(t, receipt, unread.Receipt)
	require.ErrorContains(t, err, receipt.Transaction)

	query := api.Declared[participant.ReadDeviceRequest, []string]{Function: api.Device.Function}
	_, _, err = client.Call(t.Context(), operator, query, participant.ReadDeviceRequest{ID: logger("18").ID})
	require.ErrorAs(t, err, &unread)
	require.Nil(t, unread.Receipt)
}
