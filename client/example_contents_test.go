package client_test

import (
	"context"
	"fmt"
	"strings"
)

// containing returns an event about a pallet and what goes into it or out of it.
func containing(rest string) []byte {
	text := strings.Replace(string(event(rest)), `"ObjectEvent"`, `"AggregationEvent"`, 1)
	return []byte(strings.Replace(text, `"epcList": ["`+object+`"]`, `"parentID": "https://id.gs1.org/00/195060000000000012"`, 1))
}

// A pallet, which no system commissions on its own, begins when an object is
// packed on it. Anybody can list what is on it.
func ExampleClient_Contents() {
	ctx := context.Background()
	manufacturer, err := consortium(ctx).Connect(ctx, "manufacturer", "operator")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer manufacturer.Close() //nolint:errcheck // the end of an example
	for _, document := range [][]byte{
		event(`"action": "ADD", "bizStep": "commissioning"`),
		containing(`"action": "ADD", "bizStep": "packing", "childEPCs": ["` + object + `"]`),
	} {
		if _, err := manufacturer.Capture(ctx, document); err != nil {
			fmt.Println(err)
			return
		}
	}
	for inside, err := range manufacturer.Contents(ctx, "urn:epc:id:sscc:9506000.1000000001") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(inside.ID, "since event", inside.First, "of the pallet")
	}
	// Output: /01/09506000134352/21/V1 since event 2 of the pallet
}
