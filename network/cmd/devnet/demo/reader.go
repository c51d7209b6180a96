package demo

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// refusedByOrderer shows that the regulator cannot write even what every peer
// endorses: it submits a query as if it were an update, so that no contract is
// in the way, and the orderer refuses it by the channel's configuration.
func (s *stage) refusedByOrderer() error {
	c, err := s.as(regulator, "admin")
	if err != nil {
		return err
	}
	request, err := json.Marshal(product.ReadTwinRequest{ID: s.input.objects[0]})
	if err != nil {
		return err
	}
	function := *api.Twin.Function
	function.Kind = api.Update
	_, _, err = c.Submit(s.ctx, client.Invocation{Function: &function, Request: request})
	var refusal *client.Error
	switch {
	case err == nil:
		return errors.New("the regulator's transaction was ordered; it must be refused")
	case !errors.As(err, &refusal) || refusal.Stage != client.StageSubmit:
		return fmt.Errorf("the orderer must refuse the regulator's transaction, not: %w", err)
	}
	s.says(regulator, "submits what peers have endorsed: refused by the orderer")
	return nil
}
