package main

import (
	"testing"

	"github.com/countersign-ledger/countersign/chaincode/selective"
	"github.com/countersign-ledger/countersign/client"
	"github.com/countersign-ledger/countersign/client/clienttest"
	"github.com/countersign-ledger/countersign/collections"
)

// fieldFiles are fields.json, which shows the price of a contract of manufacturer and
// retailer, and replaced.json, which shows it again once there is a later version.
func fieldFiles(t *testing.T, c *clienttest.Consortium) map[string][]byte {
	t.Helper()
	manufacturer, auditor := c.Client(t, "manufacturer", "operator"), c.Client(t, "regulator", "auditor")
	publish := func(price, replaces string) (id string, field selective.Field) {
		draft, err := client.NewRecord(collections.Terms{Price: price, Currency: "EUR"})
		if err != nil {
			t.Fatal(err)
		}
		draft.Replaces = replaces
		if _, err := manufacturer.WriteConfidential(t.Context(), draft, "RetailerMSP"); err != nil {
			t.Fatal(err)
		}
		if _, err := manufacturer.PublishConfidential(t.Context(), draft.ID, "RetailerMSP"); err != nil {
			t.Fatal(err)
		}
		for _, f := range draft.Fields {
			if f.Name == "/price" {
				field = f
			}
		}
		return draft.ID, field
	}
	show := func(id string, field selective.Field) []byte {
		shown, err := auditor.ShowFields(t.Context(), id, []selective.Field{field}, "ManufacturerMSP", "CarrierMSP", "RetailerMSP")
		if err != nil {
			t.Fatal(err)
		}
		file, err := shown.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	files := map[string][]byte{}
	id, price := publish("12.50", "")
	files["fields.json"] = show(id, price)
	publish("13.00", id)
	files["replaced.json"] = show(id, price)
	return files
}
