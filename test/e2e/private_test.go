package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gateway "github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

const canary = "CANARY-7f3a-formula-of-the-adjuvant"

// A secret goes from the manufacturer to the retailer. Every block, and every
// file of every other organisation's peer, chaincode and of the orderer, is then
// searched for it. (Databases are searched as files here, which could miss a
// compressed block; opening and iterating them comes with the disclosure tests.)
func TestASecretReachesItsTwoMembersAndNobodyElse(t *testing.T) {
	r := start(t)
	goods := objects(1)
	must(t, r, manufacturer, commission(goods))
	record, err := client.NewRecord(collections.Composition{Notes: canary}, goods...)
	require.NoError(t, err)
	written, err := r.client(t, manufacturer, "operator").WriteConfidential(t.Context(), record, retailerMSP)
	require.NoError(t, err)
	eventually(t, func(ctx context.Context) error {
		_, err := r.client(t, retailer, "operator").ReadConfidential(ctx, written.ID, manufacturerMSP)
		return err
	})

	require.NotContains(t, string(blocks(t, r, written.Block)), canary, "the secret is in a block")
	found := map[string]bool{}
	require.NoError(t, filepath.WalkDir(r.network.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // a file that a node has just removed
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte(canary)) {
			relative, err := filepath.Rel(r.network.Dir(), path)
			require.NoError(t, err)
			found[owner(relative)] = true
		}
		return nil
	}))
	require.True(t, found[manufacturer] || found[retailer], "the search finds nothing, not even where the secret is: it proves nothing")
	delete(found, manufacturer)
	delete(found, retailer)
	require.Empty(t, found, "the secret is where it should not be")
}

// owner returns the organisation whose file it is, or the path.
func owner(path string) string {
	for _, name := range []string{manufacturer, carrier, retailer, regulator} {
		if strings.Contains(path, name) {
			return name
		}
	}
	return path
}

// blocks returns the bytes of all blocks up to a number.
func blocks(t *testing.T, r real, last uint64) []byte {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := stranger(t, r, regulator, "auditor").BlockEvents(ctx, gateway.WithStartBlock(0))
	require.NoError(t, err)
	var all []byte
	for block := range stream {
		text, err := proto.Marshal(block)
		require.NoError(t, err)
		all = append(all, text...)
		if block.GetHeader().GetNumber() >= last {
			return all
		}
	}
	t.Fatal("the stream of blocks ended early")
	return nil
}

func TestAConfidentialWriteIsRefusedByEndorsersWhoAreNoMembers(t *testing.T) {
	r := start(t)
	goods := objects(1)
	must(t, r, manufacturer, commission(goods))
	channel := stranger(t, r, manufacturer, "operator")
	record, err := client.NewRecord(collections.Terms{Notes: canary}, goods...)
	require.NoError(t, err)
	text, err := json.Marshal(record)
	require.NoError(t, err)
	submit := func(endorsers ...string) error {
		_, err := channel.GetContractWithName("countersign", "confidential").Submit("Write",
			gateway.WithArguments(`{"with":["RetailerMSP"]}`),
			gateway.WithTransient(map[string][]byte{"record": text}),
			gateway.WithEndorsingOrganizations(endorsers...))
		return err
	}
	require.Error(t, submit(manufacturerMSP, carrierMSP), "the carrier's peer must refuse, before it holds anything")
	err = submit(manufacturerMSP)
	var invalid *gateway.CommitError
	require.ErrorAs(t, err, &invalid, "one member alone may not write a bilateral record")
	require.Contains(t, invalid.Error(), "ENDORSEMENT_POLICY_FAILURE")
	require.NoError(t, submit(manufacturerMSP, retailerMSP))
}

// The words in which a gateway says that it knows no peer are Fabric's own.
func TestNobodyWaitsForAnOrganisationThatDoesNotEndorse(t *testing.T) {
	r := start(t)
	record, err := client.NewRecord(collections.Terms{Price: "1"})
	require.NoError(t, err)
	operator := r.client(t, manufacturer, "operator")
	for msp, code := range map[string]fault.Code{"RetailMSP": fault.NotParticipant, regulatorMSP: fault.ReaderOnly} {
		_, err := operator.WriteConfidential(t.Context(), record, msp)
		require.ErrorIs(t, err, code)
		var failed *client.Error
		require.ErrorAs(t, err, &failed)
		require.Equal(t, []string{msp}, failed.Absent)
		require.False(t, failed.Retry)
	}
	_, err = r.client(t, regulator, "operator").ReadConfidential(t.Context(), record.ID, manufacturerMSP)
	require.ErrorIs(t, err, fault.ReaderOnly)
}

func TestOutsidersCannotReachIntoAPairsCollection(t *testing.T) {
	r := start(t)
	goods := objects(1)
	must(t, r, manufacturer, commission(goods))
	record, err := client.NewRecord(collections.Terms{Price: "1"}, goods...)
	require.NoError(t, err)
	written, err := r.client(t, manufacturer, "operator").WriteConfidential(t.Context(), record, retailerMSP)
	require.NoError(t, err)
	for _, outsider := range []string{carrier, regulator} {
		c := r.client(t, outsider, "operator")
		for _, counterparty := range []string{manufacturerMSP, retailerMSP} {
			_, err := c.ReadConfidential(t.Context(), written.ID, counterparty)
			require.Error(t, err)
		}
		// Nor through a member's peer.
		_, _, err = client.Call(t.Context(), c, api.ReadConfidential, confidential.ReadRequest{With: []string{manufacturerMSP}, ID: written.ID}, client.EndorsedBy(manufacturerMSP))
		require.Error(t, err)
		require.NotErrorIs(t, err, fault.Internal)
	}
}
