package verify_test

import (
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestAStatementChangedAnywhereFailsAtItsCheck(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots())
	other := claim(t, c)
	other.Function, other.Request, other.Result = "thing:Stare", `{"id":"2"}`, `{"id":"2"}`
	b := state(t, c, other)
	for name, broken := range map[string]struct {
		change func(s *evidence.Statement)
		check  verify.Name
	}{
		"channel altered":                {func(s *evidence.Statement) { s.Channel = "other" }, verify.CheckChannel},
		"channel removed":                {func(s *evidence.Statement) { s.Channel = "" }, verify.CheckFormat},
		"chaincode altered":              {func(s *evidence.Statement) { s.Chaincode = "other" }, verify.CheckChaincode},
		"function of another":            {func(s *evidence.Statement) { s.Function = b.Function }, verify.CheckFunction},
		"function removed":               {func(s *evidence.Statement) { s.Function = "" }, verify.CheckFormat},
		"request of another":             {func(s *evidence.Statement) { s.Request = b.Request }, verify.CheckRequest},
		"request removed":                {func(s *evidence.Statement) { s.Request = nil }, verify.CheckFormat},
		"request spaced":                 {func(s *evidence.Statement) { s.Request = json.RawMessage(`{ "id":"1"}`) }, verify.CheckFormat},
		"result of another":              {func(s *evidence.Statement) { s.Result = b.Result }, verify.CheckResult},
		"result escaped":                 {func(s *evidence.Statement) { s.Result = json.RawMessage(`{"id":"1","where":"\u003chere\u003e"}`) }, verify.CheckResult},
		"result removed":                 {func(s *evidence.Statement) { s.Result = nil }, verify.CheckFormat},
		"proposal of another":            {func(s *evidence.Statement) { s.Proposal = b.Proposal }, verify.CheckBinding},
		"proposal removed":               {func(s *evidence.Statement) { s.Proposal = nil }, verify.CheckProposal},
		"proposal cut short":             {func(s *evidence.Statement) { s.Proposal = s.Proposal[:len(s.Proposal)-1] }, verify.CheckProposal},
		"proposal twice":                 {func(s *evidence.Statement) { s.Proposal = slices.Repeat(s.Proposal, 2) }, verify.CheckProposal},
		"payload of another":             {func(s *evidence.Statement) { s.Payload = b.Payload }, verify.CheckBinding},
		"payload removed":                {func(s *evidence.Statement) { s.Payload = nil }, verify.CheckBinding},
		"payload twice":                  {func(s *evidence.Statement) { s.Payload = slices.Repeat(s.Payload, 2) }, verify.CheckPayload},
		"both of another":                {func(s *evidence.Statement) { s.Proposal, s.Payload = b.Proposal, b.Payload }, verify.CheckSignature},
		"all but the signatures":         {func(s *evidence.Statement) { e := s.Endorsements; *s = *b; s.Endorsements = e }, verify.CheckSignature},
		"no endorsements":                {func(s *evidence.Statement) { s.Endorsements = nil }, verify.CheckPolicy},
		"one endorsement removed":        {func(s *evidence.Statement) { s.Endorsements = s.Endorsements[1:] }, verify.CheckPolicy},
		"an endorsement twice":           {func(s *evidence.Statement) { s.Endorsements = append(s.Endorsements, s.Endorsements[0]) }, verify.CheckFormat},
		"an endorsement twice, in order": {func(s *evidence.Statement) { s.Endorsements = slices.Insert(s.Endorsements, 0, s.Endorsements[0]) }, verify.CheckFormat},
		"endorsements reordered":         {func(s *evidence.Statement) { slices.Reverse(s.Endorsements) }, verify.CheckFormat},
		"endorsement of another":         {func(s *evidence.Statement) { s.Endorsements[0] = b.Endorsements[0] }, verify.CheckSignature},
		"signature of another":           {func(s *evidence.Statement) { s.Endorsements[0].Signature = b.Endorsements[0].Signature }, verify.CheckSignature},
		"signature of the other":         {func(s *evidence.Statement) { s.Endorsements[0].Signature = s.Endorsements[1].Signature }, verify.CheckSignature},
		"signature removed":              {func(s *evidence.Statement) { s.Endorsements[0].Signature = nil }, verify.CheckSignature},
		"signature longer":               {func(s *evidence.Statement) { s.Endorsements[0].Signature = append(s.Endorsements[0].Signature, 0) }, verify.CheckSignature},
		"signature with higher S":        {func(s *evidence.Statement) { s.Endorsements[0].Signature = higherS(t, s.Endorsements[0].Signature) }, verify.CheckSignature},
		"endorser of the other":          {func(s *evidence.Statement) { s.Endorsements[0].Endorser = s.Endorsements[1].Endorser }, verify.CheckIdentity},
		"endorser removed":               {func(s *evidence.Statement) { s.Endorsements[0].Endorser = nil }, verify.CheckIdentity},
		"msp swapped":                    {func(s *evidence.Statement) { s.Endorsements[0].MSP = "RetailerMSP" }, verify.CheckIdentity},
		"msp removed":                    {func(s *evidence.Statement) { s.Endorsements[0].MSP = "" }, verify.CheckIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			s := state(t, c, claim(t, c))
			broken.change(s)
			failedAt(t, v.Verify(s, twoOf3, later), broken.check)
		})
	}
}

