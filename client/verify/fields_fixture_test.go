package verify_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
)

// aRecordQuery is the query that the rules declare, schema and all.
var aRecordQuery = api.ConfidentialRecord.Function

// token looks random, as salts and ids must, and is the same in every run.
func token(of string) string {
	sum := sha256.Sum256([]byte(of))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func termsFields() []selective.Field {
	return []selective.Field{
		{Salt: token("decoy")},
		{Name: "/currency", Value: "EUR", Salt: token("currency")},
		{Name: "/price", Value: "12.50", Salt: token("price")},
		{Name: "/supplier", Value: "Acme \"Nord\"", Salt: token("supplier")},
	}
}

// published is a record of those fields.
func published(t testing.TB, id string, fields ...selective.Field) confidential.Published {
	p := confidential.Published{
		V: 1, Collection: "relation-CarrierMSP-ManufacturerMSP", Hash: "00", By: "ManufacturerMSP", Recorded: asked, Transaction: "tx",
		Manifest: confidential.Manifest{
			V: 1, ID: id, Kind: "terms", Owner: "ManufacturerMSP", Members: []string{"CarrierMSP", "ManufacturerMSP"},
			Version: 1, Sensitivity: confidential.Standard, Written: asked,
		},
	}
	for _, f := range fields {
		c, err := selective.Commit(id, f)
		require.NoError(t, err)
		p.Manifest.Commitments = append(p.Manifest.Commitments, c)
	}
	slices.Sort(p.Manifest.Commitments)
	return p
}

// recordClaim is a claim of what the ledger says of a record.
func recordClaim(t testing.TB, c *clienttest.Consortium, p confidential.Published, kept bool) clienttest.Claim {
	result, err := json.Marshal(confidential.Standing{Published: p, State: map[bool]string{true: confidential.StateKept, false: confidential.StateMissing}[kept], Kept: kept, Holds: []confidential.LegalHold{}})
	require.NoError(t, err)
	claim := clienttest.Claim{
		Function: aRecordQuery.FullName(), Request: `{"id":"` + p.Manifest.ID + `"}`, Result: string(result), Time: asked,
		Results: memledger.Results{Reads: []memledger.Read{{Key: ledger.NewKey("record", p.Manifest.ID), Version: &memledger.Version{Block: 4}}}},
	}
	for _, organisation := range []string{"manufacturer", "carrier"} {
		peer, err := c.Peer(organisation)
		require.NoError(t, err)
		claim.By = append(claim.By, peer)
	}
	return claim
}

// show makes a file of fields of the record in a claim.
func show(t testing.TB, c *clienttest.Consortium, claim clienttest.Claim, fields ...selective.Field) *evidence.ShownFields {
	s, err := c.State(claim)
	require.NoError(t, err)
	shown, err := evidence.NewShownFields(s, fields...)
	require.NoError(t, err)
	return shown
}
