package client_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/countersign-ledger/countersign/chaincode/confidential"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/client/evidence"
	"github.com/countersign-ledger/countersign/client/verify"
	"github.com/countersign-ledger/countersign/collections"
)

const (
	object = "https://id.gs1.org/01/09506000134352/21/V1"
	class  = "https://id.gs1.org/01/09506000134352"
)

// event returns an EPCIS document with one event about the object.
func event(rest string) []byte {
	return []byte(`{
		"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
		"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-03-01T12:00:00Z",
		"epcisBody": {"eventList": [{
			"type": "ObjectEvent", "eventTime": "2026-03-01T11:00:00Z", "eventTimeZoneOffset": "+00:00",
			"epcList": ["` + object + `"], ` + rest + `}]}}`)
}

// consortium is a ledger in memory with three organisations that trade.
func consortium(ctx context.Context) *clienttest.Consortium {
	c, err := clienttest.Start(clienttest.WithTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		panic(err)
	}
	if err := c.Found(ctx,
		participant.Organisation{MSP: "ManufacturerMSP", Licences: []participant.Licence{{Prefix: "9506000"}}},
		participant.Organisation{MSP: "CarrierMSP", GLNs: []string{"/417/4012345000009"}},
		participant.Organisation{MSP: "RetailerMSP"},
	); err != nil {
		panic(err)
	}
	return c
}

// On a network, a program connects with the profile and the MSP folder that its
// organisation's administrator hands out:
//
//	c, err := client.Connect(ctx,
//		client.WithProfile("connection.yaml"), client.WithMSP("operator/msp"))
//
// Here a consortium in memory takes the network's place.
func ExampleConnect() {
	ctx := context.Background()
	c, err := consortium(ctx).Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close() //nolint:errcheck // the end of an example
	fmt.Println(c.MSP(), "on", c.Channel())
	// Output: ManufacturerMSP on supplychain
}

func ExampleClient_Capture() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example

	commissioning := event(`"action": "ADD", "bizStep": "commissioning"`)
	captured, err := manufacturer.Capture(ctx, commissioning)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("events recorded:", len(captured.Events))

	// After a crash, capture again what may not have arrived: it is safe.
	_, err = manufacturer.Capture(ctx, commissioning)
	fmt.Println("again:", errors.Is(err, fault.AlreadyRecorded))

	// A refusal has a code, and names the object and the place in the document.
	_, err = manufacturer.Capture(ctx, event(`"action": "DELETE", "bizStep": "commissioning"`))
	var failed *client.Error
	if errors.As(err, &failed) && failed.Fault != nil {
		fmt.Println(failed.Stage, failed.Fault.Code, failed.Fault.Field)
	}
	// Output:
	// events recorded: 1
	// again: true
	// endorse Unsupported /epcisBody/eventList/0/bizStep
}

func ExampleClient_Twin() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	if _, err := manufacturer.Capture(ctx, event(`"action": "ADD", "bizStep": "commissioning"`)); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := manufacturer.Capture(ctx, event(`"action": "OBSERVE", "bizStep": "shipping",
		"destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00000"}]`)); err != nil {
		fmt.Println(err)
		return
	}

	twin, err := manufacturer.Twin(ctx, object)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("custodian", twin.Custodian, "offered to", twin.Offer.To)
	for entry, err := range manufacturer.History(ctx, object) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Number, entry.Effect)
	}
	// Output:
	// custodian ManufacturerMSP offered to CarrierMSP
	// 1 commissioned
	// 2 shipped
}

// advice says what a program does about an error.
func advice(err error) string {
	var failed *client.Error
	var unknown *client.OutcomeUnknownError
	switch {
	case err == nil, errors.Is(err, fault.AlreadyRecorded):
		return "go on: it is on the ledger"
	case errors.Is(err, fault.NotYetShipped), errors.Is(err, fault.InTransit), errors.Is(err, fault.Held), errors.Is(err, fault.Undetermined):
		return "park it: others have something to do first"
	case errors.As(err, &unknown):
		return "ask for the outcome of " + unknown.Transaction
	case errors.As(err, &failed) && failed.Retry:
		return "try again later: nothing has changed"
	case errors.As(err, &failed) && failed.Fault != nil:
		return fmt.Sprintf("correct it, or show it to somebody: %s at %s", failed.Fault.Code, failed.Fault.Field)
	default:
		return "show it to whoever runs the network"
	}
}

