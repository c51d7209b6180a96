package shipment

import "github.com/countersign-ledger/countersign/chaincode/fault"

var transacting = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record business transactions").At("/type")
}}
