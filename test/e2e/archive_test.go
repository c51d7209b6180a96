package e2e_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/condition"
)

func archivedReadings(t *testing.T, w world) {
	s, begun := newSensor(t, w, manufacturer), time.Now().Add(-time.Hour).Truncate(time.Second)
	goods := objects(1)
	must(t, w, manufacturer, commission(goods))
	policy := upTo8(t, w, time.Minute, func(c *condition.Consequences) { c.Archive = true })
	watch(t, w, manufacturer, policy, begun, goods, s)
	first, second := s.seal(begun, 40, 41), s.seal(begun.Add(2*time.Minute), 42)
	recorded := mustRecord(t, w, first, second)
	require.True(t, recorded.Recordings[1].Archived)
	for _, organisation := range []string{manufacturer, carrier, retailer} {
		eventually(t, func(ctx context.Context) error {
			found, err := w.client(t, organisation, "operator").Readings(ctx, s.id, 1)
			if err == nil {
				require.Equal(t, first.Bytes(), found.Bytes())
			}
			return err
		})
	}
	_, err := w.client(t, regulator, "auditor").Readings(t.Context(), s.id, 1)
	require.Error(t, err, "a reader is no member")
}

// Archived readings are with those who trade, and in no block: neither the
// regulator nor the orderer has them.
func TestArchivedReadingsAreWithThoseWhoTrade(t *testing.T) {
	r := start(t)
	s, begun, goods := newSensor(t, r, manufacturer), time.Now().Add(-time.Hour).Truncate(time.Second), objects(1)
	must(t, r, manufacturer, commission(goods))
	policy := upTo8(t, r, time.Minute, func(c *condition.Consequences) { c.Archive = true })
	watch(t, r, manufacturer, policy, begun, goods, s)
	values := make([]int64, 200)
	for i := range values {
		values[i] = int64(i*i%37 + 20)
	}
	recording := s.seal(begun, values[:50]...)
	recorded := mustRecord(t, r, recording)
	canary := recording.Bytes()[len(recording.Bytes())-40:] // readings, of which no record holds a part
	eventually(t, func(ctx context.Context) error {
		_, err := r.client(t, retailer, "operator").Readings(ctx, s.id, 1)
		return err
	})
	require.NotContains(t, string(blocks(t, r, recorded.Block)), string(canary), "the readings are in a block")
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(r.network.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // a file that a node has just removed
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, canary) {
			relative, err := filepath.Rel(r.network.Dir(), path)
			require.NoError(t, err)
			found[owner(relative)] = true
		}
		return nil
	}))
	require.NotEmpty(t, found, "the search finds nothing, not even where the readings are: it proves nothing")
	for _, organisation := range []string{manufacturer, carrier, retailer} {
		delete(found, organisation)
	}
	require.Empty(t, found, "the readings are where they should not be")
}
