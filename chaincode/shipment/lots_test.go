package shipment_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/participant"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

func lotQuery[Req, Resp any](s *Scene, rule func(*ledger.Tx, Req) (Resp, error), req Req) (response Resp, err error) {
	err = s.As(Outsider, "").Query(func(tx *ledger.Tx) error {
		response, err = rule(tx, req)
		return err
	})
	return response, err
}

// lotAt returns what an organisation has at hand of a lot, in the order of the keys:
// amount, unit, owner, place and disposition.
func lotAt(t *testing.T, s *Scene, lot, msp string) []string {
	t.Helper()
	page, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lot, Custodian: msp})
	require.NoError(t, err)
	var found []string
	for _, h := range page.Holdings {
		title := strings.TrimSuffix(h.Owner, "MSP")
		if h.NextOwner != "" {
			title += ">" + strings.TrimSuffix(h.NextOwner, "MSP")
		}
		found = append(found, strings.TrimSpace(strings.Join([]string{h.Amount.String() + h.Unit, title, h.Place, h.Disposition}, " ")))
	}
	return found
}

func lotFlags(t *testing.T, s *Scene, lot, msp string) []product.Flag {
	t.Helper()
	page, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lot, Organisation: msp})
	require.NoError(t, err)
	return page.Entries[len(page.Entries)-1].Flags
}

func TestLotsAreMadeShippedReceivedAndUsedUp(t *testing.T) {
	s := New(t)
	first := madeLot(1000, lotA)
	first.Place, first.More["ilmd"] = Site(Manufacturer), map[string]any{"cbvmda:itemExpirationDate": "2027-01-31"}
	s.MustCapture(Manufacturer, first)
	s.MustCapture(Manufacturer, madeLot(500, lotA))
	require.Equal(t, []string{"500 Manufacturer  active", "1000 Manufacturer " + Site(Manufacturer) + " active"}, lotAt(t, s, lotA, Manufacturer))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 600, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 250, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 350, lotA))
	s.MustCapture(Carrier, ofLot(Delete("destroying"), 100, lotA))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "900", "at CarrierMSP": "500"}, lotBooks(t, s).held)

	lot, err := lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: "urn:epc:class:lgtin:9506000.013435.A"})
	require.NoError(t, err)
	require.Equal(t, "2027-01-31", lot.Expires)
	require.Equal(t, classA, lot.Class)
	require.Equal(t, Manufacturer, lot.CommissionedBy)
	require.False(t, lot.Unproven)
	whole := func(n int64) product.Amount { return product.Amount(n * 1_000_000) }
	require.Equal(t, []product.Total{{Made: whole(1500), Ended: whole(100), Sent: whole(600), Received: whole(600)}}, lot.Totals)
	require.Len(t, lot.Accounts, 2)
	require.Equal(t, Carrier, lot.Accounts[0].Organisation)
	require.Equal(t, []product.Total{{Ended: whole(100), Received: whole(600)}}, lot.Accounts[0].Totals)

	history, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, Size: 2})
	require.NoError(t, err)
	require.EqualValues(t, 3, history.Events, "the receipts are in the receiver's account")
	require.EqualValues(t, 3, history.Next)
	require.Equal(t, product.Commissioned, history.Entries[1].Effect)
	require.Equal(t, whole(500), history.Entries[1].Moves[0].Amount)
	require.Equal(t, whole(1500), history.Entries[1].Totals[0].Made)
	history, err = lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, From: 3})
	require.NoError(t, err)
	require.Equal(t, product.Shipped, history.Entries[0].Effect)
	require.Equal(t, "shipping", history.Entries[0].Record.BizStep)
	require.Equal(t, 1, history.Entries[0].Record.Objects)
	require.Len(t, history.Entries[0].Moves, 1, "what is nobody knows where goes last")
}

func TestAGTINAndAnAssetTypeAreCountedAsLotsAre(t *testing.T) {
	s := New(t)
	for _, lot := range []string{classA, "/8003/09506000134352"} {
		s.MustCapture(Manufacturer, madeLot(10, lot))
		s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 4, lot))
		s.MustCapture(Carrier, ofLot(Step("receiving"), 4, lot))
		require.Equal(t, []string{"4 Manufacturer  in_transit"}, lotAt(t, s, lot, Carrier))
	}
	s.MustCapture(Manufacturer, madeLot(3, lotA))
	_, err := s.Capture(Manufacturer, ofLot(Ship(Carrier), 8, classA))
	require.ErrorIs(t, err, fault.NotEnough, "what is in lots is not of the class without a lot")
	lotBooks(t, s)
}

