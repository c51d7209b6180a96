package privacy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/collections"
	"github.com/countersign-ledger/countersign/test/privacy/internal/deed"
)

// A channel need not have a collection of everybody with everybody: here carrier and
// retailer share none of two, and the carrier discloses nothing to the regulator.
// Fabric says so in words only, which differ from call to call.
func TestACollectionThatTheChannelDoesNotHaveIsNotFound(t *testing.T) {
	w := start(t)
	undefined := stored{draft: draft(t, "terms", map[string]string{"/price": "12.5"}), owner: carrier, members: []string{carrier, retailer}}
	three := w.write(t, draft(t, "terms", map[string]string{"/price": "12.5"}), carrier, manufacturer, retailer)
	w.publish(t, three)
	undefined.manifest = three.manifest
	undefined.manifest.ID, undefined.manifest.Members = undefined.draft.ID, []string{carrierMSP, retailerMSP}

	for name, c := range map[string]struct {
		call  call
		peers []string
	}{
		"written":   {w.writing(t, undefined), []string{carrierMSP, retailerMSP}},
		"read":      {w.reading(t, undefined, carrier), []string{carrierMSP}},
		"purged":    {w.purging(t, undefined), []string{carrierMSP, retailerMSP}},
		"published": {undefined.publishing(t), []string{carrierMSP, retailerMSP, manufacturerMSP}},
		"disclosed": {w.requesting(t, three, regulator, "undefined", "/price"), []string{carrierMSP, retailerMSP, manufacturerMSP}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, peer := range c.peers {
				c.call.endorsers = []string{peer}
				_, err := w.submit(t, c.call)
				requireRefused(t, err, fault.NotFound)
				require.ErrorContains(t, fault.Of(err), "collection")
			}
		})
	}
	// The words, for two calls that ours makes only after others have succeeded.
	at := []deed.Private{{Collection: collections.Relation(carrierMSP, retailerMSP), Key: "key", Value: []byte("value")}}
	for _, deeds := range []deed.Deeds{{Write: at}, {Purge: at}} {
		_, err := w.evaluate(t, call{organisation: carrier, function: metadata, deeds: &deeds, endorsers: []string{carrierMSP}})
		require.ErrorContains(t, err, noCollection)
	}
}
