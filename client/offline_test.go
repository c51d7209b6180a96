package client_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// keyless returns a client of its own, as another process would have it, without a
// key.
func keyless(t *testing.T, c *clienttest.Consortium, who *clienttest.Identity, options ...client.Option) *client.Offline {
	t.Helper()
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), append([]client.Option{
		client.WithClientConnection(connection), client.WithChannel(clienttest.Channel), client.WithCertificate(who.MSP, who.Certificate),
	}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, connected.Close()) })
	return connected.Offline()
}

// elsewhere carries a step to where the key is, has it signed there, and brings it
// back.
func elsewhere(t *testing.T, who *clienttest.Identity, u *client.Unsigned) *client.Signed {
	t.Helper()
	carried, err := u.Encode()
	require.NoError(t, err)
	there, err := client.OpenUnsigned(carried)
	require.NoError(t, err)
	require.Equal(t, u, there, "all of it is in the message")
	require.Equal(t, who.MSP, there.MSP)
	signature, err := ecdsa.SignASN1(rand.Reader, who.Key, there.Digest())
	require.NoError(t, err)
	signed, err := there.Sign(signature)
	require.NoError(t, err)
	carried, err = signed.Encode()
	require.NoError(t, err)
	back, err := client.OpenSigned(carried)
	require.NoError(t, err)
	require.NotEmpty(t, back.Signature())
	return back
}

func invocation(t *testing.T, f *api.Function, request any, by ...string) client.Invocation {
	t.Helper()
	text, err := json.Marshal(request)
	require.NoError(t, err)
	return client.Invocation{Function: f, Request: text, EndorsingOrganisations: by}
}

func TestEveryCallIsMadeWithSignaturesFromElsewhere(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	process := func() *client.Offline { return keyless(t, c, admin) } // each step in another

	asked, err := process().AskVersion()
	require.NoError(t, err)
	require.NoError(t, process().Version(t.Context(), elsewhere(t, admin, asked)))

	query, err := process().Propose(invocation(t, api.Organisation.Function, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}))
	require.NoError(t, err)
	require.Equal(t, "participant:Organisation", query.Function)
	answer, err := process().Evaluate(t.Context(), elsewhere(t, admin, query))
	require.NoError(t, err)
	require.Contains(t, string(answer), `"Carrier"`)

	question, err := process().Propose(invocation(t, api.Organisation.Function, participant.ReadOrganisationRequest{MSP: "CarrierMSP"}, "CarrierMSP", "RetailerMSP"))
	require.NoError(t, err)
	statement, err := process().Attest(t.Context(), elsewhere(t, admin, question))
	require.NoError(t, err)
	require.Len(t, statement.Endorsements, 2)

	height := c.Ledger().Height()
	proposal, err := process().Propose(invocation(t, api.RegisterDevice.Function, logger("7")))
	require.NoError(t, err)
	require.Contains(t, string(proposal.Request), "/8004/95060007")
	transaction, err := process().Endorse(t.Context(), elsewhere(t, admin, proposal))
	require.NoError(t, err)
	require.Equal(t, proposal.Transaction, transaction.Transaction)
	require.Equal(t, proposal.Request, transaction.Request)
	require.NotEmpty(t, transaction.Result)
	require.Equal(t, height, c.Ledger().Height(), "nothing is on the ledger before the second signature")
	status, err := process().Status(transaction.Transaction)
	require.NoError(t, err)
	signed := elsewhere(t, admin, transaction)
	require.NoError(t, process().Submit(t.Context(), signed))
	require.NoError(t, process().Submit(t.Context(), signed), "the same may be handed over again")
	receipt, err := process().Outcome(t.Context(), elsewhere(t, admin, status))
	require.NoError(t, err)
	require.Equal(t, &client.Receipt{Transaction: transaction.Transaction, Block: height}, receipt)

	request, err := process().AskBlocks(height-1, height)
	require.NoError(t, err)
	require.Equal(t, [2]uint64{height - 1, height}, [2]uint64{request.From, request.To})
	var numbers []uint64
	for block, err := range process().Blocks(t.Context(), elsewhere(t, admin, request)) {
		require.NoError(t, err)
		numbers = append(numbers, block.GetBlock().GetHeader().GetNumber())
	}
	require.Equal(t, []uint64{height - 1, height}, numbers)
}

