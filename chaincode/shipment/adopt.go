package shipment

import "github.com/countersign-ledger/countersign/chaincode/fault"

var adopting = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record stock from before the ledger").At("/type")
}}
