package verify_test

import (
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// What is signed is not indented as the file is: it can be nested as deep as it is long.
func TestAnAnswerThatIsNestedAsDeepAsItIsLongIsRefused(t *testing.T) {
	t.Parallel()
	s := stateOf(t, twinClaim(t, consortium(t)))
	var payload peer.ProposalResponsePayload
	var action peer.ChaincodeAction
	require.NoError(t, proto.Unmarshal(s.Payload, &payload))
	require.NoError(t, proto.Unmarshal(payload.GetExtension(), &action))
	const deep = 1_200_000
	for name, result := range map[string]string{
		"a list":            strings.Repeat("[", deep) + strings.Repeat("]", deep),
		"a member":          `{"in":` + strings.Repeat(`{"x":`, deep/4) + "1" + strings.Repeat("}", deep/4+1),
		"without its end":   strings.Repeat("[", 2*deep),
		"in any value":      `{"body":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + `}`,
		"in a known member": `{"through":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			action.Response.Payload = []byte(result)
			payload.Extension, err = proto.Marshal(&action)
			require.NoError(t, err)
			s.Payload, err = proto.Marshal(&payload)
			require.NoError(t, err)
			text, err := s.Encode()
			require.NoError(t, err)
			read, err := evidence.Decode(text)
			require.NoError(t, err)
			failedAt(t, verifier(t, consortium(t).Roots()).Knowing(api.Functions()...).Verify(read, twoOf3, later), verify.CheckResult)
		})
	}
}
