package shipment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign-ledger/countersign/chaincode/fault"
	"github.com/countersign-ledger/countersign/chaincode/gs1"
	"github.com/countersign-ledger/countersign/chaincode/ledger"
	"github.com/countersign-ledger/countersign/chaincode/product"
	. "github.com/countersign-ledger/countersign/chaincode/shipment/shipmenttest"
)

// whereabouts are the sojourns of an object by hours after a start; -1 stands for
// one that lasts.
func whereabouts(t *testing.T, s *Scene, start time.Time, path string, from, to int64) map[string][2]int64 {
	t.Helper()
	found := map[string][2]int64{}
	hours := func(millis int64) int64 {
		if millis == product.Lasting {
			return -1
		}
		return (millis - start.UnixMilli()) / time.Hour.Milliseconds()
	}
	require.NoError(t, s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
		id, err := gs1.Parse(path)
		require.NoError(t, err)
		all, err := product.Sojourns(tx, id, from, to)
		for _, one := range all {
			require.NotContains(t, found, one.Subject)
			found[one.Subject] = [2]int64{hours(one.From), hours(one.To)}
		}
		return err
	}))
	return found
}

func TestWhereAnObjectWasFollowsContainersByEventTime(t *testing.T) {
	s := New(t)
	start := s.Now.Add(-100 * time.Hour).Truncate(time.Hour)
	say := func(who string, hours int, e Event) {
		t.Helper()
		s.MustCapture(who, with(e, func(e *Event) { e.Time = start.Add(time.Duration(hours) * time.Hour) }))
	}
	all := func(path string) map[string][2]int64 {
		return whereabouts(t, s, start, path, start.UnixMilli(), product.Lasting)
	}
	say(Manufacturer, 0, with(Commission(a, b, pallet, truck), func(e *Event) { e.Place = Site(Manufacturer) }))
	say(Manufacturer, 10, Pack(pallet, a, b))
	say(Manufacturer, 20, Pack(truck, pallet))
	require.Equal(t, map[string][2]int64{a: {0, -1}, pallet: {10, -1}, truck: {20, -1}, Site(Manufacturer): {0, -1}}, all(a))

	say(Manufacturer, 30, Unpack(pallet, b))
	say(Manufacturer, 40, Unpack(truck))
	require.Equal(t, map[string][2]int64{b: {0, -1}, pallet: {10, 30}, truck: {20, 30}, Site(Manufacturer): {0, -1}}, all(b))
	require.Equal(t, map[string][2]int64{a: {0, -1}, pallet: {10, -1}, truck: {20, 40}, Site(Manufacturer): {0, -1}}, all(a))

	say(Manufacturer, 50, Ship(Carrier, pallet))
	say(Carrier, 60, with(Step("receiving", pallet), func(e *Event) { e.Place = Site(Carrier) }))
	say(Carrier, 70, Unpack(pallet))
	say(Carrier, 80, Delete("destroying", a))
	require.Equal(t, map[string][2]int64{a: {0, 80}, pallet: {10, 70}, truck: {20, 40}, Site(Manufacturer): {0, 50}, Site(Carrier): {60, 80}}, all(a),
		"on its way it is at no place, and after its end nowhere")

	from, to := start.Add(25*time.Hour).UnixMilli(), start.Add(35*time.Hour).UnixMilli()
	require.Equal(t, map[string][2]int64{a: {25, 35}, pallet: {25, 35}, truck: {25, 35}, Site(Manufacturer): {25, 35}},
		whereabouts(t, s, start, a, from, to))
}

func TestWhatADeclarationReversedHasNotBeen(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a, pallet, truck))
	packed := recorded(s, Manufacturer, Pack(pallet, a))[0]
	start := s.Now.Add(-time.Hour)
	require.Contains(t, whereabouts(t, s, start, a, 0, product.Lasting), pallet)
	s.MustCapture(Manufacturer, wrong(s, packed))
	require.NotContains(t, whereabouts(t, s, start, a, 0, product.Lasting), pallet)

	s.MustCapture(Manufacturer, Pack(truck, a))
	emptied := recorded(s, Manufacturer, Unpack(truck))[0]
	s.Now = s.Now.Add(time.Hour)
	require.NotEqual(t, int64(-1), whereabouts(t, s, start, a, 0, product.Lasting)[truck][1])
	s.MustCapture(Manufacturer, wrong(s, emptied))
	require.Equal(t, int64(-1), whereabouts(t, s, start, a, 0, product.Lasting)[truck][1], "it never left")
}

func TestWhereNothingWasIsNotFound(t *testing.T) {
	s := New(t)
	err := s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
		id, err := gs1.Parse(a)
		require.NoError(t, err)
		_, err = product.Sojourns(tx, id, 0, product.Lasting)
		return err
	})
	require.ErrorIs(t, err, fault.NotFound)
}

// Histories of containers in containers are read up to a limit.
func TestWhereAnObjectWasIsReadUpToALimit(t *testing.T) {
	s := New(t)
	s.MustCapture(Manufacturer, Commission(a))
	var seen []Event
	for range 100 {
		seen = append(seen, Step("storing", a))
	}
	for range product.MaxSojourns/len(seen) + 1 {
		for i := range seen {
			seen[i].Time = s.Now.Add(time.Duration(i) * time.Millisecond)
		}
		s.MustCapture(Manufacturer, seen...)
	}
	read := func(from int64) error {
		return s.As(Regulator, ledger.RoleAuditor).Query(func(tx *ledger.Tx) error {
			id, err := gs1.Parse(a)
			require.NoError(t, err)
			_, err = product.Sojourns(tx, id, from, product.Lasting)
			return err
		})
	}
	require.ErrorIs(t, read(0), fault.LimitExceeded)
	require.NoError(t, read(s.Now.Add(-5*time.Minute).UnixMilli()))
}