func higherS(t *testing.T, signature []byte) []byte {
	var value struct{ R, S *big.Int }
	_, err := asn1.Unmarshal(signature, &value)
	require.NoError(t, err)
	value.S.Sub(elliptic.P256().Params().N, value.S)
	higher, err := asn1.Marshal(value)
	require.NoError(t, err)
	return higher
}

// What no signature covers is the wrapping of the proposal and, towards the
// reader, the meaning of its bytes: both must have one form only.
func TestEncodingTricksAreRefused(t *testing.T) {
	c := clienttest.New(t)
	v := verifier(t, c.Roots())
	unknown := protowire.AppendVarint(protowire.AppendTag(nil, 99, protowire.VarintType), 1)
	for name, broken := range map[string]struct {
		change func(p *peer.Proposal, h *common.Header) []byte
	}{
		"an unknown field in the proposal": {func(p *peer.Proposal, _ *common.Header) []byte { return append(marshal(t, p), unknown...) }},
		"an unknown field in the header": {func(p *peer.Proposal, _ *common.Header) []byte {
			p.Header = append(p.Header, unknown...)
			return marshal(t, p)
		}},
		"an unknown field in the channel header": {func(p *peer.Proposal, h *common.Header) []byte {
			h.ChannelHeader = append(h.ChannelHeader, unknown...)
			p.Header = marshal(t, h)
			return marshal(t, p)
		}},
		"an extension": {func(p *peer.Proposal, _ *common.Header) []byte {
			p.Extension = []byte("x")
			return marshal(t, p)
		}},
		"a transient map": {func(p *peer.Proposal, _ *common.Header) []byte {
			var payload peer.ChaincodeProposalPayload
			require.NoError(t, proto.Unmarshal(p.GetPayload(), &payload))
			payload.TransientMap = map[string][]byte{"x": []byte("y")}
			p.Payload = marshal(t, &payload)
			return marshal(t, p)
		}},
		"the fields in another order": {func(p *peer.Proposal, _ *common.Header) []byte {
			text := protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), p.GetPayload())
			return protowire.AppendBytes(protowire.AppendTag(text, 1, protowire.BytesType), p.GetHeader())
		}},
		"the header in two pieces, the last of which counts": {func(p *peer.Proposal, _ *common.Header) []byte {
			return append(protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), []byte("other")), marshal(t, p)...)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := state(t, c, claim(t, c))
			var p peer.Proposal
			var h common.Header
			require.NoError(t, proto.Unmarshal(s.Proposal, &p))
			require.NoError(t, proto.Unmarshal(p.GetHeader(), &h))
			s.Proposal = broken.change(&p, &h)
			failedAt(t, v.Verify(s, twoOf3, later), verify.CheckProposal)
		})
	}
	t.Run("a third argument", func(t *testing.T) {
		bad := claim(t, c)
		s := state(t, c, bad)
		var p peer.Proposal
		var payload peer.ChaincodeProposalPayload
		var invocation peer.ChaincodeInvocationSpec
		require.NoError(t, proto.Unmarshal(s.Proposal, &p))
		require.NoError(t, proto.Unmarshal(p.GetPayload(), &payload))
		require.NoError(t, proto.Unmarshal(payload.GetInput(), &invocation))
		input := invocation.GetChaincodeSpec().GetInput()
		input.Args = append(input.Args, []byte("more"))
		payload.Input = marshal(t, &invocation)
		p.Payload = marshal(t, &payload)
		s.Proposal = marshal(t, &p)
		failedAt(t, v.Verify(s, twoOf3, later), verify.CheckProposal)
	})
}

func marshal(t *testing.T, m proto.Message) []byte {
	text, err := proto.Marshal(m)
	require.NoError(t, err)
	return text
}

func FuzzAChangedFileNeverVerifies(f *testing.F) {
	c, err := clienttest.Start()
	if err != nil {
		f.Fatal(err)
	}
	manufacturer, _ := c.Peer("manufacturer")
	carrier, _ := c.Peer("carrier")
	original, err := c.State(clienttest.Claim{
		Function: "thing:Look", Request: `{}`, Result: `{}`, Time: asked, By: []*clienttest.Identity{manufacturer, carrier}, Results: aResult,
	})
	if err != nil {
		f.Fatal(err)
	}
	file, err := original.Encode()
	if err != nil {
		f.Fatal(err)
	}
	v, err := verify.New(c.Roots())
	if err != nil {
		f.Fatal(err)
	}
	v.Knowing(functions...)
	f.Add(0, byte(1), 0)
	f.Add(len(file)-1, byte(8), 2)
	f.Add(200, byte(32), -7)
	f.Fuzz(func(t *testing.T, at int, flip byte, cut int) {
		changed := slices.Clone(file)
		if at >= 0 && at < len(changed) {
			changed[at] ^= flip
		}
		if cut > 0 && cut < len(changed) {
			changed = slices.Delete(changed, cut, min(len(changed), cut+int(flip)))
		}
		s, err := evidence.Decode(changed)
		if err != nil || reflect.DeepEqual(s, original) {
			return
		}
		if v.Verify(s, twoOf3, later).Verified() {
			t.Fatal("a changed file verifies")
		}
	})
}
