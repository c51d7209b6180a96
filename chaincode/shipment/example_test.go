package shipment_test

import (
	"fmt"
	"log"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/shipment"
	"github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// A carrier receives what was sent to a retailer, and learns why it may not.
func ExampleCapture() {
	scene := shipmenttest.New(fatal{})
	box := shipmenttest.Object(shipmenttest.Manufacturer, "4711")
	scene.MustCapture(shipmenttest.Manufacturer, shipmenttest.Commission(box))
	scene.MustCapture(shipmenttest.Manufacturer, shipmenttest.Ship(shipmenttest.Retailer, box))

	document := scene.Document(shipmenttest.Step("receiving", box))
	err := scene.As(shipmenttest.Carrier, ledger.RoleOperator).
		With(shipment.TransientDocument, document).
		Update(func(tx *ledger.Tx) error {
			_, err := shipment.Capture(tx, shipment.CaptureRequest{})
			return err
		})
	refused := fault.Of(err)
	fmt.Println(refused.Code, refused.EPC, refused.Field)
	fmt.Println(refused.Message)
	// Output:
	// NotOffered /01/09506000134352/21/4711 /epcisBody/eventList/0/epcList/0
	// the object was shipped to RetailerMSP
}

type fatal struct{}

func (fatal) Helper()                           {}
func (fatal) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }
