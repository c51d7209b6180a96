package privacy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// Fabric's own words. Nothing of ours stands between an altered chaincode and the
// peer: what refuses here is the collection's definition.
const (
	noRead       = "tx creator does not have read access permission"
	noWrite      = "tx creator does not have write access permission"
	notHere      = "private data matching public hash version is not available"
	noCollection = "could not be found"
)

// The carrier, a stranger to the relation, has altered its chaincode, and so has a
// member. What a member itself gives away, nothing prevents; what a stranger asks
// of it in its own name, the peers refuse.
func TestNobodyReachesIntoARelationOfOthers(t *testing.T) {
	w := start(t)
	s := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), manufacturer, retailer)
	key := string(ledger.NewKey("content", s.draft.ID))
	at := []deed.Private{{Collection: bilateral, Key: key, Value: []byte("forged")}}
	read, write, purge := deed.Deeds{Read: at}, deed.Deeds{Write: at}, deed.Deeds{Purge: at}
	for name, c := range map[string]struct {
		client, peer string
		deeds        deed.Deeds
		refused      string
	}{
		"a stranger reads at its own peer":     {carrier, carrierMSP, read, noRead},
		"a stranger reads at a member's peer":  {carrier, manufacturerMSP, read, noRead},
		"a reader reads at a member's peer":    {regulator, manufacturerMSP, read, noRead},
		"a reader reads at a stranger's peer":  {regulator, carrierMSP, read, noRead},
		"a member reads at a stranger's peer":  {manufacturer, carrierMSP, read, notHere},
		"a stranger writes at its own peer":    {carrier, carrierMSP, write, noWrite},
		"a stranger writes at a member's peer": {carrier, manufacturerMSP, write, noWrite},
		"a stranger purges at a member's peer": {carrier, manufacturerMSP, purge, noWrite},
		"a stranger purges at its own peer":    {carrier, carrierMSP, purge, noWrite},
		"a reader writes at a member's peer":   {regulator, manufacturerMSP, write, noWrite},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.evaluate(t, call{organisation: c.client, function: metadata, deeds: &c.deeds, endorsers: []string{c.peer}})
			require.ErrorContains(t, err, c.refused)
		})
	}
	// The same by the contract's own functions, which name the caller's collections
	// only: whatever it says, a stranger ends up in a relation of its own.
	for _, with := range [][]string{{manufacturerMSP}, {retailerMSP}, {manufacturerMSP, retailerMSP}} {
		for _, peer := range []string{carrierMSP, manufacturerMSP, retailerMSP} {
			_, err := w.evaluate(t, call{
				organisation: carrier, function: "confidential:Read", endorsers: []string{peer},
				request: asJSON(t, map[string]any{"with": with, "id": s.draft.ID}),
			})
			require.Error(t, err)
		}
	}
	w.read(t, s, retailer) // untouched
}
