package shipment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/epcis"
	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// putIn puts an object into a container, by the rules of package product alone.
func putIn(t *testing.T, s *Scene, msp, object, container string) {
	t.Helper()
	withTwins(t, s, msp, []string{object, container}, func(b *product.Batch, event *product.NewEvent, twins []*product.Twin) {
		_, err := b.PutIn(twins[0], twins[1])
		require.NoError(t, err)
		b.Record(twins[1], event, product.Loaded)
		b.Record(twins[0], event, product.Packed)
	})
}

// consume ends an object as a transformation does.
func consume(t *testing.T, s *Scene, msp, object string) {
	t.Helper()
	withTwins(t, s, msp, []string{object}, func(b *product.Batch, event *product.NewEvent, twins []*product.Twin) {
		twins[0].State = product.Ended
		b.Record(twins[0], event, product.Consumed)
	})
}

func withTwins(t *testing.T, s *Scene, msp string, paths []string, f func(*product.Batch, *product.NewEvent, []*product.Twin)) {
	t.Helper()
	s.Now = s.Now.Add(1)
	require.NoError(t, s.As(msp, ledger.RoleOperator).Update(func(tx *ledger.Tx) error {
		var ids []gs1.ID
		event := &epcis.Event{Type: epcis.ObjectEvent, Action: epcis.Observe, EventTime: tx.Time(), EventTimeZoneOffset: "+00:00"}
		for _, path := range paths {
			id, err := gs1.Parse(path)
			require.NoError(t, err)
			ids = append(ids, id)
			event.EPCList = append(event.EPCList, gs1.Authority+path)
		}
		b, err := product.Open(tx, ids)
		require.NoError(t, err)
		made, err := product.Prepare(tx, event)
		require.NoError(t, err)
		var twins []*product.Twin
		for _, id := range ids {
			twins = append(twins, b.Twin(id))
		}
		f(b, made, twins)
		return b.Close([]*product.NewEvent{made})
	}))
}

// scope reads all pages of a scope, of a size.
func scope(t *testing.T, s *Scene, req product.ReadRecallScopeRequest) (affected []product.Affected, lots []string) {
	t.Helper()
	for {
		page, err := consult(s, product.ReadRecallScope, req)
		require.NoError(t, err)
		affected, lots = append(affected, page.Affected...), append(lots, page.Lots...)
		if req.Bookmark = page.Bookmark; req.Bookmark == "" {
			return affected, slices.Compact(lots)
		}
	}
}

func TestTheScopeOfARecallTellsWhereEachObjectIs(t *testing.T) {
	s := New(t)
	name := func(serial string) string { return Object(Manufacturer, serial) }
	pallet := Pallet(Manufacturer, 1)
	begun := inLot("L1", name("1HELD"), name("2WAY"), name("3BOX"), name("4USED"), name("5SOLD"), name("6THERE"))
	begun.Place = Site(Manufacturer)
	s.MustCapture(Manufacturer, begun, inLot("L2", name("OTHER")), Commission(pallet))
	s.MustCapture(Manufacturer, Ship(Retailer, name("2WAY"), name("5SOLD"), name("6THERE")))
	s.MustCapture(Retailer, Step("receiving", name("5SOLD"), name("6THERE")))
	s.MustCapture(Retailer, Step("retail_selling", name("5SOLD")))
	putIn(t, s, Manufacturer, name("3BOX"), pallet)
	consume(t, s, Manufacturer, name("4USED"))
	s.MustCapture(Manufacturer, Ship(Carrier, pallet))
	s.MustCapture(Carrier, Step("receiving", pallet))
	s.MustCapture(Carrier, Ship(Retailer, pallet))

	lot := lotted(Manufacturer, "L1")
	found, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lot, Size: 2})
	var told []string
	for _, a := range found {
		text := a.ID[len(name("")):] + " " + string(a.State) + " " + a.Custodian
		for _, more := range []string{a.To, a.Bound, strings.Join(a.Containers, ",")} {
			if more != "" {
				text += " " + more
			}
		}
		told = append(told, text)
		require.Equal(t, a.State == product.Transformed || a.State == product.Over, a.Event != "")
	}
	require.Equal(t, []string{
		"1HELD held " + Manufacturer,
		"2WAY inTransit " + Manufacturer + " " + Retailer + " " + Site(Retailer),
		"3BOX inTransit " + Carrier + " " + Retailer + " " + Site(Retailer) + " " + pallet,
		"4USED transformed " + Manufacturer,
		"5SOLD ended " + Retailer,
		"6THERE held " + Retailer,
	}, told)
	require.Equal(t, Site(Manufacturer), found[0].Place)

	whole, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lot})
	require.Equal(t, found, whole, "whatever the size of pages")

	_, err := recall(s, Manufacturer, "R1", lotted(Manufacturer, "L2"), name("3BOX"), name("1HELD"), pallet)
	require.NoError(t, err)
	require.Len(t, recalls(s, name("3BOX")), 1, "in its container, too")
	named, _ := scope(t, s, product.ReadRecallScopeRequest{By: Manufacturer, ID: "R1", Size: 1})
	require.Len(t, named, 3)
	require.Equal(t, pallet, named[0].ID)
	require.Equal(t, product.UnderWay, named[0].State)
}

