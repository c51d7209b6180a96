package shipment_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// Lots and classes of the manufacturer's.
var (
	lotA   = strings.Split(Object(Manufacturer, "x"), "/21/")[0] + "/10/A"
	lotB   = strings.Split(Object(Manufacturer, "x"), "/21/")[0] + "/10/B"
	classA = strings.Split(Object(Manufacturer, "x"), "/21/")[0]
)

// lotQuantity is an entry of a quantityList; the amount is a number of any kind, or
// a json.Number.
func lotQuantity(amount any, lot string, unit ...string) map[string]any {
	q := map[string]any{"epcClass": gs1.Authority + lot, "quantity": amount}
	for _, u := range unit {
		q["uom"] = u
	}
	return q
}

// ofLot gives an event a quantity of a lot, beside those that it has.
func ofLot(e Event, amount any, lot string, unit ...string) Event {
	more := map[string]any{}
	for name, value := range e.More {
		more[name] = value
	}
	list, _ := more["quantityList"].([]any)
	more["quantityList"] = append(list[:len(list):len(list)], lotQuantity(amount, lot, unit...))
	e.More = more
	return e
}

// withMember sets a member of an event.
func withMember(e Event, name string, value any) Event {
	more := map[string]any{name: value}
	for other, is := range e.More {
		if other != name {
			more[other] = is
		}
	}
	e.More = more
	return e
}

// fromSource gives an event a sourceList of types and sources in turn.
func fromSource(e Event, sources ...string) Event {
	var list []any
	for i := 0; i+1 < len(sources); i += 2 {
		list = append(list, map[string]any{"type": sources[i], "source": gs1.Authority + sources[i+1]})
	}
	return withMember(e, "sourceList", list)
}

func madeLot(amount any, lot string, unit ...string) Event {
	return ofLot(Commission(), amount, lot, unit...)
}

// ledgerBooks are the records of lots, as they stand on the ledger.
type ledgerBooks struct {
	holdings []product.Holding
	accounts []product.Account
	// held sums holdings by kind and custodian or container.
	held map[string]string
}

// lotBooks reads all records of lots, and checks what holds at all times: what is
// held of each lot in each unit is what was made less what was consumed and
// ended; no holding is empty or negative; each account is the sum of its history
// and what each organisation has at hand is what its account says.
func lotBooks(t TB, s *Scene) ledgerBooks {
	t.Helper()
	found := ledgerBooks{held: map[string]string{}}
	sums, balance, hands := map[string]product.Amount{}, map[string]product.Amount{}, map[string]product.Amount{}
	entries := map[string][]lotEntry{}
	for _, e := range s.Ledger.Dump() {
		switch kind, parts := e.Key.Parts(); kind {
		case "holding":
			h := decodeRecord[product.Holding](t, e)
			if h.Amount <= 0 {
				t.Fatalf("%s holds %s", e.Key, h.Amount)
			}
			found.holdings = append(found.holdings, h)
			who := h.Custodian + h.Party
			if h.Kind == product.StockInside {
				who = h.Container
			}
			sums[string(h.Kind)+" "+who] += h.Amount
			balance[h.Lot+" "+h.Unit] -= h.Amount
			if h.Kind == product.StockAtHand {
				hands[h.Lot+" "+h.Custodian+" "+h.Unit] += h.Amount
			}
		case "account":
			a := decodeRecord[product.Account](t, e)
			found.accounts = append(found.accounts, a)
			for _, c := range a.Totals {
				balance[a.Lot+" "+c.Unit] += c.Made - c.Consumed - c.Ended
				hands[a.Lot+" "+a.Organisation+" "+c.Unit] -= c.Made + c.Received + c.Returned + c.Unpacked - c.Consumed - c.Ended - c.Sent - c.Packed
			}
		case "history":
			if len(parts) == 3 { // lot, organisation, number
				entries[parts[0]+" "+parts[1]] = append(entries[parts[0]+" "+parts[1]], decodeRecord[lotEntry](t, e))
			}
		}
	}
	for _, a := range found.accounts {
		foldAccount(t, a, entries[a.Lot+" "+a.Organisation])
	}
	for _, sheet := range []map[string]product.Amount{balance, hands} {
		for name, left := range sheet {
			if left != 0 {
				t.Fatalf("%s is out of balance by %s", name, left)
			}
		}
	}
	for name, sum := range sums {
		found.held[name] = sum.String()
	}
	return found
}

func decodeRecord[T any](t TB, e ledger.Entry) T {
	t.Helper()
	var record T
	if err := json.Unmarshal(e.Value, &record); err != nil {
		t.Fatalf("%s: %v", e.Key, err)
	}
	return record
}

// lotEntry is an entry of an account, as it stands on the ledger.
type lotEntry struct {
	Effect   product.Effect    `json:"x"`
	Recorded int64             `json:"r"`
	Occurred int64             `json:"o"`
	Totals   []product.Total   `json:"t"`
	Moves    []product.LotMove `json:"m"`
}

// foldAccount goes through the entries of an account, and checks that the last
// says what the account does.
func foldAccount(t TB, a product.Account, entries []lotEntry) {
	t.Helper()
	var last lotEntry
	for n, e := range entries {
		if e.Recorded < last.Recorded || e.Occurred < last.Occurred {
			t.Fatalf("account of %s at %s: time falls at %d", a.Organisation, a.Lot, n+1)
		}
		last = e
	}
	if uint64(len(entries)) != a.Events || fmt.Sprint(last.Totals) != fmt.Sprint(a.Totals) {
		t.Fatalf("account of %s at %s: %d events and %v, its history %d and %v", a.Organisation, a.Lot, a.Events, a.Totals, len(entries), last.Totals)
	}
}
