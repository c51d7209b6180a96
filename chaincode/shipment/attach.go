package shipment

import "github.com/countersign-ledger/countersign/chaincode/fault"

var attaching = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record associations").At("/type")
}}

var detaching = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record associations").At("/type")
}}
