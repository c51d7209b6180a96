package client_test

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/api"
	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/product"
	"github.com/countersign-ledger/countersign/client"
)

// A call that has no event with an id of its own gets one from its caller, who keeps
// it: made again after a crash, it returns what it returned the first time.
func ExampleWithRequestID() {
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

	link := product.LinkDocumentRequest{Subject: object, Kind: "certificate", Title: "Certificate of analysis", MediaType: "application/pdf", SHA256: hashOf("its content")}
	_, first, err := client.Call(ctx, manufacturer, api.LinkDocument, link, client.WithRequestID("link-4711"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, again, err := client.Call(ctx, manufacturer, api.LinkDocument, link, client.WithRequestID("link-4711"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the same transaction:", *first == *again)
	// Output: the same transaction: true
}

func hashOf(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

// A nightly job asks nobody to wait: it begins many calls, and collects what became of
// them.
func ExampleGo() {
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

	submitter := client.NewSubmitter(manufacturer, 20) // at most 20 at a time
	defer submitter.Close(ctx)                         //nolint:errcheck // it waits
	for _, title := range []string{"Certificate of analysis", "Safety data sheet"} {
		link := product.LinkDocumentRequest{Subject: object, Kind: "analysis", Title: title, MediaType: "application/pdf", SHA256: hashOf(title)}
		going, err := client.Go(ctx, submitter, api.LinkDocument, link)
		if err != nil {
			fmt.Println(err)
			return
		}
		linked, _, err := going.Wait(ctx) // or later: going.Done tells
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(linked.Title)
	}
	// Output:
	// Certificate of analysis
	// Safety data sheet
}

// What happened on the ledger, from its beginning until now, and where to go on.
func ExampleClient_FollowEvents() {
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

	var checkpoint client.Checkpoint // kept beside what is made of the items
	follow := func() error {
		for item, err := range manufacturer.FollowEvents(client.From(checkpoint), client.UntilNow()).Items(ctx) {
			if err != nil {
				return err
			}
			body, err := epcis.ReadEvent(item.Record.Body, epcis.Limits{})
			if err != nil {
				return err
			}
			fmt.Println(body.BizStep, "by", item.Record.RecordedBy)
			checkpoint = item.Checkpoint
		}
		return nil
	}
	if err := follow(); err != nil {
		fmt.Println(err)
	}
	if _, err := manufacturer.Capture(ctx, event(`"action": "OBSERVE", "bizStep": "inspecting"`)); err != nil {
		fmt.Println(err)
	}
	if err := follow(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// commissioning by ManufacturerMSP
	// inspecting by ManufacturerMSP
}
