package costs_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

var update = flag.Bool("update", false, "write the table in docs/performance.md anew")

const (
	page  = "../../docs/performance.md"
	begin = "<!-- counted by test/costs: begin -->\n"
	end   = "<!-- counted by test/costs: end -->\n"
)

// sheet is the table, row by row.
type sheet struct {
	*testing.T
	rows []string
}

func (s *sheet) row(name string, c cost) {
	ranges := fmt.Sprint(c.ranges)
	if c.ranges > 0 {
		ranges = fmt.Sprintf("%d (%d keys)", c.ranges, c.rangeKeys)
	}
	s.rows = append(s.rows, fmt.Sprintf("| %s | %d | %d | %s | %d | %d | %d |",
		name, c.trips, c.keysRead, ranges, c.bytesRead, c.keysWritten, c.bytesWritten))
}

// capture captures events, and counts.
func capture(t *testing.T, s *Scene, msp string, events ...Event) cost {
	t.Helper()
	s.Now = s.Now.Add(time.Minute)
	sim := s.As(msp, ledger.RoleOperator).With(shipment.TransientDocument, s.Document(events...)).Simulate()
	counted := &counter{Simulation: sim}
	tx := ledger.Begin(counted)
	_, err := shipment.Capture(tx, shipment.CaptureRequest{})
	require.NoError(t, err)
	require.NoError(t, tx.Flush())
	require.Equal(t, []memledger.Code{memledger.Valid}, s.Ledger.Commit(memledger.Transaction{ID: sim.Info().ID, Results: sim.Results()}))
	return counted.cost
}

// ask runs a query, and counts.
func ask[Req, Resp any](t *testing.T, s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) cost {
	t.Helper()
	counted := &counter{Simulation: s.As(Regulator, ledger.RoleAuditor).Simulate()}
	_, err := rule(ledger.BeginQuery(counted), req)
	require.NoError(t, err)
	return counted.cost
}

func items(prefix string, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = Object(Manufacturer, fmt.Sprintf("%s%05d", prefix, i))
	}
	return paths
}

func TestTheCostsInTheDocsAreThoseCounted(t *testing.T) {
	table := &sheet{T: t}
	for _, n := range []int{1, 100, 10_000} {
		table.loose(n)
	}
	table.pallets()
	table.marks()
	table.lots()
	table.recalls()
	table.longLife()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "%s has lost its mark", page)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "%s has lost its mark", page)
	want := before + begin + strings.Join(append([]string{
		"| transaction | trips | keys read | ranges | bytes read | keys written | bytes written |",
		"|---|---|---|---|---|---|---|",
	}, table.rows...), "\n") + "\n" + end + after
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o600))
		return
	}
	require.Equal(t, want, string(text), "run go test ./test/costs -update")
}

// loose is the life of objects in no container.
func (s *sheet) loose(n int) {
	scene := New(s)
	goods := items("L", n)
	s.row(fmt.Sprintf("commission %d", n), capture(s.T, scene, Manufacturer, Commission(goods...)))
	s.row(fmt.Sprintf("ship %d", n), capture(s.T, scene, Manufacturer, Ship(Retailer, goods...)))
	s.row(fmt.Sprintf("receive %d", n), capture(s.T, scene, Retailer, Step("receiving", goods...)))
	if n == 1 {
		s.row("read its twin", ask(s.T, scene, product.ReadTwin, product.ReadTwinRequest{ID: goods[0]}))
	}
}

// longLife compares the first with a late event of one object.
func (s *sheet) longLife() {
	scene := New(s)
	one := items("O", 1)
	capture(s.T, scene, Manufacturer, Commission(one...))
	var first, last cost
	for n := range 1000 {
		last = capture(s.T, scene, Manufacturer, Step("storing", one...))
		if n == 0 {
			first = last
		}
	}
	// Only the digits of the count of events grow, and times that were the same at
	// first, and so are packed as one, are others later.
	require.InDelta(s, first.bytesWritten, last.bytesWritten, 24)
	first.bytesRead, last.bytesRead, first.bytesWritten, last.bytesWritten = 0, 0, 0, 0
	require.Equal(s, first, last)
}