func TestEveryRuleOfLotsRefusesAndLeavesTheLedgerAsItWas(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA), madeLot(json.Number("10.5"), lotB, "KGM"))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 40, lotA))
	s.MustCapture(Manufacturer, Commission(Pallet(Manufacturer, 1)))
	s.MustCapture(Manufacturer, inBox("ADD", Pallet(Manufacturer, 1), 5, lotA))
	other := strings.Split(Object(Carrier, "x"), "/21/")[0] + "/10/A"
	nobody := "/417/7612345000060"
	huge := json.Number("9223372036854.775807")
	for name, c := range map[string]struct {
		who       string
		event     Event
		code      fault.Code
		available string
	}{
		"make without a licence":         {Carrier, madeLot(1, lotA), fault.NotLicensee, ""},
		"make of an instance":            {Manufacturer, madeLot(1, Object(Manufacturer, "X")), fault.Unsupported, ""},
		"make of a place":                {Manufacturer, madeLot(1, Site(Manufacturer)), fault.Unsupported, ""},
		"make of no identifier":          {Manufacturer, madeLot(1, "/01/09506000134353/10/A"), fault.InvalidDocument, ""},
		"make of an unknown amount":      {Manufacturer, withMember(Commission(), "quantityList", []any{map[string]any{"epcClass": "https://id.gs1.org" + lotA}}), fault.Unsupported, ""},
		"make nothing":                   {Manufacturer, madeLot(0, lotA), fault.InvalidDocument, ""},
		"make less than nothing":         {Manufacturer, madeLot(-1, lotA), fault.InvalidDocument, ""},
		"make part of a piece":           {Manufacturer, madeLot(json.Number("0.5"), lotA), fault.InvalidDocument, ""},
		"make a ten-millionth":           {Manufacturer, madeLot(json.Number("0.0000001"), lotB, "KGM"), fault.InvalidRequest, ""},
		"make too much":                  {Manufacturer, madeLot(json.Number("9223372036855"), lotA), fault.LimitExceeded, ""},
		"make too much by what is there": {Manufacturer, madeLot(huge, lotB, "KGM"), fault.LimitExceeded, ""},
		"make too much in two lines":     {Manufacturer, ofLot(madeLot(huge, lotB, "TNE"), huge, lotB, "TNE"), fault.LimitExceeded, ""},
		"ship more than there is":        {Manufacturer, ofLot(Ship(Carrier), 56, lotA), fault.NotEnough, "55"},
		"ship it in two lines":           {Manufacturer, ofLot(ofLot(Ship(Carrier), 30, lotA), 26, lotA), fault.NotEnough, "25"},
		"ship in another unit":           {Manufacturer, ofLot(Ship(Carrier), 1, lotB, "GRM"), fault.NotEnough, "0"},
		"ship it counted":                {Manufacturer, ofLot(Ship(Carrier), 1, lotB), fault.NotEnough, "0"},
		"ship of the class":              {Manufacturer, ofLot(Ship(Carrier), 1, classA), fault.NotFound, ""},
		"ship what nobody made":          {Manufacturer, ofLot(Ship(Carrier), 1, other), fault.NotFound, ""},
		"ship what another has":          {Retailer, ofLot(Ship(Carrier), 1, lotA), fault.NotEnough, "0"},
		"ship what is on its way":        {Carrier, ofLot(Ship(Retailer), 1, lotA), fault.NotEnough, "0"},
		"ship from another's hands":      {Carrier, fromSource(ofLot(Ship(Carrier), 1, lotA), "possessing_party", GLN(Manufacturer)), fault.NotCustodian, ""},
		"ship of another owner":          {Manufacturer, fromSource(ofLot(Ship(Carrier), 1, lotA), "owning_party", GLN(Retailer)), fault.NotEnough, "0"},
		"ship of an unknown owner":       {Manufacturer, fromSource(ofLot(Ship(Carrier), 1, lotA), "owning_party", nobody), fault.NotFound, ""},
		"ship from two sources":          {Manufacturer, fromSource(ofLot(Ship(Carrier), 1, lotA), "location", Site(Manufacturer), "location", Site(Carrier)), fault.InvalidDocument, ""},
		"ship from what is no party":     {Manufacturer, fromSource(ofLot(Ship(Carrier), 1, lotA), "owning_party", lotA), fault.InvalidIdentifier, ""},
		"receive more than was offered":  {Carrier, ofLot(Step("receiving"), 41, lotA), fault.NotEnough, "40"},
		"receive what another is sent":   {Retailer, ofLot(Step("receiving"), 40, lotA), fault.NotYetShipped, ""},
		"receive what nobody shipped":    {Carrier, ofLot(Step("receiving"), 1, lotB, "KGM"), fault.NotYetShipped, ""},
		"receive of another shipper":     {Carrier, fromSource(ofLot(Step("receiving"), 1, lotA), "possessing_party", GLN(Retailer)), fault.NotYetShipped, ""},
		"receive of another owner":       {Carrier, fromSource(ofLot(Step("receiving"), 1, lotA), "owning_party", GLN(Retailer)), fault.NotEnough, "0"},
		"receive in another unit":        {Carrier, ofLot(Step("receiving"), 1, lotA, "KGM"), fault.NotEnough, "0"},
		"accept more than one has":       {Carrier, ofLot(Step("accepting"), 41, lotA), fault.NotEnough, "40"},
		"receive too much, knowing it":   {Retailer, withMember(ofLot(Step("receiving"), 41, lotA), "disposition", "mismatch_quantity"), fault.NotYetShipped, ""},
		"call off more than is left":     {Manufacturer, ofLot(Step("void_shipping"), 41, lotA), fault.NotEnough, "40"},
		"call off what is not under way": {Manufacturer, ofLot(Step("void_shipping"), 1, lotB, "KGM"), fault.Closed, ""},
		"call off what another shipped":  {Retailer, ofLot(Step("void_shipping"), 1, lotA), fault.Closed, ""},
		"refuse more than was offered":   {Carrier, ofLot(Step("void_shipping"), 41, lotA), fault.NotEnough, "40"},
		"destroy what another has":       {Carrier, ofLot(Delete("destroying"), 1, lotA), fault.NotEnough, "0"},
		"sell more than there is":        {Manufacturer, ofLot(Step("retail_selling"), 56, lotA), fault.NotEnough, "55"},
		"use what is in a container":     {Manufacturer, ofLot(Delete("decommissioning"), 60, lotA), fault.NotEnough, "55"},
		"observe what nobody made":       {Retailer, ofLot(Step("inspecting"), 1, other), fault.NotFound, ""},
		"pack what another has":          {Carrier, inBox("ADD", Pallet(Carrier, 9), 1, lotA), fault.NotEnough, "0"},
		"pack into another's container":  {Carrier, inBox("ADD", Pallet(Manufacturer, 1), 1, lotA), fault.NotCustodian, ""},
		"unpack more than is inside":     {Manufacturer, inBox("DELETE", Pallet(Manufacturer, 1), 6, lotA), fault.NotEnough, "5"},
		"unpack another's container":     {Carrier, inBox("DELETE", Pallet(Manufacturer, 1), 1, lotA), fault.NotCustodian, ""},
		"unpack in another unit":         {Manufacturer, inBox("DELETE", Pallet(Manufacturer, 1), 1, lotA, "KGM"), fault.NotEnough, "0"},
		"link quantities to documents":   {Manufacturer, withMember(ofLot(Event{Action: "ADD"}, 1, lotA), "type", "AssociationEvent"), fault.InvalidDocument, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.Ledger.Dump()
			_, err := s.Capture(c.who, c.event)
			require.ErrorIs(t, err, c.code)
			require.Equal(t, c.available, fault.Of(err).Detail["available"])
			require.Equal(t, before, s.Ledger.Dump())
			// Nothing is half-done either when something good comes first.
			first := ofLot(Step("storing"), 1, lotA)
			first.Place = Site(c.who)
			_, err = s.Capture(c.who, first, c.event)
			require.Error(t, err)
			require.Equal(t, before, s.Ledger.Dump())
		})
	}
	lotBooks(t, s)
}

