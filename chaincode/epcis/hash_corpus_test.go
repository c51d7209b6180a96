package epcis_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

type hashPair struct {
	ID        string   `json:"id"`
	File      string   `json:"case_file"`
	Format    string   `json:"format"`
	Index     int      `json:"event_index"`
	Hash      string   `json:"hash_cbv20"`
	PreHash   string   `json:"prehash_cbv20"`
	Published bool     `json:"cbv20_published_2026"`
	Defects   []string `json:"reference_defects"`
}

// hashedContext is an @context that the reference hashed by mistake: a declaration of
// an event's own, which it does not know for what it is.
var hashedContext = regexp.MustCompile(`@context([a-z0-9]+)=(https?://[^/]+/(?:epcis/)?)`)

// mended is the string that the reference would hash without that mistake: what is
// declared is not hashed, and the names it is for are written out (rules 3 and 8).
func mended(preHash string) string {
	for _, m := range hashedContext.FindAllStringSubmatch(preHash, -1) {
		preHash = strings.ReplaceAll(strings.Replace(preHash, m[0], "", 1), m[1]+":", "{"+m[2]+"}")
	}
	return preHash
}

// Every event hash of the corpus agrees, published and computed ones. Those that the
// corpus itself calls defects of the reference agree once the defect is taken out.
func TestEventHashAgreesWithPublishedVectors(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "hash", "pairs.json"))
	require.NoError(t, err)
	var pairs []hashPair
	require.NoError(t, json.Unmarshal(data, &pairs))
	agreed, published, mendedOnes := 0, 0, 0
	for _, p := range pairs {
		t.Run(p.ID, func(t *testing.T) {
			doc := readAny(t, corpus(t, "hash", filepath.FromSlash(p.File)))
			require.Less(t, p.Index, len(doc.Events))
			pre, err := doc.Events[p.Index].PreHash()
			require.NoError(t, err)
			if slices.Contains(p.Defects, "event_level_context_hashed") {
				require.NotEqual(t, p.PreHash, mended(p.PreHash))
				require.Equal(t, mended(p.PreHash), pre)
				mendedOnes++
				return
			}
			require.Equal(t, p.PreHash, pre)
			id, err := doc.Events[p.Index].HashID()
			require.NoError(t, err)
			require.Equal(t, p.Hash, id)
			agreed++
			if p.Published {
				published++
			}
		})
	}
	t.Logf("%d of %d hash vectors agree, %d of them published upstream; %d not covered, which hash a declaration of names, "+
		"agree but for that", agreed, len(pairs), published, mendedOnes)
	require.Equal(t, len(pairs), agreed+mendedOnes, "every vector is counted")
}

// readAny reads a case, which must be valid.
func readAny(t testing.TB, path string) *epcis.Document {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	doc, _, err := epcis.ReadAny(bytes.NewReader(data), epcis.Limits{})
	require.NoError(t, err)
	return doc
}

// All events of a file in expected_equal say the same in other words, and so have one
// hash, the published one.
func TestEventHashDoesNotDependOnSpelling(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "hash", "expected_equal.json"))
	require.NoError(t, err)
	var cases []struct {
		File    string `json:"file"`
		Events  int    `json:"n_events"`
		Hash    string `json:"hash_cbv20"`
		PreHash string `json:"prehash_cbv20"`
	}
	require.NoError(t, json.Unmarshal(data, &cases))
	events := 0
	for _, c := range cases {
		t.Run(c.File, func(t *testing.T) {
			doc := readAny(t, corpus(t, "hash", filepath.FromSlash(c.File)))
			require.Len(t, doc.Events, c.Events)
			for i := range doc.Events {
				pre, err := doc.Events[i].PreHash()
				require.NoError(t, err)
				require.Equal(t, c.PreHash, pre, "event %d", i)
				id, err := doc.Events[i].HashID()
				require.NoError(t, err)
				require.Equal(t, c.Hash, id)
				events++
			}
		})
	}
	t.Logf("%d files, %d events agree", len(cases), events)
}
