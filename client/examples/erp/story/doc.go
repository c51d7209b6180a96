// Package story tells the tasks of package erp as one, for tests over any ledger:
// goods are made, shipped, received with one missing, found to have been too warm,
// and looked into.
package story
