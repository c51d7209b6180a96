package demo

import (
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// patience is how long dissemination may take.
const patience = 20 * time.Second

// secrets passes supplier data from the manufacturer to the retailer, and shows
// that nobody else sees it.
func (s *stage) secrets() error {
	s.chapter("Supplier data for two of them")
	object := s.input.objects[0]
	writer, err := s.as(manufacturer, "operator")
	if err != nil {
		return err
	}
	written, err := writer.WriteConfidential(s.ctx, s.msp(retailer), confidential.Record{
		Subject: object, Kind: "origin",
		Fields: []confidential.Field{
			{Name: "antigenSupplier", Value: "Northlake Biologics, site 3"},
			{Name: "transferPrice", Value: "41.70 EUR"},
		},
	})
	if err != nil {
		return fmt.Errorf("write supplier data: %w", err)
	}
	s.told(entry{Actor: manufacturer, What: "writes supplier data for the retailer, salted", Transaction: written.Transaction, Block: written.Block})
	if _, err := call(s, manufacturer, "operator", api.PublishConfidential, confidential.PublishRequest{
		Counterparty: s.msp(retailer), ID: written.ID, Subject: object,
	}, "publishes the hash of it"); err != nil {
		return err
	}
	reader, err := s.as(retailer, "operator")
	if err != nil {
		return err
	}
	record, err := s.disseminated(func() (*confidential.Record, error) {
		return reader.ReadConfidential(s.ctx, s.msp(manufacturer), written.ID)
	})
	if err != nil {
		return fmt.Errorf("read supplier data: %w", err)
	}
	s.says(retailer, "reads it at its own peer: %d fields", len(record.Fields))
	// Outsiders name the very pair: the carrier asks for what the manufacturer
	// shares with the retailer, and each for a collection of its own.
	for _, outsider := range []string{carrier, regulator} {
		if err := s.blind(outsider, written.ID); err != nil {
			return err
		}
	}
	return nil
}

// blind shows that a company cannot read the record.
func (s *stage) blind(company, id string) error {
	c, err := s.as(company, "operator")
	if err != nil {
		return err
	}
	for _, other := range []string{manufacturer, retailer} {
		_, err := c.ReadConfidential(s.ctx, s.msp(other), id)
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

// disseminated waits until a private value has reached the reader's peer.
func (s *stage) disseminated(read func() (*confidential.Record, error)) (*confidential.Record, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		record, err := read()
		if err == nil || !errors.Is(err, fault.NotHere) || s.ctx.Err() != nil || time.Now().After(deadline) {
			return record, err
		}
	}
}
