package client_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/disclosure"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

// A regulator wants to know where a lot of cocoa is from. Manufacturer and retailer
// share that, and nobody else. The regulator cannot write to the ledger: one of its
// auditors signs the request, and the carrier brings it there.
func ExampleClient_Disclose() {
	ctx := context.Background()
	if err := discloseToTheRegulator(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// RegulatorMSP/case-17 is requested; it takes [ManufacturerMSP]
	// delivered, at the regulator's own peer: /country CI
	// RegulatorMSP/case-17 is delivered, and verified by RegulatorMSP
	// RegulatorMSP/case-17 is erased
}

func discloseToTheRegulator(ctx context.Context) error {
	ledger, err := clienttest.Start(clienttest.WithTime(now))
	if err != nil {
		return err
	}
	if err := ledger.Found(ctx, participant.Organisation{MSP: "ManufacturerMSP"}, participant.Organisation{MSP: "CarrierMSP"},
		participant.Organisation{MSP: "RetailerMSP"}, participant.Organisation{MSP: "RegulatorMSP"}); err != nil {
		return err
	}
	people, closing, err := connectAll(ctx, ledger, "manufacturer/admin", "carrier/operator", "regulator/auditor")
	if err != nil {
		return err
	}
	defer closing()
	manufacturer, carrier, regulator := people[0], people[1], people[2]

	// The record: its content stays with two, its commitments are public. It may be
	// given to others in two countries.
	record, err := client.NewRecord(collections.Origin{Commodity: "cocoa beans", Country: "CI", SupplierEmail: "office@example.com"})
	if err != nil {
		return err
	}
	record.Transfer = &confidential.Transfer{Rule: "supply contract 7: EU only", Countries: []string{"DE", "FR"}}
	if _, err := manufacturer.WriteConfidential(ctx, record, "RetailerMSP"); err != nil {
		return err
	}
	if _, err := manufacturer.PublishConfidential(ctx, record.ID, "RetailerMSP"); err != nil {
		return err
	}

	// The regulator's auditor signs, without any connection.
	card, err := ledger.User("regulator", "auditor")
	if err != nil {
		return err
	}
	auditor := client.Signatory{Certificate: card.Certificate, Key: card.Key}
	signed, err := client.SignDisclosureRequest(clienttest.Channel, disclosure.Statement{
		Organisation: "RegulatorMSP", Name: "case-17", Time: now, Terms: disclosure.Terms{
			Record: record.ID, Fields: []string{"/country"}, Until: now.AddDate(0, 3, 0),
			Purpose:    disclosure.Purpose{Code: "investigation", Text: "deforestation"},
			LegalBasis: disclosure.LegalBasis{Code: "publicTask", Reference: "Regulation (EU) 2023/1115, Article 16"},
		},
	}, auditor)
	if err != nil {
		return err
	}
	asked, err := carrier.CarryDisclosureRequest(ctx, *signed)
	if err != nil {
		return err
	}
	fmt.Printf("%s is %s; it takes %v\n", asked.ID, asked.State, asked.Missing)

	// The owner consents, and gives that field and no other.
	if _, err := manufacturer.ApproveDisclosure(ctx, asked.ID); err != nil {
		return err
	}
	if _, err := manufacturer.Disclose(ctx, asked.ID); err != nil {
		return err
	}
	if err := acknowledge(ctx, regulator, carrier, auditor); err != nil {
		return err
	}
	status, err := regulator.Disclosure(ctx, asked.ID)
	if err != nil {
		return err
	}
	fmt.Printf("%s is %s, and %s by %s\n", status.ID, status.State, status.Acknowledgement.Verdict, status.Acknowledgement.By.MSP)

	// The case is closed: what was given is erased, and that it had been given stays.
	if _, err := manufacturer.RevokeDisclosure(ctx, asked.ID, "the case is closed"); err != nil {
		return err
	}
	if _, err := manufacturer.EraseDisclosure(ctx, asked.ID); err != nil {
		return err
	}
	if status, err = regulator.Disclosure(ctx, asked.ID); err != nil {
		return err
	}
	fmt.Printf("%s is %s\n", status.ID, status.State)
	return nil
}

// acknowledge has the regulator read what was delivered to it, from blocks and private
// data at its own peer, where no chaincode runs. What it finds is carried, too.
func acknowledge(ctx context.Context, regulator, carrier *client.Client, auditor client.Signatory) error {
	for delivery, err := range regulator.Deliveries(ctx, 0) {
		if err != nil {
			return err // a forged delivery, among other things
		}
		for _, field := range delivery.Fields {
			fmt.Println("delivered, at the regulator's own peer:", field.Name, field.Value)
		}
		signed, err := client.SignAcknowledgement(clienttest.Channel, disclosure.AcknowledgementStatement{
			Organisation: "RegulatorMSP", Time: now,
			Finding: disclosure.Finding{Request: delivery.Request, Hash: delivery.Hash, Verdict: disclosure.Verified},
		}, auditor)
		if err != nil {
			return err
		}
		if _, err := carrier.CarryAcknowledgement(ctx, *signed); err != nil {
			return err
		}
	}
	return nil
}

// connectAll connects people, named "organisation/user".
func connectAll(ctx context.Context, ledger *clienttest.Consortium, people ...string) (all []*client.Client, closing func(), err error) {
	closing = func() {
		for _, c := range all {
			c.Close() //nolint:errcheck // the end of an example
		}
	}
	for _, name := range people {
		organisation, user, _ := strings.Cut(name, "/")
		c, err := ledger.Connect(ctx, organisation, user)
		if err != nil {
			return nil, closing, err
		}
		all = append(all, c)
	}
	return all, closing, nil
}