func TestOfflineCallsFailAsOthersDo(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	other, err := c.User("manufacturer", "auditor")
	require.NoError(t, err)
	offline := keyless(t, c, admin)
	propose := func(who *clienttest.Identity, f *api.Function, request any) *client.Signed {
		proposed, err := keyless(t, c, who).Propose(invocation(t, f, request))
		require.NoError(t, err)
		return elsewhere(t, who, proposed)
	}
	device := propose(admin, api.RegisterDevice.Function, logger("7"))
	query := propose(admin, api.Organisation.Function, participant.ReadOrganisationRequest{MSP: "NobodyMSP"})

	_, err = offline.Evaluate(t.Context(), query)
	require.ErrorIs(t, err, fault.NotFound)
	_, err = offline.Endorse(t.Context(), query)
	require.ErrorContains(t, err, "only reads")
	_, err = offline.Attest(t.Context(), device)
	require.ErrorContains(t, err, "only queries can be attested")
	require.ErrorContains(t, offline.Submit(t.Context(), device), "takes a signed transaction")
	_, err = offline.Endorse(t.Context(), propose(other, api.RegisterDevice.Function, logger("8")))
	require.ErrorContains(t, err, "the client is another")
	_, err = keyless(t, c, other).Endorse(t.Context(), propose(other, api.RegisterDevice.Function, logger("8")))
	require.ErrorIs(t, err, fault.RoleRequired)

	first, err := offline.Endorse(t.Context(), device)
	require.NoError(t, err)
	second, err := offline.Endorse(t.Context(), propose(admin, api.RegisterDevice.Function, logger("7")))
	require.NoError(t, err)
	for _, u := range []*client.Unsigned{first, second} {
		require.NoError(t, offline.Submit(t.Context(), elsewhere(t, admin, u)))
	}
	status, err := offline.Status(second.Transaction)
	require.NoError(t, err)
	_, err = offline.Outcome(t.Context(), elsewhere(t, admin, status))
	var invalid *client.Error
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "MVCC_READ_CONFLICT", invalid.Validation)

	c.Upgrade("3.0", "3.0")
	asked, err := offline.AskVersion()
	require.NoError(t, err)
	requireVersion(t, offline.Version(t.Context(), elsewhere(t, admin, asked)), "version 3.0")
}

func TestAClientWithoutAKeySignsNothing(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	connection, err := c.Connection("manufacturer")
	require.NoError(t, err)
	connected, err := client.Connect(t.Context(), client.WithClientConnection(connection), client.WithChannel(clienttest.Channel),
		client.WithCertificate(admin.MSP, admin.Certificate))
	require.NoError(t, err)
	defer func() { require.NoError(t, connected.Close()) }()
	_, err = connected.Organisation(t.Context(), "CarrierMSP")
	require.ErrorIs(t, err, client.ErrNoKey)
	_, err = connected.RegisterDevice(t.Context(), logger("1"))
	require.ErrorIs(t, err, client.ErrNoKey)
}

func TestASignatureIsCheckedWhereItIsMade(t *testing.T) {
	c := founded(t)
	admin, err := c.User("manufacturer", "admin")
	require.NoError(t, err)
	other, err := c.User("manufacturer", "auditor")
	require.NoError(t, err)
	proposal, err := keyless(t, c, admin).Propose(invocation(t, api.RegisterDevice.Function, logger("7")))
	require.NoError(t, err)
	for name, signature := range map[string]func() ([]byte, error){
		"another's key":   func() ([]byte, error) { return ecdsa.SignASN1(rand.Reader, other.Key, proposal.Digest()) },
		"another message": func() ([]byte, error) { return ecdsa.SignASN1(rand.Reader, admin.Key, bytes.Repeat([]byte{1}, 32)) },
	} {
		text, err := signature()
		require.NoError(t, err)
		_, err = proposal.Sign(text)
		require.ErrorIs(t, err, client.ErrNotSigned, name)
	}
	_, err = proposal.Sign([]byte("nothing"))
	require.ErrorContains(t, err, "ASN.1")
	for range 10 { // half of all come with the higher S, which Fabric does not take
		require.NotEmpty(t, elsewhere(t, admin, proposal).Signature())
	}
}

func TestAStepThatIsNoneIsRefused(t *testing.T) {
	for says, text := range map[string]string{
		"read a step":          "{",
		"of format":            `{"format":"countersign-signing/2"}`,
		"no step":              `{"format":"countersign-signing/1","step":"contract"}`,
		"only a transaction":   `{"format":"countersign-signing/1","step":"status","asked":"AAAA"}`,
		"whose step":           `{"format":"countersign-signing/1","step":"status","content":"CkIKQDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="}`,
		"read the step status": `{"format":"countersign-signing/1","step":"status"}`,
		"read the step blocks": `{"format":"countersign-signing/1","step":"blocks","content":"/w=="}`,
		"at most":              strings.Repeat(" ", client.MaxStep+1),
	} {
		_, err := client.OpenUnsigned([]byte(text))
		require.ErrorContains(t, err, says)
	}
}

func FuzzAStepIsReadOrRefused(f *testing.F) {
	for _, step := range []string{"proposal", "transaction", "status", "blocks"} {
		f.Add([]byte(`{"format":"countersign-signing/1","step":"` + step + `","content":"CgA=","asked":""}`))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		u, err := client.OpenUnsigned(text)
		if err != nil {
			return
		}
		again, err := u.Encode()
		require.NoError(t, err)
		read, err := client.OpenUnsigned(again)
		require.NoError(t, err)
		require.Equal(t, u, read)
	})
}
