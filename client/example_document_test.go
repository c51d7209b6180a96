package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// A manufacturer links the certificate of a lot. Whoever is handed the file checks
// that it is the one.
func ExampleClient_LinkDocument() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "quality")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example

	file := "%PDF-1.7 ..." // os.Open("certificate.pdf")
	if _, err := manufacturer.LinkDocument(ctx, product.LinkDocumentRequest{
		Subject: recalledLot, Kind: product.AnalysisDocument, MediaType: "application/pdf",
		Title: "Certificate of analysis, lot L42", Issuer: "Example Laboratories", ValidUntil: "2027-03-31",
	}, strings.NewReader(file)); err != nil {
		fmt.Println(err)
		return
	}

	retailer, err := ledger.Connect(ctx, "retailer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer retailer.Close() //nolint:errcheck // the end of an example
	for document, err := range retailer.Documents(ctx, recalledLot) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(document.Title, "by", document.Author)
		fmt.Println("the file is the one:", client.CheckDocument(strings.NewReader(file), document) == nil)
		forged := client.CheckDocument(strings.NewReader(file+" "), document)
		fmt.Println("another is told apart:", errors.Is(forged, client.ErrOtherDocument))
	}
	// Output:
	// Certificate of analysis, lot L42 by ManufacturerMSP
	// the file is the one: true
	// another is told apart: true
}
