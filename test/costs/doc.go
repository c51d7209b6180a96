// Package costs counts, exactly, what transactions read and write: round trips
// to the peer, keys and bytes. The table in docs/performance.md is what it
// counts; its test fails when that is out of date, and
//
//	go test ./test/costs -update
//
// writes it anew.
package costs
