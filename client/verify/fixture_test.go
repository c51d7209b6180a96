package verify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	asked     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	later     = asked.Add(24 * time.Hour)
	twoOf3    = verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}}
	aQuery    = &api.Function{Contract: "thing", Name: "Look", Kind: api.Query}
	another   = &api.Function{Contract: "thing", Name: "Stare", Kind: api.Query}
	anUpdate  = &api.Function{Contract: "thing", Name: "Move", Kind: api.Update}
	aPrivate  = &api.Function{Contract: "thing", Name: "Hide", Kind: api.Private}
	functions = []*api.Function{aQuery, another, anUpdate, aPrivate}
	readKey   = ledger.NewKey("thing", "1")
	aResult   = memledger.Results{Reads: []memledger.Read{{Key: readKey, Version: &memledger.Version{Block: 4, Tx: 1}}}}
)

// claim is one that verifies.
func claim(t *testing.T, c *clienttest.Consortium) clienttest.Claim {
	return clienttest.Claim{
		Function: "thing:Look", Request: `{"id":"1"}`, Result: `{"id":"1","where":"<here>"}`, Time: asked,
		By: []*clienttest.Identity{peerOf(t, c, "manufacturer"), peerOf(t, c, "carrier")}, Results: aResult,
	}
}

func peerOf(t *testing.T, c *clienttest.Consortium, organisation string) *clienttest.Identity {
	identity, err := c.Peer(organisation)
	require.NoError(t, err)
	return identity
}

func state(t *testing.T, c *clienttest.Consortium, claim clienttest.Claim) *evidence.Statement {
	s, err := c.State(claim)
	require.NoError(t, err)
	return s
}

func verifier(t testing.TB, roots *verify.Roots, options ...verify.Option) *verify.Verifier {
	v, err := verify.New(roots, options...)
	require.NoError(t, err)
	return v.Knowing(functions...)
}

// failedAt asserts that a report is not verified, and that a check is among
// those that failed.
func failedAt(t *testing.T, report *verify.Report, name verify.Name) {
	t.Helper()
	require.False(t, report.Verified(), "%s", report)
	for _, c := range report.Failures() {
		if c.Name == name {
			return
		}
	}
	t.Fatalf("%s did not fail:\n%s", name, report)
}
