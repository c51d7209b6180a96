package client_test

import (
	"context"
	"encoding/json"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

func TestAReaderReadsWhatWasDeliveredToItWithoutChaincode(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	regulator := c.Client(t, "regulator", "auditor")
	require.Empty(t, received(t, regulator, 0))
	first := delivered(t, c, draft, "first", "RegulatorMSP", "/currency", "/price")
	second := delivered(t, c, draft, "second", "CarrierMSP", "/price")

	all := received(t, regulator, 0)
	require.Len(t, all, 1)
	require.NoError(t, all[0].err)
	d := all[0].delivery
	require.Equal(t, first, d.Request)
	require.Equal(t, draft.ID, d.Record)
	require.Equal(t, "ManufacturerMSP", d.Owner)
	require.Equal(t, "RegulatorMSP", d.Recipient)
	require.False(t, d.Erased)
	require.Equal(t, []string{"/currency", "/price"}, []string{d.Fields[0].Name, d.Fields[1].Name})
	require.Equal(t, "12.50", d.Fields[1].Value)
	on, _, err := client.Call(t.Context(), regulator, api.DisclosureStatus, disclosure.RefRequest{Request: first})
	require.NoError(t, err)
	require.Equal(t, on.Delivery.Hash, d.Hash)

	require.Len(t, received(t, regulator, d.Block), 1, "from its block on")
	require.Empty(t, received(t, regulator, d.Block+1))
	require.Empty(t, received(t, regulator, 1<<40), "beyond the last block there is nothing to wait for")
	carrier := received(t, c.Client(t, "carrier", "operator"), 0)
	require.Len(t, carrier, 1)
	require.Equal(t, second, carrier[0].delivery.Request)
	require.Empty(t, received(t, c.Client(t, "manufacturer", "operator"), 0), "the owner receives nothing")

	// What was delivered can be shown to anybody.
	shown, err := regulator.ShowFields(t.Context(), d.Record, d.Fields[1:], "ManufacturerMSP", "RetailerMSP")
	require.NoError(t, err)
	file, err := shown.Encode()
	require.NoError(t, err)
	again, err := evidence.Decode(file)
	require.NoError(t, err)
	v, err := verify.New(c.Roots())
	require.NoError(t, err)
	report := v.Verify(again, c.Roots().Policy, now)
	require.True(t, report.Verified(), "%s", report)
	require.Equal(t, []verify.Shown{{Name: "/price", Value: "12.50"}}, report.Record.Fields)
}

func TestADeliveryVerifiesOfflineAgainstAttestedStatements(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	regulator := c.Client(t, "regulator", "auditor")
	d := received(t, regulator, 0)[0].delivery
	attested := func(statement *evidence.Statement, err error) []byte {
		require.NoError(t, err)
		return statement.Result
	}
	var asked disclosure.Status
	var record confidential.Standing
	require.NoError(t, json.Unmarshal(attested(client.Attest(t.Context(), regulator, api.DisclosureStatus, disclosure.RefRequest{Request: id}, "CarrierMSP", "RetailerMSP")), &asked))
	require.NoError(t, json.Unmarshal(attested(client.Attest(t.Context(), regulator, api.ConfidentialRecord, confidential.RecordRequest{ID: draft.ID}, "CarrierMSP", "RetailerMSP")), &record))
	require.NoError(t, d.Verify(asked.Disclosure, record.Published.Manifest))

	another := asked.Disclosure
	another.Owner = "CarrierMSP"
	require.ErrorIs(t, d.Verify(another, record.Published.Manifest), fault.HashMismatch)
	another = asked.Disclosure
	another.Recipient = "CarrierMSP"
	require.ErrorIs(t, d.Verify(another, record.Published.Manifest), fault.HashMismatch)
	another = asked.Disclosure
	another.Fields = []string{"/currency"}
	require.Error(t, d.Verify(another, record.Published.Manifest))
	other := record.Published.Manifest
	other.Commitments = nil
	require.ErrorIs(t, d.Verify(asked.Disclosure, other), fault.HashMismatch)
	require.ErrorIs(t, (&client.Delivery{}).Verify(asked.Disclosure, record.Published.Manifest), fault.NotHere)
}

func TestADeliveryThatIsNotAtThePeerIsSaidAndTheNextFollows(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	collection := collections.Disclosure("ManufacturerMSP", "RegulatorMSP")
	regulator := c.Client(t, "regulator", "auditor")
	c.Ledger().Lose(collection, "RegulatorMSP", true)
	all := received(t, regulator, 0)
	require.Len(t, all, 1)
	require.ErrorIs(t, all[0].err, fault.NotHere)
	require.Equal(t, "ManufacturerMSP", all[0].delivery.Owner)
	require.NotEmpty(t, all[0].delivery.Hash)
	require.Empty(t, all[0].delivery.Fields)
	c.Ledger().Lose(collection, "RegulatorMSP", false)
	require.NoError(t, received(t, regulator, all[0].delivery.Block)[0].err, "reconciled")
}

// erased is the id of a request that was answered, and of which the answer was erased.
func erased(t *testing.T, c *clienttest.Consortium) string {
	t.Helper()
	id := delivered(t, c, sharedTerms(t, c), "one", "RegulatorMSP", "/price")
	admin := c.Client(t, "manufacturer", "admin")
	_, _, err := client.Call(t.Context(), admin, api.RevokeDisclosure, disclosure.RevokeRequest{Request: id, Reason: "given by mistake"})
	require.NoError(t, err)
	_, _, err = client.Call(t.Context(), admin, api.EraseDisclosure, disclosure.RefRequest{Request: id}, client.EndorsedBy("ManufacturerMSP"))
	require.NoError(t, err)
	return id
}

func TestWhatWasErasedIsGoneFromTheBlocksAndTheErasureShows(t *testing.T) {
	c := founded(t)
	id := erased(t, c)
	all := received(t, c.Client(t, "regulator", "auditor"), 0)
	require.Len(t, all, 2)
	require.ErrorIs(t, all[0].err, fault.NotHere)
	require.Equal(t, id, all[0].delivery.Request)
	require.NoError(t, all[1].err)
	require.True(t, all[1].delivery.Erased)
	require.Equal(t, id, all[1].delivery.Request)
	require.Empty(t, all[1].delivery.Fields)
	later := received(t, c.Client(t, "regulator", "auditor"), all[1].delivery.Block)
	require.Len(t, later, 1)
	require.Equal(t, id, later[0].delivery.Request, "the peer has but a hash; the request is on record")
}

// Of what was erased the peer has but a hash, and has to ask for its name.
func TestAnErasureWaitsForWhoeverCanNameIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := founded(t)
		id := erased(t, c)
		at := received(t, c.Client(t, "regulator", "auditor"), 0)[1].delivery.Block
		connection, err := c.Connection("regulator")
		require.NoError(t, err)
		over := &refusing{ClientConnInterface: connection, with: status.Error(codes.Unavailable, "no chaincode yet")}
		reader := c.Client(t, "regulator", "auditor", client.WithClientConnection(over), client.WithTries(1))

		over.left = 1
		once := received(t, reader, at)
		require.Len(t, once, 1)
		require.Error(t, once[0].err)
		require.True(t, once[0].delivery.Erased, "that it is one is known even so")

		over.left = 3
		for d, err := range reader.FollowDeliveries(t.Context(), at) {
			require.NoError(t, err)
			require.True(t, d.Erased)
			require.Equal(t, id, d.Request)
			break
		}
		require.Zero(t, over.left)
	})
}

