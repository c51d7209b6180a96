package privacy_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/test/privacy/internal/search"
)

// metadata is a query that touches nothing, for whatever needs only an endorsement.
const metadata = "org.hyperledger.fabric:GetMetadata"

// stopped does something while peers and orderer are stopped, and starts them
// again. It returns when all are of use: peers find each other anew.
func (w *world) stopped(t *testing.T, act func()) {
	t.Helper()
	for _, organisation := range everybody {
		require.NoError(t, w.network.StopPeer(t.Context(), organisation))
	}
	require.NoError(t, w.network.StopOrderer(t.Context(), "orderer"))
	act()
	require.NoError(t, w.network.StartOrderer(t.Context(), "orderer"))
	for _, organisation := range everybody {
		require.NoError(t, w.network.StartPeer(t.Context(), organisation))
	}
	w.together(t)
}

// together waits until every organisation has something endorsed by all.
func (w *world) together(t *testing.T) {
	t.Helper()
	for _, organisation := range everybody {
		eventually(t, func(ctx context.Context) error {
			_, err := w.proposal(t, call{
				organisation: organisation, function: metadata, endorsers: []string{manufacturerMSP, carrierMSP, retailerMSP},
			}).EndorseWithContext(ctx)
			return err
		})
	}
	w.advance(t, 1)
}

// advance lets the ledger grow by some blocks, and waits until every peer has them.
func (w *world) advance(t *testing.T, blocks int) {
	t.Helper()
	for range blocks {
		var status *gateway.Status
		eventually(t, func(context.Context) (err error) {
			status, err = w.submit(t, call{organisation: manufacturer, function: metadata, endorsers: []string{manufacturerMSP, carrierMSP}})
			return err
		})
		require.True(t, status.Successful, status.Code)
	}
	height := w.height(t, manufacturer)
	for _, organisation := range everybody {
		w.reaches(t, organisation, height)
	}
}

// height is how many blocks an organisation's peer has.
func (w *world) height(t *testing.T, organisation string) uint64 {
	t.Helper()
	var info common.BlockchainInfo
	eventually(t, func(context.Context) error {
		text, err := w.channel(t, organisation, "auditor").GetContract("qscc").EvaluateTransaction("GetChainInfo", w.network.Topology().Channel)
		if err == nil {
			err = proto.Unmarshal(text, &info)
		}
		return err
	})
	return info.GetHeight()
}

func (w *world) reaches(t *testing.T, organisation string, height uint64) {
	t.Helper()
	eventually(t, func(context.Context) error {
		if has := w.height(t, organisation); has < height {
			return &lowError{organisation, has, height}
		}
		return nil
	})
}

type lowError struct {
	organisation string
	has, wants   uint64
}

func (e *lowError) Error() string { return e.organisation + "'s peer has not caught up" }

// listen has a client of every organisation told all blocks so far, with the
// private data that it is entitled to, and all events. The recorder keeps them.
func (w *world) listen(t *testing.T) {
	t.Helper()
	height := w.height(t, manufacturer)
	for _, organisation := range everybody {
		w.reaches(t, organisation, height)
		ctx, cancel := context.WithCancel(t.Context())
		channel := w.channel(t, organisation, "auditor")
		blocks, err := channel.BlockEvents(ctx, gateway.WithStartBlock(0))
		require.NoError(t, err)
		private, err := channel.BlockAndPrivateDataEvents(ctx, gateway.WithStartBlock(0))
		require.NoError(t, err)
		events, err := channel.ChaincodeEvents(ctx, w.network.Topology().Chaincode.Name, gateway.WithStartBlock(0))
		require.NoError(t, err)
		go func() {
			for range events { //nolint:revive // what they are is the recorder's
			}
		}()
		for range height {
			require.NotNil(t, <-blocks)
			require.NotNil(t, <-private)
		}
		cancel()
	}
}

// look searches all that nodes have on disk and all that clients were answered. The
// network is stopped meanwhile.
func (w *world) look(t *testing.T, secrets ...search.Secret) search.Findings {
	t.Helper()
	w.listen(t)
	var found search.Findings
	var looked search.Looked
	w.stopped(t, func() {
		var err error
		found, looked, err = search.Tree(w.network.Dir(), owner, secrets...)
		require.NoError(t, err)
	})
	for _, organisation := range everybody {
		// There is no historyLeveldb: peers of ours keep no history of the state.
		for _, store := range []string{"stateLeveldb", "pvtdataStore", "transientstore", "index"} {
			require.True(t, has(looked, organisation, store), "the search passed over %s of %s", store, organisation)
		}
	}
	t.Logf("looked at %d files, %d databases, %d entries, %d answers", looked.Files, looked.Databases, looked.Entries, w.recorder.Answers())
	return append(found, w.recorder.Search(secrets...)...)
}

func has(looked search.Looked, organisation, store string) bool {
	for path := range looked.Stores {
		if owner(path) == organisation && filepath.Base(path) == store {
			return true
		}
	}
	return false
}

// owner returns the organisation whose file it is, or the path.
func owner(path string) string {
	parts := strings.Split(path, string(filepath.Separator))
	if len(parts) > 1 && parts[0] == "organisations" {
		return parts[1]
	}
	// logs/NODE.log, where a node's name ends with its organisation's
	name := strings.TrimSuffix(parts[len(parts)-1], ".log")
	name = name[strings.LastIndex(name, ".")+1:]
	if parts[0] == "logs" && (name == "orderer" || slices.Contains(everybody, name)) {
		return name
	}
	return path
}
