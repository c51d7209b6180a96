package costs_test

import (
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/ledger/memledger"
)

// cost is what one transaction does to the ledger.
type cost struct {
	trips, keysRead, bytesRead int // point reads
	ranges, rangeKeys          int
	keysWritten, bytesWritten  int
}

// counter counts what goes over to a backend.
type counter struct {
	*memledger.Simulation
	cost
}

func (c *counter) Get(keys []ledger.Key) ([][]byte, error) {
	values, err := c.Simulation.Get(keys)
	c.trips++
	c.keysRead += len(keys)
	for i, value := range values {
		c.bytesRead += len(keys[i]) + len(value)
	}
	return values, err
}

func (c *counter) Scan(prefix ledger.Key, yield func(ledger.Entry) bool) error {
	c.ranges++
	return c.Simulation.Scan(prefix, func(e ledger.Entry) bool {
		c.rangeKeys++
		c.bytesRead += len(e.Key) + len(e.Value)
		return yield(e)
	})
}

func (c *counter) Page(prefix ledger.Key, size int, bookmark string) ([]ledger.Entry, string, error) {
	entries, next, err := c.Simulation.Page(prefix, size, bookmark)
	c.ranges++
	c.rangeKeys += len(entries)
	for _, e := range entries {
		c.bytesRead += len(e.Key) + len(e.Value)
	}
	return entries, next, err
}

func (c *counter) Write(writes []ledger.Write) error {
	c.keysWritten += len(writes)
	for _, w := range writes {
		c.bytesWritten += len(w.Key) + len(w.Value)
	}
	return c.Simulation.Write(writes)
}
