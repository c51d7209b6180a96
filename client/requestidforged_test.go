package client_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
)

// An endorser sees request and name before they are on the ledger: it can make the same
// call itself, under the same name, and answer that it was made before.
func TestAnotherOrganisationsTransactionIsNotTakenForTheFirstCall(t *testing.T) {
	c := founded(t)
	request := product.LinkDocumentRequest{Subject: item(1), Kind: product.InvoiceDocument, MediaType: "text/plain", SHA256: strings.Repeat("0", 64)}
	carrier, manufacturer := c.Client(t, "carrier", "operator"), c.Client(t, "manufacturer", "operator", client.WithTimeouts(client.Timeouts{Resolve: time.Second}))
	_, err := manufacturer.CaptureEvents(t.Context(), []epcis.Event{commissioning(item(1))})
	require.NoError(t, err)
	_, theirs, err := client.Call(t.Context(), carrier, api.LinkDocument, request, client.WithRequestID("link-50"))
	require.NoError(t, err)
	claim := fault.New(fault.AlreadyRecorded, "it was carried out").With("transaction", theirs.Transaction).With(api.MemberRequestID, "link-50")
	c.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: refusals(codes.Aborted, "failed to endorse transaction", "CarrierMSP", "chaincode response 500, "+claim.Wire())})
	_, receipt, err := client.Call(t.Context(), manufacturer, api.LinkDocument, request, client.WithRequestID("link-50"))
	require.ErrorIs(t, err, fault.AlreadyRecorded)
	require.ErrorContains(t, err, "not a valid transaction of this request")
	require.Nil(t, receipt)
}
