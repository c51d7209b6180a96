package client_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

func terms(t *testing.T) confidential.Draft {
	t.Helper()
	draft, err := client.NewRecord(&collections.Terms{Price: "12.50", Currency: "EUR"})
	require.NoError(t, err)
	return draft
}

func TestEveryKindOfPayloadBecomesARecordAndBack(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	for kind, payload := range map[string]any{
		collections.KindTerms:       collections.Terms{Price: "12.50", Tiers: []collections.Tier{{}, {Price: "11"}}},
		collections.KindOrigin:      collections.Origin{Country: "DE"},
		collections.KindComposition: collections.Composition{Notes: "<7 herbs>"},
		collections.KindCertificate: collections.Certificate{Extensions: []collections.Field{{Name: "/x-acme/seal", Value: "7"}}},
		collections.KindPersonal:    collections.Personal{Purpose: "delivery"},
	} {
		draft, err := client.NewRecord(payload)
		require.NoError(t, err)
		require.Equal(t, kind, draft.Kind)
		require.Len(t, draft.Fields, 8, "decoys hide how many there are")
		written, err := operator.WriteConfidential(t.Context(), draft, "CarrierMSP")
		require.NoError(t, err, kind)
		record, err := c.Client(t, "carrier", "operator").ReadConfidential(t.Context(), written.ID, "ManufacturerMSP")
		require.NoError(t, err)
		again, err := record.Payload()
		require.NoError(t, err)
		require.Equal(t, payload, again)
		_, found := record.Field("")
		require.False(t, found, "a decoy is no field")
	}
	_, err := client.NewRecord("milk")
	require.ErrorIs(t, err, client.ErrPayload)
	_, err = client.NewRecord(collections.Terms{Currency: "Thaler"})
	var wrong *collections.FieldError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "/currency", wrong.Name)
}

// One in 64 would: a shell's user could not name it.
func TestNoIDBeginsLikeAFlag(t *testing.T) {
	for range 1000 {
		draft, err := client.NewRecord(collections.Terms{Price: "1"})
		require.NoError(t, err)
		require.NotEqual(t, byte('-'), draft.ID[0])
	}
	given := confidential.Draft{ID: "-URsWzBNAo9ny3KxGHxwSkjfwtNso7Do0leEfTEuWmg"}
	salted, err := client.Salted(given)
	require.NoError(t, err)
	require.Equal(t, given.ID, salted.ID)
}

func TestWhatIsSaltedStaysAsItIs(t *testing.T) {
	draft := terms(t)
	again, err := client.Salted(draft)
	require.NoError(t, err)
	require.Equal(t, draft, again)
	require.NotEqual(t, terms(t).ID, draft.ID)
}

// Whoever was shown a field of one version knows its salt: the next version's value
// could be guessed from what is public, if it had the same.
func TestTheNextVersionOfARecordHasNoSaltOfTheOneBefore(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	draft := terms(t)
	_, err := operator.WriteConfidential(t.Context(), draft, "CarrierMSP")
	require.NoError(t, err)
	first, err := operator.ReadConfidential(t.Context(), draft.ID, "CarrierMSP")
	require.NoError(t, err)
	next := confidential.Draft{Kind: first.Manifest.Kind, Replaces: draft.ID, Fields: slices.Clone(first.Content.Fields)}
	for i := range next.Fields {
		if next.Fields[i].Name == "/price" {
			next.Fields[i].Value = "13.00"
		}
	}
	written, err := operator.WriteConfidential(t.Context(), next, "CarrierMSP")
	require.NoError(t, err)
	second, err := operator.ReadConfidential(t.Context(), written.ID, "CarrierMSP")
	require.NoError(t, err)
	price, found := second.Field("/price")
	require.True(t, found)
	require.Equal(t, "13.00", price.Value)
	for _, f := range second.Content.Fields {
		for _, before := range first.Content.Fields {
			require.NotEqual(t, before.Salt, f.Salt)
		}
	}
}

// lyingPeer is a gateway whose peer answers queries with other values.
type lyingPeer struct {
	grpc.ClientConnInterface
	from, to string
}

func (a lyingPeer) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	err := a.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	if answer, ok := reply.(*gateway.EvaluateResponse); ok && err == nil {
		answer.Result.Payload = bytes.ReplaceAll(answer.GetResult().GetPayload(), []byte(a.from), []byte(a.to))
	}
	return err
}

func TestAPeerThatAltersARecordIsFoundOut(t *testing.T) {
	c := founded(t)
	draft := terms(t)
	_, err := c.Client(t, "manufacturer", "operator").WriteConfidential(t.Context(), draft, "CarrierMSP")
	require.NoError(t, err)
	connection, err := c.Connection("carrier")
	require.NoError(t, err)
	for from, to := range map[string]string{"12.50": "11.50", draft.ID: terms(t).ID, draft.Fields[0].Salt: terms(t).ID} {
		reader := c.Client(t, "carrier", "operator", client.WithClientConnection(lyingPeer{connection, from, to}))
		_, err := reader.ReadConfidential(t.Context(), draft.ID, "ManufacturerMSP")
		require.ErrorIs(t, err, fault.HashMismatch)
	}
}

