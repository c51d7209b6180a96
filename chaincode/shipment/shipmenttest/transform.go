package shipmenttest

import (
	"fmt"
	"maps"

	"github.com/countersign-ledger/countersign/chaincode/product"
)

// Making is a TransformationEvent: paths or URIs of objects, and quantities as
// [Quantity] returns them.
type Making struct {
	In, Out                     []string
	InQuantities, OutQuantities []map[string]any
	// ID is the transformationID.
	ID string
	// Lot is that of the outputs, in the ILMD.
	Lot string
	// Loss and Yield are extensions; nil leaves one out.
	Loss  []map[string]any
	Yield any
}

// Transform is the event that makes one thing of another.
func Transform(m Making) Event {
	more := map[string]any{"type": "TransformationEvent", "action": nil, "epcList": nil}
	lists := func(epcs []string, epcList string, quantities []map[string]any, quantityList string) {
		if len(epcs) > 0 {
			list := make([]string, len(epcs))
			for i, epc := range epcs {
				list[i] = uri(epc)
			}
			more[epcList] = list
		}
		if len(quantities) > 0 {
			more[quantityList] = quantities
		}
	}
	lists(m.In, "inputEPCList", m.InQuantities, "inputQuantityList")
	lists(m.Out, "outputEPCList", m.OutQuantities, "outputQuantityList")
	if m.ID != "" {
		more["transformationID"] = m.ID
	}
	if m.Lot != "" {
		more["ilmd"] = map[string]any{"cbvmda:lotNumber": m.Lot}
	}
	said := map[string]any{}
	if m.Loss != nil {
		said["countersign:loss"] = m.Loss
	}
	if m.Yield != nil {
		said["countersign:yield"] = m.Yield
	}
	if len(said) > 0 {
		more["@context"] = map[string]any{"countersign": product.Namespace}
		maps.Copy(more, said)
	}
	return Event{BizStep: "commissioning", More: more}
}

// Quantity is an amount of a lot or class; an empty unit counts.
func Quantity(class string, amount any, unit string) map[string]any {
	q := Loss(amount, unit)
	q["epcClass"] = uri(class)
	return q
}

// Loss is a declared loss; an empty unit counts.
func Loss(amount any, unit string) map[string]any {
	q := map[string]any{"quantity": amount}
	if unit != "" {
		q["uom"] = unit
	}
	return q
}

// Class returns the path of a trade item of an organisation, by a number up to
// 9999.
func Class(msp string, number int) string {
	return "/01/" + digits("0"+Prefixes[msp]+pad(number, 5))
}

// Item returns the path of a serialised trade item of a class.
func Item(class, serial string) string { return class + "/21/" + serial }

// Lot returns the path of a lot of a class.
func Lot(class, lot string) string { return class + "/10/" + lot }

func pad(number, width int) string { return fmt.Sprintf("%0*d", width, number) }