func TestWhatAPartyOutsideHasIsToldApart(t *testing.T) {
	s := New(t)
	one := Object(Manufacturer, "1")
	s.MustCapture(Manufacturer, inLot("L1", one))
	withTwins(t, s, Manufacturer, []string{one}, func(b *product.Batch, event *product.NewEvent, twins []*product.Twin) {
		twins[0].Custodian, twins[0].Party = Retailer, "/417/7612345000060"
		b.Record(twins[0], event, product.Received)
	})
	found, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lotted(Manufacturer, "L1")})
	require.Equal(t, product.OutsideChannel, found[0].State)
	require.Equal(t, "/417/7612345000060", found[0].Party)
}

func TestTheScopeOfAClassIsItsLotsAndAllItsObjects(t *testing.T) {
	s := New(t)
	delegate(s, Carrier, s.Now.AddDate(1, 0, 0))
	s.MustCapture(Manufacturer, inLot("L1", many(0, 3)...), inLot("L2", many(3, 6)...), Commission(many(6, 10)...))
	s.MustCapture(Carrier, inLot("L1", many(10, 13)...))
	for _, size := range []int{1, 2, 100} {
		found, lots := scope(t, s, product.ReadRecallScopeRequest{Subject: class(Manufacturer), Size: size})
		require.Equal(t, []string{lotted(Manufacturer, "L1"), lotted(Manufacturer, "L2")}, lots)
		var ids []string
		for _, a := range found {
			ids = append(ids, a.ID)
		}
		require.Equal(t, many(0, 13), ids)
	}
	made, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lotted(Manufacturer, "L1"), Size: 4})
	require.Len(t, made, 6)
	counted, _ := scope(t, s, product.ReadRecallScopeRequest{Subject: lotted(Manufacturer, "L1"), Bookmark: product.ScopeStocks})
	require.Empty(t, counted, "who has asked for the class asks of each lot for what is counted")
}

// The serial number of a crate is no step of its path: what a class has is found all the
// same, and no more than it has.
func TestTheScopeOfAClassOfAssetsIsItsObjects(t *testing.T) {
	s := New(t)
	others := []string{"/8003/095060001343529", crate + "1"}
	s.MustCapture(Manufacturer, Commission(append(others, crate)...), Commission(many(0, 2)...))
	found, lots := scope(t, s, product.ReadRecallScopeRequest{Subject: crate[:len(crate)-1], Size: 1})
	require.Empty(t, lots)
	var ids []string
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	require.Equal(t, []string{crate, crate + "1", others[0]}, ids)
}

func TestAScopeIsRefusedForWhatHasNone(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, inLot("L1", many(0, 3)...))
	lot := lotted(Manufacturer, "L1")
	page, err := consult(s, product.ReadRecallScope, product.ReadRecallScopeRequest{Subject: lot, Size: 1})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		req  product.ReadRecallScopeRequest
		code fault.Code
	}{
		"nothing":            {product.ReadRecallScopeRequest{}, fault.InvalidRequest},
		"both":               {product.ReadRecallScopeRequest{Subject: lot, By: Manufacturer, ID: "x"}, fault.InvalidRequest},
		"an object":          {product.ReadRecallScopeRequest{Subject: many(0, 1)[0]}, fault.Unsupported},
		"no such recall":     {product.ReadRecallScopeRequest{By: Manufacturer, ID: "x"}, fault.NotFound},
		"a large page":       {product.ReadRecallScopeRequest{Subject: lot, Size: 101}, fault.LimitExceeded},
		"a bookmark of none": {product.ReadRecallScopeRequest{Subject: lot, Bookmark: "x:y"}, fault.InvalidRequest},
		"another's bookmark": {product.ReadRecallScopeRequest{Subject: lotted(Manufacturer, "L2"), Bookmark: page.Bookmark}, fault.InvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := consult(s, product.ReadRecallScope, c.req)
			require.ErrorIs(t, err, c.code)
		})
	}
}

// A page costs the same, whether the lot has 200 objects or 2,000.
func TestAPageOfAScopeCostsTheSameHoweverLargeTheLot(t *testing.T) {
	var reads []int
	for _, n := range []int{200, 2000} {
		s := New(t)
		s.MustCapture(Manufacturer, inLot("L1", many(0, n)...))
		sim := s.As(Regulator, ledger.RoleAuditor).Simulate()
		backend := &pagedCounting{counting: counting{Backend: sim}}
		page, err := product.ReadRecallScope(ledger.BeginQuery(backend), product.ReadRecallScopeRequest{Subject: lotted(Manufacturer, "L1")})
		require.NoError(t, err)
		require.Len(t, page.Affected, product.MaxRecallPage)
		reads = append(reads, len(sim.Results().Reads), backend.trips)
	}
	require.Equal(t, reads[:2], reads[2:], fmt.Sprint(reads))
}

// pagedCounting counts trips of queries.
type pagedCounting struct{ counting }
