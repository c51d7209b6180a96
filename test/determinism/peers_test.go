package determinism_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// rounds is how often each peer runs a transaction. Go begins each walk of a map
// at another place: two entries come out in the same order every other time, but
// not eighty times in a row.
const rounds = 20

var peers = []string{Manufacturer, Carrier, Retailer, Regulator}

// outcome is everything that an endorsement shows of a run.
type outcome struct {
	Response []byte
	Refusal  string
	Results  memledger.Results
}

// bytes returns the outcome as bytes to compare. Results are sorted as Fabric
// sorts them.
func (o outcome) bytes(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(o)
	require.NoError(t, err)
	return string(text)
}

// execution runs a transaction at a peer.
type execution func(ledger.Backend) ([]byte, error)

// simulate runs a proposal once, at one peer.
func simulate(l *memledger.Ledger, p memledger.Proposal, peer string, run execution) outcome {
	simulation := l.Simulate(p, peer)
	response, err := run(simulation)
	o := outcome{Response: response, Results: simulation.Results()}
	if err != nil {
		o.Refusal = fault.Of(err).Wire()
	}
	return o
}

// everywhere runs a proposal many times at each peer, several at once and on one
// to four processors, and returns the different outcomes by peer.
func everywhere(t *testing.T, l *memledger.Ledger, p memledger.Proposal, run execution) map[string][]outcome {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	found := map[string][]outcome{}
	seen := map[string]bool{}
	for round := range rounds {
		runtime.GOMAXPROCS(1 + round%4)
		outcomes := make([]outcome, len(peers))
		var group sync.WaitGroup
		for i, peer := range peers {
			group.Go(func() { outcomes[i] = simulate(l, p, peer, run) })
		}
		group.Wait()
		for i, peer := range peers {
			if key := peer + outcomes[i].bytes(t); !seen[key] {
				seen[key] = true
				found[peer] = append(found[peer], outcomes[i])
			}
		}
	}
	return found
}

// agreed returns the one outcome that all runs at the given peers had; an error
// names the first that had another.
func agreed(t *testing.T, found map[string][]outcome, at []string) (outcome, error) {
	t.Helper()
	first := found[at[0]][0]
	for _, peer := range at {
		for _, o := range found[peer] {
			if o.bytes(t) != first.bytes(t) {
				return first, fmt.Errorf("a run at the peer of %s gave\n%s\nanother at that of %s\n%s", at[0], first.bytes(t), peer, o.bytes(t))
			}
		}
	}
	return first, nil
}

// try runs a declared function everywhere, checks that all endorsers agree, and
// commits what it wrote.
func (w *world) try(f *api.Function, who person, request any, transient []byte, members ...string) outcome {
	w.Helper()
	text, err := json.Marshal(request)
	require.NoError(w, err)
	w.number++
	proposal := memledger.Proposal{ID: fmt.Sprintf("%064x", w.number), Time: w.scene.Now, Caller: who.Caller}
	if transient != nil {
		proposal.Transient = map[string][]byte{f.Transient: transient}
	}
	found := everywhere(w.T, w.scene.Ledger, proposal, func(b ledger.Backend) ([]byte, error) { return f.Execute(b, text) })
	if members == nil {
		members = peers
	}
	o, err := agreed(w.T, found, members)
	require.NoError(w, err, f.FullName())
	for _, peer := range peers {
		if !slices.Contains(members, peer) {
			stranger, err := agreed(w.T, found, []string{peer})
			require.NoError(w, err, f.FullName())
			refused, ok := fault.Find(stranger.Refusal)
			require.True(w, ok, "%s answers at the peer of %s", f.FullName(), peer)
			require.ErrorIs(w, refused, fault.NotMember, f.FullName())
			require.Empty(w, stranger.Results.Private)
		}
	}
	w.ran[f.FullName()]++
	if o.Refusal == "" && f.Kind == api.Query {
		w.notary.attest(w.T, f, who, text, o)
	}
	if o.Refusal == "" && (f.Kind == api.Update || f.Kind == api.Private) {
		codes := w.scene.Ledger.Commit(memledger.Transaction{ID: proposal.ID, Results: o.Results})
		require.Equal(w, []memledger.Code{memledger.Valid}, codes, f.FullName())
	}
	return o
}

// must runs a function that is not refused, and decodes its response.
func must[Req, Resp any](w *world, f api.Declared[Req, Resp], who person, request Req, transient []byte, members ...string) (response Resp) {
	w.Helper()
	o := w.try(f.Function, who, request, transient, members...)
	require.Empty(w, o.Refusal, f.FullName())
	require.NoError(w, json.Unmarshal(o.Response, &response))
	return response
}