// inBox packs a quantity into a container, or takes it out.
func inBox(action, box string, amount any, lot string, unit ...string) Event {
	e := Event{Action: action, BizStep: map[string]string{"ADD": "packing", "DELETE": "unpacking"}[action], More: map[string]any{
		"type": "AggregationEvent", "parentID": "https://id.gs1.org" + box, "epcList": nil,
	}}
	if lot != "" {
		e.More["childQuantityList"] = []any{lotQuantity(amount, lot, unit...)}
	}
	return e
}

func TestTheCallersOwnIsDrawnOnBeforeWhatOneOtherOwns(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	sold := ofLot(Ship(Carrier), 20, lotA)
	sold.Owner = GLN(Carrier)
	s.MustCapture(Manufacturer, sold)
	s.MustCapture(Carrier, ofLot(Step("receiving"), 50, lotA))
	require.Equal(t, []string{"20 Carrier  in_transit", "30 Manufacturer  in_transit"}, lotAt(t, s, lotA, Carrier))
	s.MustCapture(Carrier, ofLot(Delete("destroying"), 25, lotA))
	require.Equal(t, []string{"25 Manufacturer  in_transit"}, lotAt(t, s, lotA, Carrier))

	// Goods of two others: the event has to say whose.
	on := ofLot(Ship(Retailer), 10, lotA)
	on.Owner = GLN(Retailer)
	s.MustCapture(Manufacturer, on)
	s.MustCapture(Retailer, ofLot(Step("receiving"), 10, lotA))
	s.MustCapture(Retailer, ofLot(Ship(Carrier), 10, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 10, lotA))
	_, err := s.Capture(Carrier, ofLot(Delete("destroying"), 1, lotA))
	require.ErrorIs(t, err, fault.NotEnough)
	require.Equal(t, Manufacturer+" "+Retailer, fault.Of(err).Detail["owners"])
	s.MustCapture(Carrier, fromSource(ofLot(Delete("destroying"), 4, lotA), "owning_party", GLN(Retailer)))
	require.Equal(t, []string{"25 Manufacturer  in_transit", "6 Retailer  in_transit"}, lotAt(t, s, lotA, Carrier))
	lotBooks(t, s)
}

