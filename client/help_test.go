package client_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

func TestEveryErrorLeadsToASection(t *testing.T) {
	page, err := os.ReadFile("../docs/errors.md")
	require.NoError(t, err)
	var headings []string
	for _, match := range regexp.MustCompile(`(?m)^### (.+)$`).FindAllStringSubmatch(string(page), -1) {
		headings = append(headings, match[1])
	}
	require.ElementsMatch(t, client.HelpSections(), headings, "each once, and none that nothing leads to")

	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^##+ (.+)$`).FindAllStringSubmatch(string(page), -1) {
		anchors[anchor(heading[1])] = true
	}
	for _, link := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(string(page), -1) {
		require.True(t, anchors[link[1]], "there is no section #%s", link[1])
	}
}

// anchor is how GitHub names a heading.
func anchor(heading string) string {
	return regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(strings.ReplaceAll(strings.ToLower(heading), " ", "-"), "")
}

// What Fabric v3.1 says (internal/pkg/gateway, core/endorser, core/chaincode,
// gossip/service and orderer/common in its sources), whether it is repeated, and
// where it leads.
func TestWhatFabricSaysIsUnderstood(t *testing.T) {
	const endorsing = "failed to endorse transaction"
	const collecting = "failed to collect enough transaction endorsements"
	for name, c := range map[string]struct {
		step  clienttest.Step
		err   error
		help  string
		again bool
	}{
		"overloaded": {clienttest.Endorse, status.Error(codes.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)"), "too-many-requests", true},
		"another peer is overloaded": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "rpc error: code = Unknown desc = too many requests for /protos.Endorser, exceeding concurrency limit (2500)"),
			"too-many-requests", true,
		},
		"chaincode killed": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "error in simulation: failed to execute transaction 389b: error sending: chaincode stream terminated"),
			"the-chaincode-has-stopped-or-is-starting", true,
		},
		"chaincode down, in a query": {
			clienttest.Evaluate, refusals(codes.Aborted, "failed to evaluate transaction", "ManufacturerMSP", "error in simulation: failed to execute transaction 389b: could not launch chaincode countersign:1: connection to 127.0.0.1:9999 failed"),
			"the-chaincode-has-stopped-or-is-starting", true,
		},
		"chaincode slow": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "error in simulation: failed to execute transaction 389b: timeout expired while executing transaction"),
			"the-chaincode-took-too-long", false,
		},
		"chaincode slow at one peer, and another just gone": {
			clienttest.Endorse, refusals(codes.Aborted, collecting, "CarrierMSP", "error in simulation: failed to execute transaction 389b: timeout expired while executing transaction",
				"CarrierMSP", "rpc error: code = Canceled desc = grpc: the client connection is closing"),
			"the-chaincode-took-too-long", false,
		},
		"private data": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "error in simulation: failed to distribute private collection, txID 389b, channel trade: could not build private data dissemination plan"),
			"private-data-could-not-be-distributed", true,
		},
		"upgrade": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "error in simulation: chaincode cache at sequence 1 but current sequence is 2, chaincode definition for 'countersign' changed during invoke"),
			"the-chaincode-is-being-upgraded", true,
		},
		"a peer out of reach": {
			clienttest.Endorse, refusals(codes.Aborted, collecting, "RetailerMSP", "rpc error: code = Unavailable desc = connection error"),
			"out-of-reach", true,
		},
		"a peer that takes long (fabric-gateway#278)": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "RetailerMSP", "rpc error: code = DeadlineExceeded desc = context deadline exceeded"),
			"a-peer-took-too-long", false,
		},
		"an organisation's clock, while others endorsed": {
			clienttest.Endorse, refusals(codes.Aborted, collecting, "RetailerMSP", "request unauthorized due to incorrect timestamp"),
			"the-clock-is-wrong", false,
		},
		"unknown words": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "RetailerMSP", "something new"),
			"failed-to-endorse-transaction-see-attached-details", false,
		},
		"several reasons": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "RetailerMSP", fault.New(fault.Held, "x").Wire(), "CarrierMSP", fault.New(fault.Closed, "x").Wire()),
			"organisations-said-different-things", false,
		},
		"mismatch": {clienttest.Endorse, refusals(codes.Aborted, collecting, "RetailerMSP", "ProposalResponsePayloads do not match"), "peers-answered-differently", true},
		"too few peers": {
			clienttest.Endorse, status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: no peer combination can satisfy the endorsement policy"),
			"no-combination-of-peers", true,
		},
		"peers down": {
			clienttest.Endorse, status.Error(codes.FailedPrecondition, "failed to select a set of endorsers that satisfy the endorsement policy due to unavailability of peers: [x]"),
			"no-combination-of-peers", true,
		},
		"no chaincode": {
			clienttest.Endorse, status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode x in channel y"),
			"no-such-chaincode", false,
		},
		"clock": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "rpc error: code = Unknown desc = request unauthorized due to incorrect timestamp 2026-03-01T12:00:00Z, peer time 2026-03-01T13:00:00Z, peer.authentication.timewindow 15m0s"),
			"the-clock-is-wrong", false,
		},
		"stranger": {
			clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "rpc error: code = Unknown desc = error validating proposal: access denied: channel [trade] creator org [XMSP]"),
			"access-denied", false,
		},
		"transient": {
			clienttest.Endorse, status.Error(codes.FailedPrecondition, "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data"),
			"transient-data-needs-named-organisations", false,
		},
		"large answer":              {clienttest.Endorse, status.Error(codes.ResourceExhausted, "grpc: received message larger than max (20000000 vs. 16777216)"), "message-larger-than-max", false},
		"no gateway":                {clienttest.Endorse, status.Error(codes.Unavailable, "connection refused"), "out-of-reach", true},
		"time-out of a query":       {clienttest.Evaluate, status.Error(codes.DeadlineExceeded, "evaluate timeout expired"), "time-out-while-a-query-ran", false},
		"time-out of endorsement":   {clienttest.Endorse, status.Error(codes.DeadlineExceeded, "endorsement timeout expired while collecting endorsements"), "time-out-while-endorsing", false},
		"cancelled":                 {clienttest.Endorse, status.Error(codes.Canceled, "context canceled"), "the-caller-has-gone", false},
		"permission":                {clienttest.Evaluate, status.Error(codes.PermissionDenied, "no"), "access-denied", false},
		"something else":            {clienttest.Endorse, status.Error(codes.DataLoss, "no"), "anything-else", false},
		"orderer: not a writer":     {clienttest.Submit, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=FORBIDDEN, info=permission denied"), "forbidden", false},
		"orderer: malformed":        {clienttest.Submit, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=BAD_REQUEST, info=error"), "bad_request", false},
		"orderer: too large":        {clienttest.Submit, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=BAD_REQUEST, info=message payload is 11000000 bytes and exceeds maximum allowed 10485760 bytes"), "request_entity_too_large", false},
		"orderer: another channel":  {clienttest.Submit, status.Error(codes.Aborted, "received unsuccessful response from orderer: status=NOT_FOUND, info=channel"), "not_found", false},
		"a refusal":                 {clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "chaincode response 500, "+fault.New(fault.Held, "too many requests for x").Wire()), "held", false},
		"a refusal of another make": {clienttest.Endorse, refusals(codes.Aborted, endorsing, "ManufacturerMSP", "chaincode response 500, "+fault.New(fault.Code("New"), "x").Wire()), "anything-else", false},
	} {
		t.Run(name, func(t *testing.T) {
			co := founded(t)
			operator := co.Client(t, "manufacturer", "operator", client.WithTries(1))
			co.Interrupt(clienttest.Interruption{Step: c.step, Err: c.err})
			var err error
			if c.step == clienttest.Evaluate {
				_, err = operator.Organisation(t.Context(), "CarrierMSP")
			} else {
				_, _, err = client.Call(t.Context(), operator, api.RegisterDevice, logger("60"))
			}
			var failed *client.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, "docs/errors.md#"+c.help, failed.Help())
			require.Equal(t, failed.Help(), client.Help(fmt.Errorf("wrapped: %w", err)))
			require.Equal(t, c.again, failed.Retry)
		})
	}
}

