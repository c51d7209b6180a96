package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
)

// stranger connects as anybody's Fabric client would: with fabric-gateway, the
// exported profile and MSP folder, and nothing of ours.
func stranger(t *testing.T, r real, organisation, user string) *gateway.Network {
	t.Helper()
	connection, tlsHash := gatewayOf(t, jsonProfile(r, organisation))
	person := r.signatory(t, organisation, user)
	id, err := identity.NewX509Identity(msps[organisation], person.Certificate)
	require.NoError(t, err)
	sign, err := identity.NewPrivateKeySign(person.Key)
	require.NoError(t, err)
	connected, err := gateway.Connect(id, gateway.WithSign(sign), gateway.WithHash(hash.SHA256),
		gateway.WithTLSClientCertificateHash(tlsHash), gateway.WithClientConnection(connection))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connected.Close()) })
	return connected.GetNetwork(r.network.Topology().Channel)
}

func jsonProfile(r real, organisation string) string {
	return strings.TrimSuffix(r.network.Profile(organisation), filepath.Ext(r.network.Profile(organisation))) + ".json"
}

func TestAStrangersClientCapturesAndReadsByName(t *testing.T) {
	r := start(t)
	goods := objects(1)
	channel := stranger(t, r, manufacturer, "operator")
	shipments := channel.GetContractWithName("countersign", "shipment")
	text := document(t, commission(goods))
	_, err := shipments.Submit("Capture", gateway.WithArguments("{}"), gateway.WithTransient(map[string][]byte{"document": text}))
	require.NoError(t, err)

	request := fmt.Sprintf(`{"id":%q}`, goods[0])
	answer, err := channel.GetContractWithName("countersign", "product").EvaluateTransaction("Twin", request)
	require.NoError(t, err)
	require.Contains(t, string(answer), `"custodian":"ManufacturerMSP"`)

	// A refusal reaches a stranger with its code, too.
	_, err = channel.GetContractWithName("countersign", "product").EvaluateTransaction("twin", request)
	require.Error(t, err)
	refused, ok := fault.Find(err.Error())
	require.True(t, ok, err)
	require.ErrorIs(t, refused, fault.UnknownFunction)
}

func TestTheExampleInNodeCapturesAndReads(t *testing.T) {
	r := start(t)
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NODE NOT PRESENT: install Node.js 20 or later to run examples/node (%v)", err)
		}
	}
	example, dir := filepath.Join("..", "..", "examples", "node"), t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "capture.mjs"} {
		text, err := os.ReadFile(filepath.Join(example, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	run(t, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")

	goods := objects(1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "event.jsonld"), document(t, commission(goods)), 0o600))
	out := run(t, dir, "node", "capture.mjs",
		"--profile", jsonProfile(r, manufacturer), "--msp", r.network.MSPDir(manufacturer, "operator"),
		"--document", "event.jsonld", "--object", goods[0])
	require.Contains(t, out, `captured {"events":[{"index":0`)
	require.Contains(t, out, `"custodian":"ManufacturerMSP"`)
}

// run runs a command and returns what it wrote.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = dir
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Run(), out.String())
	return out.String()
}
