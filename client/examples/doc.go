// Package examples has the tasks of a developer who builds Countersign into an
// ERP, WMS or MES, one function each, to read and to copy from.
//
// Each takes a [Trade], the connections of three organisations that trade, and
// tells on its writer what it did. The tests run every one of them over
// clienttest, here, and over a real network, in test/e2e, and hold both to the
// same output.
package examples