func ExampleError() {
	ctx := context.Background()
	ledger := consortium(ctx)
	carrier, err := ledger.Connect(ctx, "carrier", "operator", client.WithTries(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer carrier.Close() //nolint:errcheck // the end of an example
	_, err = carrier.Capture(ctx, event(`"action": "ADD", "bizStep": "commissioning"`))
	fmt.Println(advice(err))

	ledger.Interrupt(clienttest.Interruption{Step: clienttest.Endorse, Err: status.Error(codes.Unavailable, "connection lost")})
	_, err = carrier.Capture(ctx, event(`"action": "ADD", "bizStep": "commissioning"`))
	fmt.Println(advice(err))
	// Output:
	// correct it, or show it to somebody: NotLicensee at /epcisBody/eventList/0/epcList/0
	// try again later: nothing has changed
}

// What to do when nobody can say whether a transaction is on the ledger: ask
// again by its id, for as long as you like, or capture the document again.
func ExampleOutcomeUnknownError() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator", client.WithTimeouts(client.Timeouts{Resolve: 50 * time.Millisecond}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	lost := status.Error(codes.Unavailable, "connection lost")
	ledger.Interrupt(clienttest.Interruption{Step: clienttest.Submit, Err: lost})

	document := event(`"action": "ADD", "bizStep": "commissioning"`)
	_, err = manufacturer.Capture(ctx, document)
	var unknown *client.OutcomeUnknownError
	if errors.As(err, &unknown) {
		waiting, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		_, err = manufacturer.Outcome(waiting, unknown.Transaction)
		fmt.Println("still unknown:", errors.As(err, &unknown))

		_, err = manufacturer.Capture(ctx, document)
		fmt.Println("there now:", err == nil || errors.Is(err, fault.AlreadyRecorded))
	}
	// Output:
	// still unknown: true
	// there now: true
}

func ExampleClient_WriteConfidential() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	carrier, err := ledger.Connect(ctx, "carrier", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer carrier.Close() //nolint:errcheck // the end of an example

	record, err := client.NewRecord(collections.Terms{Price: "12.50", Currency: "EUR"}, class)
	if err != nil {
		fmt.Println(err)
		return
	}
	record.Retention = confidential.Retention{Keep: "P6Y", Basis: "HGB § 257"}
	written, err := manufacturer.WriteConfidential(ctx, record, "CarrierMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	read, err := carrier.ReadConfidential(ctx, written.ID, "ManufacturerMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	price, _ := read.Field("/price")
	fmt.Println("the carrier reads:", price.Value)

	_, err = manufacturer.PublishConfidential(ctx, written.ID, "CarrierMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	standing, err := carrier.ConfidentialRecord(ctx, written.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("all see %d commitments of a record that is %s\n", len(standing.Published.Manifest.Commitments), standing.State)
	// Output:
	// the carrier reads: 12.50
	// all see 8 commitments of a record that is kept
}

// An auditor takes a statement home; somebody else verifies the file, offline.
func ExampleClient_AttestTwin() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	if _, err := manufacturer.Capture(ctx, event(`"action": "ADD", "bizStep": "commissioning"`)); err != nil {
		fmt.Println(err)
		return
	}
	statement, err := manufacturer.AttestTwin(ctx, object, "ManufacturerMSP", "RetailerMSP")
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := statement.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(verified(file, ledger.Roots()))
	file[len(file)/2] ^= 1
	fmt.Println(verified(file, ledger.Roots()))
	// Output:
	// true
	// false
}

func verified(file []byte, roots *verify.Roots) bool {
	statement, err := evidence.Decode(file)
	if err != nil {
		return false
	}
	verifier, err := verify.New(roots)
	if err != nil {
		return false
	}
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	policy := verify.Policy{Required: 2, Of: []string{"ManufacturerMSP", "CarrierMSP", "RetailerMSP"}}
	return verifier.Verify(statement, policy, at).Verified()
}

// A contract manufacturer commissions under the brand's company prefix, and a
// retailer answers for a shop that is not on the network.
func ExampleClient_Delegate() {
	ctx := context.Background()
	ledger := consortium(ctx)
	brand, err := ledger.Connect(ctx, "manufacturer", "admin")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer brand.Close() //nolint:errcheck // the end of an example
	retailer, err := ledger.Connect(ctx, "retailer", "admin")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer retailer.Close() //nolint:errcheck // the end of an example

	if _, err := brand.Delegate(ctx, participant.DelegateRequest{
		Key: "https://id.gs1.org/01/09506000134352", Delegate: "RetailerMSP",
		To: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Reason: "repacking, contract 7",
	}); err != nil {
		fmt.Println(err)
		return
	}
	for delegation, err := range retailer.DelegationsTo(ctx, "RetailerMSP") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(delegation.Holder, delegation.Key, delegation.Counts)
	}

	if _, err := retailer.RegisterParty(ctx, "urn:epc:id:pgln:7612345.00006", "Shop at the Station"); err != nil {
		fmt.Println(err)
		return
	}
	party, err := brand.Party(ctx, "urn:epc:id:pgln:7612345.00006")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(party.Name, "outside:", party.Outside, "sponsor:", party.MSP)
	// Output:
	// ManufacturerMSP /01/09506000134352 true
	// Shop at the Station outside: true sponsor: RetailerMSP
}
