package confidential_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// A manifest whose content is not there is not published: the record would be kept for
// ever, by the hash of nothing.
func TestAManifestWithoutItsContentIsNotPublished(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	require.NoError(t, w.Ledger.Update(w.proposal(Manufacturer), func(tx *ledger.Tx) error {
		return tx.Purge(pair, ledger.NewKey("content", d.ID))
	}), "as two members with altered chaincode could")
	_, err = do(w, api.PublishConfidential, Manufacturer, ledger.RoleOperator, confidential.PublishRequest{Manifest: read.Manifest}, nil)
	require.ErrorIs(t, err, fault.NotFound)
}

// stale is a peer whose private values are not those on the ledger.
type stale struct{ ledger.Backend }

func (s stale) GetPrivate(collection string, key ledger.Key) ([]byte, error) {
	value, err := s.Backend.GetPrivate(collection, key)
	return bytes.Replace(value, []byte(canary), []byte("other"), 1), err
}

func TestAValueThatIsNotTheOneOnTheLedgerIsRefused(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	sim := w.Ledger.Simulate(w.proposal(Manufacturer), Manufacturer)
	_, err := api.ReadConfidential.Execute(stale{sim}, encoded(t, confidential.ReadRequest{With: withRetailer, ID: d.ID}))
	require.ErrorIs(t, err, fault.HashMismatch)
	require.Contains(t, err.Error(), "not the one on the ledger")
}

func TestTheSameFieldsInAnotherOrderAreAnotherRecord(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	d.Fields = slices.Clone(d.Fields)
	slices.Reverse(d.Fields)
	_, err := w.write(d)
	require.ErrorIs(t, err, fault.AlreadyExists)
}

func TestAVersionIsCountedFromOne(t *testing.T) {
	w := newWorld(t)
	d := draft(t)
	w.mustWrite(d)
	read, err := w.read(d.ID)
	require.NoError(t, err)
	for _, version := range []int{-1, 0, 1} {
		m := read.Manifest
		m.Version, m.Replaces = version, salt(t)
		require.ErrorIs(t, m.Check(), fault.InvalidRequest)
	}
}