func TestTitleIsPassedOnByItsOwnerAlone(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	for _, owner := range []string{Retailer, ""} {
		e := ofLot(Ship(Carrier), 50, lotA)
		if owner != "" {
			e.Owner = GLN(owner)
		}
		s.MustCapture(Manufacturer, e)
		s.MustCapture(Carrier, ofLot(Step("receiving"), 50, lotA))
	}
	require.Equal(t, []string{"50 Manufacturer  in_transit", "50 Manufacturer>Retailer  in_transit"}, lotAt(t, s, lotA, Carrier))
	mine := ofLot(Ship(Carrier), 1, lotA)
	mine.Owner = GLN(Carrier)
	_, err := s.Capture(Carrier, mine)
	require.ErrorIs(t, err, fault.NotOwner)
	on := ofLot(Ship(Retailer), 50, lotA)
	s.MustCapture(Carrier, on)
	s.MustCapture(Carrier, withMember(ofLot(Ship(Retailer), 50, lotA), "readPoint", map[string]any{"id": "https://example.com/1"}))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 100, lotA))
	require.Equal(t, []string{"50 Manufacturer  in_transit", "50 Retailer  in_transit"}, lotAt(t, s, lotA, Retailer))
	lotBooks(t, s)
}

func TestThePlaceThatAnEventNamesIsDrawnOn(t *testing.T) {
	s := New(t)
	here, there := Site(Manufacturer), Site(Carrier)
	for _, place := range []string{here, there, ""} {
		e := madeLot(10, lotA)
		e.Place, e.ReadPoint = place, "https://example.com/line"+place
		s.MustCapture(Manufacturer, e)
	}
	ship := func(amount int, change func(*Event)) error {
		e := ofLot(Ship(Carrier), amount, lotA)
		change(&e)
		_, err := s.Capture(Manufacturer, e)
		return err
	}
	require.NoError(t, ship(4, func(e *Event) { e.ReadPoint = there + "/254/gate1" }))
	require.Equal(t, []string{"10 Manufacturer  active", "6 Manufacturer " + there + " active", "10 Manufacturer " + here + " active"}, lotAt(t, s, lotA, Manufacturer))
	require.NoError(t, ship(8, func(e *Event) { *e = fromSource(*e, "location", there) }), "first what is there, then what may be anywhere")
	require.Equal(t, []string{"8 Manufacturer  active", "10 Manufacturer " + here + " active"}, lotAt(t, s, lotA, Manufacturer))
	err := ship(19, func(e *Event) { e.ReadPoint = here })
	require.ErrorIs(t, err, fault.NotEnough)
	require.NoError(t, ship(9, func(e *Event) { e.ReadPoint = "https://example.com/unheard-of" }), "a place where nothing is says nothing")
	require.Equal(t, []string{"8 Manufacturer  active", "1 Manufacturer " + here + " active"}, lotAt(t, s, lotA, Manufacturer))
	lotBooks(t, s)
}

