package determinism_test

import (
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// documents links documents to an object, and withdraws one.
func (w *world) documents(object string) {
	w.Helper()
	for i, msp := range []string{Retailer, Manufacturer, Carrier} {
		must(w, api.LinkDocument, w.as(msp, ledger.RoleOperator), product.LinkDocumentRequest{
			Subject: object, SHA256: strings.Repeat([]string{"ab", "cd", "ef"}[i], 32), Kind: product.CertificateDocument,
			MediaType: "application/pdf", Title: "<It conforms>", Issuer: GLN(msp), Location: "https://docs.example.com/?a=b&c=d",
		}, nil)
	}
	must(w, api.WithdrawDocument, w.as(Carrier, ledger.RoleOperator), product.WithdrawDocumentRequest{Subject: object, SHA256: strings.Repeat("ef", 32), Reason: "revoked"}, nil)
	must(w, api.Documents, w.as(Regulator, ledger.RoleAuditor), product.ListDocumentsRequest{Subject: object, Size: 2}, nil)
}
