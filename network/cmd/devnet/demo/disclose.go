package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// disclose has the regulator ask for one term of a record, and get that and no
// other. It cannot write: its auditor signs, the carrier submits, the owner consents
// and delivers, and the regulator reads it at its own peer, which runs no chaincode.
func (s *stage) disclose(record string) error {
	s.chapter("One term of it for the regulator, by consent")
	asked, err := s.ask(disclosure.Statement{
		Organisation: s.msp(regulator), Name: "case-1", Terms: disclosure.Terms{
			Record: record, Fields: []string{"/notes"}, Until: time.Now().UTC().AddDate(0, 1, 0).Truncate(time.Millisecond),
			Purpose:    disclosure.Purpose{Code: "investigation", Text: "origin of the antigen"},
			LegalBasis: disclosure.LegalBasis{Code: "publicTask"},
		},
	})
	if err != nil {
		return err
	}
	owner, err := s.as(manufacturer, "admin")
	if err != nil {
		return err
	}
	approved, err := arrived(s, fault.NotFound, func() (*client.VotedDisclosure, error) {
		return owner.ApproveDisclosure(s.ctx, asked)
	})
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	s.told(entry{Actor: manufacturer, What: "consents", Transaction: approved.Transaction, Block: approved.Block})
	disclosed, err := owner.Disclose(s.ctx, asked)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	s.told(entry{Actor: manufacturer, What: "delivers that term", Transaction: disclosed.Delivered.Transaction, Block: disclosed.Delivered.Block})
	return s.receive(asked)
}

// ask has a request signed by the regulator and submitted by the carrier; it returns
// its id.
func (s *stage) ask(statement disclosure.Statement) (string, error) {
	auditor, err := client.SignatoryFromMSP(s.network.MSPDir(regulator, "auditor"))
	if err != nil {
		return "", fmt.Errorf("the auditor's key: %w", err)
	}
	signed, err := client.SignDisclosureRequest(s.network.Topology().Channel, statement, auditor)
	if err != nil {
		return "", fmt.Errorf("sign the request: %w", err)
	}
	s.says(regulator, "signs a request for %v", statement.Fields)
	messenger, err := s.as(carrier, "operator")
	if err != nil {
		return "", err
	}
	asked, err := messenger.CarryDisclosureRequest(s.ctx, *signed)
	if err != nil {
		return "", fmt.Errorf("carry the request: %w", err)
	}
	s.told(entry{Actor: carrier, What: fmt.Sprintf("carries it; it takes the consent of %v", asked.Missing), Transaction: asked.Transaction, Block: asked.Block})
	return asked.ID, nil
}

// receive waits for a delivery at the regulator's own peer.
func (s *stage) receive(request string) error {
	c, err := s.as(regulator, "auditor")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	for delivery, err := range c.FollowDeliveries(ctx, 0) {
		if err != nil {
			return fmt.Errorf("read what was delivered: %w", err)
		}
		if delivery.Request != request || len(delivery.Fields) != 1 {
			continue
		}
		field := delivery.Fields[0]
		s.says(regulator, "reads it at its own peer, and holds it against the public commitments: %s is %q", field.Name, field.Value)
		return nil
	}
	return errors.New("nothing was delivered to the regulator")
}
