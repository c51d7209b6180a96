package shipment

import "github.com/countersign-ledger/countersign/chaincode/fault"

var packing = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record aggregations").At("/type")
}}

var counting = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record aggregations").At("/type")
}}

var unpacking = rule{apply: func(*capture, *plan) error {
	return fault.New(fault.Unsupported, "this version does not record aggregations").At("/type")
}}