func TestWhatIsNoErrorOfACallLeadsSomewhereToo(t *testing.T) {
	require.Empty(t, client.Help(nil))
	require.Equal(t, "docs/errors.md", client.Help(errors.New("x")))
	require.Equal(t, "docs/errors.md#held", client.Help(fault.New(fault.Held, "x")))
	require.Equal(t, "docs/errors.md#held", client.Help(fmt.Errorf("x: %w", fault.Held)))
	require.Equal(t, "docs/errors.md#outcome-unknown", client.Help(&client.OutcomeUnknownError{}))
	require.Equal(t, "docs/errors.md#an-answer-that-cannot-be-read", client.Help(&client.AnswerError{}))
	for section, err := range map[string]error{
		"another-version-of-the-chaincode":         &client.VersionError{},
		"the-gateway-returned-another-transaction": fmt.Errorf("x: %w", client.ErrOtherTransaction),
		"no-key-to-sign-with":                      client.ErrNoKey,
		"connecting":                               errors.Join(&client.ConnectError{}),
		"a-peer-has-another-history":               &client.ForkError{},
		"a-corrupt-block":                          &client.CorruptBlockError{},
		"a-record-that-cannot-be-read":             &client.RecordError{},
		"a-handler-failed":                         &client.HandlerError{},
		"a-checkpoint-that-cannot-be-used":         client.ErrCheckpointMoved,
		"a-stream-of-blocks-ended":                 &client.StreamError{},
		"a-breach-has-not-been-spread":             &client.SpreadError{},
		"a-caller-who-left-a-group":                &client.LeftError{},
		"an-event-that-a-group-held-back":          &client.HeldBackError{},
		"a-group-that-is-closed":                   client.ErrGroupClosed,
		"evidence-does-not-show-it":                &client.ProofError{},
	} {
		require.Equal(t, "docs/errors.md#"+section, client.Help(err))
	}
	require.Equal(t, "OK", client.CodeOf(nil))
	require.Equal(t, "OutcomeUnknown", client.CodeOf(&client.OutcomeUnknownError{}))
	require.Equal(t, "Held", client.CodeOf(fmt.Errorf("x: %w", fault.Held)))
	require.Equal(t, "Other", client.CodeOf(errors.New("secret")))
	require.Equal(t, "Other", client.CodeOf(&client.Error{Validation: "secret"}))
	require.Equal(t, "docs/errors.md#anything-else", client.Help(&client.Error{Validation: "secret"}))
}

func TestAnErrorTellsWhichEventAndWhere(t *testing.T) {
	c := founded(t)
	held := fault.New(fault.Held, "x").AtEvent(3).About("/01/09506000134352/21/V1").At("/epcisBody/eventList/3").Wire()
	c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", held)})
	_, err := c.Client(t, "manufacturer", "operator").RegisterDevice(t.Context(), logger("61"))
	var failed *client.Error
	require.ErrorAs(t, err, &failed)
	index, ok := failed.EventIndex()
	require.True(t, ok)
	require.Equal(t, 3, index)
	require.Equal(t, "/01/09506000134352/21/V1", failed.EPC())
	require.Equal(t, "/epcisBody/eventList/3", failed.Field())
	require.Equal(t, "Held", failed.Code())
	none := &client.Error{}
	_, ok = none.EventIndex()
	require.False(t, ok)
	require.Empty(t, none.EPC()+none.Field())
}