// The owner endorses alone: it can look at all that the rules look at, and deliver
// something else.
func TestForgedDeliveriesAreFoundOut(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	id := delivered(t, c, draft, "one", "RegulatorMSP", "/price")
	carriers := delivered(t, c, draft, "two", "CarrierMSP", "/price")
	price := fieldsNamed(t, draft, "/price")
	cheaper := []selective.Field{{Name: "/price", Value: "1.00", Salt: price[0].Salt}}
	unasked := "ManufacturerMSP/x"
	good := contentOf(t, id, draft.ID, price)
	another := func(request, value string) privateTx {
		return delivering("RegulatorMSP", request, value, lookedAt(t, c, request, draft.ID))
	}
	elsewhere := another(id, good)
	elsewhere.collection = collections.Disclosure("CarrierMSP", "RegulatorMSP")
	nowhere := another(id, good)
	nowhere.writes[0].Key = "x"
	for name, forged := range map[string]struct {
		as   privateTx
		want error
	}{
		"as it is":                      {another(id, good), nil},
		"a field altered":               {another(id, contentOf(t, id, draft.ID, cheaper)), fault.HashMismatch},
		"in another owner's collection": {elsewhere, fault.HashMismatch},
		"under another's key":           {another(unasked, good), fault.HashMismatch},
		"under no such key":             {nowhere, fault.HashMismatch},
		"for another recipient":         {another(carriers, contentOf(t, carriers, draft.ID, price)), fault.HashMismatch},
		"never asked for":               {another(unasked, contentOf(t, unasked, draft.ID, price)), fault.NotFound},
		"of another record":             {another(id, contentOf(t, id, price[0].Salt, price)), fault.HashMismatch},
		"no delivery":                   {another(id, `["x"]`), fault.InvalidRequest},
		"not JSON":                      {another(id, "x"), fault.InvalidRequest},
		"something more":                {another(id, good[:len(good)-1]+`,"more":1}`), fault.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			all := endsIn(t, c, "regulator", forged.as)
			require.Len(t, all, 1)
			if forged.want == nil {
				require.NoError(t, all[0].err)
				return
			}
			require.ErrorIs(t, all[0].err, forged.want)
			require.NotContains(t, all[0].err.Error(), price[0].Salt)
		})
	}
}

