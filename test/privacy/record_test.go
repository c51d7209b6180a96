package privacy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// must has a call endorsed and committed as soon as the peers agree, and returns
// what it answered.
func (w *world) must(t *testing.T, c call) (answer []byte, block uint64) {
	t.Helper()
	soon(t, func(ctx context.Context) error {
		transaction, err := w.endorse(t, c)
		if err != nil {
			return err
		}
		sent, err := transaction.SubmitWithContext(ctx)
		if err != nil {
			return err
		}
		status, err := sent.StatusWithContext(ctx)
		if err == nil && !status.Successful {
			err = fmt.Errorf("%s: %s", c.function, status.Code)
		}
		if err == nil {
			answer, block = transaction.Result(), status.BlockNumber
		}
		return err
	})
	return answer, block
}

// endorse has a call endorsed, and keeps account of those that are not by all.
func (w *world) endorse(t *testing.T, c call) (*gateway.Transaction, error) {
	t.Helper()
	proposal := w.proposal(t, c)
	transaction, err := proposal.EndorseWithContext(t.Context())
	if err != nil {
		w.abandoned = append(w.abandoned, proposal.TransactionID())
	}
	return transaction, err
}

// settled leaves out what is in transient stores of transactions that were never
// submitted: TestAPurgeReachesWhatAnInvalidTransactionLeftAndNoTransientStore says
// how long that stays. A peer that was stopped a moment ago is still counted upon to
// take private data, which fails an endorsement after it was stored.
func (w *world) settled(t *testing.T, found search.Findings) search.Findings {
	t.Helper()
	kept := found.Where(func(f search.Finding) bool {
		return filepath.Base(f.Store) != "transientstore" ||
			!slices.ContainsFunc(w.abandoned, func(id string) bool { return strings.Contains(f.Key, id) })
	})
	if n := len(found) - len(kept); n > 0 {
		t.Logf("%d entries in transient stores of transactions that were never submitted", n)
	}
	return kept
}

// ask evaluates a query as soon as it can be answered.
func (w *world) ask(t *testing.T, c call) (answer []byte) {
	t.Helper()
	soon(t, func(context.Context) (err error) {
		answer, err = w.evaluate(t, c)
		return err
	})
	return answer
}

// soon is eventually for what takes no restart: a peer may be a block behind.
func soon(t *testing.T, act func(context.Context) error) {
	t.Helper()
	var err error
	for range 60 {
		if err = act(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	require.NoError(t, err)
}

// stored is a private record, with all that its owner knows of it.
type stored struct {
	draft    confidential.Draft
	owner    string   // organisations, by name
	members  []string // the owner among them
	manifest confidential.Manifest
}

// with are the other members than one, by MSP id.
func (s stored) with(organisation string) []string {
	var others []string
	for _, m := range s.members {
		if m != organisation {
			others = append(others, msps[m])
		}
	}
	slices.Sort(others)
	return others
}

func (s stored) endorsers() []string { return append(s.with(s.owner), msps[s.owner]) }

// field returns a field of the record by its name.
func (s stored) field(t *testing.T, name string) selective.Field {
	t.Helper()
	i := slices.IndexFunc(s.draft.Fields, func(f selective.Field) bool { return f.Name == name })
	require.GreaterOrEqual(t, i, 0)
	return s.draft.Fields[i]
}

// draft makes a record with salts, a decoy among its fields.
func draft(t *testing.T, kind string, fields map[string]string) confidential.Draft {
	t.Helper()
	d := confidential.Draft{V: 1, ID: randomText(t), Kind: kind, Fields: []selective.Field{{Salt: randomText(t)}}}
	for name, value := range fields {
		d.Fields = append(d.Fields, selective.Field{Name: name, Value: value, Salt: randomText(t)})
	}
	return d
}

func (w *world) writing(t *testing.T, s stored) call {
	t.Helper()
	return call{
		organisation: s.owner, function: "confidential:Write", request: asJSON(t, map[string]any{"with": s.with(s.owner)}),
		transient: map[string][]byte{confidential.TransientRecord: []byte(asJSON(t, s.draft))}, endorsers: s.endorsers(),
	}
}

// write puts a record into its members' collection and reads it back.
func (w *world) write(t *testing.T, d confidential.Draft, owner string, others ...string) stored {
	t.Helper()
	s := stored{draft: d, owner: owner, members: append([]string{owner}, others...)}
	w.must(t, w.writing(t, s))
	for _, member := range s.members {
		s.manifest = w.read(t, s, member).Manifest
	}
	return s
}

func (w *world) reading(t *testing.T, s stored, member string) call {
	t.Helper()
	return call{
		organisation: member, user: "auditor", function: "confidential:Read", endorsers: []string{msps[member]},
		request: asJSON(t, map[string]any{"with": s.with(member), "id": s.draft.ID}),
	}
}

func (w *world) read(t *testing.T, s stored, member string) confidential.ReadResponse {
	t.Helper()
	var response confidential.ReadResponse
	require.NoError(t, json.Unmarshal(w.ask(t, w.reading(t, s, member)), &response))
	require.ElementsMatch(t, s.draft.Fields, response.Content.Fields)
	return response
}

func (s stored) publishing(t *testing.T) call {
	t.Helper()
	return call{organisation: s.owner, function: "confidential:Publish", request: asJSON(t, map[string]any{"manifest": s.manifest})}
}

func (w *world) publish(t *testing.T, s stored) {
	t.Helper()
	w.must(t, s.publishing(t))
}

func (w *world) purging(t *testing.T, s stored) call {
	t.Helper()
	return call{
		organisation: s.owner, user: "admin", function: "confidential:Purge", endorsers: s.endorsers(),
		request: asJSON(t, map[string]any{"with": s.with(s.owner), "id": s.draft.ID}),
	}
}

// purge removes a record, and says so on record if it has been published.
func (w *world) purge(t *testing.T, s stored, published bool) {
	t.Helper()
	w.must(t, w.purging(t, s))
	if published {
		w.must(t, call{organisation: s.owner, function: "confidential:RecordPurge", request: asJSON(t, map[string]any{"id": s.draft.ID, "reason": "contractEnded"})})
	}
}
