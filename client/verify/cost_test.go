package verify_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// twinClaim is an answer about an object, as they are on the ledger, by three
// organisations.
func twinClaim(t testing.TB, c *clienttest.Consortium) clienttest.Claim {
	claim := clienttest.Claim{
		Function: api.Twin.FullName(), Request: `{"id":"/01/09506000134352/21/V1"}`, Time: asked,
		Result: `{"v":2,"id":"/01/09506000134352/21/V1","state":"active","custodian":"CarrierMSP","owner":"ManufacturerMSP","place":"/414/9506000134369","disposition":"in_transit","lot":"L1","expires":"2027-06-30","events":4,"changed":4,"commissionedBy":"ManufacturerMSP","commissioned":"2026-02-28T08:00:00Z","occurred":"2026-03-01T08:00:00Z","updated":"2026-03-01T08:00:01Z","class":"/01/09506000134352"}`,
		Results: memledger.Results{Reads: []memledger.Read{
			{Key: ledger.NewKey("recallhead", "/01/09506000134352")},
			{Key: ledger.NewKey("recallhead", "/01/09506000134352/10/L1")},
			{Key: product.TwinKey("/01/09506000134352/21/V1"), Version: &memledger.Version{Block: 12, Tx: 3}},
		}, Ranges: []memledger.RangeRead{{Prefix: ledger.NewKey("suspect", "/01/09506000134352/21/V1")}}},
	}
	for _, organisation := range []string{"manufacturer", "carrier", "retailer"} {
		peer, err := c.Peer(organisation)
		require.NoError(t, err)
		claim.By = append(claim.By, peer)
	}
	return claim
}

// BenchmarkVerification holds what verification costs against the bare checks of
// the signatures in the same evidence: "signatures" is the measure, "verify" and
// "read" are to be at most 1.3 times that.
func BenchmarkVerification(b *testing.B) {
	c := clienttest.New(b)
	s, err := c.State(twinClaim(b, c))
	require.NoError(b, err)
	file, err := s.Encode()
	require.NoError(b, err)
	v := verifier(b, c.Roots(), nil...)
	report := v.Verify(s, twoOf3, later)
	require.True(b, report.Verified(), "%s", report)
	b.Run("signatures", func(b *testing.B) {
		var keys []*ecdsa.PublicKey
		for _, e := range s.Endorsements {
			identity, err := e.Identity()
			require.NoError(b, err)
			keys = append(keys, identity.Certificate.PublicKey.(*ecdsa.PublicKey))
		}
		b.ReportAllocs()
		for b.Loop() {
			for i, e := range s.Endorsements {
				digest := sha256.New()
				digest.Write(s.Payload)
				digest.Write(e.Endorser)
				if !ecdsa.VerifyASN1(keys[i], digest.Sum(nil), e.Signature) {
					b.Fatal("a bad signature")
				}
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !v.Verify(s, twoOf3, later).Verified() {
				b.Fatal("not verified")
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		b.ReportMetric(float64(len(file)), "bytes")
		for b.Loop() {
			read, err := evidence.Decode(file)
			if err != nil || !v.Verify(read, twoOf3, later).Verified() {
				b.Fatal("not verified")
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !verifier(b, c.Roots()).Verify(s, twoOf3, later).Verified() {
				b.Fatal("not verified")
			}
		}
	})
}