// Of three members two endorse: one that is out of reach holds nobody up.
func TestAMemberOutOfReachDoesNotKeepTheOthersFromWriting(t *testing.T) {
	c := founded(t, clienttest.WithRelations([]string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}))
	operator := c.Client(t, "manufacturer", "operator", client.WithTries(1))
	away := clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "no peers of the organisation CarrierMSP")}
	c.Interrupt(away)
	draft := terms(t)
	_, err := operator.WriteConfidential(t.Context(), draft, "CarrierMSP", "RetailerMSP")
	require.NoError(t, err)
	_, err = c.Client(t, "carrier", "operator").ReadConfidential(t.Context(), draft.ID, "RetailerMSP", "ManufacturerMSP")
	require.NoError(t, err)

	c.Interrupt(away, away)
	_, err = operator.WriteConfidential(t.Context(), terms(t), "CarrierMSP", "RetailerMSP")
	require.Error(t, err, "alone it can do nothing")
	_, err = operator.WriteConfidential(t.Context(), draft, "CarrierMSP", "RetailerMSP")
	require.ErrorIs(t, err, fault.AlreadyRecorded, "a refusal stands")
	_, err = operator.WriteConfidential(t.Context(), draft)
	require.ErrorContains(t, err, "name the members")
}

func TestAPurgeIsRecordedWithIt(t *testing.T) {
	c := founded(t)
	operator, admin := c.Client(t, "manufacturer", "operator"), c.Client(t, "manufacturer", "admin")
	why := func(id string) confidential.RecordPurgeRequest {
		return confidential.RecordPurgeRequest{ID: id, Reason: confidential.ContractEnded}
	}
	orphan, public := terms(t), terms(t)
	for _, draft := range []confidential.Draft{orphan, public} {
		_, err := operator.WriteConfidential(t.Context(), draft, "CarrierMSP")
		require.NoError(t, err)
	}
	_, err := operator.PublishConfidential(t.Context(), public.ID, "CarrierMSP")
	require.NoError(t, err)

	purged, err := admin.PurgeConfidential(t.Context(), why(orphan.ID), "CarrierMSP")
	require.NoError(t, err)
	require.NotNil(t, purged.Removed)
	require.Nil(t, purged.Recorded, "nothing of it was public")
	_, err = admin.PurgeConfidential(t.Context(), why(orphan.ID), "CarrierMSP")
	require.ErrorIs(t, err, fault.NotFound)

	_, err = admin.PurgeConfidential(t.Context(), confidential.RecordPurgeRequest{ID: public.ID, Reason: "because"}, "CarrierMSP")
	require.ErrorIs(t, err, fault.InvalidRequest)
	standing, err := operator.ConfidentialRecord(t.Context(), public.ID)
	require.NoError(t, err)
	require.Equal(t, confidential.StateKept, standing.State, "refused before anything is gone")

	// The first half alone, as when the second one failed: the call goes on from there.
	_, err = admin.RemoveConfidential(t.Context(), public.ID, "CarrierMSP")
	require.NoError(t, err)
	purged, err = admin.PurgeConfidential(t.Context(), why(public.ID), "CarrierMSP")
	require.NoError(t, err)
	require.Nil(t, purged.Removed)
	require.Equal(t, confidential.ContractEnded, purged.Record.Purged.Reason)
	_, err = admin.PurgeConfidential(t.Context(), why(public.ID), "CarrierMSP")
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	for record, err := range c.Client(t, "regulator", "auditor").RecordsOf(t.Context(), "ManufacturerMSP") {
		require.NoError(t, err)
		require.Equal(t, *purged.Record, record)
	}
}

func TestAHoldIsPlacedAndLifted(t *testing.T) {
	c := founded(t)
	draft := terms(t)
	operator, quality := c.Client(t, "manufacturer", "operator"), c.Client(t, "carrier", "quality")
	_, err := operator.WriteConfidential(t.Context(), draft, "CarrierMSP")
	require.NoError(t, err)
	_, err = operator.PublishConfidential(t.Context(), draft.ID, "CarrierMSP")
	require.NoError(t, err)
	request := confidential.HoldRequest{Record: draft.ID, Reason: "a claim"}
	held, err := quality.PlaceLegalHold(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, held.Transaction, held.Hold.Transaction)
	_, err = c.Client(t, "manufacturer", "admin").RemoveConfidential(t.Context(), draft.ID, "CarrierMSP")
	require.ErrorIs(t, err, fault.Retained)
	_, err = quality.LiftLegalHold(t.Context(), request)
	require.NoError(t, err)
	var meanings []string
	for step, err := range operator.LegalHoldSteps(t.Context(), draft.ID) {
		require.NoError(t, err)
		meanings = append(meanings, step.Meaning)
	}
	require.Equal(t, []string{confidential.PlaceHold, confidential.LiftHold}, meanings)
}
