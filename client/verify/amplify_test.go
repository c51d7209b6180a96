package verify_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// Whoever shows a file needs nobody's signature to have it read: what is small as a
// file must not be large once it is decoded.
func TestAResultOfManyEmptyEntriesIsNotDecoded(t *testing.T) {
	c, err := clienttest.Start()
	require.NoError(t, err)
	s := state(t, c, clienttest.Claim{
		Function: api.Breaches.FullName(), Request: `{"object":"/01/09506000134352/21/V1"}`, Result: `{}`, Time: asked,
		By: []*clienttest.Identity{peerOf(t, c, "manufacturer")},
	})
	var payload peer.ProposalResponsePayload
	var action peer.ChaincodeAction
	require.NoError(t, proto.Unmarshal(s.Payload, &payload))
	require.NoError(t, proto.Unmarshal(payload.GetExtension(), &action))
	for name, entry := range map[string]string{"objects": `,{}`, "nulls": `,null`, "another type": `,0`} {
		t.Run(name, func(t *testing.T) {
			action.Response.Payload = []byte(`{"breaches":[{}` + strings.Repeat(entry, 3_000_000/len(entry)) + `]}`)
			payload.Extension, err = proto.Marshal(&action)
			require.NoError(t, err)
			s.Payload, err = proto.Marshal(&payload)
			require.NoError(t, err)
			text, err := s.Encode()
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			read, err := evidence.Decode(text)
			require.NoError(t, err)
			report := verifier(t, c.Roots()).Knowing(api.Functions()...).Verify(read, twoOf3, later)
			runtime.ReadMemStats(&after)
			require.False(t, report.Verified())
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(60), "MB")
		})
	}
}
