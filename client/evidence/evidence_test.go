package evidence_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var asked = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func statement(t testing.TB, result string, results memledger.Results) *evidence.Statement {
	c := clienttest.New(t)
	var by []*clienttest.Identity
	for _, organisation := range []string{"retailer", "carrier"} {
		peer, err := c.Peer(organisation)
		require.NoError(t, err)
		by = append(by, peer)
	}
	s, err := c.State(clienttest.Claim{Function: "thing:Look", Request: `{"id":"<1>"}`, Result: result, Time: asked, By: by, Results: results})
	require.NoError(t, err)
	return s
}

func TestAFileIsReadAsItWasWritten(t *testing.T) {
	for name, result := range map[string]string{
		"empty": `{}`, "nested": `{"a":[1,{"b":null}],"c":{}}`, "escaped": `{"a":"\u003cb\u003e","c":"é<\u2028"}`, "numbers": `{"n":12345678901234567890.10}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := statement(t, result, memledger.Results{})
			file, err := s.Encode()
			require.NoError(t, err)
			again, err := evidence.Decode(file)
			require.NoError(t, err)
			require.Equal(t, s, again)
			require.Equal(t, result, string(again.Attested().Result), "the bytes that were signed")
			require.True(t, slices.IsSortedFunc(again.Attested().Endorsements, func(a, b evidence.Endorsement) int { return strings.Compare(a.MSP, b.MSP) }))
		})
	}
}

func TestAFileInOtherBytesIsRefused(t *testing.T) {
	file, err := statement(t, `{"id":"1"}`, memledger.Results{}).Encode()
	require.NoError(t, err)
	text := string(file)
	for name, changed := range map[string]string{
		"empty":               "",
		"not JSON":            "proof",
		"cut short":           text[:len(text)-3],
		"something after":     text + "\n",
		"something before":    "\n" + text,
		"in one line":         strings.ReplaceAll(text, "\n", ""),
		"another format":      strings.Replace(text, "evidence/1", "evidence/2", 1),
		"another kind":        strings.Replace(text, "attested-statement", "membership", 1),
		"an unknown member":   strings.Replace(text, `"format"`, `"note": "x", "format"`, 1),
		"a member twice":      strings.Replace(text, `"kind"`, `"kind": "attested-statement", "kind"`, 1),
		"a name in capitals":  strings.Replace(text, `"kind"`, `"Kind"`, 1),
		"a number respelled":  strings.Replace(text, `"id": "1"`, `"id":  "1"`, 1),
		"an escape":           strings.Replace(text, `thing:Look`, `thing\u003aLook`, 1),
		"no result":           strings.Replace(text, `"result": {`, `"outcome": {`, 1),
		"a list for a result": strings.Replace(text, "\"result\": {\n    \"id\": \"1\"\n  }", `"result": []`, 1),
		"too long":            text + strings.Repeat(" ", evidence.MaxSize),
		"Windows line ends":   strings.ReplaceAll(text, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, text, changed)
			_, err := evidence.Decode([]byte(changed))
			var wrong *evidence.FormatError
			require.ErrorAs(t, err, &wrong)
		})
	}
}

// The bytes that are signed need not be text; a file's must be, for readers in every
// language.
func TestAnAnswerThatIsNoUTF8IsNoFile(t *testing.T) {
	s := statement(t, `{"id":"1"}`, memledger.Results{})
	s.Result = []byte("{\"id\":\"\xff\"}")
	var wrong *evidence.FormatError
	_, err := s.Encode()
	require.ErrorAs(t, err, &wrong)
	s.Result = []byte(`{"id":"1"}`)
	file, err := s.Encode()
	require.NoError(t, err)
	_, err = evidence.Decode([]byte(strings.Replace(string(file), "\"id\": \"1\"", "\"id\": \"\xff\"", 1)))
	require.ErrorAs(t, err, &wrong)
}

func TestAStatementOpensToWhatWasAskedAndAnswered(t *testing.T) {
	key := ledger.NewKey("thing", "1")
	results := memledger.Results{
		Reads:  []memledger.Read{{Key: key, Version: &memledger.Version{Block: 7, Tx: 2}}, {Key: ledger.NewKey("thing", "2")}},
		Ranges: []memledger.RangeRead{{Prefix: ledger.NewKey("thing")}},
		Hashes: []memledger.HashRead{{Collection: "pair", Key: key}},
	}
	s := statement(t, `{"id":"1"}`, results)
	proposal, err := s.OpenProposal()
	require.NoError(t, err)
	require.Equal(t, "thing:Look", proposal.Function)
	require.Equal(t, clienttest.Channel, proposal.Channel)
	require.Equal(t, asked, proposal.Time)
	require.Equal(t, proposal.DerivedTransaction, proposal.Transaction)
	require.Equal(t, "ManufacturerMSP", proposal.Creator.MSP)
	answer, err := s.OpenPayload()
	require.NoError(t, err)
	require.Equal(t, proposal.Hash[:], answer.ProposalHash)
	require.EqualValues(t, 200, answer.Status)
	require.Empty(t, answer.Writes)
	require.Contains(t, answer.Reads, evidence.Read{Namespace: clienttest.Chaincode, Key: string(key), Version: &evidence.Version{Block: 7, Transaction: 2}})
	require.Contains(t, answer.Reads, evidence.Read{Namespace: clienttest.Chaincode, Key: string(ledger.NewKey("thing", "2"))})
	require.Len(t, answer.Ranges, 1)
	require.True(t, answer.Ranges[0].Exhausted)
	identity, err := s.Endorsements[0].Identity()
	require.NoError(t, err)
	require.Equal(t, "CarrierMSP", identity.MSP)
}

func TestOnlyAnEndorsedTransactionMakesAStatement(t *testing.T) {
	_, err := evidence.FromEnvelope(&common.Envelope{})
	var wrong *evidence.FormatError
	require.ErrorAs(t, err, &wrong)
	_, err = evidence.FromEnvelope(&common.Envelope{Payload: []byte("x")})
	require.ErrorAs(t, err, &wrong)
	s := statement(t, `{"id":"1"}`, memledger.Results{})
	_, err = evidence.New(s.Proposal, s.Payload, nil)
	require.ErrorAs(t, err, &wrong)
	_, err = evidence.New(s.Payload, s.Proposal, s.Endorsements)
	require.ErrorAs(t, err, &wrong)
}

func FuzzDecode(f *testing.F) {
	of := statement(f, `{"id":"1"}`, memledger.Results{})
	file, err := of.Encode()
	require.NoError(f, err)
	f.Add(file)
	shown, err := evidence.NewShownFields(of, fields()...)
	require.NoError(f, err)
	file, err = shown.Encode()
	require.NoError(f, err)
	f.Add(file)
	f.Add([]byte(`{"format":"countersign-evidence/1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := evidence.Decode(text)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("read, and not written again: %v", err)
		}
		if !json.Valid(s.Attested().Result) {
			t.Fatal("the result is not JSON")
		}
		_, _ = s.Attested().OpenProposal() // must not panic
		_, _ = s.Attested().OpenPayload()
	})
}
