package redaction_test

import (
	"crypto/rand"
	"fmt"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/redaction"
)

// A sender hides the order and the price. One partner is shown the order and
// checks it against the public event; another, who has both, restores the whole.
func Example() {
	event, err := epcis.ReadEvent([]byte(`{
		"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ext": "https://ns.example.com/"}],
		"type": "ObjectEvent", "eventTime": "2026-03-01T11:00:00Z", "eventTimeZoneOffset": "+00:00",
		"action": "OBSERVE", "bizStep": "shipping", "epcList": ["https://id.gs1.org/01/09506000134352/21/V1"],
		"bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9506000000008:4711"}],
		"ext:price": "12.50 EUR"}`), epcis.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	private := redaction.Fields{BizTransactions: []string{"po"}, Extensions: []string{"ext:price"}}
	public, disclosures, err := redaction.Redact(event, private, rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("public transactions:", len(public.BizTransactionList))
	for _, d := range disclosures {
		fmt.Println("hidden:", d.Field())
	}

	shown := disclosures[0]
	fmt.Println(shown.BizTransaction.ID, "verifies:", redaction.Verify(public, shown) == nil)

	restored, err := redaction.Restore(public, disclosures)
	if err != nil {
		fmt.Println(err)
		return
	}
	before, _ := event.HashID()
	after, _ := restored.HashID()
	fmt.Println("restored:", before == after)
	// Output:
	// public transactions: 0
	// hidden: bizTransactionList
	// hidden: ext:price
	// urn:epcglobal:cbv:bt:9506000000008:4711 verifies: true
	// restored: true
}