func TestAnObservationSaysWhatIsThereAndHowItIs(t *testing.T) {
	s := New(t)
	here, there := Site(Manufacturer), Site(Carrier)
	e := madeLot(100, lotA)
	e.Place = here
	s.MustCapture(Manufacturer, e)
	see := func(amount any, place, disposition string) Event {
		e := ofLot(Step("storing"), amount, lotA)
		e.Place, e.Disposition = place, disposition
		return e
	}
	s.MustCapture(Manufacturer, see(40, there, ""))
	s.MustCapture(Manufacturer, see(40, there, ""))
	require.Equal(t, []string{"40 Manufacturer " + there + " active", "60 Manufacturer " + here + " active"}, lotAt(t, s, lotA, Manufacturer), "it is there already")
	s.MustCapture(Manufacturer, see(5, "", "damaged"))
	s.MustCapture(Manufacturer, see(45, there, ""))
	require.Len(t, lotAt(t, s, lotA, Manufacturer), 3)
	// From a place that the source names, all of it comes.
	s.MustCapture(Manufacturer, fromSource(see(10, there, ""), "location", here))
	sum := map[string]product.Amount{}
	page, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotA})
	require.NoError(t, err)
	for _, h := range page.Holdings {
		sum[h.Place] += h.Amount
		sum[h.Disposition] += h.Amount
	}
	require.Equal(t, map[string]product.Amount{here: 45e6, there: 55e6, "active": 95e6, "damaged": 5e6}, sum)
	// What is fit for use is drawn on first; to destroy, what is not.
	s.MustCapture(Manufacturer, ofLot(Delete("destroying"), 5, lotA))
	for _, h := range lotAt(t, s, lotA, Manufacturer) {
		require.NotContains(t, h, "damaged")
	}
	s.MustCapture(Manufacturer, see(20, "", "damaged"))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 75, lotA))
	for _, h := range lotAt(t, s, lotA, Manufacturer) {
		require.Contains(t, h, "damaged")
	}
	lotBooks(t, s)
}

func TestOthersObservationsOfLotsAreWitnessedBesideTheAccounts(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(10, lotA))
	accounts := lotBooks(t, s)
	s.MustCapture(Carrier, ofLot(Step("inspecting"), 500, lotA))
	s.MustCapture(Retailer, fromSource(ofLot(Step("inspecting"), 1, lotA), "owning_party", "/417/7612345000060"))
	require.Equal(t, accounts, lotBooks(t, s))
	seen, err := lotQuery(s, product.ReadWitnesses, product.ReadWitnessesRequest{ID: lotA})
	require.NoError(t, err)
	require.Len(t, seen.Witnesses, 2)
	for _, w := range seen.Witnesses {
		require.False(t, w.Record.Effective)
		require.Empty(t, w.Flags)
	}
	// Who has some, and says that there is more, is not believed; it is flagged.
	s.MustCapture(Manufacturer, ofLot(Step("inspecting"), 11, lotA))
	require.Equal(t, accounts, lotBooks(t, s))
	seen, err = lotQuery(s, product.ReadWitnesses, product.ReadWitnessesRequest{ID: lotA})
	require.NoError(t, err)
	require.Len(t, seen.Witnesses, 3)
	flags := 0
	for _, w := range seen.Witnesses {
		flags += len(w.Flags)
	}
	require.Equal(t, 1, flags)
}

