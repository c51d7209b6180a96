package readings

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/telemetry"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/test/bench/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inMemory is a place in memory: it shows that the benchmark does what it says,
// and nothing about speed.
type inMemory struct{ *clienttest.Consortium }

func (m inMemory) connect(ctx context.Context, organisation, user string) (*client.Client, error) {
	return m.Connect(ctx, organisation, user)
}

func (inMemory) processors() (processors, error) { return processors{}, nil }

func (inMemory) settle() {}

func (inMemory) stop() error { return nil }

// Every load is sent, committed and found on the ledger, in the order of the
// rounds; nothing here depends on how long it takes.
func TestEveryLoadIsRecordedAndEvaluatedWhole(t *testing.T) {
	report, err := run(t.Context(), inMemory{clienttest.New(t)}, Settings{Rounds: 1, Seconds: 0.01, Devices: 18, Longest: 130}, t.Output())
	require.NoError(t, err)
	require.Empty(t, report.failed)
	text := report.String()
	for _, l := range report.loads {
		require.Len(t, report.samples[l.Name], 1, l.Name)
		s := report.samples[l.Name][0]
		require.Equal(t, s.transactions*l.Readings*l.Recordings, s.readings, l.Name)
		require.Contains(t, text, l.Name)
	}

	begin, end := page.Marks(benchmark)
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600))
	require.NoError(t, report.Write(file))
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "before\n"+begin+text+end+"after\n", string(written))
}

// What was not kept as it was signed is found out.
func TestTheSenderChecksWhatItKeeps(t *testing.T) {
	kept, err := newArchive()
	require.NoError(t, err)
	defer func() { require.NoError(t, kept.remove()) }()
	d, err := newDevice(1, time.Unix(0, 0))
	require.NoError(t, err)
	p, err := d.seal(Load{Readings: 10, Recordings: 1, Chunk: 64}, make([]telemetry.Reading, 10))
	require.NoError(t, err)
	require.NoError(t, kept.keep(0, 0, p))
	require.NoError(t, kept.check(0, 0, p))
	p.data[len(p.data)-1] ^= 1
	require.NoError(t, kept.keep(0, 0, p))
	require.ErrorContains(t, kept.check(0, 0, p), "not what was recorded")
}

func TestThePageOfTheDocsHasItsMarks(t *testing.T) {
	text, err := os.ReadFile("../../../docs/performance.md")
	require.NoError(t, err)
	begin, end := page.Marks(benchmark)
	_, rest, found := strings.Cut(string(text), begin)
	require.True(t, found)
	require.Contains(t, rest, end)
}
