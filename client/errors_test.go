package client_test

import (
	"testing"

	pb "github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// refusals is a gateway's error with what organisations said: pairs of MSP id
// and message.
func refusals(code codes.Code, message string, said ...string) error {
	st := status.New(code, message+", see attached details for more info")
	for i := 0; i+1 < len(said); i += 2 {
		with, err := st.WithDetails(protoadapt.MessageV1Of(&pb.ErrorDetail{Address: "peer0:7051", MspId: said[i], Message: said[i+1]}))
		if err != nil {
			panic(err)
		}
		st = with
	}
	return st.Err()
}

// The shapes in which a peer and its gateway hand over what a chaincode said, as
// recorded by fabric-gateway (scenario/features/errors.feature).
func TestAFaultIsFoundInEveryShapeOfAGatewaysError(t *testing.T) {
	held := fault.New(fault.Held, "on hold for breach %s", "b1").AtEvent(2).About("/01/09506000134352/21/V1").Wire()
	gone := fault.New(fault.ObjectEnded, "ended").Wire()
	for name, shape := range map[string]struct {
		step  clienttest.Step
		err   error
		codes []fault.Code
		one   bool // organisations agree
		stage client.Stage
	}{
		"evaluate, in the status": {
			clienttest.Evaluate, refusals(codes.Unknown, "evaluate call to endorser returned error: chaincode response 500, "+held),
			[]fault.Code{fault.Held},
			true, client.StageEvaluate,
		},
		"refused by the first endorser, in its details": {
			clienttest.Endorse, refusals(codes.Aborted, "failed to endorse transaction", "ManufacturerMSP", "chaincode response 500, "+held, "ManufacturerMSP", "chaincode response 500, "+held),
			[]fault.Code{fault.Held},
			true, client.StageEndorse,
		},
		"refused while collecting, bare in a detail": {
			clienttest.Endorse, refusals(codes.Aborted, "failed to collect enough transaction endorsements", "ManufacturerMSP", held, "RetailerMSP", held),
			[]fault.Code{fault.Held},
			true, client.StageEndorse,
		},
		"organisations that refuse for different reasons": {
			clienttest.Endorse, refusals(codes.Aborted, "failed to collect enough transaction endorsements", "ManufacturerMSP", held, "RetailerMSP", gone),
			[]fault.Code{fault.Held, fault.ObjectEnded},
			false, client.StageEndorse,
		},
		"one that refuses, and one that is out of reach": {
			clienttest.Endorse, refusals(codes.Aborted, "failed to collect enough transaction endorsements", "ManufacturerMSP", held, "RetailerMSP", "rpc error: code = Unavailable"),
			[]fault.Code{fault.Held},
			true, client.StageEndorse,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			operator := c.Client(t, "manufacturer", "operator", client.WithTries(1))
			c.Interrupt(clienttest.Interruption{Step: shape.step, Err: shape.err})
			var err error
			if shape.step == clienttest.Evaluate {
				_, err = operator.Device(t.Context(), "/8004/95060001")
			} else {
				_, err = operator.RegisterDevice(t.Context(), logger("1"))
			}
			var failed *client.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, shape.stage, failed.Stage)
			for _, code := range shape.codes {
				require.ErrorIs(t, err, code)
				require.ErrorContains(t, err, string(code))
			}
			require.Equal(t, shape.one, failed.Fault != nil)
			if shape.one {
				index, ok := failed.Fault.EventIndex()
				require.True(t, ok)
				require.Equal(t, 2, index)
			}
		})
	}
}
