package demo

import (
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/condition"
	"github.com/countersign-ledger/countersign/client"
)

const releaseReason = "One excursion below 15 °C; the stability data of this product allow 24 h. Fit for use."

// decide has a person of the manufacturer's quality unit release the objects,
// with a signature of its own.
func (s *stage) decide(breach string) error {
	c, err := s.as(manufacturer, "quality")
	if err != nil {
		return err
	}
	person, err := client.SignatoryFromMSP(s.network.MSPDir(manufacturer, "quality"))
	if err != nil {
		return fmt.Errorf("the quality unit's key: %w", err)
	}
	decided, err := c.Decide(s.ctx, condition.Statement{Breach: breach, Meaning: condition.Release, Reason: releaseReason}, person)
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if decided.Released != len(s.input.objects) {
		return fmt.Errorf("the decision released %d of %d objects", decided.Released, len(s.input.objects))
	}
	s.told(entry{
		Actor: manufacturer, What: fmt.Sprintf("quality unit signs: release of %d objects", decided.Released),
		Transaction: decided.Transaction, Block: decided.Block,
	})
	return nil
}
