package client_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/client"
)

// A scanner on each line of a plant captures what it sees, one event at a time. They
// share a group: what comes at the same time goes in one transaction.
func ExampleGroup() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example

	group, err := client.NewGroup(manufacturer)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer group.Close(ctx) //nolint:errcheck // it waits for what is under way

	var lines sync.WaitGroup
	results := make([]string, 3)
	for line := range results {
		lines.Go(func() {
			made := epcis.Event{
				Type: epcis.ObjectEvent, Action: epcis.Add, BizStep: "commissioning", EventTime: now.Add(-time.Minute),
				EPCList: []string{fmt.Sprintf("urn:epc:id:sgtin:9506000.013435.LINE%d", line)},
			}
			if line == 2 {
				made.EPCList[0] = "urn:epc:id:sgtin:4012345.013435.1" // misread
			}
			_, err := group.Capture(ctx, made)
			switch {
			case err == nil, errors.Is(err, fault.AlreadyRecorded):
				results[line] = "recorded"
			case fault.Of(err).Code == fault.NotLicensee:
				results[line] = "stop the line: not our product"
			default:
				results[line] = "keep it, and try again"
			}
		})
	}
	lines.Wait()
	fmt.Println(results)
	// Output: [recorded recorded stop the line: not our product]
}

// A program that reads events from a queue starts them in order, without waiting for
// each, and notes what became of them.
func ExampleGroup_Start() {
	ctx := context.Background()
	ledger := consortium(ctx)
	manufacturer, err := ledger.Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	group, err := client.NewGroup(manufacturer)
	if err != nil {
		fmt.Println(err)
		return
	}

	var pending []*client.Pending
	for _, step := range []string{"commissioning", "inspecting", "packing"} {
		event := epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Observe, BizStep: step, EventTime: now.Add(-time.Minute), EPCList: []string{object}}
		if step == "commissioning" {
			event.Action = epcis.Add
		}
		started, err := group.Start(ctx, event) // waits only when the group's memory is full
		if err != nil {
			fmt.Println(err)
			return
		}
		pending = append(pending, started)
	}
	if err := group.Close(ctx); err != nil { // sends what waits, and waits for it
		fmt.Println(err)
		return
	}
	for _, p := range pending {
		if _, err := p.Wait(ctx); err != nil {
			fmt.Println(err)
		}
	}
	for entry, err := range manufacturer.History(ctx, object) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(entry.Number, entry.Effect)
	}
	// Output:
	// 1 commissioned
	// 2 observed
	// 3 observed
}
