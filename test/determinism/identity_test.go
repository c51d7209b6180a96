package determinism_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// identity has stock adopted and confirmed, serials commissioned twice, lives
// ended and reopened, events declared errors, and a tag and its clone read.
func (w *world) identity() {
	w.Helper()
	var stock []string
	for i := range 40 {
		stock = append(stock, Object(Manufacturer, fmt.Sprintf("I%04d", i)))
	}
	w.capture(Carrier, Event{Action: "ADD", BizStep: "stock_taking", EPCs: stock})
	operator := w.as(Manufacturer, ledger.RoleOperator)
	must(w, api.ConfirmOrigin, operator, product.ConfirmOriginRequest{IDs: stock[:20]}, nil)
	made := Commission(stock[20:30]...)
	made.Time = w.scene.Now
	w.capture(Manufacturer, made)                  // takes over
	w.capture(Retailer, Commission(stock[:30]...)) // a delegate, twice
	w.capture(Carrier, Delete("retail_selling", stock[:10]...))
	w.capture(Retailer, Step("inspecting", stock[:10]...))
	back := Step("stocking", stock[:5]...)
	back.Disposition = "returned"
	w.capture(Carrier, back, Delete("destroying", stock[30]))
	event := must(w, api.History, w.as(Regulator, ledger.RoleAuditor), product.ReadHistoryRequest{ID: stock[20]}, nil).Entries[1].Event
	wrong := made
	wrong.More = map[string]any{"errorDeclaration": map[string]any{
		"declarationTime": w.scene.Now.Format(time.RFC3339), "reason": "incorrect_data", "correctiveEventIDs": []string{"urn:x:2", "urn:x:1"}, "ex:by": "night shift",
	}}
	w.capture(Manufacturer, wrong)
	who := w.as(Regulator, ledger.RoleAuditor)
	must(w, api.Suspicions, who, product.ListSuspicionsRequest{ID: stock[20], Size: 2}, nil)
	must(w, api.Declarations, who, product.ListDeclarationsRequest{Event: event}, nil)
	tagged := Object(Manufacturer, "ITAG")
	w.capture(Manufacturer, Commission(tagged))
	w.tags(tagged)
}

// tags has a tag bound, read, and its clone found.
func (w *world) tags(object string) {
	w.Helper()
	der, err := x509.MarshalPKIXPublicKey(w.device.Public())
	require.NoError(w, err)
	must(w, api.BindTag, w.as(Manufacturer, ledger.RoleOperator), product.BindTagRequest{
		ID: object, PublicKey: base64.StdEncoding.EncodeToString(der), Algorithm: "EdDSA", Counter: 3,
	}, nil)
	for i, counter := range []uint64{5, 5} {
		nonce := append(make([]byte, product.MinNonce), byte(i))
		message := product.TagMessage("trade", object, Retailer, w.scene.Now, nonce, counter)
		got := must(w, api.Authenticate, w.as(Retailer, ledger.RoleGateway), product.AuthenticateRequest{
			ID: object, Time: w.scene.Now, Nonce: base64.StdEncoding.EncodeToString(nonce), Counter: counter,
			Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(w.device, message)),
		}, nil)
		require.Equal(w, i == 1, got.Clone)
	}
	who := w.as(Regulator, ledger.RoleAuditor)
	must(w, api.Tag, who, product.ReadTagRequest{ID: object}, nil)
	must(w, api.TagReadings, who, product.ListTagReadingsRequest{ID: object}, nil)
	must(w, api.Twin, who, product.ReadTwinRequest{ID: object}, nil)
}
