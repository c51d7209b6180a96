package erp_test

import (
	"context"
	"database/sql"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite"

	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/examples"
	"github.com/countersign-ledger/countersign/client/examples/erp/story"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheTenTasksOverALedgerInMemory(t *testing.T) {
	consortium := clienttest.New(t)
	require.NoError(t, consortium.Found(t.Context(),
		participant.Organisation{MSP: "ManufacturerMSP", GLNs: []string{examples.ManufacturerGLN}, Licences: []participant.Licence{{Prefix: "9521321"}}, Country: "DE"},
		participant.Organisation{MSP: "CarrierMSP", GLNs: []string{examples.CarrierGLN}, Licences: []participant.Licence{{Prefix: "9521987"}}, Country: "NL"},
		participant.Organisation{MSP: "RetailerMSP", GLNs: []string{examples.RetailerGLN}, Licences: []participant.Licence{{Prefix: "9521555"}}, Country: "FR"},
	))
	dir := t.TempDir()
	addresses := map[string]string{}
	for _, name := range []string{"manufacturer", "carrier", "retailer"} {
		addresses[name] = consortium.Serve(t, name, filepath.Join(dir, name))
	}
	between := forward(t, addresses["carrier"])
	profile := fmt.Sprintf(`
client: {organization: carrier}
organizations: {carrier: {mspid: CarrierMSP, peers: [own]}, manufacturer: {mspid: ManufacturerMSP, peers: [partner]}}
channels: {supplychain: {}}
peers: {own: {url: "grpc://%s"}, partner: {url: "grpc://%s"}}
`, between.address, addresses["manufacturer"])
	require.NoError(t, os.WriteFile(filepath.Join(dir, "carrier", "connection.yaml"), []byte(profile), 0o600))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "erp.db")+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	story.Tell(t, story.World{
		Profile: func(organisation string) string { return filepath.Join(dir, organisation, "connection.yaml") },
		MSP:     func(organisation, user string) string { return filepath.Join(dir, organisation, "users", user, "msp") },
		Roots:   consortium.Roots(), Partner: "partner", Kill: between.kill, DB: db, Run: "1",
	})
}

// forwarder stands before a gateway, and can die.
type forwarder struct {
	address  string
	listener net.Listener
	ended    sync.WaitGroup

	mu   sync.Mutex
	dead bool
	all  []net.Conn
}

func forward(t *testing.T, to string) *forwarder {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &forwarder{address: listener.Addr().String(), listener: listener}
	f.ended.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", to)
			if err != nil || !f.keep(in, out) {
				in.Close() //nolint:errcheck // a connection that never was
				continue
			}
			f.ended.Go(func() { f.copy(in, out) })
			f.ended.Go(func() { f.copy(out, in) })
		}
	})
	t.Cleanup(f.kill)
	return f
}

func (f *forwarder) copy(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close() //nolint:errcheck // it may be closed
}

func (f *forwarder) keep(connections ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, connections...)
	return !f.dead
}

func (f *forwarder) kill() {
	f.mu.Lock()
	f.dead = true
	f.listener.Close() //nolint:errcheck // a second time
	for _, connection := range f.all {
		connection.Close() //nolint:errcheck // it may be closed
	}
	f.mu.Unlock()
	f.ended.Wait()
}

// Each task is a file with one function, under 40 lines with what it declares, that
// uses nothing of the other files: it can be copied as it stands.
func TestEachTaskIsShortAndStandsAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	names := map[string]bool{}
	tasks := 0
	for _, name := range files {
		if name == "doc.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		tasks++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		lines, functions := 0, 0
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				functions++
				require.False(t, names[d.Name.Name])
				names[d.Name.Name] = true
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
				require.Equal(t, token.TYPE, d.Tok, "%s keeps nothing of its own", name)
			}
			lines += set.Position(d.End()).Line - set.Position(d.Pos()).Line + 1
		}
		require.Equal(t, 1, functions, name)
		require.Less(t, lines, 40, name)
	}
	require.Equal(t, 10, tasks)
}
