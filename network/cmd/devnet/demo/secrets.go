package demo

import (
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/collections"
)

// patience is how long it may take until what was committed is at another peer.
const patience = 20 * time.Second

// secrets passes supplier data from the manufacturer to the retailer, shows that
// nobody else sees it, and has one term of it disclosed to the regulator.
func (s *stage) secrets() error {
	s.chapter("Supplier data for two of them")
	object := s.input.objects[0]
	writer, err := s.as(manufacturer, "operator")
	if err != nil {
		return err
	}
	draft, err := client.NewRecord(collections.Terms{
		Price: "41.70", Currency: "EUR", Notes: "Antigen by Northlake Biologics, site 3",
	}, object)
	if err != nil {
		return fmt.Errorf("supplier data: %w", err)
	}
	written, err := writer.WriteConfidential(s.ctx, draft, s.msp(retailer))
	if err != nil {
		return fmt.Errorf("write supplier data: %w", err)
	}
	s.told(entry{Actor: manufacturer, What: "writes supplier data for the retailer, salted", Transaction: written.Transaction, Block: written.Block})
	published, err := writer.PublishConfidential(s.ctx, written.ID, s.msp(retailer))
	if err != nil {
		return fmt.Errorf("publish supplier data: %w", err)
	}
	s.told(entry{Actor: manufacturer, What: "publishes a commitment to each field of it", Transaction: published.Transaction, Block: published.Block})
	reader, err := s.as(retailer, "operator")
	if err != nil {
		return err
	}
	record, err := arrived(s, fault.NotHere, func() (*client.ConfidentialRecord, error) {
		return reader.ReadConfidential(s.ctx, written.ID, s.msp(manufacturer))
	})
	if err != nil {
		return fmt.Errorf("read supplier data: %w", err)
	}
	price, _ := record.Field("/price")
	s.says(retailer, "reads it at its own peer: the price is %s", price.Value)
	// Outsiders name the very pair: the carrier asks for what the manufacturer
	// shares with the retailer, and each for a collection of its own.
	for _, outsider := range []string{carrier, regulator} {
		if err := s.blind(outsider, written.ID); err != nil {
			return err
		}
	}
	return s.disclose(written.ID)
}

// blind shows that a company cannot read the record.
func (s *stage) blind(company, id string) error {
	c, err := s.as(company, "operator")
	if err != nil {
		return err
	}
	for _, other := range []string{manufacturer, retailer} {
		_, err := c.ReadConfidential(s.ctx, id, s.msp(other))
		if err == nil {
			return fmt.Errorf("the %s read what is none of its business", company)
		}
		var refusal *client.Error
		if !errors.As(err, &refusal) {
			return fmt.Errorf("the %s must be refused by a peer, not: %w", company, err)
		}
	}
	s.says(company, "asks for it: refused")
	return nil
}

// arrived waits until what one company has put on the ledger is at another's peer,
// which refuses with a code until then.
func arrived[T any](s *stage, behind fault.Code, act func() (T, error)) (T, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		done, err := act()
		if err == nil || !errors.Is(err, behind) || s.ctx.Err() != nil || time.Now().After(deadline) {
			return done, err
		}
	}
}
