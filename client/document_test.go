package client_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

func TestADocumentIsLinkedByItsContentOrItsHash(t *testing.T) {
	c := founded(t)
	operator := c.Client(t, "manufacturer", "operator")
	link := product.LinkDocumentRequest{Subject: recalledLot, Kind: product.InvoiceDocument, MediaType: "text/plain"}
	linked, err := operator.LinkDocument(t.Context(), link, strings.NewReader("the content"))
	require.NoError(t, err)
	require.NoError(t, client.CheckDocument(strings.NewReader("the content"), linked.Document))

	broken := errors.New("the disk is gone")
	_, err = operator.LinkDocument(t.Context(), link, iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, client.CheckDocument(iotest.ErrReader(broken), linked.Document), broken)

	link.SHA256 = linked.Document.SHA256
	_, err = operator.LinkDocument(t.Context(), link, strings.NewReader("another"))
	require.ErrorIs(t, err, client.ErrOtherDocument)
	_, err = operator.LinkDocument(t.Context(), link, nil)
	require.ErrorIs(t, err, fault.AlreadyRecorded)

	withdrawn, err := operator.WithdrawDocument(t.Context(), product.WithdrawDocumentRequest{Subject: recalledLot, SHA256: link.SHA256, Reason: "an error"})
	require.NoError(t, err)
	require.Equal(t, "an error", withdrawn.Document.Withdrawn.Reason)
	found := 0
	for d, err := range operator.Documents(t.Context(), recalledLot) {
		require.NoError(t, err)
		require.Equal(t, withdrawn.Document, d)
		found++
	}
	require.Equal(t, 1, found)
}