func TestAReceiptDrawsOnTheOldestShipmentsAndOnOneShipperIfItSaysSo(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Retailer), 50, lotA))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 50, lotA))
	s.MustCapture(Retailer, ofLot(Ship(Carrier), 10, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 10, lotA))
	s.MustCapture(Retailer, ofLot(Ship(Carrier), 11, lotA))
	left := func() map[string]string {
		found := map[string]string{}
		page, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotA, Kind: product.StockOnOffer})
		require.NoError(t, err)
		for _, h := range page.Holdings {
			found[h.Custodian] += " " + h.Amount.String()
		}
		return found
	}
	s.MustCapture(Carrier, ofLot(Step("receiving"), 12, lotA))
	require.Equal(t, map[string]string{Manufacturer: " 8", Retailer: " 11"}, left())
	s.MustCapture(Carrier, fromSource(ofLot(Step("receiving"), 5, lotA), "possessing_party", GLN(Retailer)))
	require.Equal(t, map[string]string{Manufacturer: " 8", Retailer: " 6"}, left())
	// A shipment that is called off is passed over, and one before it is not lost.
	s.MustCapture(Retailer, withMember(ofLot(Ship(Carrier), 7, lotA), "ex:n", 1))
	s.MustCapture(Retailer, ofLot(Step("void_shipping"), 7, lotA))
	s.MustCapture(Retailer, withMember(ofLot(Ship(Carrier), 3, lotA), "ex:n", 2))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 15, lotA))
	require.Equal(t, map[string]string{Retailer: " 2"}, left())
	lotBooks(t, s)
}

func TestAnOlderShipmentIsFoundThoughALaterOneWasCalledOff(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	for i, amount := range []int{10, 20, 30} {
		s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), amount, lotA), "ex:n", i))
	}
	s.MustCapture(Manufacturer, withMember(ofLot(Step("void_shipping"), 50, lotA), "ex:n", 1)) // the third and the second
	_, err := s.Capture(Carrier, ofLot(Step("receiving"), 11, lotA))
	require.ErrorIs(t, err, fault.NotEnough)
	s.MustCapture(Carrier, ofLot(Step("receiving"), 4, lotA))
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 5, lotA), "ex:n", 9))
	s.MustCapture(Carrier, withMember(ofLot(Step("receiving"), 8, lotA), "ex:n", 2))
	s.MustCapture(Carrier, withMember(ofLot(Step("receiving"), 3, lotA), "ex:n", 3))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "85", "at CarrierMSP": "15"}, lotBooks(t, s).held)
}

func TestWhatIsCalledOffOrRefusedGoesBackToWhereItWas(t *testing.T) {
	s := New(t)
	here := Site(Manufacturer)
	e := madeLot(60, lotA)
	e.Place = here
	s.MustCapture(Manufacturer, e)
	before := lotAt(t, s, lotA, Manufacturer)
	sold := ofLot(Ship(Carrier), 20, lotA)
	sold.Owner = GLN(Retailer)
	s.MustCapture(Manufacturer, sold)
	s.MustCapture(Manufacturer, ofLot(Step("void_shipping"), 20, lotA))
	require.Equal(t, before, lotAt(t, s, lotA, Manufacturer))
	sold.ReadPoint = "https://example.com/2"
	s.MustCapture(Manufacturer, sold)
	refusal := ofLot(Step("void_shipping"), 20, lotA)
	refusal.Place, refusal.Disposition = Site(Carrier), "damaged"
	s.MustCapture(Carrier, refusal)
	require.Equal(t, before, lotAt(t, s, lotA, Manufacturer), "whoever refuses does not say where it is, nor how")
	history, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, From: 5})
	require.NoError(t, err)
	require.Equal(t, product.Refused, history.Entries[0].Effect)
	require.Equal(t, Carrier, history.Entries[0].Record.RecordedBy)
	require.Equal(t, 1, history.Entries[0].Record.Objects)
	lotBooks(t, s)

	// Who is both sides says which it means.
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 10, lotA), "ex:n", 1))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 10, lotA))
	s.MustCapture(Carrier, withMember(ofLot(Ship(Manufacturer), 10, lotA), "ex:n", 2))
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Carrier), 10, lotA), "ex:n", 3))
	s.MustCapture(Manufacturer, withMember(fromSource(ofLot(Step("void_shipping"), 10, lotA), "possessing_party", GLN(Carrier)), "ex:n", 4))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "40", "at CarrierMSP": "10", "offer ManufacturerMSP": "10"}, lotBooks(t, s).held)
	back := withMember(ofLot(Step("void_shipping"), 10, lotA), "ex:n", 5)
	back.To = GLN(Carrier)
	s.MustCapture(Manufacturer, back)
	require.Equal(t, map[string]string{"at ManufacturerMSP": "50", "at CarrierMSP": "10"}, lotBooks(t, s).held)
}

