package imports_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/countersign-ledger/countersign/"

type listed struct {
	ImportPath string
	Standard   bool
	Deps       []string
}

// list runs `go list -deps` and returns the packages by path.
func list(t *testing.T, env []string, patterns ...string) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-json=ImportPath,Standard,Deps"}, patterns...)...)
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %s", failed.Stderr)
	}
	require.NoError(t, err)
	packages := map[string]listed{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
	return packages
}

// wall says what a set of packages may link from outside the standard library.
type wall struct {
	packages []string
	// allow lists prefixes of what may be linked besides themselves.
	allow []string
}

var walls = map[string]wall{
	"gs1 stands alone":         {[]string{"chaincode/gs1"}, nil},
	"fault stands alone":       {[]string{"chaincode/fault"}, nil},
	"collections stand alone":  {[]string{"collections"}, nil},
	"selective stands alone":   {[]string{"chaincode/selective"}, nil},
	"epcis knows only gs1":     {[]string{"chaincode/epcis"}, []string{module + "chaincode/gs1"}},
	"ledger knows only faults": {[]string{"chaincode/ledger", "chaincode/ledger/memledger"}, []string{module + "chaincode/fault", module + "chaincode/ledger"}},
	"redaction knows only epcis": {[]string{"chaincode/redaction"}, []string{
		module + "chaincode/epcis", module + "chaincode/fault", module + "chaincode/gs1", module + "chaincode/selective",
	}},
	"telemetry is pure": {[]string{"chaincode/telemetry"}, []string{
		module + "chaincode/fault", module + "chaincode/gs1", "github.com/fxamacker/cbor/v2", "github.com/x448/float16",
		"github.com/veraison/go-cose", "golang.org/x/mod/sumdb",
	}},
	"evaluation knows only telemetry": {[]string{"chaincode/evaluation"}, []string{
		module + "chaincode/gs1", module + "chaincode/telemetry", "github.com/fxamacker/cbor/v2", "github.com/x448/float16", "github.com/veraison/go-cose", "golang.org/x/mod/sumdb",
	}},
	"readings knows only what it turns into one another": {[]string{"client/readings"}, []string{
		module + "chaincode/epcis", module + "chaincode/gs1", module + "chaincode/telemetry",
		"github.com/fxamacker/cbor/v2", "github.com/x448/float16", "github.com/veraison/go-cose", "golang.org/x/mod/sumdb",
	}},
	"rules are pure": {[]string{
		"chaincode/participant", "chaincode/personal", "chaincode/product", "chaincode/shipment", "chaincode/condition", "chaincode/confidential", "chaincode/disclosure", "chaincode/api",
	}, []string{
		module + "chaincode/", module + "collections", "github.com/fxamacker/cbor/v2", "github.com/x448/float16",
		"github.com/veraison/go-cose", "golang.org/x/mod/sumdb",
	}},
}

// forbidden is what no pure package may reach, even through an allowed one.
var forbidden = []string{module + "chaincode/contract", "github.com/hyperledger/", "google.golang.org/"}

func TestPurePackagesLinkOnlyWhatTheyMay(t *testing.T) {
	for name, w := range walls {
		t.Run(name, func(t *testing.T) {
			var patterns []string
			for _, p := range w.packages {
				patterns = append(patterns, "./"+p)
			}
			for path, p := range list(t, nil, patterns...) {
				if p.Standard || slices.Contains(w.packages, strings.TrimPrefix(path, module)) {
					continue
				}
				if !hasPrefix(path, w.allow) || hasPrefix(path, forbidden) {
					t.Errorf("%s is linked", path)
				}
			}
		})
	}
}

func TestOnlyTheContractLayerLinksChaincodeFrameworks(t *testing.T) {
	frameworks := []string{"github.com/hyperledger/fabric-contract-api-go", "github.com/hyperledger/fabric-chaincode-go"}
	packages := list(t, nil, "./...")
	for path, p := range packages {
		inner, ours := strings.CutPrefix(path, module)
		if !ours || strings.HasPrefix(inner, "chaincode/contract") || strings.HasPrefix(inner, "chaincode/cmd/") || strings.HasPrefix(inner, "test/") {
			continue
		}
		for _, dep := range p.Deps {
			if hasPrefix(dep, frameworks) {
				t.Errorf("%s links %s", path, dep)
				break
			}
		}
	}
}

func TestNothingLinksFabricItself(t *testing.T) {
	for path := range list(t, nil, "./...") {
		if strings.HasPrefix(path, "github.com/hyperledger/fabric/") {
			t.Errorf("%s is linked: its version floors would reach every importer", path)
		}
	}
}

func TestTheClientLinksNoOperatorsToolOnAnySystem(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		t.Run(system, func(t *testing.T) {
			for path := range list(t, []string{"GOOS=" + system}, "./client/...") {
				if hasPrefix(path, []string{
					module + "network", module + "chaincode/contract",
					"github.com/hyperledger/fabric-admin-sdk", "github.com/hyperledger/fabric-config",
				}) {
					t.Errorf("%s is linked", path)
				}
			}
		})
	}
}

// What an importer of gs1 alone has to download and to trust is gs1 alone. Its
// tests use libraries, so they stand elsewhere: `go mod tidy` would list what
// the tests beside a package need.
func TestAnImporterOfGS1AloneKeepsAnEmptyGoSum(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", "module example.com/importer\n\ngo 1.26.0\n\nrequire "+strings.TrimSuffix(module, "/")+" v0.0.0\n\nreplace "+strings.TrimSuffix(module, "/")+" => "+root+"\n")
	write("main.go", "package main\n\nimport _ \""+module+"chaincode/gs1\"\n\nfunc main() {}\n")
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "-o", os.DevNull, "."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Environ(), "GOPROXY=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %s: %s", args[0], out)
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	require.Empty(t, string(sum))
}

// Both halves, the network and the client, meet in tests and in the demo only.
func TestTheNetworkLibraryLinksNoClient(t *testing.T) {
	for path := range list(t, nil, "./network") {
		if strings.HasPrefix(path, module+"client") || strings.HasPrefix(path, module+"chaincode") {
			t.Errorf("network links %s", path)
		}
	}
}

// Rules know those before them and none behind: a shipment asks for readings, and
// readings know nothing of shipments (docs/adr/0019).
func TestTheArrowsBetweenRulesRunOneWay(t *testing.T) {
	for _, order := range [][]string{
		{"participant", "product", "condition", "shipment", "api"},
		{"selective", "participant", "personal", "confidential", "disclosure", "api"},
	} {
		for i, name := range order {
			for _, later := range order[i+1:] {
				require.NotContains(t, list(t, nil, "./chaincode/"+name), module+"chaincode/"+later, name)
			}
		}
	}
}

func hasPrefix(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}
