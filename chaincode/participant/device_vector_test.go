package participant_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// The page for operators has a proof that whoever writes firmware can check
// against: Ed25519 signs the same bytes the same way.
func TestTheProofInTheDocumentationIsTaken(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	request := device(t)
	request.PublicKey, request.Algorithm, request.Proof = proof(t, key, loggerID, Carrier)
	message, err := participant.KeyStatementBytes(participant.KeyStatement{
		Device: request.ID, Owner: Carrier, Algorithm: request.Algorithm, PublicKey: request.PublicKey,
	})
	require.NoError(t, err)
	signature, err := base64.StdEncoding.DecodeString(request.Proof)
	require.NoError(t, err)
	require.True(t, ed25519.Verify(key.Public().(ed25519.PublicKey), message, signature))
	s := New(t)
	registered, err := call(s.As(Carrier, ledger.RoleOperator), participant.RegisterDevice, request)
	require.NoError(t, err)
	require.True(t, registered.Proven)

	page, err := os.ReadFile("../../docs/devices.md")
	require.NoError(t, err)
	require.Contains(t, string(page), "\n    "+string(message)+"\n")
	require.Contains(t, string(page), "\n    "+request.Proof+"\n")
}