func TestAcceptingWhatWasReceivedIsNoSecondReceipt(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(60, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 20, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 20, lotA))
	accept := fromSource(ofLot(Step("accepting"), 20, lotA), "possessing_party", GLN(Manufacturer))
	accept.Place, accept.Disposition = Site(Carrier), "sellable_accessible"
	s.MustCapture(Carrier, accept)
	require.Equal(t, []string{"20 Manufacturer " + Site(Carrier) + " sellable_accessible"}, lotAt(t, s, lotA, Carrier))
	lotBooks(t, s)
}

func TestAPartyOutsideOfTheChannelHasWhatItsSponsorAnswersFor(t *testing.T) {
	s := New(t)
	pharmacy := "/417/7612345000060"
	require.NoError(t, s.As(Retailer, ledger.RoleAdmin).Update(func(tx *ledger.Tx) error {
		_, err := participant.RegisterParty(tx, participant.RegisterPartyRequest{GLN: pharmacy, Name: "Pharmacy"})
		return err
	}))
	s.MustCapture(Manufacturer, madeLot(60, lotA))
	e := ofLot(Ship(Retailer), 20, lotA)
	e.To = pharmacy
	s.MustCapture(Manufacturer, e)
	s.MustCapture(Manufacturer, withMember(ofLot(Ship(Retailer), 20, lotA), "ex:n", 1))
	s.MustCapture(Retailer, ofLot(Step("receiving"), 40, lotA))
	require.Equal(t, []string{"20 Manufacturer  in_transit"}, lotAt(t, s, lotA, Retailer))
	held, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotA, Custodian: Retailer, Party: pharmacy})
	require.NoError(t, err)
	require.Len(t, held.Holdings, 1)
	_, err = s.Capture(Retailer, ofLot(Step("dispensing"), 21, lotA))
	require.ErrorIs(t, err, fault.NotEnough, "what the pharmacy has is not drawn on by chance")
	s.MustCapture(Retailer, fromSource(ofLot(Step("dispensing"), 5, lotA), "possessing_party", pharmacy))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "20", "at RetailerMSP": "20", "at RetailerMSP" + pharmacy: "15"}, lotBooks(t, s).held)
	_, err = s.Capture(Manufacturer, fromSource(ofLot(Step("dispensing"), 5, lotA), "possessing_party", pharmacy))
	require.ErrorIs(t, err, fault.NotCustodian)
}

func TestWhatWasAdoptedIsUnprovenUntilWhoMaySaysSomethingOfTheLot(t *testing.T) {
	s := New(t)
	adopted := ofLot(Event{Action: "ADD", BizStep: "stock_taking"}, 30, lotA)
	s.MustCapture(Carrier, adopted)
	require.Equal(t, []product.Flag{product.FlagUnproven}, lotFlags(t, s, lotA, Carrier))
	s.MustCapture(Carrier, ofLot(Ship(Retailer), 10, lotA))
	require.Equal(t, []product.Flag{product.FlagUnproven}, lotFlags(t, s, lotA, Carrier))
	s.MustCapture(Manufacturer, madeLot(100, lotA))
	lot, err := lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: lotA})
	require.NoError(t, err)
	require.False(t, lot.Unproven)
	require.Equal(t, Manufacturer, lot.CommissionedBy)
	require.EqualValues(t, 30e6, lot.Totals[0].Adopted)
	require.EqualValues(t, 130e6, lot.Totals[0].Made)
	s.MustCapture(Manufacturer, withMember(adopted, "quantityList", []any{lotQuantity(5, lotB)}))
	require.Empty(t, lotFlags(t, s, lotB, Manufacturer), "whoever may, knows its own")
	lotBooks(t, s)
}