func TestAStreamThatEndsSaysWhereAndWhy(t *testing.T) {
	c := founded(t)
	for name, broken := range map[string]struct {
		change func(*peer.DeliverResponse) error
		is     error
	}{
		"the peer closes it": {func(*peer.DeliverResponse) error { return io.EOF }, io.ErrUnexpectedEOF},
		"the peer goes away": {func(*peer.DeliverResponse) error { return status.Error(codes.Unavailable, "gone") }, nil},
		"the peer skips a block": {func(r *peer.DeliverResponse) error {
			r.GetBlockAndPrivateData().GetBlock().GetHeader().Number++
			return nil
		}, nil},
		"the peer gives none": {func(r *peer.DeliverResponse) error { r.Type = nil; return nil }, nil},
	} {
		all := received(t, through(t, c, broken.change), 1)
		require.Len(t, all, 1, name)
		var wrong *client.BlocksError
		require.ErrorAs(t, all[0].err, &wrong, name)
		require.EqualValues(t, 1, wrong.Block, name)
		if broken.is != nil {
			require.ErrorIs(t, all[0].err, broken.is, name)
		}
	}
	elsewhere := c.Client(t, "regulator", "auditor", client.WithChannel("elsewhere"))
	all := received(t, elsewhere, 0)
	require.Len(t, all, 1)
	require.ErrorContains(t, all[0].err, "NOT_FOUND")
}

func TestAFollowerGetsWhatComesAndStopsWithItsContext(t *testing.T) {
	c := founded(t)
	draft := sharedTerms(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got, ended := requests(ctx, c.Client(t, "regulator", "auditor"))
	for _, name := range []string{"one", "two"} {
		require.Equal(t, delivered(t, c, draft, name, "RegulatorMSP", "/price"), <-got)
	}
	cancel()
	err := <-ended
	var wrong *client.BlocksError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, c.Ledger().Height(), wrong.Block, "where another call goes on")
	require.ErrorIs(t, err, context.Canceled)
}
