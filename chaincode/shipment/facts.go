package shipment

import (
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
)

// Names of lot and expiry in ILMD: CBV 2.0 section 9.3, and the GS1 Web
// Vocabulary.
var (
	lotNames    = []string{"cbvmda:lotNumber", "urn:epcglobal:cbv:mda:lotNumber", "gs1:hasBatchLotNumber"}
	expiryNames = []string{"cbvmda:itemExpirationDate", "urn:epcglobal:cbv:mda:itemExpirationDate", "gs1:expirationDate"}
)

// maxLot is the length of a lot number (GS1 General Specifications, AI 10), in
// bytes.
const maxLot = 20

// facts returns lot and expiry date (YYYY-MM-DD) from a commissioning's ILMD,
// each "" when it is not there or not of the form that it should have: ILMD is
// the sender's to fill, and stands in the event whole.
func facts(e *epcis.Event) (lot, expires string) {
	if lot = ilmd(e, lotNames); len(lot) > maxLot {
		lot = ""
	}
	expires = ilmd(e, expiryNames)
	if len(expires) > len(time.DateOnly) {
		expires = expires[:len(time.DateOnly)]
	}
	if _, err := time.Parse(time.DateOnly, expires); err != nil {
		expires = ""
	}
	return lot, expires
}

func ilmd(e *epcis.Event, names []string) string {
	for _, name := range names {
		if value, found := e.ILMD.Lookup(name); found && (value.Kind == epcis.String || value.Kind == epcis.Numeric) {
			return value.Text
		}
	}
	return ""
}
