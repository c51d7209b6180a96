package determinism_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
)

// notary attests answers of the script.
type notary struct {
	consortium *clienttest.Consortium
	listed     map[string]int // lists with entries, by the function's name
}

func newNotary(t *testing.T) *notary {
	return &notary{consortium: clienttest.New(t), listed: map[string]int{}}
}

// attest checks that what honest endorsers would sign of a query holds against what
// they read; and that of a list, it does not once a key more was found than the
// answer tells, or one less.
func (n *notary) attest(t *testing.T, f *api.Function, who person, request []byte, o outcome) {
	t.Helper()
	claim := clienttest.Claim{Function: f.FullName(), Request: string(request), Result: string(o.Response), Time: Begin, Results: o.Results}
	peer, err := n.consortium.Peer(who.MSP)
	require.NoError(t, err)
	claim.By, claim.Asker = []*clienttest.Identity{peer}, peer
	require.Empty(t, n.failures(t, claim), "%s %s: %s", f.FullName(), request, o.Response)
	if !verify.Lists(f.FullName()) {
		return
	}
	for i := range o.Results.Ranges {
		if r := o.Results.Ranges[i]; len(r.Reads) > 0 && n.tells(t, claim, i) {
			n.listed[f.FullName()]++
		}
	}
}

// tells tells whether a list is held against a range: an entry less, or one more,
// then fails.
func (n *notary) tells(t *testing.T, claim clienttest.Claim, at int) bool {
	t.Helper()
	one := claim.Results.Ranges[at]
	changed := func(reads []memledger.Read, last ledger.Key) []verify.Check {
		claim := claim
		claim.Results.Ranges = slices.Clone(claim.Results.Ranges)
		claim.Results.Ranges[at].Reads, claim.Results.Ranges[at].Last = reads, last
		return n.failures(t, claim)
	}
	end := len(one.Reads)
	more := append(slices.Clone(one.Reads), memledger.Read{Key: one.Reads[end-1].Key + "x\x00", Version: &memledger.Version{Block: 9}})
	less := one.Reads[:end-1]
	foundMore, foundLess := changed(more, ""), changed(less, "")
	if len(foundMore) == 0 && len(foundLess) == 0 {
		return false // another range of the same answer
	}
	for _, found := range [][]verify.Check{foundMore, foundLess} {
		require.NotEmpty(t, found, "%s", claim.Function)
		require.Equal(t, verify.CheckRanges, found[0].Name)
	}
	return true
}

// failures are the checks that evidence of a claim fails, other than by whom it is.
func (n *notary) failures(t *testing.T, claim clienttest.Claim) []verify.Check {
	t.Helper()
	s, err := n.consortium.State(claim)
	require.NoError(t, err)
	for _, r := range claim.Results.Ranges {
		if len(r.Reads) <= 50 {
			continue
		}
		var entries []evidence.Entry
		for _, read := range r.Reads {
			entries = append(entries, evidence.Entry{Key: string(read.Key), Version: evidence.Version{Block: read.Version.Block, Transaction: read.Version.Tx}})
		}
		s.Listed = append(s.Listed, entries)
	}
	return verify.Content(s).Failures()
}