func TestLotsPastTheirExpiryAreFlaggedWhenTheyMove(t *testing.T) {
	s := New(t)
	e := madeLot(10, lotA)
	e.More["ilmd"] = map[string]any{"cbvmda:itemExpirationDate": "2026-02-01"}
	s.MustCapture(Manufacturer, e)
	require.Empty(t, lotFlags(t, s, lotA, Manufacturer))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 4, lotA))
	require.Equal(t, []product.Flag{product.FlagExpired}, lotFlags(t, s, lotA, Manufacturer))
	day, err := lotQuery(s, product.ListFlags, product.ListFlagsRequest{Day: s.Now.Format("2006-01-02")})
	require.NoError(t, err)
	require.Len(t, day.Events, 1)
	require.Equal(t, lotA, day.Events[0].First)
}

func TestQueriesOfLotsRefuseWhatTheyCannotAnswer(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(10, lotA))
	_, err := lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: lotB})
	require.ErrorIs(t, err, fault.NotFound)
	_, err = lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: Object(Manufacturer, "x")})
	require.ErrorIs(t, err, fault.Unsupported)
	_, err = lotQuery(s, product.ReadLot, product.ReadLotRequest{ID: lotA, Size: 501})
	require.ErrorIs(t, err, fault.LimitExceeded)
	_, err = lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Carrier})
	require.ErrorIs(t, err, fault.NotFound)
	_, err = lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, Size: 501})
	require.ErrorIs(t, err, fault.LimitExceeded)
	for _, req := range []product.ReadHoldingsRequest{
		{ID: lotA, Kind: "x"}, {ID: lotA, Custodian: Carrier, Kind: product.StockInside}, {ID: lotA, Party: GLN(Carrier)},
	} {
		_, err = lotQuery(s, product.ReadHoldings, req)
		require.ErrorIs(t, err, fault.InvalidRequest)
	}
	held, err := lotQuery(s, product.ReadHoldings, product.ReadHoldingsRequest{ID: lotB})
	require.NoError(t, err)
	require.Empty(t, held.Holdings)
	page, err := lotQuery(s, product.ReadLotHistory, product.ReadLotHistoryRequest{ID: lotA, Organisation: Manufacturer, From: 9})
	require.NoError(t, err)
	require.Empty(t, page.Entries)
}

func TestWhatIsLeftOfAnOlderShipmentInAnotherUnitIsFoundStill(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, ofLot(madeLot(100, lotA), 100, lotA, "KGM"))
	s.MustCapture(Manufacturer, ofLot(ofLot(Ship(Carrier), 10, lotA), 5, lotA, "KGM"))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 20, lotA))
	s.MustCapture(Manufacturer, ofLot(Step("void_shipping"), 20, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 30, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 15, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 5, lotA, "KGM"))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 25, lotA))
	require.Equal(t, map[string]string{"at ManufacturerMSP": "155", "at CarrierMSP": "45"}, lotBooks(t, s).held)
}

func TestAReturnOfAQuantityIsReceivedAsAnyOther(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, madeLot(10, lotA))
	s.MustCapture(Manufacturer, ofLot(Ship(Carrier), 10, lotA))
	s.MustCapture(Carrier, ofLot(Step("receiving"), 10, lotA))
	back := ofLot(Ship(Manufacturer), 4, lotA)
	back.Disposition = "returned"
	s.MustCapture(Carrier, back)
	s.MustCapture(Manufacturer, withMember(ofLot(Step("receiving"), 4, lotA), "disposition", "returned"))
	require.Equal(t, []string{"4 Manufacturer  returned"}, lotAt(t, s, lotA, Manufacturer))
	_, err := s.Capture(Carrier, withMember(ofLot(Step("stocking"), 7, lotA), "disposition", "returned"))
	require.NoError(t, err)
	lotBooks(t, s)
}
