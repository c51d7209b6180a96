package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

// sharedTerms is a published record of the manufacturer and the retailer.
func sharedTerms(t *testing.T, c *clienttest.Consortium) confidential.Draft {
	t.Helper()
	draft, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR"})
	require.NoError(t, err)
	manufacturer := c.Client(t, "manufacturer", "operator")
	_, err = manufacturer.WriteConfidential(t.Context(), draft, "RetailerMSP")
	require.NoError(t, err)
	_, err = manufacturer.PublishConfidential(t.Context(), draft.ID, "RetailerMSP")
	require.NoError(t, err)
	return draft
}

func fieldsNamed(t *testing.T, draft confidential.Draft, names ...string) []selective.Field {
	t.Helper()
	var found []selective.Field
	for _, f := range draft.Fields {
		if slices.Contains(names, f.Name) {
			found = append(found, f)
		}
	}
	require.Len(t, found, len(names))
	return found
}

// delivered has the manufacturer offer fields of a record to a recipient and deliver
// them; it returns the request's id.
func delivered(t *testing.T, c *clienttest.Consortium, draft confidential.Draft, name, recipient string, fields ...string) string {
	t.Helper()
	id := offered(t, c, draft, name, recipient, fields...)
	require.NoError(t, deliver(t, c, draft, id, fields...))
	_, _, err := client.Call(t.Context(), c.Client(t, "manufacturer", "admin"), api.RecordDelivery, disclosure.RefRequest{Request: id})
	require.NoError(t, err)
	return id
}

func offered(t *testing.T, c *clienttest.Consortium, draft confidential.Draft, name, recipient string, fields ...string) string {
	t.Helper()
	asked, _, err := client.Call(t.Context(), c.Client(t, "manufacturer", "admin"), api.RequestDisclosure, disclosure.RequestRequest{
		Name: name, Recipient: recipient, Terms: disclosure.Terms{
			Record: draft.ID, Fields: fields, Purpose: disclosure.Purpose{Code: "audit"}, LegalBasis: disclosure.LegalBasis{Code: disclosure.NoBasis}, Until: now.AddDate(0, 1, 0),
		},
	})
	require.NoError(t, err)
	require.Equal(t, disclosure.Approved, asked.State)
	return asked.ID
}

// deliver delivers, and has nothing recorded of it yet.
func deliver(t *testing.T, c *clienttest.Consortium, draft confidential.Draft, id string, fields ...string) error {
	t.Helper()
	text, err := json.Marshal(disclosure.Draft{V: 1, Fields: fieldsNamed(t, draft, fields...)})
	require.NoError(t, err)
	_, _, err = client.Call(t.Context(), c.Client(t, "manufacturer", "admin"), api.DeliverDisclosure, disclosure.RefRequest{Request: id}, client.WithTransient(text), client.EndorsedBy("ManufacturerMSP"))
	return err
}

// read is one step of an iterator.
type read struct {
	delivery client.Delivery
	err      error
}

func received(t *testing.T, c *client.Client, from uint64) []read {
	t.Helper()
	var all []read
	for d, err := range c.Deliveries(t.Context(), from) {
		all = append(all, read{d, err})
	}
	return all
}

// altered is a connection to a peer whose blocks come out changed.
type altered struct {
	grpc.ClientConnInterface
	change func(*peer.DeliverResponse) error
}

type alteredStream struct {
	grpc.ClientStream
	change func(*peer.DeliverResponse) error
}

func (a *altered) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := a.ClientConnInterface.NewStream(ctx, desc, method, opts...)
	if err != nil || method != peer.Deliver_DeliverWithPrivateData_FullMethodName {
		return stream, err
	}
	return &alteredStream{stream, a.change}, nil
}

func (a *alteredStream) RecvMsg(m any) error {
	if err := a.ClientStream.RecvMsg(m); err != nil {
		return err
	}
	response, ok := m.(*peer.DeliverResponse)
	if !ok {
		return errors.New("no block")
	}
	return a.change(response)
}

// through is a client of the regulator's whose blocks come out changed.
func through(t *testing.T, c *clienttest.Consortium, change func(*peer.DeliverResponse) error) *client.Client {
	t.Helper()
	connection, err := c.Connection("regulator")
	require.NoError(t, err)
	return c.Client(t, "regulator", "auditor", client.WithClientConnection(&altered{connection, change}))
}

// deaf is a connection over which blocks come and nothing else: whoever is asked has
// no answer.
type deaf struct{ grpc.ClientConnInterface }

func (deaf) Invoke(context.Context, string, any, any, ...grpc.CallOption) error {
	return status.Error(codes.PermissionDenied, "nobody is to be asked")
}

// stands is what a transaction that looks at public keys reads, as of now.
func stands(t *testing.T, c *clienttest.Consortium, keys ...ledger.Key) []*kvrwset.KVRead {
	t.Helper()
	simulation := c.Ledger().Simulate(memledger.Proposal{Caller: ledger.Caller{MSP: "ManufacturerMSP"}}, "ManufacturerMSP")
	_, err := simulation.Get(keys)
	require.NoError(t, err)
	var reads []*kvrwset.KVRead
	for _, read := range simulation.Results().Reads {
		on := &kvrwset.KVRead{Key: string(read.Key)}
		if read.Version != nil {
			on.Version = &kvrwset.Version{BlockNum: read.Version.Block, TxNum: read.Version.Tx}
		}
		reads = append(reads, on)
	}
	require.Len(t, reads, len(keys))
	return reads
}

// lookedAt is what a delivery by the rules looks at, as of now.
func lookedAt(t *testing.T, c *clienttest.Consortium, request, record string) []*kvrwset.KVRead {
	t.Helper()
	return stands(t, c, ledger.NewKey("disclosure", request), ledger.NewKey("record", record),
		ledger.NewKey("consent", request, "ManufacturerMSP"), ledger.NewKey("disclosurerevoked", request))
}

// contentOf is what is delivered on a request, in the form in which it is.
func contentOf(t *testing.T, request, record string, fields []selective.Field) string {
	t.Helper()
	text, err := json.Marshal(disclosure.Content{V: 1, Request: request, Record: record, Fields: fields})
	require.NoError(t, err)
	return string(text)
}

// delivering is a transaction of the manufacturer's that delivers something.
func delivering(recipient, request, value string, reads []*kvrwset.KVRead) privateTx {
	return privateTx{
		id: "alone", chaincode: ours, collection: collections.Disclosure("ManufacturerMSP", recipient), reads: reads,
		writes: []*kvrwset.KVWrite{write(string(ledger.NewKey("delivery", request)), value)},
	}
}

// endsIn reads at the peer of an organisation what there is in the last block, with
// other transactions in it.
func endsIn(t *testing.T, c *clienttest.Consortium, organisation string, transactions ...privateTx) []read {
	t.Helper()
	connection, err := c.Connection(organisation)
	require.NoError(t, err)
	last := c.Ledger().Height() - 1
	return received(t, c.Client(t, organisation, "auditor", client.WithClientConnection(&altered{deaf{connection}, func(r *peer.DeliverResponse) error {
		if r.GetBlockAndPrivateData().GetBlock().GetHeader().GetNumber() == last {
			r.Type = &peer.DeliverResponse_BlockAndPrivateData{BlockAndPrivateData: blockOf(t, last, transactions...)}
		}
		return nil
	}})), last)
}
