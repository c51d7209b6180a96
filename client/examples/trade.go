package examples

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/client"
)

// Trade is what an example works with.
type Trade struct {
	// Manufacturer, Carrier and Retailer are connections of operators, and
	// Admin is one of the manufacturer's admin.
	Manufacturer, Carrier, Retailer, Admin *client.Client
	// Quality is a connection of the manufacturer's quality unit, and Signatory
	// its person with the key that signs decisions.
	Quality   *client.Client
	Signatory client.Signatory
	// Run tells the keys of one run from those of others on the same ledger.
	Run int
	// Out is where an example tells what it did.
	Out io.Writer
}

// Example is one task.
type Example struct {
	// Name says what it shows.
	Name string
	// Run does it.
	Run func(context.Context, *Trade) error
	// Output is what it tells.
	Output string
}

// The organisations' GLNs, as parties.
const (
	ManufacturerGLN = "urn:epc:id:pgln:9521321.00000"
	CarrierGLN      = "urn:epc:id:pgln:9521987.00000"
	RetailerGLN     = "urn:epc:id:pgln:9521555.00000"
)

// Item returns the nth serialised trade item of this run.
func (t *Trade) Item(n int) string {
	return fmt.Sprintf("urn:epc:id:sgtin:9521321.040071.R%d-%d", t.Run, n)
}

// Items returns the first n of them.
func (t *Trade) Items(n int) []string {
	items := make([]string, n)
	for i := range items {
		items[i] = t.Item(i)
	}
	return items
}

// Pallet returns the nth logistic unit of this run.
func (t *Trade) Pallet(n int) string {
	return fmt.Sprintf("urn:epc:id:sscc:9521321.1%06d%03d", t.Run, n)
}

// Lot returns the nth lot of this run.
func (t *Trade) Lot(n int) string {
	return fmt.Sprintf("urn:epc:class:lgtin:9521321.040071.R%d-%d", t.Run, n)
}

// tell writes a line of output.
func (t *Trade) tell(format string, args ...any) {
	fmt.Fprintf(t.Out, format+"\n", args...)
}

// object returns an ObjectEvent of now about single objects.
func object(action epcis.Action, bizStep string, epcs ...string) epcis.Event {
	return epcis.Event{
		Type: epcis.ObjectEvent, Action: action, BizStep: bizStep, EventTime: time.Now().Add(-time.Minute).UTC(), EPCList: epcs,
	}
}

// to is the destination of a shipment.
func to(gln string) []epcis.Party { return []epcis.Party{{Type: "possessing_party", ID: gln}} }
